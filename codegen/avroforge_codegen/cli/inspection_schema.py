"""The schemas that `inspect` knows: the one given, or those of a registry."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from avroforge.errors import ConfigurationError, SchemaNotFoundError
from avroforge.registry import self_contained_text
from avroforge.schema import parse_schema
from avroforge_codegen.cli.one_schema import load_schema
from avroforge_codegen.registry_target import target_of
from avroforge_codegen.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from avroforge.registry import SchemaRegistry
    from avroforge.schema import Schema
    from avroforge_codegen.cli import Invocation


class KnownSchemas:
    """The schemas that the command line knows: the one given, or those of a registry."""

    def __init__(self, invocation: Invocation, schema: str | None, registry: str | None) -> None:
        self.given: Schema | None = None if schema is None else load_schema(invocation, schema)
        self._invocation = invocation
        self._asked = registry

    @contextmanager
    def _registry(self) -> Iterator[tuple[str, SchemaRegistry]]:
        """The registry that the command line names, else the file of the settings, with its name."""
        target = target_of(load_settings(self._invocation.config), self._asked)
        if target.file is not None and not target.file.is_file():
            message = (
                f"{target.file}: no registry file there, so the schema that the message names is not known"
            )
            raise ConfigurationError(f"{message}; give --schema FILE or --registry NAME|URL|FILE")
        with target.open() as registry:
            yield target.name, registry

    def by_reference(self, reference: int | UUID) -> tuple[Schema, str]:
        """The schema of an id or GUID, and where it was found."""
        kind = "id" if isinstance(reference, int) else "GUID"
        with self._registry() as (name, registry):
            try:
                content = (
                    registry.schema_by_id(reference)
                    if isinstance(reference, int)
                    else registry.schema_by_guid(str(reference))
                )
                text = self_contained_text(registry, content)
            except SchemaNotFoundError:
                raise _unknown(name, f"{kind} {reference}") from None
            return parse_schema(text, path=f"<schema {kind} {reference}>", lenient=True), name

    def by_fingerprint(self, fingerprint: bytes) -> tuple[Schema, str]:
        """The first schema with a fingerprint, and where it was found."""
        with self._registry() as (name, registry):
            for subject in registry.subjects():
                for version in registry.versions(subject):
                    text = self_contained_text(registry, registry.version(subject, version), subject)
                    schema = parse_schema(text, path=f"<{subject} version {version}>", lenient=True)
                    if schema.fingerprint("CRC-64-AVRO") == fingerprint:
                        return schema, f"{name}, {subject} version {version}"
            raise _unknown(name, f"the fingerprint {fingerprint.hex()}")


def _unknown(registry: str, named: str) -> ConfigurationError:
    message = f"{registry}: no schema with {named}, which the message names"
    return ConfigurationError(f"{message}; give --schema FILE or another --registry")
