from __future__ import annotations

import io
from typing import Any

import pytest
from tests.unit.formats.sample import Interface, rows
from tests.unit.formats.test_container_damage import block, written

from avroforge.errors import ConfigurationError, DecodeError
from avroforge.formats.container import ContainerLimits, ContainerReader, ContainerWriter
from avroforge.wire.limits import DecodeLimits
from avroforge.wire.varint import write_long
from avroforge_codegen import load_interface

NULLS = load_interface('{"type": "array", "items": "null"}')
CHAIN = load_interface('{"type": "record", "name": "N", "fields": [{"name": "next", "type": ["null", "N"]}]}')


def read(data: bytes, interface: Any = Interface, **limits: Any) -> list[Any]:  # noqa: ANN401 - an interface, and limits
    return list(ContainerReader(io.BytesIO(data), interface, limits=ContainerLimits(**limits)))


@pytest.mark.parametrize(
    ("limits", "codec", "refusal"),
    [
        ({"header_bytes": 100}, "null", "the header is larger than 100 bytes"),
        ({"stored_bytes": 100}, "null", "more than the limit of 100 bytes"),
        ({"expanded_bytes": 100}, "deflate", "expands to more than 100 bytes"),
        ({"dictionary_bytes": 1000}, "xz", "memory usage limit"),
        ({"dictionary_bytes": 1000}, "zstandard", "memory"),
    ],
)
def test_each_limit_of_a_file_can_be_set(limits: dict[str, int], codec: str, refusal: str) -> None:
    data = written(rows(2000), codec=codec)
    assert len(read(data)) == 2000
    with pytest.raises(DecodeError, match=refusal):
        read(data, **limits)


@pytest.mark.parametrize("codec", ["bzip2", "xz", "zstandard"])
def test_a_file_may_not_expand_to_thousands_of_times_its_size(codec: str) -> None:
    interface = load_interface('"bytes"')
    data = written([bytes(3_000_000)] * 12, interface, codec)
    assert len(read(data, interface)) == 12
    limits = ContainerLimits(expanded_bytes=4_000_000, expansion=10)
    reader = ContainerReader(io.BytesIO(data), interface, on_damage="skip", limits=limits)
    assert 1 <= len(list(reader)) <= 5
    assert "more than 10 times its size" in reader.losses[0].reason


def test_blocks_that_expand_too_far_count_as_what_they_may_have_cost() -> None:
    interface = load_interface('"bytes"')
    data = written([bytes(3_000_000)] * 12, interface, "deflate")
    limits = ContainerLimits(expanded_bytes=1_000_000, expansion=10)
    reader = ContainerReader(io.BytesIO(data), interface, on_damage="skip", limits=limits)
    assert list(reader) == []
    assert len(reader.losses) == 12
    assert sum("10 times its size" in loss.reason for loss in reader.losses) >= 8


@pytest.mark.parametrize("interface", [NULLS, None], ids=["typed", "plain"])
def test_items_without_bytes_count_through_the_whole_file(interface: Any) -> None:  # noqa: ANN401 - a class, or None
    each = write_long(60_000) + b"\x00"
    data = written([], NULLS) + block(2, each * 2) * 3
    assert len(read(data, interface)) == 6
    with pytest.raises(DecodeError, match="at most 250000 records and items of zero bytes in a file"):
        read(data, interface, free_items=250_000)
    assert len(read(data, interface, free_items=360_000)) == 6
    with pytest.raises(DecodeError, match="at most 50000 items of zero bytes in a message"):
        read(data, interface, message=DecodeLimits(free_items=50_000))


def test_each_byte_of_records_pays_for_one_item_more() -> None:
    each = write_long(4) + b"\x00"
    data = written([], NULLS) + block(1000, each * 1000)
    assert len(read(data, NULLS, free_items=2000)) == 1000
    with pytest.raises(DecodeError, match="at most 1999 records and items"):
        read(data, NULLS, free_items=1999)


def test_records_without_bytes_count_through_the_whole_file() -> None:
    interface = load_interface('"null"')
    data = written([None] * 250_000, interface)
    assert len(read(data, interface)) == 250_000
    with pytest.raises(DecodeError, match="at most 249999 records"):
        read(data, interface, free_items=249_999)


def test_damaged_records_are_charged_too() -> None:
    # read to the last item, and then broken: without a charge each block would cost a budget of its own
    broken = block(1, write_long(90_000) + b"\x01")
    data = written([], NULLS) + broken * 50
    reader = ContainerReader(
        io.BytesIO(data), NULLS, on_damage="skip", limits=ContainerLimits(free_items=500_000)
    )
    assert list(reader) == []
    assert sum("in a file" in loss.reason for loss in reader.losses) >= 40


@pytest.mark.parametrize("interface", [CHAIN, None], ids=["typed", "plain"])
def test_a_record_s_limits_are_the_interface_s_unless_given(interface: Any) -> None:  # noqa: ANN401 - a class, or None
    data = written([], CHAIN) + block(1, b"\x02" * 99 + b"\x00")
    with pytest.raises(DecodeError, match="at most 64 levels"):
        read(data, interface)
    assert len(read(data, interface, message=DecodeLimits(depth=100))) == 1


def test_an_interface_has_limits_of_its_own() -> None:
    class Deep(CHAIN):  # type: ignore[misc, valid-type]  # made at run time
        __slots__ = ()
        LIMITS = DecodeLimits(depth=100)

    data = written([], CHAIN) + block(1, b"\x02" * 99 + b"\x00")
    assert len(read(data, Deep)) == 1


def test_the_header_of_a_file_to_append_to_is_limited() -> None:
    file = io.BytesIO(written(rows(3)))
    with pytest.raises(DecodeError, match="larger than 100 bytes"):
        ContainerWriter.append(file, Interface, limits=ContainerLimits(header_bytes=100))
    ContainerWriter.append(file, Interface, limits=ContainerLimits(header_bytes=10_000)).close()


@pytest.mark.parametrize("value", [-1, 1.5, True, None, "1"])
def test_a_limit_is_a_whole_number(value: Any) -> None:  # noqa: ANN401 - anything
    for name in ("header_bytes", "free_items"):
        with pytest.raises(ConfigurationError, match=f"{name} of 0 or more"):
            ContainerLimits(**{name: value})
    for name in ("depth", "free_items"):
        with pytest.raises(ConfigurationError, match=f"{name} of 0 or more"):
            DecodeLimits(**{name: value})
