"""Judge one line of generated code by itself: most lines of a large package differ in names and numbers only.

A line that Python reads by itself (the head of a statement with a body behind it) leaves no string and no
bracket open, so it reads the same wherever a statement may stand. Names that are no keywords, and numbers, do
not change how Python reads a line; so lines that differ in nothing else are judged once.
"""

from __future__ import annotations

import ast
import keyword
import re
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

from avroforge_codegen.whitelist import BUILTINS_ALIAS, FORBIDDEN_NAMES, Allowed, fault_in

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINES: Final = 1 << 17
_SHAPES: Final = 1 << 12
_KEPT: Final = sorted({*keyword.kwlist, *keyword.softkwlist, *FORBIDDEN_NAMES})


def _one_of(words: Iterable[str]) -> str:
    """A pattern of words that looks at few of them: those with the same first letter."""
    grouped = groupby(sorted(words), key=lambda word: word[0])
    return "|".join(f"{first}(?:{'|'.join(word[1:] for word in group)})" for first, group in grouped)


_NAME: Final = re.compile(rf"(?<!\w)(?!__|b\"|(?:{_one_of(_KEPT)})(?!\w))[A-Za-z_]\w*")
"""A name that means nothing to the grammar or to the whitelist; never the ``b`` of a bytes literal."""
_NUMBER: Final = re.compile(r"(?<![\w.])\d+")
_EXACT: Final = re.compile(r"['#\\]")
"""What makes a line one that is judged as it is."""


@lru_cache(maxsize=_LINES)
def is_plain(line: str) -> bool:
    """Whether a line without indentation is a statement, or the head of one, that any function may hold."""
    if BUILTINS_ALIAS in line:
        return False  # what it may use of them depends on more than the line
    if _EXACT.search(line) is None:
        line = _NUMBER.sub("0", _NAME.sub("x", line))
    return _is_plain(line)


@lru_cache(maxsize=_SHAPES)
def _is_plain(line: str) -> bool:
    if line == "else:":
        return True
    if line.endswith(":"):
        line = f"{line[2:] if line.startswith('elif ') else line} pass"
    try:
        tree = ast.parse(line)
    except (SyntaxError, ValueError):
        return False
    return fault_in(tree, Allowed()) is None
