"""The reader for a pair of schemas: compiled once, kept in a bounded cache."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import Any, Final, Protocol

from avroforge.codec import walk_resolve
from avroforge.codec.binding import schema_of
from avroforge.codec.bound import Sides
from avroforge.codec.plan_shape import PlanShapes
from avroforge.codec.resolve_program import compile_plan
from avroforge.evolution.plan import Same
from avroforge.evolution.resolution import resolve_schemas
from avroforge.schema import Schema, parse_schema
from avroforge.wire.limits import Budget

MAX_READERS: Final = 256
"""How many pairs of a writer's schema and an interface keep their reader."""

# A class stands for its schema, its kind of arrays and its logical types; another class of the same schema
# makes other objects.
_readers: dict[tuple[str, type[Any]], Reader] = {}
_lock: Final = Lock()


class Reader(Protocol):
    """Reads one whole record."""

    def __call__(self, data: bytes, budget: type[Budget] = Budget) -> Any:  # noqa: ANN401 - any type of the reader
        """The value of `data`, within a budget of that class."""
        ...


def reader_for(writer_schema: str | Schema, interface: type[Any]) -> Reader:
    """The function that decodes what `writer_schema` wrote into the classes of an interface.

    Args:
        writer_schema: text or parsed; a text may have invalid defaults and references to later definitions.
        interface: a generated interface class.

    Returns:
        A function of one whole record, and of the class of its budget; it raises `DecodeError` for what is no
        value, or none that the reader has a counterpart for.

    Raises:
        SchemaError: a text that is no schema.
        ResolutionError: no value at all could be read.
    """
    writer = _parsed(writer_schema) if isinstance(writer_schema, str) else writer_schema
    if not isinstance(writer, Schema):
        raise TypeError(
            f"writer_schema: expected the text of a schema or a Schema, got {type(writer).__name__}"
        )
    known = _readers.get((writer.key, interface))
    return known or _keep(writer, interface)


@lru_cache(maxsize=MAX_READERS)
def _parsed(text: str) -> Schema:
    return parse_schema(text, path="<writer schema>", lenient=True)


def _keep(writer: Schema, interface: type[Any]) -> Reader:
    reader = _reader(writer, interface)
    with _lock:
        while len(_readers) >= MAX_READERS:
            del _readers[next(iter(_readers))]
        return _readers.setdefault((writer.key, interface), reader)


def _reader(writer: Schema, interface: type[Any]) -> Reader:
    sides = Sides(writer, interface)
    plan = resolve_schemas(writer, schema_of(interface), typed=sides.typed)
    if isinstance(plan, Same):
        return _same(interface())
    shapes = PlanShapes(plan, sides)
    compiled = compile_plan(plan, sides, shapes)

    def read(data: bytes, budget: type[Budget] = Budget) -> Any:  # noqa: ANN401 - any type of the reader
        try:
            value, end = compiled(data, 0, budget())
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - whatever the compiled code met, the walk names it or gets it right
            return walk_resolve.decode(data, plan, sides, shapes, budget())
        if end != len(data):
            return walk_resolve.decode(data, plan, sides, shapes, budget())
        return value

    return read


def _same(codec: Any) -> Reader:  # noqa: ANN401 - an interface, which is a layer above
    """The reader of what is written as the interface itself would write it."""

    def read(data: bytes, budget: type[Budget] = Budget) -> Any:  # noqa: ANN401 - any type of the reader
        return codec.decode(data, limits=budget.limits)

    return read
