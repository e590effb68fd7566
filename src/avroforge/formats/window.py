"""A moving window over a binary file that may not be able to seek: bounded memory, absolute offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.wire.varint import MAX_VARINT_BYTES, read_long

if TYPE_CHECKING:
    from typing import BinaryIO

_CHUNK: Final = 256 * 1024


class Window:
    """The bytes of a file from `start` on, read as they are asked for and kept until dropped.

    Offsets count from where the file stood when the window was opened.

    Args:
        file: a binary file open for reading.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._buffer = bytearray()
        self._ended = False
        self.start = 0

    @property
    def end(self) -> int:
        """The offset behind the last byte read so far."""
        return self.start + len(self._buffer)

    def reach(self, offset: int) -> bool:
        """Read until `offset`; whether the file goes that far."""
        while self.end < offset and not self._ended:
            # in steps: an announced size is no reason to allocate it
            piece = self._file.read(_CHUNK)
            self._ended = not piece
            self._buffer += piece
        return self.end >= offset

    def slice(self, start: int, end: int) -> bytes:
        """The bytes between two offsets, as far as the file has them."""
        self.reach(end)
        return bytes(self._buffer[start - self.start : end - self.start])

    def long(self, offset: int) -> tuple[int, int]:
        """The varint at an offset: the number and the offset behind it.

        Raises:
            EOFError: the file ends inside it.
            ValueError: more than ten bytes, or more than 64 bits.
        """
        raw = self.slice(offset, offset + MAX_VARINT_BYTES + 1)
        try:
            number, size = read_long(raw, 0)
        except IndexError:
            raise EOFError from None
        return number, offset + size

    def drop(self, offset: int) -> None:
        """Forget what lies before an offset."""
        del self._buffer[: offset - self.start]
        self.start = offset

    def find(self, wanted: bytes, offset: int) -> int:
        """The offset of the next occurrence of `wanted`, or -1; forgets what lies before the search."""
        self.drop(offset)
        while True:
            found = self._buffer.find(wanted)
            if found >= 0:
                return self.start + found
            self.drop(max(self.start, self.end - len(wanted) + 1))
            if not self.reach(self.end + 1):
                return -1
