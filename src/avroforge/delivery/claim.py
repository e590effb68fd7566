"""Claim checks: what is too large to travel stays in a directory, and a small record says where."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from avroforge.delivery.file_system import sync_directory, write_atomically
from avroforge.errors import DeliveryError

_FAN_OUT: Final = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """Where a file lies, and how to know that it is the one.

    Attributes:
        location: a ``file:`` URI.
        sha256: of its bytes, 64 hexadecimal digits.
    """

    location: str
    size: int
    sha256: str


class ClaimDirectory:
    """Files named after their content: the same content is one file, and none is ever written over."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def put(self, data: bytes, suffix: str = "") -> Claim:
        """Keep a file, and return when it is on the medium.

        Raises:
            OSError: the medium is full or fails.
        """
        digest = sha256(data).hexdigest()
        path = self.directory.resolve() / digest[:_FAN_OUT] / f"{digest}{suffix}"
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(path, data)
            sync_directory(path.parent.parent)
        return Claim(path.as_uri(), len(data), digest)


def redeem(claim: Claim) -> bytes:
    """The bytes that a claim stands for.

    Raises:
        DeliveryError: a location of another kind, or other bytes than were claimed.
        OSError: the file cannot be read.
    """
    parts = urlsplit(claim.location)
    if parts.scheme != "file" or parts.netloc:
        raise DeliveryError(f"claim: expected a 'file:' URI without a host, got {claim.location!r}")
    data = Path(unquote(parts.path)).read_bytes()
    if len(data) != claim.size or sha256(data).hexdigest() != claim.sha256:
        raise DeliveryError(
            f"{claim.location}: expected {claim.size} bytes with sha256 {claim.sha256}, got {len(data)} "
            "others"
        )
    return data
