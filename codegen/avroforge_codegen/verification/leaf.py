"""Draw the values that hold no others: primitives and logical types, their limits first."""

from __future__ import annotations

import struct
import sys
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import UUID

from avroforge.runtime import Duration, LocalTimestampNanos, TimestampNanos
from avroforge.schema import model
from avroforge.wire.logical import MAX_DECIMAL_DIGITS
from avroforge_codegen.verification.datum import Converted
from avroforge_codegen.verification.neutral import long

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from avroforge_codegen.verification.datum import Datum

T = TypeVar("T")

_EDGES: Final = (0, -1, 1, 63, 64, -64, -65, 127, 128, -128, -129, 8191, 8192, -8193, 2**31, 2**53 + 1)
_FLOAT_MAX: Final = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]
_FLOAT_TINY: Final = struct.unpack("<f", b"\x01\0\0\0")[0]
_SPECIAL: Final = (-0.0, 1.5, float("nan"), float("inf"), float("-inf"))
_TEXTS: Final = ("", "\U0010ffff" * 20, "\0", "é", "日本語", 'a "quote" \\ ', "x" * 64, "\u2028\ufeff")
_BLOBS: Final = (b"", b"\xff" * 64, b"\0", bytes(range(0, 256, 5)))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS: Final = (-62_135_596_800, 253_402_300_800)
"""The years 1 to 9999 in seconds from 1970, the last one excluded."""
_DAY: Final = 86_400
_UINT_MAX: Final = 2**32 - 1


class Leaves:
    """A source of leaf values. The first values of a type are limits, the later ones limits or anything.

    Attributes:
        turn: the number of the value being drawn, from 0.
    """

    def __init__(self, random: Random) -> None:
        self.turn = 0
        self._random = random

    def _pick(self, edges: Sequence[T], otherwise: Callable[[], T]) -> T:
        if self.turn < 3:  # noqa: PLR2004 - nothing, the most, the least
            return edges[min(self.turn, len(edges) - 1)]
        return self._random.choice(edges) if self._random.random() < 0.4 else otherwise()  # noqa: PLR2004 - a share

    def integer(self, low: int, high: int) -> int:
        """An integer of a range, limits included."""
        first = min(max(0, low), high)
        edges = [first, high, low, *(each for each in _EDGES if low <= each <= high)]
        shift = self._random.randrange(high.bit_length() + 1)
        return self._pick(edges, lambda: max(low, min(high, self._random.randint(low, high) >> shift)))

    def primitive(self, name: model.PrimitiveName) -> Datum:
        """A value of a primitive type."""
        match name:
            case "null":
                return None
            case "boolean":
                return self._pick((False, True), lambda: self._random.random() < 0.5)  # noqa: PLR2004 - a half
            case "int":
                return self.integer(-(2**31), 2**31 - 1)
            case "long":
                return self.integer(-(2**63), 2**63 - 1)
            case "float":
                return self._float()
            case "double":
                edges = (0.0, sys.float_info.max, -sys.float_info.max, 5e-324, 0.1, *_SPECIAL)
                return self._pick(edges, lambda: self._random.uniform(-1e9, 1e9))
            case "bytes":
                return self._pick(_BLOBS, lambda: self._random.randbytes(self._random.randrange(20)))
            case "string":
                return self.text()

    def _float(self) -> float:
        edges = (0.0, _FLOAT_MAX, -_FLOAT_MAX, _FLOAT_TINY, *_SPECIAL)
        found: float = self._pick(edges, lambda: _as_float(self._random.uniform(-1e6, 1e6)))
        return found

    def text(self) -> str:
        """A text, of characters of all lengths in UTF-8."""
        letters = "aZ09_ \n\x7fß€漢\U0001f600"
        return self._pick(
            _TEXTS, lambda: "".join(self._random.choices(letters, k=self._random.randrange(12)))
        )

    def blob(self, size: int) -> bytes:
        """Exactly `size` bytes."""
        return self._pick((bytes(size), b"\xff" * size), lambda: self._random.randbytes(size))

    def logical(self, logical: model.LogicalType, node: model.PrimitiveType | model.FixedType) -> Datum:
        """A value of a logical type that Python holds."""
        match logical.name:
            case "decimal":
                return self._decimal(logical, node)
            case "big-decimal":
                return self._big_decimal()
            case "uuid":
                number = self.integer(0, 2**128 - 1)
                found = UUID(int=number)
                return Converted(found.bytes if isinstance(node, model.FixedType) else str(found), found)
            case "duration":
                parts = [self.integer(0, _UINT_MAX) for _ in range(3)]
                return Converted(struct.pack("<III", *parts), Duration(*parts))
            case "date":
                days = self.integer(_SECONDS[0] // _DAY, _SECONDS[1] // _DAY - 1)
                return Converted(days, date(1970, 1, 1) + timedelta(days=days))
            case name if name.startswith("time-"):
                return self._time(1000 if name == "time-millis" else 1_000_000)
            case name:
                return self._timestamp(name)

    def _time(self, units: int) -> Converted:
        raw = self.integer(0, _DAY * units - 1)
        moment = datetime(1, 1, 1) + timedelta(microseconds=raw * (1_000_000 // units))  # noqa: DTZ001 - a time of day has no zone
        return Converted(raw, time(moment.hour, moment.minute, moment.second, moment.microsecond))

    def _timestamp(self, name: str) -> Converted:
        local = name.startswith("local-")
        if name.endswith("nanos"):
            raw = self.integer(-(2**63), 2**63 - 1)
            return Converted(raw, LocalTimestampNanos(raw) if local else TimestampNanos(raw))
        units = 1000 if name.endswith("millis") else 1_000_000
        raw = self.integer(_SECONDS[0] * units, _SECONDS[1] * units - 1)
        moment = _EPOCH + timedelta(microseconds=raw * (1_000_000 // units))
        return Converted(raw, moment.replace(tzinfo=None) if local else moment)

    def _decimal(self, logical: model.LogicalType, node: model.PrimitiveType | model.FixedType) -> Converted:
        most = 10 ** min(logical.precision, MAX_DECIMAL_DIGITS) - 1
        unscaled = self.integer(-most, most)
        size = node.size if isinstance(node, model.FixedType) else _smallest(unscaled)
        return Converted(unscaled.to_bytes(size, "big", signed=True), _scaled(unscaled, logical.scale))

    def _big_decimal(self) -> Converted:
        unscaled, scale = self.integer(-(10**30), 10**30), self.integer(-20, 20)
        size = _smallest(unscaled)
        raw = long(size) + unscaled.to_bytes(size, "big", signed=True) + long(scale)
        return Converted(raw, _scaled(unscaled, scale))


def _as_float(value: float) -> float:
    """The float of 32 bits that is nearest."""
    found: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return found


def _smallest(unscaled: int) -> int:
    """The fewest bytes that hold a number in two's complement, sign included."""
    return (unscaled if unscaled >= 0 else -1 - unscaled).bit_length() // 8 + 1


def _scaled(unscaled: int, scale: int) -> Decimal:
    return Decimal((int(unscaled < 0), tuple(map(int, str(abs(unscaled)))), -scale))
