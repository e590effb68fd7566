"""What SQLite does not say about its write-ahead log: commits behind a damaged frame.

SQLite takes the first frame whose checksum fails for the end of the log (it cannot tell a flipped bit from a
transaction that was never finished) and drops the rest without a word. The layout is that of the SQLite
documentation, Write-Ahead Log Format.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

HEADER_SIZE: Final = 32
_HEADER: Final = Struct(">8I")
_FRAME: Final = Struct(">6I")


def commits_behind(path: Path, frames: int, page_size: int) -> int:
    """How many commits the file holds behind the first `frames` frames, the ones that SQLite uses.

    After a kill there are none, because frames are written in order; a power failure can leave one that was
    never acknowledged.
    """
    count = 0
    with path.open("rb") as file:
        header = file.read(HEADER_SIZE)
        if len(header) < HEADER_SIZE:
            return 0
        salts = _HEADER.unpack(header)[4:6]
        whole = _header_is_whole(header)
        position = HEADER_SIZE + frames * (_FRAME.size + page_size)
        while True:
            file.seek(position)
            frame = file.read(_FRAME.size)
            if len(frame) < _FRAME.size:
                return count
            _, size_after_commit, *frame_salts, _, _ = _FRAME.unpack(frame)
            # Frames with other salts are left from before the log was last started anew; they were
            # checkpointed. Without a header nobody can say which those are.
            if size_after_commit and (tuple(frame_salts) == salts or not whole):
                count += 1
            position += _FRAME.size + page_size


def _header_is_whole(header: bytes) -> bool:
    words = _HEADER.unpack(header)
    order = ">" if words[0] & 1 else "<"
    first = second = 0
    data = Struct(order + "6I").unpack(header[:24])
    for even, odd in zip(data[::2], data[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return (first, second) == words[6:]
