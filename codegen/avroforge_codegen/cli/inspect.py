"""``avroforge inspect``: what a message or a container file holds, or where it goes wrong."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from avroforge.errors import ConfigurationError, DecodeError, SchemaNotFoundError
from avroforge.formats import single_object
from avroforge.formats.avro_json import tree_of
from avroforge.formats.container_header import MAGIC
from avroforge.registry import LocalRegistry, self_contained_text
from avroforge.schema import parse_schema
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.location import shown
from avroforge.wire.framing import from_record
from avroforge.wire.limits import budget_of
from avroforge_codegen.cli.inspection import Damage, JsonReport, TextReport
from avroforge_codegen.cli.inspection_container import inspect_container, schema_facts
from avroforge_codegen.cli.one_schema import load_schema
from avroforge_codegen.limit_setting import LIMIT_NAMES
from avroforge_codegen.settings import load_settings

if TYPE_CHECKING:
    from typing import BinaryIO
    from uuid import UUID

    from avroforge.schema import Schema
    from avroforge.wire.limits import Budget
    from avroforge_codegen.cli import Invocation
    from avroforge_codegen.cli.inspection import Report
    from avroforge_codegen.limit_setting import LimitSettings

CONTAINER: Final = "container"
SINGLE_OBJECT: Final = "single-object"
FRAMED: Final = "framed"
BARE: Final = "bare"
_NAMES: Final = {
    CONTAINER: "object container file",
    SINGLE_OBJECT: "single-object encoding",
    FRAMED: "Confluent framing",
    BARE: "bare Avro",
}


@click.command("inspect")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--schema", metavar="FILE", help="Schema that wrote the message; FILE#my_namespace.Order too.")
@click.option(
    "--registry", type=click.Path(exists=True, path_type=Path), help="Registry file with the schemas."
)
@click.option(
    "--as", "encoding", type=click.Choice(list(_NAMES)), help="What FILE is; else its start decides."
)
@click.option("--framed", is_flag=True, help="The same as --as framed.")
@click.option("--limit", type=click.IntRange(min=0), default=10, show_default=True, help="Values to show.")
@click.option("--full", is_flag=True, help="Show long values whole.")
@click.option(
    "--allow",
    "allowed",
    multiple=True,
    metavar="LIMIT=NUMBER",
    help="What input may cost, as in [limits].",
)
@click.option("--json", "machine", is_flag=True, help="One JSON object per line.")
@click.pass_obj
def command(invocation: Invocation, /, file: Path, **options: Any) -> ExitCode:  # noqa: ANN401 - one per option above
    """Show what a message or a container file holds, or where it goes wrong.

    FILE is a file, or - for standard input. A container file has its schema. Single-object encoding and
    Confluent framing name one that the registry file of avroforge.toml, --registry or --schema has; bare
    Avro says nothing, so it needs --schema.

    Values are in Avro's JSON encoding. Exits with 100 when something is broken.
    """
    encoding = FRAMED if options["framed"] else options["encoding"]
    if options["framed"] and options["encoding"] not in (None, FRAMED):
        raise click.UsageError(f"--framed and --as {options['encoding']} contradict each other")
    source = _Source.of(file)
    wanted, because = (encoding, "as asked") if encoding else _assumed(source, options["schema"])
    heading = f"{source.name}: {_NAMES[wanted]} ({because})"
    report: Report = JsonReport() if options["machine"] else TextReport(full=options["full"])
    limits = _limits(invocation, options["allowed"])
    if wanted == CONTAINER:
        good = inspect_container(source.open, heading, report, options["limit"], limits.container)
    else:
        known = _Known(invocation, options["schema"], options["registry"])
        budget = budget_of(limits.message)()
        good = _Message(source.read(), heading, report, known, budget).inspect(wanted, options["limit"])
    return ExitCode.CLEAN if good else ExitCode.FINDINGS


def _limits(invocation: Invocation, allowed: tuple[str, ...]) -> LimitSettings:
    """The limits of the settings, and over them those of the command line."""
    given: dict[str, int] = {}
    for each in allowed:
        name, _, number = each.partition("=")
        if name not in LIMIT_NAMES or not (number.isascii() and number.isdigit()):
            raise click.UsageError(
                f"--allow: expected a number for one of {', '.join(LIMIT_NAMES)}, as depth=200, got {each!r}"
            )
        given[name] = int(number)
    return replace(load_settings(invocation.config).limits, **given)


@dataclass(frozen=True)
class _Source:
    """A file, or all of standard input."""

    name: str
    path: Path | None
    data: bytes = b""

    @classmethod
    def of(cls, path: Path) -> _Source:
        if str(path) == "-":
            return cls("<standard input>", None, sys.stdin.buffer.read())
        return cls(str(path), path)

    def open(self) -> BinaryIO:
        return io.BytesIO(self.data) if self.path is None else self.path.open("rb")

    def read(self, size: int = -1) -> bytes:
        with self.open() as file:
            return file.read(size)


def _assumed(source: _Source, schema: str | None) -> tuple[str, str]:
    """What a message is taken for where nobody says it, and why."""
    start = source.read(single_object.HEADER_SIZE)
    otherwise = "--as says otherwise"
    if start.startswith(MAGIC):
        return CONTAINER, f"assumed, because it starts with {MAGIC.hex(' ')}; {otherwise}"
    marker = single_object.MARKER
    if start.startswith(marker):
        return SINGLE_OBJECT, f"assumed, because it starts with {marker.hex(' ')}; {otherwise}"
    if schema is not None:
        return BARE, f"assumed, because there is --schema and no marker; {otherwise}"
    starts = f"it starts with {start[:5].hex(' ')}" if start else "it is empty"
    raise click.UsageError(
        f"{source.name}: {starts}, which is no marker of a container file or of single-object encoding;"
        " say --framed for Confluent framing, or --schema FILE for bare Avro"
    )


class _Known:
    """The schemas that the command line knows: the one given, or those of a registry file."""

    def __init__(self, invocation: Invocation, schema: str | None, registry: Path | None) -> None:
        self.given: Schema | None = None if schema is None else load_schema(invocation, schema)
        self._invocation = invocation
        self._registry = registry

    def registry(self) -> LocalRegistry:
        if self._registry is not None:
            return LocalRegistry(self._registry)
        settings = load_settings(self._invocation.config)
        path = Path(shown(settings.root / settings.registry.file))
        if not path.is_file():
            message = f"{path}: no registry file there, so the schema that the message names is not known"
            raise ConfigurationError(f"{message}; give --schema FILE or --registry FILE")
        return LocalRegistry(path)

    def by_reference(self, reference: int | UUID) -> tuple[Schema, str]:
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


class _Message:
    """One message that is no container file."""

    def __init__(self, data: bytes, heading: str, report: Report, known: _Known, budget: Budget) -> None:
        self._data = data
        self._heading = heading
        self._report = report
        self._known = known
        self._budget = budget

    def inspect(self, encoding: str, limit: int) -> bool:
        """Report on the message; whether it can be read."""
        facts: dict[str, str] = {}
        try:
            schema, bare = self._opened(encoding, facts)
        except DecodeError as error:
            self._report.facts(self._heading, facts)
            self._report.damage(Damage(error, self._data, error.offset))
            return False
        except ConfigurationError:
            if facts:
                self._report.facts(self._heading, facts)
            raise
        header = len(self._data) - len(bare)
        self._report.facts(self._heading, {**facts, **schema_facts(schema)})
        try:
            tree = tree_of(bare, schema, self._budget)
        except DecodeError as error:
            placed = DecodeError(error.path, error.offset + header, error.reason + self._hint(encoding))
            self._report.damage(Damage(placed, self._data, placed.offset))
            return False
        if limit:
            self._report.value(0, tree)
        counts = {"records": 1, "bytes": len(self._data), "shown": min(1, limit), "damaged": 0}
        self._report.end(f"1 record in {len(self._data)} bytes, {min(1, limit)} shown", counts)
        return True

    def _hint(self, encoding: str) -> str:
        framed = encoding == BARE and self._data[:1] in {b"\x00", b"\x01"}
        return "; the message may be framed, which --framed reads" if framed else ""

    def _opened(self, encoding: str, facts: dict[str, str]) -> tuple[Schema, bytes]:
        """The schema and the bare record; what the header says becomes facts."""
        given = self._known.given
        if encoding == SINGLE_OBJECT:
            fingerprint, bare = single_object.split(self._data)
            facts["written by"] = f"fingerprint {fingerprint.hex()}"
            if given is None:
                schema, facts["found in"] = self._known.by_fingerprint(fingerprint)
                return schema, bare
            if given.fingerprint("CRC-64-AVRO") != fingerprint:
                message = f"--schema: expected the fingerprint {fingerprint.hex()} of the message"
                raise ConfigurationError(f"{message}, got {given.fingerprint('CRC-64-AVRO').hex()}")
            return given, bare
        if encoding == FRAMED:
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
