"""A registry server for development and tests: Confluent's REST API over a `SchemaRegistry`.

``avroforge registry serve`` runs it from the command line, `serve_in_background` in a program's tests.
"""

from avroforge.registry.server.listener import Tls
from avroforge.registry.server.service import ServerOptions, serve, serve_in_background
from avroforge.registry.server.users import VARIABLE as USERS_VARIABLE
from avroforge.registry.server.users import Users

__all__ = ["USERS_VARIABLE", "ServerOptions", "Tls", "Users", "serve", "serve_in_background"]
