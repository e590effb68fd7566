"""Resolve a writer's schema against a reader's: the plan by which the reader reads what was written.

Source: Avro 1.12, Schema Resolution. Choices where it leaves room, or where Java departs from it:

* Of the reader's union the first branch is taken that takes the writer's type by promotion, as the text says
  (Java prefers the exact type), also where the writer has the same union; only schemas that are the same as a
  whole keep every branch. A named type goes to the first branch that can read all of it, the one of its full
  name before those of its unqualified name or of an alias.
* Record names are compared everywhere, and field aliases apply in every matching pair of records; an alias is
  asked only where the writer has no field of the very name, and two that match are an error.
* Logical types of one family (times of day, timestamps, local timestamps, decimals) are converted between
  scales and units; of two families none is read as the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.errors import ResolutionError, SchemaError
from avroforge.evolution.branch import branch_for, takes
from avroforge.evolution.compatibility import names_match
from avroforge.evolution.default_bytes import default_bytes, is_immutable
from avroforge.evolution.plan import (
    Cast,
    Enter,
    Fill,
    ReadArray,
    ReadEnum,
    ReadField,
    ReadMap,
    ReadRecord,
    ReadUnion,
    Refuse,
    Same,
    SkipField,
    all_records,
)
from avroforge.evolution.sameness import Sameness, source_of
from avroforge.schema.model import (
    ArrayType,
    EnumType,
    FixedType,
    MapType,
    NamedType,
    PrimitiveType,
    RecordType,
    UnionType,
    kind_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.evolution.plan import Plan, Step
    from avroforge.schema import Schema
    from avroforge.schema.model import AvroType, RecordField

_FAMILIES: Final[Mapping[str, str]] = {
    "time-millis": "time",
    "time-micros": "time",
    "timestamp-millis": "timestamp",
    "timestamp-micros": "timestamp",
    "timestamp-nanos": "timestamp",
    "local-timestamp-millis": "local timestamp",
    "local-timestamp-micros": "local timestamp",
    "local-timestamp-nanos": "local timestamp",
    "decimal": "decimal",
    "big-decimal": "decimal",
}


def resolve_schemas(writer: Schema, reader: Schema, *, typed: bool = True) -> Plan:
    """The plan to read what `writer` wrote as `reader`.

    Args:
        writer: the schema that wrote.
        reader: the schema that reads.
        typed: convert logical types; else numbers, bytes and strings are taken as they are.

    Raises:
        ResolutionError: no value at all could be read. A branch, symbol or item without a counterpart is an
            error only for a value that has it.
    """
    same_form = writer.canonical_form == reader.canonical_form
    if same_form and Sameness(typed=typed, whole=True).same(writer.type, reader.type):
        return Same(reader.type)
    try:
        plan = _Resolver(typed=typed).resolve(writer.type, reader.type)
    except SchemaError as error:
        raise ResolutionError(error.message) from error
    reason = refusal_of(plan)
    if reason is None:
        return plan
    names = f"{_label(reader.type)} cannot read what {_label(writer.type)} wrote"
    raise ResolutionError(f"{names}: {reason}")


def refusal_of(root: Plan) -> str | None:
    """Why no value of a plan can be read, or None where some can (or the plan cannot tell)."""
    refused: dict[str, str] = {}
    records = all_records(root)
    pending = True
    while pending:
        pending = False
        for name, record in reversed(records.items()):
            if name not in refused:
                reason = _record_refusal(record, refused)
                if reason is not None:
                    refused[name] = reason
                    pending = True
    return _refusal(root, refused)


def _refusal(plan: Plan, refused: Mapping[str, str]) -> str | None:
    match plan:
        case Refuse():
            return plan.reason
        case ReadRecord():
            return refused.get(plan.name)
        case Enter():
            return _refusal(plan.plan, refused)
        case ReadUnion():
            reasons = [_refusal(branch, refused) for branch in plan.branches]
            return None if not reasons or None in reasons else reasons[0]
        case ReadEnum():
            return (
                None
                if max(plan.indexes, default=-1) >= 0
                else f"{plan.reader.fullname} has none of the symbols"
            )
        case Same() | Cast() | ReadArray() | ReadMap():
            return None


def _record_refusal(record: ReadRecord, refused: Mapping[str, str]) -> str | None:
    if record.refusal is not None:
        return record.refusal
    for step in record.steps:
        if isinstance(step, ReadField):
            for _, plan in step.targets:
                reason = _refusal(plan, refused)
                if reason is not None:
                    return f"field {step.name!r}: {reason}"
    return None


class _Resolver:
    """One resolution: pairs of records are planned once, from a queue, so no chain of them is too long."""

    def __init__(self, *, typed: bool) -> None:
        self._typed = typed
        self._sameness = Sameness(typed=typed)
        self._records: dict[tuple[RecordType, RecordType], ReadRecord] = {}
        self._queue: list[ReadRecord] = []

    def resolve(self, writer: AvroType, reader: AvroType) -> Plan:
        result = self._plan(writer, reader)
        while self._queue:
            self._complete(self._queue.pop())
        return result

    def _plan(self, writer: AvroType, reader: AvroType) -> Plan:
        if self._sameness.same(writer, reader):
            return Same(reader)
        match writer, reader:
            case UnionType(), _:
                return ReadUnion(writer, tuple(self._plan(branch, reader) for branch in writer.branches))
            case _, UnionType():
                return self._enter(writer, reader)
            case ArrayType(), ArrayType():
                return ReadArray(writer, reader, self._plan(writer.items, reader.items))
            case MapType(), MapType():
                return ReadMap(writer, reader, self._plan(writer.values, reader.values))
            case PrimitiveType(), PrimitiveType() if takes(reader, writer):
                return self._cast(writer, reader)
            case _ if isinstance(writer, NamedType) and isinstance(reader, NamedType):
                return self._named(writer, reader)
            case _:
                return Refuse(f"{_label(writer)} cannot be read as {_label(reader)}")

    def _named(self, writer: NamedType, reader: NamedType) -> Plan:
        if type(writer) is type(reader) and not names_match(reader, writer):
            return Refuse(f"{_label(writer)} is neither the name nor an alias of {_label(reader)}")
        match writer, reader:
            case RecordType(), RecordType():
                return self._record(writer, reader)
            case EnumType(), EnumType():
                return _enum(writer, reader)
            case FixedType(), FixedType() if writer.size == reader.size:
                return self._cast(writer, reader)
            case FixedType(), FixedType():
                return Refuse(f"{_label(reader)}: expected {reader.size} bytes, got {writer.size}")
            case _:
                return Refuse(f"{_label(writer)} cannot be read as {_label(reader)}")

    def _cast(self, writer: PrimitiveType | FixedType, reader: PrimitiveType | FixedType) -> Plan:
        if self._typed and writer.logical is not None and reader.logical is not None:
            theirs, ours = writer.logical.name, reader.logical.name
            if _FAMILIES.get(theirs, theirs) != _FAMILIES.get(ours, ours):
                return Refuse(f'{theirs} cannot be read as {ours}; logical_types = "raw" reads the number')
        return Cast(writer, reader)

    def _enter(self, writer: AvroType, reader: UnionType) -> Plan:
        index = branch_for(writer, reader)
        if index is None:
            return Refuse(f"{_label(writer)} has no branch in the reader's {_label(reader)}")
        return Enter(reader, index, self._plan(writer, reader.branches[index]))

    def _record(self, writer: RecordType, reader: RecordType) -> ReadRecord:
        known = self._records.get((writer, reader))
        if known is None:
            known = self._records[writer, reader] = ReadRecord(writer, reader)
            self._queue.append(known)
        return known

    def _complete(self, record: ReadRecord) -> None:
        written = {field.name: field for field in record.writer.fields}
        targets: dict[str, list[tuple[int, Plan]]] = {name: [] for name in written}
        fills: list[Fill] = []
        refusal: str | None = None
        for index, wanted in enumerate(record.reader.fields):
            sources = source_of(wanted, written)
            if len(sources) > 1:
                names = ", ".join(repr(field.name) for field in sources)
                refusal = f"field {wanted.name!r} matches several fields by alias: {names}"
            elif sources:
                targets[sources[0].name].append((index, self._plan(sources[0].type, wanted.type)))
            else:
                filled = _fill(index, wanted)
                if isinstance(filled, Fill):
                    fills.append(filled)
                else:
                    refusal = filled.reason
        steps: list[Step] = []
        for name, field in written.items():
            found = targets[name]
            steps.append(ReadField(name, tuple(found)) if found else SkipField(name, field.type))
        record.complete(tuple(steps), tuple(fills), refusal)


def _fill(index: int, wanted: RecordField) -> Fill | Refuse:
    if not wanted.has_default:
        return Refuse(f"the writer has no field {wanted.name!r}, and the reader no default for it")
    try:
        data = default_bytes(wanted.type, wanted.default)
    except ValueError as error:
        return Refuse(f"the default of field {wanted.name!r}: {error}")
    return Fill(index, data, is_immutable(wanted.type, wanted.default))


def _enum(writer: EnumType, reader: EnumType) -> ReadEnum:
    ours = {symbol: index for index, symbol in enumerate(reader.symbols)}
    other = -1 if reader.default is None else ours.get(reader.default, -1)
    return ReadEnum(writer, reader, tuple(ours.get(symbol, other) for symbol in writer.symbols))


def _label(node: AvroType) -> str:
    if isinstance(node, NamedType):
        return f"{kind_of(node)} {node.fullname}"
    if isinstance(node, UnionType):
        return f"union of {', '.join(_label(branch) for branch in node.branches) or 'nothing'}"
    return kind_of(node)
