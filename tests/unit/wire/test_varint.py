from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avroforge.wire.varint import (
    LENGTH,
    TABLE_SIZE,
    UNZIGZAG,
    ZIGZAG,
    read_block,
    read_int,
    read_length,
    read_long,
    write_int,
    write_length,
    write_long,
)

# Avro 1.12, Binary Encoding, Primitive Types: the specification's own examples, and the ends of the ranges
KNOWN = {
    0: "00",
    -1: "01",
    1: "02",
    -2: "03",
    -64: "7f",
    64: "8001",
    2**31 - 1: "feffffff0f",
    -(2**31): "ffffffff0f",
    2**63 - 1: "feffffffffffffffff01",
    -(2**63): "ffffffffffffffffff01",
}


@pytest.mark.parametrize(("number", "text"), KNOWN.items())
def test_numbers_have_the_bytes_of_the_specification(number: int, text: str) -> None:
    assert write_long(number).hex() == text
    assert read_long(bytes.fromhex(text), 0) == (number, len(text) // 2)


@given(st.integers(-(2**63), 2**63 - 1), st.binary(max_size=3))
def test_longs_round_trip_at_any_offset(number: int, before: bytes) -> None:
    data = before + write_long(number)
    assert read_long(data + b"\xff", len(before)) == (number, len(data))


def test_the_tables_say_what_the_functions_say() -> None:
    assert [write_long(number) for number in range(TABLE_SIZE + 1)][:-1] == ZIGZAG
    for byte in range(256):
        if byte < 128:
            assert read_long(bytes([byte]), 0) == (UNZIGZAG[byte], 1)
        whole = byte < 128 and UNZIGZAG[byte] >= 0
        assert LENGTH[byte] == (UNZIGZAG[byte] if whole else -1)


@pytest.mark.parametrize("text", ["8000", "80808000", "80" * 9 + "00"])
def test_an_over_long_zero_is_read(text: str) -> None:
    assert read_long(bytes.fromhex(text), 0) == (0, len(text) // 2)


@pytest.mark.parametrize("text", ["80" * 10 + "00", "ff" * 11, "80" * 9 + "02", "ff" * 9 + "7f"])
def test_more_than_ten_bytes_or_64_bits_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="varint"):
        read_long(bytes.fromhex(text), 0)


@pytest.mark.parametrize("text", ["", "80", "ff" * 9])
def test_a_varint_that_the_data_cut_off_is_refused(text: str) -> None:
    with pytest.raises(IndexError):
        read_long(bytes.fromhex(text), 0)


def test_an_int_has_32_bits() -> None:
    assert read_int(write_long(-(2**31)), 0) == (-(2**31), 5)
    for number in (2**31, -(2**31) - 1):
        with pytest.raises(ValueError, match="32 bits"):
            read_int(write_long(number), 0)
        with pytest.raises(OverflowError):
            write_int(number)
    with pytest.raises(OverflowError):
        write_long(2**63)


def test_a_length_lies_between_nothing_and_the_rest() -> None:
    assert read_length(write_length(3) + b"abc", 0) == (3, 1)
    for data in (write_length(4) + b"abc", write_long(-1) + b"abc", write_length(2**62)):
        with pytest.raises(ValueError, match="length of 0 to"):
            read_length(data, 0)


def test_a_block_announces_its_end_behind_a_negative_count() -> None:
    assert read_block(b"\x04\x02\x02", 0) == (2, 1, -1)
    assert read_block(b"\x03\x04\x02\x02", 0) == (2, 2, 4)
    assert read_block(write_long(-(2**63)) + b"\x00", 0)[0] == 2**63
    with pytest.raises(ValueError, match="length of 0 to"):
        read_block(b"\x03\x06\x02\x02", 0)
