"""Approvals of intended changes: a committed file with fingerprint, reason and last day."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from typing import TYPE_CHECKING, Final

from avroforge.errors import ConfigurationError
from avroforge.shell.location import shown
from avroforge_codegen.review.report import Spot, Waiver

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME: Final = "avroforge-waivers.toml"
_KEYS: Final = ("fingerprint", "reason", "expires")


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """The waivers of a file; none where there is no file.

    Raises:
        ConfigurationError: the file cannot be read, or an entry is not a fingerprint with reason and day.
    """
    place = shown(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "not UTF-8"
        raise ConfigurationError(f"{place}: WAIVER_READ cannot be read: {reason}") from error
    return parse_waivers(text, place)


def parse_waivers(text: str, place: str) -> tuple[Waiver, ...]:
    """The waivers of a file's text; `place` is how messages name the file.

    Raises:
        ConfigurationError: as `read_waivers`.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{place}: WAIVER_SYNTAX no valid TOML: {error}") from error
    unknown = sorted(set(document) - {"waiver"})
    listed = document.get("waiver", [])
    if unknown or not isinstance(listed, list):
        raise ConfigurationError(f"{place}: WAIVER_VALUE expected [[waiver]] entries only, got {unknown}")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() == "[[waiver]]"]
    lines += [0] * len(listed)
    return tuple(
        _waiver(entry, Spot(place, line, 1 if line else 0))
        for entry, line in zip(listed, lines, strict=False)
    )


def _waiver(entry: dict[str, object], spot: Spot) -> Waiver:
    if sorted(entry) != sorted(_KEYS):
        wanted = ", ".join(_KEYS)
        got = ", ".join(sorted(entry)) or "nothing"
        raise ConfigurationError(f"{spot}: WAIVER_VALUE expected the keys {wanted}, got {got}")
    fingerprint, reason, expires = (entry[key] for key in _KEYS)
    if not isinstance(fingerprint, str) or not re.fullmatch("[0-9a-f]{16}", fingerprint):
        message = f"expected 16 hex digits for 'fingerprint', got {fingerprint!r}"
    elif not isinstance(reason, str) or not reason.strip():
        message = f"expected a text for 'reason', got {reason!r}"
    elif not isinstance(expires, dt.date) or isinstance(expires, dt.datetime):
        message = f"expected a day such as 2027-01-31 for 'expires', got {expires!r}"
    else:
        return Waiver(fingerprint, reason.strip(), expires, spot)
    raise ConfigurationError(f"{spot}: WAIVER_VALUE {message}")
