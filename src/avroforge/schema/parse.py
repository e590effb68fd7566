"""Parse schema texts: one, or a set of files that refer to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from avroforge.errors import SchemaError
from avroforge.schema import diagnostics, file_graph, inline, walk
from avroforge.schema.build import MAX_TYPE_DEPTH, Builder
from avroforge.schema.declarations import Declarations, declarations
from avroforge.schema.defaults import DefaultCheck
from avroforge.schema.model import RecordType
from avroforge.schema.scan import ScanError, Source, scan
from avroforge.schema.schema import Schema
from avroforge.schema.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.schema.declarations import Declaration
    from avroforge.schema.model import AvroType, NamedType, Position
    from avroforge.schema.scan import JsonNode


def _way_out(given: object) -> str:
    """How to make a text of what was given instead."""
    if isinstance(given, bytes | bytearray):
        return "; decode it as UTF-8"
    return "; json.dumps makes one" if isinstance(given, dict | list) else ""


def parse_schema(
    text: str,
    *,
    path: str = "<schema>",
    names: Mapping[str, NamedType] | None = None,
    lenient: bool = False,
) -> Schema:
    """Parse one schema text.

    Args:
        text: JSON (RFC 8259) of an Avro schema.
        path: the file's name, for diagnostics and positions.
        names: named types known from elsewhere that the text may refer to, by full name.
        lenient: tolerate invalid defaults and references to later definitions, for the writer schemas of
            a registry; names are checked all the same.

    Raises:
        SchemaError: the specification forbids something in the text; carries every finding.
        TypeError: no text.
    """
    run = _Run(Scope(known=names or {}), lenient=lenient)
    run.read(text, path)
    return run.finish([path])[path]


def parse_schemas(
    sources: Mapping[str, str],
    *,
    names: Mapping[str, NamedType] | None = None,
    file_cycles: bool = False,
) -> dict[str, Schema]:
    """Parse a set of schema files, in any order, with references between them by full name.

    Args:
        sources: text by path.
        names: named types known from elsewhere that the texts may refer to, by full name.
        file_cycles: allow files whose types refer to each other in a circle.

    Returns:
        The schemas by path, in the order of `sources`.

    Raises:
        SchemaError: every finding of every file, ordered by path, line and column.
    """
    run = _Run(Scope(known=names or {}), lenient=False)
    for path in sorted(sources):
        run.read(sources[path], path)
    edges = run.declare()
    if not file_cycles:
        run.refuse_cycles(edges)
    schemas = run.finish(file_graph.dependency_order(edges))
    return {path: schemas[path] for path in sources}


_Edges = dict[str, dict[str, int]]
"""For each file the files it refers to, and where it does so first."""


@dataclass(slots=True)
class _File:
    builder: Builder
    root: JsonNode
    offset: int
    found: Declarations | None = None

    def declarations(self) -> Declarations:
        if self.found is None:
            self.found = declarations(self.root, self.offset, self.builder)
        return self.found

    def defined(self) -> Mapping[str, Declaration]:
        return self.declarations().defined


class _Run:
    """One call: the texts read so far, and what they share."""

    def __init__(self, scope: Scope, *, lenient: bool) -> None:
        self.scope = scope
        self.lenient = lenient
        self.files: dict[str, _File] = {}
        self.types: dict[str, AvroType] = {}

    def read(self, text: str, path: str) -> None:
        """Scan a text; one that is no JSON is reported and left out."""
        if not isinstance(text, str):
            raise TypeError(
                f"{path}: expected the text of a schema, got {type(text).__name__}{_way_out(text)}"
            )
        source = Source(text, path)
        try:
            root, offset, findings = scan(source)
        except ScanError as fault:
            self.scope.findings.append(fault.diagnostic)
            self.scope.incomplete.append(text)
            return
        self.scope.findings.extend(findings)
        builder = Builder(source, self.scope, lenient=self.lenient)
        file = self.files[path] = _File(builder, root, offset)
        builder.own = file.defined

    def declare(self) -> _Edges:
        """Make each text's definitions known to the others, the first path winning; return the references."""
        declared = self.scope.declared
        for file in self.files.values():
            for fullname, declaration in file.defined().items():
                declared.setdefault(fullname, declaration)
        edges: _Edges = {}
        for path, file in self.files.items():
            targets = edges[path] = {}
            for fullname, offset in file.declarations().references:
                if fullname in declared and fullname not in file.defined():
                    targets.setdefault(declared[fullname].builder.source.path, offset)
        return edges

    def refuse_cycles(self, edges: _Edges) -> None:
        """Report files whose types refer to each other in a circle."""
        for circle in file_graph.file_cycles(edges):
            at = self.files[circle[0]].builder.at(edges[circle[0]][circle[1]])
            self.scope.findings.append(diagnostics.file_cycle(at, circle))

    def finish(self, order: list[str]) -> dict[str, Schema]:
        """Build every root, check what needs complete types, and raise if there is any finding."""
        findings = self.scope.findings
        for path in order:
            file = self.files.get(path)
            if file is not None:
                self.types[path] = file.builder.build(file.root, file.offset, "")
        self.check_depth()
        self.check_defaults()
        self.check_redefinitions()
        if findings:
            raise SchemaError(
                sorted(dict.fromkeys(findings), key=lambda each: (each.path, each.line, each.column))
            )
        return {
            path: Schema(self.types[path], file.builder.source.text, path, file.builder.defined_in_order())
            for path, file in self.files.items()
        }

    def check_depth(self) -> None:
        """Each text is shallow enough by itself; with references followed it may not be."""
        if any(finding.code == "DEPTH" for finding in self.scope.findings):
            return
        defined = [each for file in self.files.values() for each in file.builder.defined.values()]
        heights = walk.heights_of({each.fullname: each for each in defined if isinstance(each, RecordType)})
        for path, file in self.files.items():
            if walk.height(self.types[path], heights) <= MAX_TYPE_DEPTH:
                continue
            if walk.is_deeper(self.types[path], MAX_TYPE_DEPTH):
                at = file.builder.at(file.offset)
                self.scope.findings.append(diagnostics.type_depth(at, MAX_TYPE_DEPTH))

    def check_defaults(self) -> None:
        """Field defaults, once every record has its fields."""
        check = DefaultCheck()
        for pending in self.scope.pending:
            wrong = check.mismatch(pending.field.type, pending.field.default)
            if wrong is not None:
                where = f"field '{pending.field.name}' of record '{pending.record}'"
                self.scope.findings.append(
                    diagnostics.default_invalid(
                        pending.position, where, wrong.path, wrong.expected, wrong.got
                    )
                )

    def check_redefinitions(self) -> None:
        """A name that two texts define must mean the same in both."""
        if any(finding.code == "DEPTH" for finding in self.scope.findings):
            return
        for file in self.files.values():
            for fullname, built in file.builder.defined.items():
                first = self.first_definition(fullname, file)
                if first is None:
                    continue
                other, place = first
                # one in the null namespace inside a namespace could not be referred to from there
                declared = file.defined().get(fullname)
                hidden = "." not in fullname and declared is not None and bool(declared.namespace)
                if hidden or inline.self_contained(other) != inline.self_contained(built):
                    at = file.builder.place_of_name(fullname)
                    self.scope.findings.append(diagnostics.name_duplicate(at, fullname, place))

    def first_definition(self, fullname: str, file: _File) -> tuple[NamedType, Position] | None:
        """What another text, or the caller, defines under a name of this file, and where."""
        known = self.scope.known.get(fullname)
        if known is not None:
            return known, known.position
        declared = self.scope.declared.get(fullname)
        if declared is None or declared.builder is file.builder:
            return None
        return declared.build(), declared.builder.place_of_name(fullname)
