"""Can a reader schema read everything a writer schema wrote? Apache's verdict, with positions.

The verdict and the six kinds are those of Apache Avro 1.12.1, ``SchemaCompatibility``; where that
departs from the specification's Schema Resolution, this module follows Apache on purpose, because
registries do. The walk keeps its own stack, so no schema is too deep for it, and each pair of nodes
is compared once, so no schema is too entangled.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from avroforge.errors import Diagnostic, SchemaError
from avroforge.evolution.incompatibility import Compatibility, Incompatibility, IncompatibilityKind
from avroforge.schema import Schema, parse_schema
from avroforge.schema.model import (
    ArrayType,
    AvroType,
    EnumType,
    FixedType,
    MapType,
    NamedType,
    PrimitiveType,
    RecordField,
    RecordType,
    UnionType,
    kind_of,
    namespace_of,
    simple_name,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def check_compatibility(reader: str | Schema, writer: str | Schema) -> Compatibility:
    """Decide whether `reader` can read all data written with `writer`.

    Args:
        reader: the schema that reads, as text or parsed.
        writer: the schema that wrote, as text or parsed.

    Returns:
        The verdict with every reason, in the reader's order.

    Raises:
        SchemaError: a text is no valid schema; or, with the code ``ALIAS_AMBIGUOUS``, a field's name
            and aliases match several fields of the writer, so that neither verdict is right.
    """
    reader = reader if isinstance(reader, Schema) else parse_schema(reader)
    writer = writer if isinstance(writer, Schema) else parse_schema(writer)
    return Compatibility(tuple(found.render() for found in _compare(reader.type, writer.type)))


class _Place(NamedTuple):
    """Where the walk stands, as a linked list: rendered only for a finding."""

    parent: _Place | None
    pointer: str
    path: str

    def render(self, suffix: str = "") -> tuple[str, str]:
        """The JSON pointer (`suffix` appended) and the path."""
        pointers, paths = [suffix], []
        place: _Place | None = self
        while place is not None:
            pointers.append(place.pointer)
            paths.append(place.path)
            place = place.parent
        return "".join(reversed(pointers)) or "/", "".join(reversed(paths))


@dataclass(frozen=True, slots=True, eq=False)
class _Finding:
    """An incompatibility whose place is not yet words: most of them are dropped with a union's branch.

    Compared by identity: the same one comes back wherever its pair of nodes is met again.
    """

    kind: IncompatibilityKind
    message: str
    reader: AvroType | RecordField
    writer: AvroType | RecordField
    place: _Place
    suffix: str = ""
    causes: tuple[_Finding, ...] = ()

    def render(self) -> Incompatibility:
        """The incompatibility, with its place in words."""
        pointer, path = self.place.render(self.suffix)
        return Incompatibility(
            self.kind,
            path,
            pointer,
            self.message,
            self.reader.position,
            self.writer.position,
            tuple(cause.render() for cause in self.causes),
            self.reader,
            self.writer,
        )


_Findings: TypeAlias = tuple[_Finding, ...]
_Pair: TypeAlias = tuple[AvroType, AvroType]
_Question: TypeAlias = tuple[AvroType, AvroType, _Place]
_Walk: TypeAlias = Generator[_Question, _Findings, _Findings]

# Avro 1.12, Schema Resolution: reader -> writers it takes by promotion.
PROMOTIONS: Final[Mapping[str, frozenset[str]]] = {
    "long": frozenset({"int"}),
    "float": frozenset({"int", "long"}),
    "double": frozenset({"int", "long", "float"}),
    "bytes": frozenset({"string"}),
    "string": frozenset({"bytes"}),
}
_NONE: Final[frozenset[str]] = frozenset()


def _compare(reader: AvroType, writer: AvroType) -> _Findings:
    """Run the walks on a stack of our own; each pair of nodes is compared once.

    A pair met again while it is being compared counts as compatible, as in Apache: it is unless
    proven otherwise. The first place a pair is met is the one its findings name.
    """
    root = _Place(None, "", _root_name(reader))
    known: dict[_Pair, _Findings] = {(reader, writer): ()}
    stack = [((reader, writer), _walk(reader, writer, root, known))]
    answer: _Findings | None = None
    while True:
        pair, walk = stack[-1]
        try:
            asked_reader, asked_writer, place = next(walk) if answer is None else walk.send(answer)
        except StopIteration as finished:
            answer = known[pair] = finished.value
            stack.pop()
            if not stack:
                return answer
            continue
        pair = (asked_reader, asked_writer)
        answer = known.get(pair)
        if answer is None:
            known[pair] = ()
            stack.append((pair, _walk(asked_reader, asked_writer, place, known)))


def _walk(reader: AvroType, writer: AvroType, place: _Place, known: Mapping[_Pair, _Findings]) -> _Walk:
    """The comparison of one pair: yields the pairs inside it, returns its findings."""
    match reader, writer:
        case _, UnionType():
            return _writer_union(reader, writer, place)
        case UnionType(), _:
            return _reader_union(reader, writer, place, known)
        case RecordType(), RecordType():
            return _records(reader, writer, place)
        case ArrayType(), ArrayType():
            return _inner(reader.items, writer.items, _Place(place, "/items", "[]"))
        case MapType(), MapType():
            return _inner(reader.values, writer.values, _Place(place, "/values", "{}"))
        case _:
            return _leaf(reader, writer, place)


def _inner(reader: AvroType, writer: AvroType, place: _Place) -> _Walk:
    return (yield reader, writer, place)


def _leaf(reader: AvroType, writer: AvroType, place: _Place) -> _Walk:
    yield from ()
    match reader, writer:
        case FixedType(), FixedType():
            return (*_check_names(reader, writer, place), *_check_sizes(reader, writer, place))
        case EnumType(), EnumType():
            return (*_check_names(reader, writer, place), *_check_symbols(reader, writer, place))
        case PrimitiveType(), PrimitiveType() if _takes(reader, writer):
            return ()
        case _:
            message = (
                f"reader type: {kind_of(reader).upper()} not compatible with "
                f"writer type: {kind_of(writer).upper()}"
            )
            return (_Finding(IncompatibilityKind.TYPE_MISMATCH, message, reader, writer, place),)


def _takes(reader: PrimitiveType, writer: PrimitiveType) -> bool:
    return reader.name == writer.name or writer.name in PROMOTIONS.get(reader.name, _NONE)


def _obviously_reads(reader: AvroType, writer: AvroType) -> bool:
    """Whether the answer is yes without a walk: primitives, and unions and arrays of them, most fields."""
    while type(reader) is ArrayType and type(writer) is ArrayType:
        reader, writer = reader.items, writer.items
    branches = writer.branches if type(writer) is UnionType else (writer,)
    readers = reader.branches if type(reader) is UnionType else (reader,)
    for branch in branches:
        if type(branch) is not PrimitiveType:
            return False
        for candidate in readers:
            if type(candidate) is PrimitiveType and _takes(candidate, branch):
                break
        else:
            return False
    return True


def _records(reader: RecordType, writer: RecordType, place: _Place) -> _Walk:
    # A dict keeps the order and each finding once: a type used in many fields would multiply them.
    found: dict[_Finding, None] = dict.fromkeys(_check_names(reader, writer, place))
    written = {each.name: each for each in writer.fields}
    for index, wanted in enumerate(reader.fields):
        source = written.get(wanted.name)
        if wanted.aliases:
            source = _unaliased(wanted, written, writer)
        wanted_type = wanted.type
        if source is not None:
            if _obviously_reads(wanted_type, source.type):
                continue
            inner = _Place(place, f"/fields/{index}/type", f".{wanted.name}")
            found |= dict.fromkeys((yield wanted_type, source.type, inner))
        elif wanted.has_default:
            continue
        elif isinstance(wanted_type, EnumType) and wanted_type.default is not None:
            # Apache compares the enum with the whole writer record here: always a TYPE_MISMATCH.
            inner = _Place(place, f"/fields/{index}/type", f".{wanted.name}")
            found |= dict.fromkeys((yield wanted_type, writer, inner))
        else:
            inner = _Place(place, f"/fields/{index}", f".{wanted.name}")
            kind = IncompatibilityKind.READER_FIELD_MISSING_DEFAULT_VALUE
            found[_Finding(kind, wanted.name, wanted, writer, inner)] = None
    return tuple(found)


def _unaliased(
    wanted: RecordField, written: Mapping[str, RecordField], writer: RecordType
) -> RecordField | None:
    """The writer's field that the reader's field is filled from, by name or by alias."""
    matches = {name: written[name] for name in (wanted.name, *wanted.aliases) if name in written}
    if len(matches) > 1:
        fields = ", ".join(f"'{name}'" for name in matches)
        place = wanted.position
        message = (
            f"field '{wanted.name}' matches several fields of the writer's record '{writer.fullname}' "
            f"by name and alias: {fields}; remove the alias that is not meant"
        )
        raise SchemaError(
            [Diagnostic("ALIAS_AMBIGUOUS", message, place.path or "<schema>", place.line, place.column)]
        )
    return next(iter(matches.values()), None)


def _writer_union(reader: AvroType, writer: UnionType, place: _Place) -> _Walk:
    """Every branch that may have been written must be readable."""
    found: dict[_Finding, None] = {}
    for index, branch in enumerate(writer.branches):
        if not _obviously_reads(reader, branch):
            found |= dict.fromkeys((yield reader, branch, _Place(place, f"/{index}", "")))
    return tuple(found)


def _reader_union(
    reader: UnionType, writer: AvroType, place: _Place, known: Mapping[_Pair, _Findings]
) -> _Walk:
    """Some branch must be able to read it; the first that can ends the search.

    A branch of another kind or name is never the one, so it is not walked: large unions stay cheap.
    As in Apache it passes nevertheless while the walk stands inside that very pair.
    """
    causes: dict[_Finding, None] = {}
    for index, branch in enumerate(reader.branches):
        if not _is_counterpart(branch, writer):
            if known.get((branch, writer)) == ():
                return ()
            continue
        findings = yield branch, writer, _Place(place, f"/{index}", "")
        if not findings:
            return ()
        # Flat, so that unions in unions stay readable (and no deeper than one level).
        causes |= dict.fromkeys(cause for each in findings for cause in each.causes or (each,))
    message = f"reader union lacking writer type: {kind_of(writer).upper()}"
    kind = IncompatibilityKind.MISSING_UNION_BRANCH
    return (_Finding(kind, message, reader, writer, place, causes=tuple(causes)),)


def _is_counterpart(branch: AvroType, writer: AvroType) -> bool:
    """Whether the branch may read the writer's type, going by kind and name alone."""
    if isinstance(branch, NamedType):
        return type(branch) is type(writer) and names_match(branch, writer)
    if isinstance(branch, PrimitiveType) and isinstance(writer, PrimitiveType):
        return _takes(branch, writer)
    return type(branch) is type(writer)


def names_match(reader: NamedType, writer: NamedType) -> bool:
    """Whether a reader's named type stands for a writer's: unqualified name, or alias by full name.

    Source: Avro 1.12, Schema Resolution ("both schemas are records with the same (unqualified) name");
    aliases are compared in full, as Apache does.
    """
    if simple_name(reader.fullname) == simple_name(writer.fullname):
        return True
    if namespace_of(reader.fullname) and not namespace_of(writer.fullname):
        # Such an alias starts with a dot (".Old"), and Apache never matches one.
        return False
    return writer.fullname in reader.aliases


def _check_names(reader: NamedType, writer: NamedType, place: _Place) -> _Findings:
    if names_match(reader, writer):
        return ()
    message = f"expected: {writer.fullname}"
    return (_Finding(IncompatibilityKind.NAME_MISMATCH, message, reader, writer, place, "/name"),)


def _check_sizes(reader: FixedType, writer: FixedType, place: _Place) -> _Findings:
    if reader.size == writer.size:
        return ()
    message = f"expected: {writer.size}, found: {reader.size}"
    return (_Finding(IncompatibilityKind.FIXED_SIZE_MISMATCH, message, reader, writer, place, "/size"),)


def _check_symbols(reader: EnumType, writer: EnumType, place: _Place) -> _Findings:
    missing = sorted(set(writer.symbols).difference(reader.symbols))
    if not missing or reader.default in reader.symbols:
        return ()
    kind = IncompatibilityKind.MISSING_ENUM_SYMBOLS
    return (_Finding(kind, f"[{', '.join(missing)}]", reader, writer, place, "/symbols"),)


def _root_name(node: AvroType) -> str:
    match node:
        case RecordType() | EnumType() | FixedType():
            return simple_name(node.fullname)
        case _:
            return kind_of(node)
