"""Print for people: plain lines, with nothing in them that a terminal would obey."""

from __future__ import annotations

import os
import sys
import unicodedata
from typing import Final

import click

_MINUTE: Final = 60.0
_HOUR: Final = 3600.0
_DAY: Final = 86_400.0
_UNSAFE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def visible(text: str) -> str:
    r"""The text with control, bidirectional and other invisible characters spelled out (``\x1b``).

    Names, docs, results and reasons come from elsewhere. Line feeds stay.
    """
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode("ascii")
        if character != "\n" and unicodedata.category(character) in _UNSAFE_CATEGORIES
        else character
        for character in text
    )


def counted(number: int, noun: str) -> str:
    """``1 result``, ``2 results``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def lasting(seconds: float) -> str:
    """``45 s``, ``12 min``, ``3.5 h``, ``2.1 days``."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h" if seconds < _DAY else f"{seconds / _DAY:.1f} days"


def say(text: str) -> None:
    """Print lines on standard output, at once."""
    click.echo(visible(text))


def complain(text: str) -> None:
    """Print lines on standard error."""
    click.echo(visible(text), err=True)


def prepare_streams() -> None:
    """Never fail on a character that the terminal's encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def forget_output() -> None:
    """After a reader went away (``| head``): let the interpreter's last flush go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
