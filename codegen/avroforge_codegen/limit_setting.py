"""Section ``[limits]`` of the settings: what input may cost its reader."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from avroforge.formats.container_limits import ContainerLimits
from avroforge.wire.limits import DEFAULT_LIMITS, DecodeLimits

_CONTAINER: Final = ContainerLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """Section ``[limits]``: what input may cost its reader, for generated interfaces and for ``inspect``.

    Attributes:
        depth: levels of recursive types in a message.
        free_items: items and records of a message that take no bytes.
        header_bytes: size of the header of a container file.
        stored_bytes: size of a block of a container file.
        expanded_bytes: size of a block's records after decompression.
        expansion: bytes of records for each byte of a container file, on the whole.
        dictionary_bytes: what an xz or zstandard stream may ask for as its dictionary.
        file_free_items: records and items of a container file that take no bytes.
    """

    depth: int = DEFAULT_LIMITS.depth
    free_items: int = DEFAULT_LIMITS.free_items
    header_bytes: int = _CONTAINER.header_bytes
    stored_bytes: int = _CONTAINER.stored_bytes
    expanded_bytes: int = _CONTAINER.expanded_bytes
    expansion: int = _CONTAINER.expansion
    dictionary_bytes: int = _CONTAINER.dictionary_bytes
    file_free_items: int = _CONTAINER.free_items

    @property
    def message(self) -> DecodeLimits:
        """The limits of one message."""
        return DecodeLimits(self.depth, self.free_items)

    @property
    def container(self) -> ContainerLimits:
        """The limits of a container file and of each of its records."""
        return ContainerLimits(
            header_bytes=self.header_bytes,
            stored_bytes=self.stored_bytes,
            expanded_bytes=self.expanded_bytes,
            expansion=self.expansion,
            dictionary_bytes=self.dictionary_bytes,
            free_items=self.file_free_items,
            message=self.message,
        )


LIMIT_NAMES: Final = tuple(each.name for each in fields(LimitSettings))


def limit_of(value: object) -> int:
    """The value of a limit.

    Raises:
        ValueError: no whole number, or a negative one; the text says what was expected.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("a whole number of 0 or more")
    return value
