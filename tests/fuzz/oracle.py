"""What must hold whatever the bytes are: a value, or one error with its place; never anything else.

* Only the documented errors leave; a `DecodeError` has a path, a reason, and an offset inside the message.
* The compiled function and the walk agree.
* What is read can be written, and reads again as the same value.
* Time and memory stay below a constant and a multiple of the input.
"""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
from collections import deque
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from tests.unit.codec.harness import check_message, outcome, same

from avroforge.codec import walk_resolve
from avroforge.codec.binding import schema_of
from avroforge.codec.bound import Sides
from avroforge.codec.plan_shape import PlanShapes
from avroforge.codec.resolve_program import compile_plan
from avroforge.errors import DecodeError, MissingExtraError, ResolutionError, SchemaError, SchemaNotFoundError
from avroforge.evolution.resolution import resolve_schemas
from avroforge.formats import single_object
from avroforge.formats.container import ContainerLimits, ContainerReader
from avroforge.registry import MemoryRegistry
from avroforge.registry.ids import RegistryIds
from avroforge.schema import parse_schema
from avroforge.wire.limits import Budget
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.case import Case

    from avroforge.interface import AvroInterfaceBase

SECONDS: Final = 2.0
SECONDS_PER_BYTE: Final = 1e-4
MEMORY: Final = 40_000_000
"""What 100,000 items without bytes may take, with the default values of their fields."""
MEMORY_PER_BYTE: Final = 300
LIMITS: Final = ContainerLimits(header_bytes=2**20, stored_bytes=2**20, expanded_bytes=2**20)
_KEPT: Final = 64


@lru_cache(maxsize=_KEPT)
def _codec(schema: str, arrays: Any, logical_types: Any) -> AvroInterfaceBase[Any]:  # noqa: ANN401 - literals
    return load_interface(schema, arrays=arrays, logical_types=logical_types)()


def codec_of(case: Case) -> AvroInterfaceBase[Any]:
    """The interface that reads a case."""
    return _codec(case.reader or case.schema, case.arrays, case.logical_types)


def check(case: Case) -> bool:
    """Hold a case against all that must be true of it; whether it is a value."""
    accepted = _CHECKS[case.way](case)
    if case.same_as is not None:
        assert accepted, "valid data are refused"
        read = reading(case)
        assert same(read(case.data), read(case.same_as)), "valid data are another value"
    return accepted


def check_cost(case: Case) -> None:
    """Hold the time and the memory of a case against their limits."""
    read = reading(case)

    def run() -> None:
        with suppress(DecodeError, SchemaError, ResolutionError, SchemaNotFoundError):
            read(case.data)

    run()  # what is compiled and kept is not the message's price
    size = len(case.data)
    tracemalloc.start()
    try:
        run()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MEMORY + MEMORY_PER_BYTE * size, f"{peak} bytes of memory for {size} bytes"
    spent = min(_spent(run) for _ in range(2))
    assert spent < SECONDS + SECONDS_PER_BYTE * size, f"{spent:.1f} s for {size} bytes"


def _spent(run: Callable[[], None]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def reading(case: Case) -> Callable[[bytes], object]:
    """The public call that reads bytes as the case says."""
    if case.way == "schema":
        return lambda data: parse_schema(data.decode("utf-8", "replace"))
    if case.way == "container":
        interface = type(codec_of(case))
        return lambda data: deque(
            ContainerReader(io.BytesIO(data), interface, on_damage="skip", limits=LIMITS), maxlen=1
        )
    codec = codec_of(case)
    match case.way:
        case "decode":
            return codec.decode
        case "resolve":
            return lambda data: codec.decode(data, writer_schema=case.schema)
        case "avro json":
            return codec.from_json
        case "plain json":
            return codec.from_plain_json
        case "single object":
            known = single_object.by_fingerprint([case.schema])
            return lambda data: codec.decode_single_object(data, schemas=known)
        case "framed":
            return registered(case).from_avro_bytes


@lru_cache(maxsize=_KEPT)
def _source(schema: str) -> RegistryIds:
    registry = MemoryRegistry()
    registry.register("written", schema)
    return RegistryIds(registry)


def registered(case: Case) -> AvroInterfaceBase[Any]:
    """The interface with a registry that gives the writer's schema the id 1."""
    return type(codec_of(case))(_source(case.schema))


def _check_decode(case: Case) -> bool:
    return check_message(codec_of(case), case.data)


@lru_cache(maxsize=_KEPT)
def _resolved(schema: str, reader: str, arrays: Any, logical_types: Any) -> tuple[Any, ...]:  # noqa: ANN401 - literals
    interface = type(_codec(reader, arrays, logical_types))
    writer = parse_schema(schema, lenient=True)
    sides = Sides(writer, interface)
    plan = resolve_schemas(writer, schema_of(interface), typed=sides.typed)
    shapes = PlanShapes(plan, sides)
    return plan, sides, shapes, compile_plan(plan, sides, shapes)


def _check_resolve(case: Case) -> bool:
    codec, data = codec_of(case), case.data
    plan, sides, shapes, compiled = _resolved(case.schema, case.reader, case.arrays, case.logical_types)
    slow = outcome(lambda: walk_resolve.decode(data, plan, sides, shapes), len(data))
    given = outcome(lambda: codec.decode(data, writer_schema=case.schema), len(data))
    try:
        fast, end = compiled(data, 0, Budget())
        accepted = end == len(data)
    except (ValueError, ArithmeticError, LookupError, RecursionError, TypeError, struct.error):
        accepted = False
    if isinstance(slow, DecodeError):
        assert not accepted, f"the compiled function reads {fast!r}, the walk says {slow}"
        assert isinstance(given, DecodeError)
        return False
    if accepted:
        assert same(fast, slow)
    assert same(given, slow)
    assert same(codec.decode(codec.encode(slow)), slow)
    return True


def _check_text(case: Case, write: Callable[[Any], str], read: Callable[[str | bytes], object]) -> bool:
    value = outcome(lambda: read(case.data), len(case.data))
    if isinstance(value, DecodeError):
        return False
    codec = codec_of(case)
    value = codec.decode(codec.encode(value))  # a float of the text is rounded
    text = write(value)
    assert same(read(text), value)
    assert same(read(text.encode()), value)
    return True


def _check_avro_json(case: Case) -> bool:
    codec = codec_of(case)
    return _check_text(case, codec.to_json, codec.from_json)


def _check_plain_json(case: Case) -> bool:
    codec = codec_of(case)
    return _check_text(case, codec.to_plain_json, codec.from_plain_json)


def _check_header(case: Case) -> bool:
    read = reading(case)
    try:
        value = outcome(lambda: read(case.data), len(case.data))
    except SchemaNotFoundError:
        assert case.way == "framed"
        return False
    if isinstance(value, DecodeError):
        return False
    codec = codec_of(case)
    assert same(codec.decode(codec.encode(value)), value)
    return True


def _check_container(case: Case) -> bool:
    interface = type(codec_of(case))
    try:
        reader = ContainerReader(io.BytesIO(case.data), interface, limits=LIMITS)
    except (SchemaError, ResolutionError, MissingExtraError):
        return False
    except DecodeError as error:
        _placed(error, case.data)
        return False
    records: list[Any] = []
    failure: DecodeError | None = None
    try:
        records.extend(reader)
    except DecodeError as error:
        _placed(error, case.data)
        failure = error
    skipping = ContainerReader(io.BytesIO(case.data), interface, on_damage="skip", limits=LIMITS)
    found = list(skipping)
    assert bool(skipping.losses) == (failure is not None)
    end = 0
    for loss in skipping.losses:
        assert end <= loss.start < loss.end <= len(case.data)
        _placed(loss.error, case.data)
        end = loss.end
    assert len(found) >= len(records)
    assert all(map(same, found, records))
    assert sum(1 for _ in ContainerReader(io.BytesIO(case.data), on_damage="skip", limits=LIMITS)) <= 10**6
    codec = codec_of(case)
    for record in records[:3]:
        assert same(codec.decode(codec.encode(record)), record)
    return failure is None


def _placed(error: DecodeError, data: bytes) -> None:
    assert 0 <= error.offset <= len(data)
    assert error.path
    assert error.reason


def _check_schema(case: Case) -> bool:
    text = case.data.decode("utf-8", "replace")
    try:
        schema = parse_schema(text)
    except SchemaError as error:
        for each in error.diagnostics:
            assert each.code
            assert each.message
        with suppress(SchemaError):
            parse_schema(text, lenient=True)
        return False
    again = parse_schema(schema.self_contained)
    assert again.key == schema.key
    assert again.canonical_form == schema.canonical_form
    return True


_CHECKS: Final[dict[str, Callable[[Case], bool]]] = {
    "decode": _check_decode,
    "resolve": _check_resolve,
    "avro json": _check_avro_json,
    "plain json": _check_plain_json,
    "single object": _check_header,
    "framed": _check_header,
    "container": _check_container,
    "schema": _check_schema,
}
