"""A wrong value anywhere in a value: the bytes of a value after all, or one error with the very path."""

from __future__ import annotations

import datetime as dt
import io
import math
from array import array
from collections import UserDict, UserList, deque
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from tests.property.strategies import data_for, schemas
from tests.unit.codec.harness import codec_of, same

from avroforge.branches import Branch, Double, Int, String
from avroforge.codec import ir
from avroforge.codec.walk_decode import root_name
from avroforge.errors import EncodeError
from avroforge.formats.container import ContainerReader, ContainerWriter
from avroforge.wire.logical import Duration, TimestampNanos

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import DataObject

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

NAIVE: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)


class Text(str):
    __slots__ = ()


class Whole(int):
    pass


class Listed(list[Any]):
    pass


class NoRepr:
    def __repr__(self) -> str:
        raise RuntimeError


def endless() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def always(value: object) -> Callable[[], Any]:
    return lambda: value


WRONG: Final[list[Callable[[], Any]]] = [
    *map(always, (None, True, 0, -1, 2**31, -(2**31) - 1, 2**63, 2**70, 1.5, math.nan)),
    *map(always, (1e39, -0.0, 1j, "", "text", "\ud800", b"", b"xyz", Text("t"), Whole(3))),
    *map(always, (Decimal("1.5"), Decimal("NaN"), Decimal("1E+50"), Fraction(1, 3))),
    *map(always, (dt.date(2026, 1, 1), NAIVE, dt.time(1, 2, 3, 4))),
    lambda: dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    *map(always, (UUID(int=5), Duration(1, 2, 3), TimestampNanos(7), Int(5), Double(1.0))),
    *map(always, (String("s"), Branch, int, len, object, ..., NotImplemented)),
    object,
    NoRepr,
    list,
    dict,
    endless,
    lambda: [None],
    lambda: [1, "x"],
    lambda: Listed([1.0]),
    lambda: (1, 2),
    lambda: ("int", 1),
    lambda: {1, 2},
    lambda: deque([1.0]),
    lambda: UserList([1]),
    lambda: UserDict({"k": 1}),
    lambda: range(3),
    lambda: iter([1]),
    lambda: {"k": 1},
    lambda: {1: 1},
    lambda: {"\ud800": 1},
    lambda: {"k": object()},
    lambda: bytearray(b"xyz"),
    lambda: memoryview(b"wxyz"),
    lambda: memoryview(array("i", [1, 2])),
    lambda: array("d", [1.0, 2.0]),
    lambda: array("q", [2**40]),
    lambda: np.float32(0.1),
    lambda: np.float64("nan"),
    lambda: np.longdouble(0.1),
    lambda: np.int64(5),
    lambda: np.uint64(2**64 - 1),
    lambda: np.bool_(True),
    lambda: np.str_("s"),
    lambda: np.bytes_(b"s"),
    lambda: np.datetime64("2026-01-01"),
    lambda: np.array(5.0),
    lambda: np.array([]),
    lambda: np.array([1.0, math.nan]),
    lambda: np.array([1, 2**62 + 1]),
    lambda: np.array([1e39]),
    lambda: np.array([2**31]),
    lambda: np.array([1.0, 2.0, 3.0])[::2],
    lambda: np.array([1.0, 2.0], ">f8"),
    lambda: np.array([[1.0, 2.0]]),
    lambda: np.array([1j]),
    lambda: np.array([True]),
    lambda: np.array(["a", "\ud800"]),
    lambda: np.array([b"a"]),
    lambda: np.array([1, None], object),
    lambda: np.array([1.0, "x"], object),
    lambda: np.ma.masked_array([1.0, 2.0], [False, True]),
    lambda: np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")]),
]


class Holder:
    """The root as something to set."""

    def __init__(self, value: object) -> None:
        self.value = value


def places(value: Any, node: ir.Node, path: str, put: Callable[[Any], None]) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - as its node says
    """Every place in a value: its path, and what puts another value there."""
    yield path, put
    match node:
        case ir.Record():
            for field in node.fields:
                inner = getattr(value, field.attribute)
                yield from places(
                    inner,
                    field.node,
                    f"{path}.{field.name}",
                    partial(setattr, value, field.attribute),
                )
        case ir.Array() if isinstance(value, list):
            for number, item in enumerate(value):
                yield from places(item, node.items, f"{path}[{number}]", partial(value.__setitem__, number))
        case ir.Map():
            for key, item in list(value.items()):
                yield from places(item, node.values, f"{path}[{key!r}]", partial(value.__setitem__, key))
        case ir.Union() if node.nullable is not None and value is not None and node.nullable.wrapper is None:
            for place, inner in places(value, node.nullable.node, path, put):
                if inner is not put:
                    yield place, inner
        case _:
            return


@pytest.mark.parametrize("arrays", ["list", "numpy"])
@pytest.mark.parametrize("logical_types", ["typed", "raw"])
@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_a_wrong_value_is_an_error_with_its_path_or_is_written_as_what_it_equals(
    arrays: str, logical_types: str, data: DataObject
) -> None:
    codec = codec_of(data.draw(schemas(), label="schema"), arrays, logical_types)
    node = codec._bound()
    good = data.draw(data_for(codec), label="value")
    before = codec.encode(good)
    for _ in range(8):
        holder = Holder(codec.decode(before))  # no two places share an object
        found = list(places(holder.value, node, root_name(node), partial(setattr, holder, "value")))
        path, put = data.draw(st.sampled_from(found), label="place")
        wrong = data.draw(st.sampled_from(WRONG))()
        put(wrong)
        written = outcome(codec, holder.value)
        if isinstance(written, EncodeError):
            assert written.path.startswith(path), (written.path, path, wrong)
            assert written.expected
            assert written.got
            refused_everywhere(codec, holder.value, good, before)
        else:
            again = codec.decode(written)
            assert codec.encode(again) == written
            assert same(codec.decode(codec._encode_slowly(holder.value)), again)


def outcome(codec: Any, value: object) -> Any:  # noqa: ANN401 - an interface; bytes or an error
    try:
        return codec.encode(value)
    except EncodeError as error:
        return error


def refused_everywhere(codec: Any, value: object, good: object, before: bytes) -> None:  # noqa: ANN401 - an interface
    """No encoding writes a part of a value."""
    for write in (codec.to_avro_bytes, codec.to_json, codec.to_plain_json, codec.encode_single_object):
        with pytest.raises(EncodeError):
            write(value)
    with pytest.raises(EncodeError):
        codec.serialize(value)
    file = io.BytesIO()
    with ContainerWriter(file, type(codec)) as writer:
        writer.write(good)
        with pytest.raises(EncodeError):
            writer.write(value)
        writer.write(good)
    read = list(ContainerReader(io.BytesIO(file.getvalue()), type(codec)))
    assert [codec.encode(each) for each in read] == [before, before]
    assert codec.encode(good) == before
