"""The topics of the implementation before this one: one for each molecule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vqe_stream.check import Check, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PREFIX: Final = "vqe_decorated_result_"
_SHOWN: Final = 3


def legacy_topics(names: Iterable[str], prefix: str = PREFIX) -> tuple[str, ...]:
    """Those of `names` that hold results of one molecule, sorted."""
    return tuple(sorted(each for each in names if each.startswith(prefix)))


def left_over(names: Iterable[str]) -> Iterator[Check]:
    """A warning where there are such topics."""
    found = legacy_topics(names)
    if found:
        shown = f"{', '.join(found[:_SHOWN])}{', ...' if found[_SHOWN:] else ''}"
        yield Check(
            "topics per molecule",
            Verdict.WARNING,
            f"{len(found)} there: {shown}",
            "run 'vqe-stream topic migrate', then delete them once nobody reads them",
        )
