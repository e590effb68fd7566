"""Ask the reference library: Apache Avro's Python package ``avro``, imported when it is needed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from avroforge.errors import MissingExtraError
from avroforge.schema import model
from avroforge_codegen.verification.datum import Chosen, Converted
from avroforge_codegen.verification.limit import OTHER_BYTES, Limit, limit_of
from avroforge_codegen.verification.neutral import part_at
from avroforge_codegen.verification.report import first_difference

if TYPE_CHECKING:
    from avroforge.schema import Schema
    from avroforge_codegen.verification.datum import Datum
    from avroforge_codegen.verification.limit import Stage

_CONVERTS: Final = frozenset(
    {"date", "time-millis", "time-micros", "timestamp-millis", "timestamp-micros", "decimal"}
)
"""The logical types whose Python values the reference takes; of the others it takes the underlying value."""
_SHOWN: Final = 160


@dataclass(frozen=True, slots=True)
class Unsaid:
    """The reference cannot say: to which class of its failures this belongs, and what it said."""

    limit: Limit
    symptom: str


class Reference:
    """The reference library.

    Raises:
        MissingExtraError: it is not installed.
    """

    def __init__(self) -> None:
        try:
            import avro.io  # noqa: PLC0415 - only for those who verify
            import avro.name  # noqa: PLC0415 - as above
            import avro.schema  # noqa: PLC0415 - as above
        except ModuleNotFoundError as error:
            message = f"--verify compares with the package {error.name!r}, which is not installed"
            raise MissingExtraError(f"{message}: pip install 'avroforge[codegen]'") from error
        self._schema: Any = avro.schema
        self._io: Any = avro.io
        self._names: Any = avro.name.Names
        self._told = _told_writer(avro.io.DatumWriter)

    def read(self, schema: Schema) -> ReadSchema | Unsaid:
        """A schema as the reference reads it."""
        own = schema.names.keys() <= set(schema.defined)
        names = self._names()
        try:
            root = self._schema.make_avsc_object(
                json.loads(schema.text if own else schema.self_contained), names
            )
        except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
            return _unsaid("schema", error)
        return ReadSchema(root, names.names)

    def judge(self, found: Any, node: model.AvroType, datum: Datum, expected: bytes) -> Unsaid | None:  # noqa: ANN401 - its schema
        """None where the reference writes the expected bytes, else why it cannot say."""
        if found is None:
            return _unsaid("schema", "it knows no type of this name")
        written: bytes | None = None
        failure: Exception | None = None
        try:
            written = self._write(self._io.DatumWriter(found), plain(node, datum))
        except Exception as error:  # noqa: BLE001 - as above
            failure = error
        if written == expected:
            return None
        try:
            told = self._write(self._told(found), plain(node, datum, told=True))
        except Exception as error:  # noqa: BLE001 - as above
            return _unsaid("write", failure or error)
        if told == expected:
            return _unsaid("choice", failure or OTHER_BYTES)
        _, part = part_at(node, datum, "", first_difference(expected, told))
        kind = type(part.value if isinstance(part, Converted) else part).__name__
        return _unsaid("write", failure or f"{OTHER_BYTES} of a {kind}")

    def _write(self, writer: Any, datum: object) -> bytes:  # noqa: ANN401 - its class has no types
        out = BytesIO()
        writer.write(datum, self._io.BinaryEncoder(out))
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class ReadSchema:
    """A schema of the reference: its root, and its named types by full name."""

    root: Any
    names: dict[str, Any]


def _told_writer(base: Any) -> Any:  # noqa: ANN401 - a class of a package without types
    """A writer of the reference that is told the branch of every union and so has nothing to validate."""

    class ToldWriter(base):  # type: ignore[misc]  # the base is known at run time only
        def write(self, datum: object, encoder: object) -> None:
            self.write_data(self.writers_schema, datum, encoder)

        def write_union(self, writers_schema: Any, datum: Chosen, encoder: Any) -> None:  # noqa: ANN401 - as above
            encoder.write_long(datum.index)
            self.write_data(writers_schema.schemas[datum.index], datum.value, encoder)

    return ToldWriter


def plain(node: model.AvroType, datum: Datum, *, told: bool = False) -> Any:  # noqa: ANN401 - a plain datum
    """The plain datum that the reference takes; `told` keeps the branches of unions."""
    match node:
        case model.PrimitiveType() | model.FixedType():
            if not isinstance(datum, Converted):
                return datum
            return datum.value if node.logical is not None and node.logical.name in _CONVERTS else datum.raw
        case model.ArrayType():
            return [plain(node.items, item, told=told) for item in datum]
        case model.MapType():
            return {key: plain(node.values, item, told=told) for key, item in datum.items()}
        case model.UnionType():
            value = plain(node.branches[datum.index], datum.value, told=told)
            return Chosen(datum.index, value) if told else value
        case model.RecordType():
            return {each.name: plain(each.type, datum[each.name], told=told) for each in node.fields}
        case _:
            return datum


def _unsaid(stage: Stage, failure: Exception | str) -> Unsaid:
    symptom = (
        failure if isinstance(failure, str) else f"{type(failure).__name__}: {' '.join(str(failure).split())}"
    )
    return Unsaid(limit_of(stage, symptom), symptom if len(symptom) <= _SHOWN else f"{symptom[:_SHOWN]}...")
