from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, assume, given, settings
from tests.property.evolutions import evolutions, single_changes
from tests.property.strategies import data_for, mutations, schemas
from tests.unit.codec.harness import ARRAYS

from avroforge.codec import walk_resolve
from avroforge.codec.binding import schema_of
from avroforge.codec.bound import Sides
from avroforge.codec.plan_shape import PlanShapes
from avroforge.codec.resolve_program import compile_plan
from avroforge.errors import DecodeError, ResolutionError, SchemaError
from avroforge.evolution import check_compatibility
from avroforge.evolution.resolution import resolve_schemas
from avroforge.record import values_equal
from avroforge.wire.limits import Budget
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

    from avroforge.codec.ir import Storage
    from avroforge.codec.lower import LogicalMode

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
PROFILE = settings(max_examples=80, deadline=None, suppress_health_check=SLOW)


class Pair:
    """A writer and a reader, with both ways to read."""

    def __init__(self, data: DataObject, arrays: Storage, logical_types: LogicalMode = "raw") -> None:
        writer = data.draw(schemas(), label="writer")
        reader = data.draw(evolutions(writer), label="reader")
        self.writer = load_interface(writer, logical_types=logical_types)()
        self.reader = load_interface(reader, arrays=arrays, logical_types=logical_types)
        self.text = writer
        self.reader_text = reader

    def message(self, data: DataObject) -> bytes:
        return self.writer.encode(data.draw(data_for(self.writer), label="value"))

    def both(self, message: bytes) -> tuple[Any, Any]:
        """What the compiled reader and the walk make of a message: a value or an exception each."""
        source = self.writer.schema()
        sides = Sides(source, self.reader)
        plan = resolve_schemas(source, schema_of(self.reader), typed=sides.typed)
        shapes = PlanShapes(plan, sides)
        try:
            fast, end = compile_plan(plan, sides, shapes)(message, 0, Budget())
            if end != len(message):
                fast = ValueError("bytes follow")
        except (ValueError, ArithmeticError, LookupError, RecursionError, struct.error) as error:
            fast = error
        try:
            slow = walk_resolve.decode(message, plan, sides, shapes)
        except DecodeError as error:
            slow = error
        return fast, slow


@pytest.mark.parametrize("arrays", ARRAYS)
@PROFILE
@given(data=st.data())
def test_what_is_compatible_is_read(arrays: Storage, data: DataObject) -> None:
    pair = Pair(data, arrays)
    try:
        assume(check_compatibility(reader=pair.reader_text, writer=pair.text).compatible)
    except SchemaError:
        assume(False)
    message = pair.message(data)
    fast, slow = pair.both(message)
    if isinstance(slow, DecodeError) and "utf-8" in slow.reason:
        return  # bytes that are no text, read as string
    assert not isinstance(slow, DecodeError)
    assert values_equal(fast, slow)
    assert values_equal(pair.reader().decode(message, writer_schema=pair.text), slow)


@pytest.mark.parametrize("arrays", ARRAYS)
@settings(PROFILE, max_examples=400)
@given(data=st.data())
def test_what_is_compatible_is_read_whatever_the_change_and_the_value(
    arrays: Storage, data: DataObject
) -> None:
    text = data.draw(schemas(depth=2), label="writer")
    changed = data.draw(single_changes(text), label="reader")
    try:
        assume(check_compatibility(reader=changed, writer=text).compatible)
    except SchemaError:
        assume(False)
    writer = load_interface(text, logical_types="raw")()
    reader = load_interface(changed, arrays=arrays, logical_types="raw")()
    for _ in range(5):
        message = writer.encode(data.draw(data_for(writer), label="value"))
        try:
            value = reader.decode(message, writer_schema=text)
        except DecodeError as error:
            assert "utf-8" in error.reason  # noqa: PT017 - bytes that are no text, read as string
        else:
            assert values_equal(reader.decode(reader.encode(value)), value)


@pytest.mark.parametrize("arrays", ARRAYS)
@PROFILE
@given(data=st.data())
def test_a_damaged_message_is_a_value_on_which_both_agree_or_a_decode_error(
    arrays: Storage, data: DataObject
) -> None:
    pair = Pair(data, arrays, data.draw(st.sampled_from(["raw", "typed"])))
    message = pair.message(data)
    for _ in range(4):
        damaged = data.draw(mutations(message), label="damaged")
        try:
            fast, slow = pair.both(damaged)
        except ResolutionError:
            assume(False)
        if not isinstance(fast, Exception):
            assert values_equal(fast, slow)
