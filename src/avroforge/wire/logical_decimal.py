"""Decimals: two's complement unscaled values, big-endian, under a scale from the schema or beside the value.

Every step is exact, whatever the caller's decimal context is. Sources: Avro 1.12, Logical Types, Decimal; for
big-decimal, whose layout the specification leaves open, what Apache Avro's Java library writes.
"""

from __future__ import annotations

from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, Inexact, InvalidOperation, Overflow
from functools import lru_cache
from typing import Final

from avroforge.wire.varint import INT_MAX, INT_MIN, read_int, read_length, write_int, write_length

MAX_DECIMAL_DIGITS: Final = 4300
"""The most digits of an unscaled value, whatever precision the schema allows.

Converting between binary and decimal takes time quadratic in the digits; this bound keeps the cost of a
message linear in its length. It is also where Python stops turning an int into text, unless told otherwise
(`sys.int_info.default_max_str_digits`).
"""

_EXACT: Final = Context(
    prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact, InvalidOperation, Overflow]
)
_POWERS: Final = tuple(10**digits for digits in range(80))
_POWER_COUNT: Final = len(_POWERS)
_RAW: Final = '; logical_types = "raw" reads the bytes'
_from_bytes: Final = int.from_bytes


@lru_cache(maxsize=64)
def _large_power(digits: int) -> int:
    power: int = 10 ** min(digits, MAX_DECIMAL_DIGITS)
    return power


def read_decimal(raw: bytes, precision: int, scale: int) -> Decimal:
    """The decimal whose unscaled value is `raw`, in bytes or in a fixed; its exponent is `-scale`.

    Superfluous sign bytes in front, which the specification does not forbid, are read but not written again.

    Raises:
        ValueError: no byte at all, or more digits than `precision` (or than `MAX_DECIMAL_DIGITS`).
    """
    unscaled = _from_bytes(raw, "big", signed=True)
    limit = _POWERS[precision] if precision < _POWER_COUNT else _large_power(precision)
    if -limit < unscaled < limit and raw:
        return Decimal(unscaled).scaleb(-scale, _EXACT)
    raise ValueError(_unreadable(raw, min(precision, MAX_DECIMAL_DIGITS)))


def _unreadable(raw: bytes, digits: int) -> str:
    if not raw:
        return f"expected a decimal of at least one byte, got none{_RAW}"
    return f"expected a decimal of at most {digits} digits, got a larger one in {len(raw)} bytes{_RAW}"


def _finite(value: object) -> Decimal:
    if not isinstance(value, Decimal):
        raise TypeError("expected a Decimal")
    if not value.is_finite():
        raise ValueError("expected a Decimal that is finite")
    return value


def _unscaled(value: object, precision: int, scale: int) -> int:
    """The integer that times ten to the power of minus `scale` equals `value`."""
    if type(value) is not Decimal or not value.is_finite():
        value = _finite(value)
    if not value:
        return 0
    digits = value.adjusted() + scale + 1
    if digits > precision or digits > MAX_DECIMAL_DIGITS:
        most = min(precision, MAX_DECIMAL_DIGITS) - scale
        raise ValueError(
            f"expected a Decimal below 10**{most}: precision {precision}, scale {scale}"
            + (f", at most {MAX_DECIMAL_DIGITS} digits" if precision > MAX_DECIMAL_DIGITS else "")
        )
    scaled = value.scaleb(scale, _EXACT)
    unscaled = int(scaled)
    if unscaled != scaled:
        raise ValueError(f"expected a Decimal of at most {scale} digits after the point")
    return unscaled


def _minimal(unscaled: int) -> bytes:
    """Two's complement in as few bytes as hold it, at least one: what Java's BigInteger.toByteArray gives."""
    return unscaled.to_bytes(
        (unscaled if unscaled >= 0 else ~unscaled).bit_length() // 8 + 1, "big", signed=True
    )


def write_decimal(value: object, precision: int, scale: int) -> bytes:
    """The unscaled value of a `Decimal` in as few bytes as hold it; trailing zeros are added or dropped.

    Zero has no sign here: -0 is written as 0.

    Raises:
        TypeError: no Decimal.
        ValueError: not finite, more digits than `precision` or after the point than `scale`; never rounded.
    """
    return _minimal(_unscaled(value, precision, scale))


def write_decimal_fixed(value: object, precision: int, scale: int, size: int) -> bytes:
    """The unscaled value of a `Decimal` in exactly `size` bytes, sign-extended.

    Raises:
        TypeError: no Decimal.
        ValueError: not finite, more digits than `precision` or after the point than `scale`; never rounded.
        OverflowError: `size` bytes do not hold it (not with a precision that fits the size).
    """
    unscaled = _unscaled(value, precision, scale)
    try:
        return unscaled.to_bytes(size, "big", signed=True)
    except OverflowError:
        raise OverflowError(f"expected a Decimal whose unscaled value fits {size} bytes") from None


def read_big_decimal(raw: bytes) -> Decimal:
    """The decimal in `raw`: its unscaled value as Avro bytes, then its scale as an Avro int.

    Raises:
        ValueError: anything else, or more digits than `MAX_DECIMAL_DIGITS`.
    """
    try:
        length, start = read_length(raw, 0)
        end = start + length
        scale, stop = read_int(raw, end)
    except IndexError:
        raise ValueError(f"expected a big-decimal, got {len(raw)} bytes that end inside it{_RAW}") from None
    except ValueError as error:
        raise ValueError(f"expected a big-decimal: {error}{_RAW}") from None
    if stop != len(raw):
        raise ValueError(f"expected a big-decimal of {stop} bytes, got {len(raw)}{_RAW}")
    unscaled = _from_bytes(raw[start:end], "big", signed=True)
    limit = _large_power(MAX_DECIMAL_DIGITS)
    if -limit < unscaled < limit and length:
        return Decimal(unscaled).scaleb(-scale, _EXACT)
    raise ValueError(_unreadable(raw[start:end], MAX_DECIMAL_DIGITS))


def write_big_decimal(value: object) -> bytes:
    """A `Decimal` of any scale, which is kept: 1.50 is unscaled 150 with scale 2, 1E+3 is 1 with scale -3.

    Zero has no sign here: -0 is written as 0.

    Raises:
        TypeError: no Decimal.
        ValueError: not finite, or more digits than `MAX_DECIMAL_DIGITS`.
        OverflowError: the scale does not fit 32 bits.
    """
    finite = _finite(value)
    _, digits, exponent = finite.as_tuple()
    if len(digits) > MAX_DECIMAL_DIGITS:
        raise ValueError(f"expected a Decimal of at most {MAX_DECIMAL_DIGITS} digits")
    scale = -int(exponent)
    if not INT_MIN <= scale <= INT_MAX:
        raise OverflowError("expected a Decimal whose scale fits 32 bits")
    body = _minimal(int(finite.scaleb(scale, _EXACT)))
    return write_length(len(body)) + body + write_int(scale)
