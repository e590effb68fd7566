"""Who may use the server: names with bcrypt hashes, out of a file or the environment."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import stat
from base64 import b64decode
from typing import TYPE_CHECKING, Final

import bcrypt

from avroforge.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE: Final = "AVROFORGE_REGISTRY_USERS"
_LINE: Final = re.compile(r"(?P<name>[^:\s][^:]*):(?P<hash>\$2[aby]\$\d\d\$[./A-Za-z0-9]{53})")
_LONGEST_PASSWORD: Final = 72
"""Bytes that bcrypt looks at."""
_NOBODY: Final = b"$2b$12$C6UzMDM.H6dfI/f/IKcEeO7XLC3eYi6K8ZJvZy6hEhKTkJ5nSjZPu"
"""Compared with where there is no such user, so that the answer takes as long."""
_MOST_REMEMBERED: Final = 256


class Users:
    """Names and hashes; a password that was right is remembered as a keyed hash, because bcrypt is slow.

    Args:
        hashes: bcrypt hash by name.
    """

    def __init__(self, hashes: dict[str, bytes]) -> None:
        self._hashes = hashes
        self._key = os.urandom(32)
        self._right: set[bytes] = set()

    @classmethod
    def read(cls, file: Path | None, environment: str | None) -> Users | None:
        """The users of a file, else of the environment; None where neither is given.

        Args:
            file: lines of ``name:hash``, as ``htpasswd -B`` writes them.
            environment: the same, of the variable ``AVROFORGE_REGISTRY_USERS``.

        Raises:
            ConfigurationError: a line that is none of those, no line at all, or a file that others may write.
            OSError: the file cannot be read.
        """
        if file is not None:
            if file.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                raise ConfigurationError(f"{file}: others may write this file; run: chmod go-w {file}")
            return cls(_parse(file.read_text(), str(file)))
        return None if environment is None else cls(_parse(environment, VARIABLE))

    def knows(self, authorization: str) -> str | None:
        """The name that an ``Authorization`` header proves, None where it proves none; takes its time."""
        scheme, _, encoded = authorization.partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, colon, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
        except ValueError:
            return None
        secret = password.encode()
        if not colon or len(secret) > _LONGEST_PASSWORD or b"\x00" in secret:
            return None
        proof = hmac.digest(self._key, f"{name}:{password}".encode(), hashlib.sha256)
        if proof in self._right:
            return name
        if not bcrypt.checkpw(secret, self._hashes.get(name, _NOBODY)) or name not in self._hashes:
            return None
        if len(self._right) >= _MOST_REMEMBERED:
            self._right.clear()
        self._right.add(proof)
        return name


def _parse(text: str, source: str) -> dict[str, bytes]:
    hashes: dict[str, bytes] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            # The line is not shown: a password may stand in it.
            raise ConfigurationError(
                f"{source}:{number}: expected name:hash with a bcrypt hash; write it with: htpasswd -B"
            )
        hashes[found["name"]] = found["hash"].encode()
    if not hashes:
        raise ConfigurationError(f"{source}: no user in it; write one with: htpasswd -B")
    return hashes
