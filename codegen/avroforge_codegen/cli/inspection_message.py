"""Look into one message that is no container file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from avroforge.errors import ConfigurationError, DecodeError, RegistryError
from avroforge.formats import single_object
from avroforge.formats.avro_json import tree_of
from avroforge.wire.framing import from_record
from avroforge_codegen.cli.inspection import Damage
from avroforge_codegen.cli.inspection_container import schema_facts
from avroforge_codegen.cli.inspection_source import BARE, FRAMED, SINGLE_OBJECT, text_hint

if TYPE_CHECKING:
    from avroforge.schema import Schema
    from avroforge.wire.limits import Budget
    from avroforge_codegen.cli.inspection import Report
    from avroforge_codegen.cli.inspection_schema import KnownSchemas


class Message:
    """One message that is no container file.

    Args:
        data: all of it.
        encoding: what it is.
        known: where its schema may be.
        budget: what reading it may cost.
    """

    def __init__(self, data: bytes, encoding: str, known: KnownSchemas, budget: Budget) -> None:
        self._data = data
        self._encoding = encoding
        self._known = known
        self._budget = budget

    def schema_text(self) -> str:
        """The text of the schema that wrote the message.

        Raises:
            ConfigurationError: it is not known.
            RegistryError: the registry does not say.
            DecodeError: the message does not say which it is.
        """
        return self._opened({})[0].text

    def inspect(self, heading: str, report: Report, limit: int) -> bool:
        """Report on the message; whether it can be read."""
        facts: dict[str, str] = {}
        try:
            schema, bare = self._opened(facts)
        except DecodeError as error:
            report.facts(heading, facts)
            report.damage(Damage(error, self._data, error.offset))
            return False
        except (ConfigurationError, RegistryError):
            if facts:
                report.facts(heading, facts)
            raise
        header = len(self._data) - len(bare)
        report.facts(heading, {**facts, **schema_facts(schema)})
        try:
            tree = tree_of(bare, schema, self._budget)
        except DecodeError as error:
            placed = DecodeError(error.path, error.offset + header, error.reason + self._hint())
            report.damage(Damage(placed, self._data, placed.offset))
            return False
        if limit:
            report.value(0, tree)
        counts = {"records": 1, "bytes": len(self._data), "shown": min(1, limit), "damaged": 0}
        report.end(f"1 record in {len(self._data)} bytes, {min(1, limit)} shown", counts)
        return True

    def _hint(self) -> str:
        if self._encoding != BARE:
            return ""
        if self._data[:1] in {b"\x00", b"\x01"}:
            return "; the message may be framed, which --framed reads"
        return text_hint(self._data, "FILE")

    def _opened(self, facts: dict[str, str]) -> tuple[Schema, bytes]:
        """The schema and the bare record; what the header says becomes facts."""
        given = self._known.given
        if self._encoding == SINGLE_OBJECT:
            fingerprint, bare = single_object.split(self._data)
            facts["written by"] = f"fingerprint {fingerprint.hex()}"
            if given is None:
                schema, facts["found in"] = self._known.by_fingerprint(fingerprint)
                return schema, bare
            if given.fingerprint("CRC-64-AVRO") != fingerprint:
                message = f"--schema: expected the fingerprint {fingerprint.hex()} of the message"
                raise ConfigurationError(f"{message}, got {given.fingerprint('CRC-64-AVRO').hex()}")
            return given, bare
        if self._encoding == FRAMED:
            reference, bare = from_record(self._data)
            kind = "id" if isinstance(reference, int) else "GUID"
            facts["written by"] = f"schema {kind} {reference}"
            if given is not None:
                return given, bare
            schema, facts["found in"] = self._known.by_reference(reference)
            return schema, bare
        if given is None:
            raise click.UsageError("bare Avro does not name its schema; give --schema FILE")
        return given, self._data
