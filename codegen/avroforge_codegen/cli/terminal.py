"""Print for people: plain lines, with nothing in them that a terminal would obey."""

from __future__ import annotations

import sys
import unicodedata

import click

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def visible(text: str) -> str:
    r"""The text with control, bidirectional and other invisible characters spelled out (``\x1b``).

    Names, docs and defaults come from files that somebody else wrote. Line feeds stay.
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
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def say(text: str) -> None:
    """Print lines on standard output."""
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
