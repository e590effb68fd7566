"""Decimals: exact under any context, minimal as Java writes them, bounded before conversion."""

from __future__ import annotations

import io
import time
from decimal import Context, Decimal, localcontext

import fastavro
import pytest
from avro.io import BinaryEncoder, DatumWriter
from avro.schema import parse as avro_parse
from hypothesis import assume, given
from hypothesis import strategies as st

from avroforge.wire.logical import (
    MAX_DECIMAL_DIGITS,
    read_big_decimal,
    read_decimal,
    write_big_decimal,
    write_decimal,
    write_decimal_fixed,
)
from avroforge.wire.varint import write_int, write_length


def minimal(unscaled: int) -> bytes:
    """The shortest two's complement, found by trying."""
    size = 1
    while not -(1 << (8 * size - 1)) <= unscaled < 1 << (8 * size - 1):
        size += 1
    return unscaled.to_bytes(size, "big", signed=True)


@st.composite
def decimals(draw: st.DrawFn) -> tuple[int, int, int]:
    """An unscaled value with a precision and a scale that hold it."""
    precision = draw(st.integers(1, 120))
    scale = draw(st.integers(0, precision))
    return draw(st.integers(1 - 10**precision, 10**precision - 1)), precision, scale


@given(decimals())
def test_every_unscaled_value_comes_back(case: tuple[int, int, int]) -> None:
    unscaled, precision, scale = case
    raw = minimal(unscaled)
    value = read_decimal(raw, precision, scale)
    assert value.as_tuple().exponent == -scale
    assert int("".join(map(str, value.as_tuple().digits))) == abs(unscaled)
    assert write_decimal(value, precision, scale) == raw
    size = len(raw) + 3
    fixed = write_decimal_fixed(value, precision, scale, size)
    assert fixed == unscaled.to_bytes(size, "big", signed=True)
    assert str(read_decimal(fixed, precision, scale)) == str(value)


@given(decimals(), st.integers(1, 9))
def test_the_callers_context_has_no_say(case: tuple[int, int, int], digits: int) -> None:
    unscaled, precision, scale = case
    with localcontext(Context(prec=digits, Emax=1, Emin=-1)):
        value = read_decimal(minimal(unscaled), precision, scale)
        assert write_decimal(value, precision, scale) == minimal(unscaled)
        assert write_big_decimal(read_big_decimal(write_big_decimal(value))) == write_big_decimal(value)


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("0", "00"),
        ("0.0", "00"),
        ("-0", "00"),
        ("0E+1000000", "00"),
        ("0E-1000000", "00"),
        ("1.5", "0096"),
        ("1.50000", "0096"),
        ("1.27", "7f"),
        ("1.28", "0080"),
        ("-1.28", "80"),
        ("-1.29", "ff7f"),
        ("-0.01", "ff"),
        ("1E+2", "2710"),
        ("99.99", "270f"),
    ],
)
def test_known_values_at_scale_two(text: str, raw: str) -> None:
    assert write_decimal(Decimal(text), 5, 2).hex() == raw
    assert read_decimal(bytes.fromhex(raw), 5, 2) == Decimal(text)
    extended = write_decimal_fixed(Decimal(text), 5, 2, 4)
    assert extended == int.from_bytes(bytes.fromhex(raw), "big", signed=True).to_bytes(4, "big", signed=True)


def test_a_value_read_shows_its_scale() -> None:
    assert str(read_decimal(b"\x00\x96", 4, 2)) == "1.50"
    assert str(read_decimal(b"\x00", 4, 2)) == "0.00"
    assert str(read_decimal(b"\xff", 4, 0)) == "-1"


def test_superfluous_sign_bytes_are_read_and_not_written() -> None:
    value = read_decimal(b"\x00\x00\x01", 4, 0)
    assert value == 1
    assert write_decimal(value, 4, 0) == b"\x01"


def test_no_byte_is_no_decimal() -> None:
    with pytest.raises(
        ValueError, match='at least one byte, got none; logical_types = "raw" reads the bytes'
    ):
        read_decimal(b"", 4, 2)


@pytest.mark.parametrize("unscaled", [10_000, -10_000, 2**4000, -(2**4000)])
def test_more_digits_than_the_precision_are_refused_on_reading(unscaled: int) -> None:
    with pytest.raises(
        ValueError, match=r'at most 4 digits, got a larger one in \d+ bytes; logical_types = "raw"'
    ):
        read_decimal(minimal(unscaled), 4, 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("100", r"expected a Decimal below 10\*\*2: precision 4, scale 2"),
        ("-100", r"expected a Decimal below 10\*\*2"),
        ("99.995", "at most 2 digits after the point"),
        ("0.001", "at most 2 digits after the point"),
        ("1E-999999999", "at most 2 digits after the point"),
        ("1E+999999999", r"below 10\*\*2"),
        ("NaN", "finite"),
        ("sNaN", "finite"),
        ("Infinity", "finite"),
        ("-Infinity", "finite"),
    ],
)
def test_what_does_not_fit_exactly_is_refused_on_writing(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        write_decimal(Decimal(text), 4, 2)
    with pytest.raises(ValueError, match=message):
        write_decimal_fixed(Decimal(text), 4, 2, 8)


@given(value=st.decimals(allow_nan=False, allow_infinity=False), scale=st.integers(0, 12))
def test_writing_never_changes_the_value(value: Decimal, scale: int) -> None:
    try:
        raw = write_decimal(value, 30, scale)
    except ValueError:
        assume(value)
        with localcontext(Context(prec=1000)):
            scaled = value.scaleb(scale)
            assert scaled != scaled.to_integral_value() or abs(scaled) >= 10**30
    else:
        assert read_decimal(raw, 30, scale) == value


def test_a_fixed_too_small_for_its_precision_is_refused() -> None:
    with pytest.raises(OverflowError, match="unscaled value fits 1 bytes"):
        write_decimal_fixed(Decimal(128), 3, 0, 1)
    assert write_decimal_fixed(Decimal(-128), 3, 0, 1) == b"\x80"


class Money(Decimal):
    pass


def test_a_subclass_is_a_decimal() -> None:
    assert write_decimal(Money("1.5"), 4, 2) == b"\x00\x96"
    assert write_big_decimal(Money("1.5")) == bytes.fromhex("020f02")


def test_the_bound_holds_whatever_the_precision() -> None:
    largest = 10**MAX_DECIMAL_DIGITS - 1
    precision = 10**9
    value = read_decimal(minimal(largest), precision, 5)
    assert write_decimal(value, precision, 5) == minimal(largest)
    assert len(str(int(read_decimal(minimal(largest), precision, 0)))) == MAX_DECIMAL_DIGITS
    with pytest.raises(ValueError, match=f"at most {MAX_DECIMAL_DIGITS} digits"):
        read_decimal(minimal(largest + 1), precision, 5)
    with pytest.raises(ValueError, match=f"at most {MAX_DECIMAL_DIGITS} digits"):
        write_decimal(Decimal(1).scaleb(MAX_DECIMAL_DIGITS), precision, 0)
    with pytest.raises(ValueError, match=f"at most {MAX_DECIMAL_DIGITS} digits"):
        write_big_decimal(Decimal((0, (1,) * (MAX_DECIMAL_DIGITS + 1), 0)))


def test_a_huge_decimal_is_refused_in_linear_time() -> None:
    raw = b"\x7f" * 10_000_000
    started = time.perf_counter()
    with pytest.raises(ValueError, match="in 10000000 bytes"):
        read_decimal(raw, 10**9, 2)
    with pytest.raises(ValueError, match="at most"):
        read_big_decimal(write_length(len(raw)) + raw + b"\x00")
    assert time.perf_counter() - started < 5


def big(unscaled: bytes, scale: int) -> bytes:
    return write_length(len(unscaled)) + unscaled + write_int(scale)


@given(unscaled=st.integers(-(10**60), 10**60), scale=st.integers(-(2**31), 2**31 - 1))
def test_every_big_decimal_comes_back(unscaled: int, scale: int) -> None:
    raw = big(minimal(unscaled), scale)
    assert write_big_decimal(read_big_decimal(raw)) == raw


@given(value=st.decimals(allow_nan=False, allow_infinity=False))
def test_a_big_decimal_keeps_digits_and_scale(value: Decimal) -> None:
    back = read_big_decimal(write_big_decimal(value))
    assert back.as_tuple()[1:] == value.as_tuple()[1:]
    assert back == value


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("0", "020000"),
        ("1.50", "04009604"),
        ("-1", "02ff00"),
        ("1E+3", "020105"),
        ("0E+3", "020005"),
    ],
)
def test_known_big_decimals(text: str, raw: str) -> None:
    assert write_big_decimal(Decimal(text)).hex() == raw
    assert str(read_big_decimal(bytes.fromhex(raw))) == text


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "got 0 bytes that end inside it"),
        ("0201", "got 2 bytes that end inside it"),
        ("020180", "got 3 bytes that end inside it"),
        ("0401", "expected a length of 0 to 1, got 2"),
        ("0101", "expected a length of 0 to 1, got -1"),
        ("0000", "at least one byte, got none"),
        ("02010000", "expected a big-decimal of 3 bytes, got 4"),
        ("02018080808010", "expected an int of 32 bits"),
        ("ffffffffffffffffffffff", "varint"),
    ],
)
def test_bytes_that_are_no_big_decimal_are_refused(raw: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        read_big_decimal(bytes.fromhex(raw))
    assert str(caught.value).endswith('; logical_types = "raw" reads the bytes')


@given(raw=st.binary(max_size=30))
def test_any_bytes_give_a_big_decimal_or_a_value_error(raw: bytes) -> None:
    try:
        value = read_big_decimal(raw)
    except ValueError:
        return
    assert read_big_decimal(write_big_decimal(value)).as_tuple() == value.as_tuple()


@pytest.mark.parametrize("text", ["1E+2147483649", "1E-2147483648"])
def test_a_scale_beyond_32_bits_is_refused(text: str) -> None:
    with pytest.raises(OverflowError, match="scale fits 32 bits"):
        write_big_decimal(Decimal(text))


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity"])
def test_a_big_decimal_is_finite(text: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        write_big_decimal(Decimal(text))


def by_fastavro(schema: dict[str, object], value: Decimal) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, value)
    return out.getvalue()


@given(unscaled=st.integers(1 - 10**18, 10**18 - 1))
def test_decimals_equal_those_of_fastavro(unscaled: int) -> None:
    value = Decimal(unscaled).scaleb(-4)
    fixed: dict[str, object] = {"type": "fixed", "name": "F", "size": 9, "logicalType": "decimal"}
    bounds: dict[str, object] = {"precision": 18, "scale": 4}
    assert write_decimal_fixed(value, 18, 4, 9) == by_fastavro(fixed | bounds, value)
    # fastavro writes one byte more than Java does for -128, -32768, ...
    assume(unscaled >= 0 or (-unscaled).bit_count() > 1 or (-unscaled).bit_length() % 8)
    raw = write_decimal(value, 18, 4)
    expected = by_fastavro(bounds | {"type": "bytes", "logicalType": "decimal"}, value)
    assert write_length(len(raw)) + raw == expected


@given(unscaled=st.integers(1 - 10**18, 10**18 - 1))
def test_decimals_equal_those_of_the_reference_library(unscaled: int) -> None:
    value = Decimal(unscaled).scaleb(-4)
    schema = avro_parse(
        '{"type": "fixed", "name": "F", "size": 9, "logicalType": "decimal", "precision": 18, "scale": 4}'
    )
    out = io.BytesIO()
    DatumWriter(schema).write(value, BinaryEncoder(out))
    assert write_decimal_fixed(value, 18, 4, 9) == out.getvalue()
