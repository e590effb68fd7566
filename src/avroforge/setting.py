"""One setting's value out of whatever its source gave: code, a file, the environment, the command line."""

from __future__ import annotations

import math
import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from avroforge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TRUTHS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def whole(name: str, value: object, least: int) -> int:
    """A whole number of at least `least`; ``"5"`` is one too.

    Raises:
        ConfigurationError: it is none.
    """
    number = value
    if isinstance(value, str):
        try:
            number = int(value.strip())
        except ValueError:
            raise _refused(name, f"a whole number, {least} or more", value) from None
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        raise _refused(name, f"a whole number, {least} or more", value)
    return number


def seconds(name: str, value: object, *, zero: bool) -> float:
    """A time in seconds, finite; ``"2.5"`` is one too.

    Args:
        name: the setting.
        value: what was given.
        zero: whether 0 is allowed.

    Raises:
        ConfigurationError: it is none.
    """
    expected = "seconds, 0 or more" if zero else "seconds, more than 0"
    number = value
    if isinstance(value, str):
        try:
            number = float(value.strip())
        except ValueError:
            raise _refused(name, expected, value) from None
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise _refused(name, expected, value)
    if number < 0 or (number == 0 and not zero):
        raise _refused(name, expected, value)
    return float(number)


def truth(name: str, value: object) -> bool:
    """True or false; ``"yes"`` and ``"off"`` are too.

    Raises:
        ConfigurationError: it is neither.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _TRUTHS:
        return _TRUTHS[value.strip().lower()]
    raise _refused(name, "true or false", value)


def text(name: str, value: object) -> str:
    """A text that is not empty.

    Raises:
        ConfigurationError: it is none.
    """
    if not isinstance(value, str) or not value.strip():
        raise _refused(name, "a text", value)
    return value.strip()


def path(name: str, value: object) -> Path:
    """A path, with ``~`` for the home folder.

    Raises:
        ConfigurationError: it is none.
    """
    if not isinstance(value, str | os.PathLike) or not os.fspath(value):
        raise _refused(name, "a path", value)
    return Path(os.fspath(value)).expanduser()


def refuse_unknown(given: Mapping[str, object], known: Iterable[str], place: str = "") -> None:
    """Make sure that every key is a setting.

    Args:
        given: keys with their values.
        known: the settings.
        place: what stands before the key in a message, ``security.``.

    Raises:
        ConfigurationError: the first unknown key, with the setting that was probably meant.
    """
    names = sorted(known)
    for key in given:
        if key not in names:
            near = get_close_matches(str(key), names, n=1)
            hint = f"did you mean {place + near[0]!r}?" if near else f"known are {', '.join(names)}"
            raise ConfigurationError(f"{place}{key}: no such setting; {hint}")


def table(name: str, value: object) -> Mapping[str, object]:
    """Settings by name.

    Raises:
        ConfigurationError: it is something else.
    """
    if not isinstance(value, dict):
        # The value is not shown: a secret may stand in the wrong place.
        raise ConfigurationError(f"{name}: expected a table of settings, got {type(value).__name__}")
    return value


def _refused(name: str, expected: str, got: object) -> ConfigurationError:
    return ConfigurationError(f"{name}: expected {expected}, got {type(got).__name__} {got!r}")
