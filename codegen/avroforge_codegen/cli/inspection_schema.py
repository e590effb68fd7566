"""The schemas that `inspect` knows: the one given, or those of a registry file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from avroforge.errors import ConfigurationError, SchemaNotFoundError
from avroforge.registry import LocalRegistry, self_contained_text
from avroforge.schema import parse_schema
from avroforge.shell.location import shown
from avroforge_codegen.cli.one_schema import load_schema
from avroforge_codegen.settings import load_settings

if TYPE_CHECKING:
    from uuid import UUID

    from avroforge.schema import Schema
    from avroforge_codegen.cli import Invocation


class KnownSchemas:
    """The schemas that the command line knows: the one given, or those of a registry file."""

    def __init__(self, invocation: Invocation, schema: str | None, registry: Path | None) -> None:
        self.given: Schema | None = None if schema is None else load_schema(invocation, schema)
        self._invocation = invocation
        self._registry = registry

    def registry(self) -> LocalRegistry:
        """The registry file: the one of the command line, or of the settings."""
        if self._registry is not None:
            return LocalRegistry(self._registry)
        settings = load_settings(self._invocation.config)
        path = Path(shown(settings.root / settings.registry.file))
        if not path.is_file():
            message = f"{path}: no registry file there, so the schema that the message names is not known"
            raise ConfigurationError(f"{message}; give --schema FILE or --registry FILE")
        return LocalRegistry(path)

    def by_reference(self, reference: int | UUID) -> tuple[Schema, str]:
        """The schema of an id or GUID, and where it was found."""
        kind = "id" if isinstance(reference, int) else "GUID"
        registry = self.registry()
        try:
            content = (
                registry.schema_by_id(reference)
                if isinstance(reference, int)
                else registry.schema_by_guid(str(reference))
            )
            text = self_contained_text(registry, content)
        except SchemaNotFoundError:
            message = f"{registry.path}: no schema with {kind} {reference}, which the message names"
            raise ConfigurationError(f"{message}; give --schema FILE or another --registry FILE") from None
        return parse_schema(text, path=f"<schema {kind} {reference}>", lenient=True), str(registry.path)

    def by_fingerprint(self, fingerprint: bytes) -> tuple[Schema, str]:
        """The first schema with a fingerprint, and where it was found."""
        registry = self.registry()
        for subject in registry.subjects():
            for version in registry.versions(subject):
                text = self_contained_text(registry, registry.version(subject, version), subject)
                schema = parse_schema(text, path=f"<{subject} version {version}>", lenient=True)
                if schema.fingerprint("CRC-64-AVRO") == fingerprint:
                    return schema, f"{registry.path}, {subject} version {version}"
        message = (
            f"{registry.path}: no schema with the fingerprint {fingerprint.hex()}, which the message names"
        )
        raise ConfigurationError(f"{message}; give --schema FILE or another --registry FILE")
