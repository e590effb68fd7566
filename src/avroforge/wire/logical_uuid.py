"""UUIDs, as canonical text and as sixteen bytes.

Source: Avro 1.12, Logical Types, UUID; RFC 4122, section 3.
"""

from __future__ import annotations

from binascii import unhexlify
from typing import Final
from uuid import UUID, SafeUUID

_SIZE: Final = 16
_TEXT_LENGTH: Final = 36
_UNKNOWN: Final = SafeUUID.unknown
_new: Final = object.__new__
_set: Final = object.__setattr__
_from_bytes: Final = int.from_bytes


def _uuid(number: int) -> UUID:
    """A UUID made past `__init__`, the way unpickling makes one."""
    value = _new(UUID)
    _set(value, "int", number)
    _set(value, "is_safe", _UNKNOWN)
    return value


def read_uuid(raw: str) -> UUID:
    """The UUID of its text: 8-4-4-4-12 hexadecimal digits, in upper or lower case as RFC 4122 has readers do.

    A `UUID` keeps no spelling: what was in upper case is written in lower case.

    Raises:
        ValueError: any other text.
    """
    digits = raw.replace("-", "")
    try:
        packed = unhexlify(digits)
    except ValueError:
        packed = b""
    if len(packed) == _SIZE and len(raw) == _TEXT_LENGTH and raw[8:24:5] == "----":
        value = _new(UUID)  # as in `_uuid`: the call would cost a tenth of the whole
        _set(value, "int", _from_bytes(packed, "big"))
        _set(value, "is_safe", _UNKNOWN)
        return value
    shown = raw if len(raw) <= 2 * _TEXT_LENGTH else raw[: 2 * _TEXT_LENGTH] + "..."
    raise ValueError(
        "expected a UUID as 8-4-4-4-12 hexadecimal digits, "
        f'got {shown!r}; logical_types = "raw" reads the string'
    )


def write_uuid(value: object) -> str:
    """The canonical text of a `UUID`, in lower case.

    Raises:
        TypeError: no UUID.
    """
    if isinstance(value, UUID):
        digits = value.int.to_bytes(_SIZE, "big").hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
    raise TypeError("expected a UUID")


def read_uuid_fixed(raw: bytes) -> UUID:
    """The UUID in sixteen bytes, in network order.

    Raises:
        ValueError: not sixteen bytes.
    """
    if len(raw) != _SIZE:
        raise ValueError(f"expected a UUID of {_SIZE} bytes, got {len(raw)}")
    return _uuid(_from_bytes(raw, "big"))


def write_uuid_fixed(value: object) -> bytes:
    """The sixteen bytes of a `UUID`, in network order.

    Raises:
        TypeError: no UUID.
    """
    if isinstance(value, UUID):
        return value.int.to_bytes(_SIZE, "big")
    raise TypeError("expected a UUID")
