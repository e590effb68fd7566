"""Claim checks: what is too large to travel stays in a directory, and a small record says where."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from avroforge.delivery.file_system import sync_directory, write_atomically
from avroforge.errors import ClaimError

_FAN_OUT: Final = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """Where a file lies, and how to know that it is the one.

    Attributes:
        location: a ``file:`` URI, or ``s3://BUCKET/NAME``.
        sha256: of its bytes, 64 hexadecimal digits.
    """

    location: str
    size: int
    sha256: str


class ClaimDirectory:
    """Files named after their content: the same content is one file, and none is ever written over."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, digest: str, suffix: str = "") -> Path:
        """Where the file with this SHA-256 lies, if it does."""
        return self.directory.resolve() / claim_name(digest, suffix)

    def put(self, data: bytes, suffix: str = "") -> Claim:
        """Keep a file, and return when it is on the medium.

        Raises:
            OSError: the medium is full or fails.
        """
        digest = sha256(data).hexdigest()
        path = self.path(digest, suffix)
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(path, data)
            sync_directory(path.parent.parent)
        return Claim(path.as_uri(), len(data), digest)


def claim_name(digest: str, suffix: str = "") -> str:
    """What a file is called after its SHA-256, below its directory or prefix."""
    return f"{digest[:_FAN_OUT]}/{digest}{suffix}"


def redeem(claim: Claim) -> bytes:
    """The bytes that a claim stands for.

    Raises:
        ClaimError: a location of another kind, or other bytes than were claimed.
        OSError: the file cannot be read.
    """
    parts = urlsplit(claim.location)
    if parts.scheme != "file" or parts.netloc:
        raise ClaimError(f"claim: expected a 'file:' URI without a host, got {claim.location!r}")
    return checked(claim, Path(unquote(parts.path)).read_bytes())


def checked(claim: Claim, data: bytes) -> bytes:
    """The bytes, if they are the claimed ones.

    Raises:
        ClaimError: they are not.
    """
    if len(data) != claim.size or sha256(data).hexdigest() != claim.sha256:
        raise ClaimError(
            f"{claim.location}: expected {claim.size} bytes with sha256 {claim.sha256}, got {len(data)} "
            "others"
        )
    return data
