"""``avroforge registry``: what the files want registries to hold, and what these hold."""

from __future__ import annotations

import click

from avroforge_codegen.cli.registry_plan import plan, push
from avroforge_codegen.cli.registry_pull import pull
from avroforge_codegen.cli.registry_serve import serve
from avroforge_codegen.cli.registry_status import status


@click.group("registry")
def command() -> None:
    """Bring the schemas of avroforge.toml's subjects into registries, and see what is there.

    Without --registry the registry is the committed file, which is also what `breaking` compares with. An
    environment of [registry.environments] or an address is a server with Confluent's REST API. Only the
    subjects of avroforge.toml are looked at, whatever else a server holds.

    In [registry.environments], a value "env:NAME" is read from the environment and "file:PATH" from a file,
    so that no secret stands in avroforge.toml.
    """


command.add_command(status)
command.add_command(plan)
command.add_command(push)
command.add_command(pull)
command.add_command(serve)
