"""Look into an object container file: its header, the first values, and every place that is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from avroforge.errors import DecodeError, SchemaError
from avroforge.formats.container_block import BlockReader
from avroforge.formats.container_header import SCHEMA_KEY
from avroforge.formats.container_limits import FileBudget
from avroforge.formats.container_record import PlainRecords, RecordError, TypedRecords, source_of
from avroforge.formats.datum_node import datum_node
from avroforge.formats.json_tree import TreeBuilder
from avroforge.shell.terminal import counted
from avroforge.wire.limits import DEFAULT_LIMITS
from avroforge_codegen.cli.inspection import Damage
from avroforge_codegen.loader import load_interface

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

    from avroforge.formats.container_block import Block
    from avroforge.formats.container_header import ContainerHeader
    from avroforge.formats.container_limits import ContainerLimits
    from avroforge.formats.container_record import Records
    from avroforge.schema import Schema
    from avroforge_codegen.cli.inspection import Report

_AROUND = 48


class Container:
    """A container file, not yet opened.

    Args:
        open_file: opens the file from its start, each time anew.
        limits: the most that the file may ask for.
    """

    def __init__(self, open_file: Callable[[], BinaryIO], limits: ContainerLimits) -> None:
        self._open = open_file
        self._limits = limits

    def schema_text(self) -> str:
        """The text of the schema that wrote the file.

        Raises:
            DecodeError: no container file, or its header cannot be used.
            SchemaError: its schema is none.
        """
        with self._open() as file:
            return BlockReader(file, self._limits, "skip").header.schema.text

    def inspect(self, heading: str, report: Report, limit: int) -> bool:
        """Report on the file; whether all of it can be read.

        Args:
            heading: the first line of the report.
            report: where the findings go.
            limit: how many values to show.
        """
        with self._open() as file, self._open() as again:
            try:
                blocks = BlockReader(file, self._limits, "skip")
                schema = _schema(blocks.header)
            except DecodeError as error:
                report.facts(heading, {})
                report.damage(_in_file(again, error))
                return False
            facts = {"codec": blocks.header.codec, "sync marker": blocks.header.sync_marker.hex()}
            report.facts(heading, {**schema_facts(schema), **facts, **_metadata(blocks.header.metadata)})
            budget = FileBudget(self._limits.message or DEFAULT_LIMITS, self._limits.free_items)
            run = _Run(blocks, schema, budget, report, limit, again)
            run.read()
        return not run.broken


def _schema(header: ContainerHeader) -> Schema:
    """The schema of a file.

    Raises:
        DecodeError: it is none; at the place in the file.
    """
    try:
        return header.schema
    except SchemaError as error:
        lines = header.metadata[SCHEMA_KEY].decode().split("\n")[: error.line]
        before = "\n".join([*lines[:-1], lines[-1][: error.column - 1]]) if lines else ""
        place = header.place(SCHEMA_KEY) + len(before.encode())
        raise DecodeError(f"<{SCHEMA_KEY}>", place, str(error)) from None


def schema_facts(schema: Schema) -> dict[str, str]:
    """What identifies a schema."""
    return {
        "schema": schema.fullname or "without a name",
        "fingerprint": f"{schema.fingerprint('CRC-64-AVRO').hex()} (CRC-64-AVRO, little-endian)",
        "schema key": schema.key,
    }


def _metadata(metadata: Mapping[str, bytes]) -> dict[str, str]:
    return {
        f"metadata {key}": value[:200].decode("utf-8", "backslashreplace")
        + (f" ... {len(value) - 200} more bytes" if len(value) > 200 else "")  # noqa: PLR2004 - as above
        for key, value in metadata.items()
        if not key.startswith("avro.")
    }


def _in_file(file: BinaryIO, error: DecodeError) -> Damage:
    """The damage with the bytes of the file around it."""
    first = max(0, error.offset - _AROUND) // 16 * 16
    file.seek(first)
    return Damage(error, file.read(2 * _AROUND), error.offset - first, first)


@dataclass
class _Run:
    """One reading of one file's blocks."""

    blocks: BlockReader
    schema: Schema
    budget: FileBudget
    report: Report
    limit: int
    file: BinaryIO
    records: int = 0
    broken: int = 0
    told: int = 0
    size: int = 0

    def read(self) -> None:
        plain: Records = PlainRecords(self.schema, self.budget, "raw")
        quick = _quick(self.schema, self.budget) or plain
        build = TreeBuilder(datum_node(self.schema, "raw")).build
        number = expanded = 0
        self.size = self.blocks.header.size
        for block in self.blocks:
            self.tell_losses()
            number += 1
            self.size, expanded = block.end, expanded + len(block.data)
            showing = self.records < self.limit
            try:
                for datum in (plain if showing else quick)(block.data, block.count):
                    if self.records < self.limit:
                        self.report.value(self.records, build(datum))
                    self.records += 1
            except RecordError as error:
                self.damaged(block, error)
        self.tell_losses()
        shown = min(self.records, self.limit)
        summary = f"{counted(self.records, 'record')} in {counted(number, 'block')}, {self.size:,} bytes"
        if self.blocks.header.codec != "null":
            summary += f" ({expanded:,} of records)"
        summary += f", {shown} shown"
        if self.broken:
            summary += f"; {counted(self.broken, 'damaged place')}"
        counts = {"records": self.records, "blocks": number, "bytes": self.size, "record_bytes": expanded}
        counts |= {"shown": shown, "damaged": self.broken}
        self.report.end(summary, counts)

    def damaged(self, block: Block, found: RecordError) -> None:
        """Report a block whose records end early."""
        self.broken += 1
        cause = found.cause
        placed = block.error(cause, found.number)
        lost = counted(block.count - found.number, "record")
        error = DecodeError(placed.path, placed.offset, f"{placed.reason}; {lost} lost")
        if block.stored_at >= 0:
            self.report.damage(_in_file(self.file, error))
            return
        first = max(0, cause.offset - _AROUND) // 16 * 16
        where = f"decompressed data of the block at byte {block.start}"
        around = block.data[first : cause.offset + _AROUND]
        self.report.damage(Damage(error, around, cause.offset - first, first, where))

    def tell_losses(self) -> None:
        """Report what was skipped since the last time."""
        for loss in self.blocks.losses[self.told :]:
            self.broken += 1
            self.size = max(self.size, loss.end)
            lost = f"{loss.error.reason}; bytes {loss.start} to {loss.end} are lost"
            error = DecodeError(loss.error.path, loss.error.offset, lost)
            self.report.damage(_in_file(self.file, error))
        self.told = len(self.blocks.losses)


def _quick(schema: Schema, budget: FileBudget) -> Records | None:
    """Compiled records, for what is only counted; None for a schema that only lenient parsing takes."""
    try:
        interface: type[Any] = load_interface(schema, logical_types="raw")
        return TypedRecords(schema, budget, source_of(schema, interface))
    except SchemaError:
        return None
