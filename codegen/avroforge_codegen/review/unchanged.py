"""Which files of the other side have to be parsed: those that changed, and what hangs together with them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from avroforge.schema.model import simple_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from avroforge.schema import Schema

_WORD: Final = re.compile(r'"(?:[A-Za-z_][A-Za-z0-9_]*\.)*([A-Za-z_][A-Za-z0-9_]*)"')


def to_parse(texts: Mapping[str, str], today: Mapping[str, Schema]) -> set[str]:
    """The old files that today's schemas cannot stand for.

    A file can stand for itself where its text, and that of everything it refers to, is today's.

    Args:
        texts: the old texts by source name.
        today: today's schemas by source name.
    """
    changed = {name for name, text in texts.items() if name not in today or today[name].text != text}
    touched = {
        fullname for name in [*changed, *(today.keys() - texts.keys())] for fullname in _defined(today, name)
    }
    found = changed | {
        name for name in texts if name not in changed and not touched.isdisjoint(today[name].names)
    }
    homes: dict[str, str] = {}
    by_word: dict[str, set[str]] = defaultdict(set)
    for name in texts:
        for fullname in _defined(today, name):
            homes[fullname] = name
            by_word[simple_name(fullname)].add(name)
    return _with_references(found, changed, texts, today, homes, by_word)


def _with_references(  # noqa: PLR0913, PLR0917 - the tables of one closure
    found: set[str],
    changed: set[str],
    texts: Mapping[str, str],
    today: Mapping[str, Schema],
    homes: Mapping[str, str],
    by_word: Mapping[str, set[str]],
) -> set[str]:
    """Files, with every file that they may refer to; of a changed one that is any that it has a word of."""
    result = set(found)
    pending = list(found)
    while pending:
        name = pending.pop()
        wanted: Iterable[str]
        if name in changed:
            words = set(_WORD.findall(texts[name]))
            wanted = (home for word in words for home in by_word.get(word, ()))
        else:
            wanted = (homes[fullname] for fullname in today[name].names if fullname in homes)
        for each in wanted:
            if each not in result:
                result.add(each)
                pending.append(each)
    return result


def _defined(today: Mapping[str, Schema], name: str) -> Iterable[str]:
    return today[name].defined if name in today else ()
