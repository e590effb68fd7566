"""Names: their grammar, how a full name comes about, and what a misspelt one may have meant.

Source: Avro 1.12, Names.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from avroforge.schema.model import PRIMITIVE_NAMES, simple_name

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_FULLNAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*\Z")
_PRIMITIVES: Final = frozenset(PRIMITIVE_NAMES)
_MOST_GUESSES: Final = 2


def is_name(text: str) -> bool:
    """Whether the text is a name: an ASCII letter or underscore, then letters, digits and underscores."""
    return _NAME.match(text) is not None


def is_fullname(text: str) -> bool:
    """Whether the text is a dot-separated sequence of names."""
    return _FULLNAME.match(text) is not None


def is_primitive(text: str) -> bool:
    """Whether the text names one of the eight primitive types."""
    return text in _PRIMITIVES


def qualify(name: str, namespace: str) -> str:
    """The full name of `name` inside `namespace`; a name with a dot is a full name already."""
    return name if "." in name or not namespace else f"{namespace}.{name}"


def qualify_alias(alias: str, namespace: str) -> str:
    """The full name of an alias of a type in `namespace`; a leading dot alone says "the null namespace"."""
    return alias[1:] if alias.rfind(".") == 0 else qualify(alias, namespace)


def relative_alias(alias: str, namespace: str) -> str:
    """How to write a full alias of a type in `namespace`, so that `qualify_alias` gives it back."""
    return alias if "." in alias or not namespace else f".{alias}"


def guesses(name: str, fullname: str, known: Iterable[str]) -> list[str]:
    """Names a user may have meant: the same simple name elsewhere first, then similar spellings."""
    simple = simple_name(name)
    candidates = sorted({*known, *PRIMITIVE_NAMES} - {fullname})
    same = [each for each in candidates if simple_name(each).lower() == simple.lower()]
    if same:
        return same[:_MOST_GUESSES]
    close = get_close_matches(fullname, candidates, n=_MOST_GUESSES, cutoff=0.8)
    if close:
        return close
    by_simple = {simple_name(each): each for each in candidates}
    return [by_simple[each] for each in get_close_matches(simple, by_simple, n=_MOST_GUESSES, cutoff=0.75)]


def close(name: str, known: Iterable[str]) -> list[str]:
    """The spellings among `known` that are near to `name`."""
    return get_close_matches(name, list(known), n=_MOST_GUESSES)
