"""What a container file may cost its reader, and the count of what takes no bytes through a whole file."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from avroforge.errors import ConfigurationError
from avroforge.wire.limits import Budget, DecodeLimits

_MIB: Final = 2**20


@dataclass(frozen=True, slots=True)
class ContainerLimits:
    """The most that a file may ask of its reader; whatever asks for more is damage.

    Attributes:
        header_bytes: size of the header, metadata and schema included.
        stored_bytes: size of a block in the file.
        expanded_bytes: size of a block's records after decompression.
        expansion: bytes of records for each byte of the file so far, beside the first `expanded_bytes`.
        dictionary_bytes: what an xz or zstandard stream may ask for as its dictionary; the largest presets of
            both ask for 64 MiB.
        free_items: records, and items in records, that take no bytes: in the whole file, beside one for each
            byte of records.
        message: what each record may cost; the interface's own limits unless given.

    Raises:
        ConfigurationError: a limit that is no whole number, or is negative.
    """

    header_bytes: int = 16 * _MIB
    stored_bytes: int = 64 * _MIB
    expanded_bytes: int = 64 * _MIB
    expansion: int = 2_000
    dictionary_bytes: int = 128 * _MIB
    free_items: int = 10_000_000
    message: DecodeLimits | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name == "message":
                continue
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ConfigurationError(f"ContainerLimits: expected {each.name} of 0 or more, got {value!r}")


class FileBudget(Budget):
    """The budget of one record after the other, and what the file has left for all of them.

    Args:
        limits: what each record may cost.
        most: records and items without bytes in the whole file, beside one for each byte.
    """

    def __init__(self, limits: DecodeLimits, most: int) -> None:
        self.limits = limits
        self._most = most
        self._left = most
        self.start = 0
        """What `items` is before a record that takes none."""
        self.begin()

    def begin(self) -> None:
        """Be the budget of a record of which nothing was read yet."""
        self.depth = self.limits.depth
        self.items = self.start = min(self.limits.free_items, self._left)

    def settle(self) -> None:
        """Charge the file for what a record took, and be the budget of the next one."""
        self._left -= self.start - max(0, self.items)
        self.begin()

    def open_block(self, size: int) -> None:
        """Charge for a record that could not be read to its end, and count the bytes of a block's records."""
        self.settle()
        self._left += size
        self.begin()

    def spend_records(self, count: int) -> None:
        """Charge the file for records that take no bytes.

        Raises:
            ValueError: the file has used them up.
        """
        if count > self._left:
            raise ValueError(self._too_many_in_file())
        self._left -= count
        self.begin()

    def too_many_items(self) -> str:
        """What is wrong when the items are used up."""
        if self.start < self.limits.free_items:
            return self._too_many_in_file()
        return super().too_many_items()

    def _too_many_in_file(self) -> str:
        most = f"expected at most {self._most} records and items of zero bytes in a file"
        return f"{most}, beside one for each byte of records; ContainerLimits(free_items=...) sets that"
