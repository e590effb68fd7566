"""What a verification found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from avroforge.codec.walk_encode import describe
from avroforge.errors import Diagnostic

if TYPE_CHECKING:
    from avroforge.schema.model import Position
    from avroforge_codegen.verification.reference import Unsaid

_AROUND: Final = 8
_REPORT: Final = "this is a defect of avroforge, please report it"


class Silence(NamedTuple):
    """A type of which the reference cannot say whether some value is right, and why."""

    name: str
    unsaid: Unsaid


class Unverified(NamedTuple):
    """A type without a value to verify, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a verification.

    Attributes:
        types: how many types were verified.
        values: with how many values in all.
        mismatches: defects of ours; nothing may be written while there is one.
        silences: where the reference cannot say; our neutral encoder agrees with the codec there.
        unverified: types that no value could be drawn for.
    """

    types: int
    values: int
    mismatches: tuple[Diagnostic, ...]
    silences: tuple[Silence, ...]
    unverified: tuple[Unverified, ...]


def mismatch(at: Position, name: str, what: str) -> Diagnostic:
    """A defect of ours in the code of one type."""
    return Diagnostic("VERIFY_MISMATCH", f"{name}: {what}; {_REPORT}", at.path, at.line, at.column)


def other_bytes(deed: str, path: str, value: object, expected: bytes, got: bytes) -> str:
    """Words for bytes that differ: where, of which value, and both around the first difference."""
    offset = first_difference(expected, got)
    return (
        f"{deed} differs at byte {offset}, at {path} ({describe(value)}): "
        f"expected {around(expected, offset)}, got {around(got, offset)}"
    )


def first_difference(expected: bytes, got: bytes) -> int:
    """The offset of the first byte that differs, or that only one has."""
    pairs = zip(expected, got, strict=False)
    return next((offset for offset, (a, b) in enumerate(pairs) if a != b), min(len(expected), len(got)))


def around(data: bytes, offset: int) -> str:
    """The bytes around an offset in hex, the one at the offset in brackets."""
    start, end = max(0, offset - _AROUND), offset + _AROUND
    at = data[offset : offset + 1].hex() or "end"
    before = "..." * bool(start) + data[start:offset].hex()
    return f"{before}[{at}]{data[offset + 1 : end].hex()}{'...' * (end < len(data))}"
