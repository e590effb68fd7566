"""The one schema that an option names: a file, or a folder and a type in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from avroforge.errors import ConfigurationError
from avroforge_codegen.cli.project import Project

if TYPE_CHECKING:
    from avroforge.schema import Schema
    from avroforge_codegen.cli import Invocation


def load_schema(invocation: Invocation, argument: str) -> Schema:
    """The schema of ``order.avsc`` or ``schemas#my_namespace.Order``.

    Raises:
        ConfigurationError: no such type, or more than one schema and no type named.
        SchemaError: everything that is wrong with the schemas there.
    """
    path, separator, fullname = argument.partition("#")
    project = Project.open_around(invocation, [Path(path)])
    asked = [schema for name, schema in project.parse().items() if name in project.asked]
    found = [schema for schema in asked if schema.fullname == fullname] if separator else asked
    if len(found) == 1:
        return found[0]
    if separator:
        raise ConfigurationError(f"{argument}: no file under {path!r} has the root type {fullname!r}")
    example = next((schema.fullname for schema in found if schema.fullname), "my_namespace.Order")
    raise ConfigurationError(f"{argument}: {len(found)} schemas here; name the type, as in {path}#{example}")
