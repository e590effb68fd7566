"""The documentation page of the catalogue, and its list for terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.evolution.changes import CATALOGUE, ChangeClass, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.evolution.changes import ChangeKind

_WORDS = {"type": "TYPE", "name": "NAME", "old": "OLD", "new": "NEW"}
_INTRODUCTION = """# Kinds of change

What `avroforge breaking` and `avroforge review` know, one entry per kind. This page is written from the
catalogue in `src/avroforge/evolution/changes`; `avroforge breaking --list` prints it in short.

*New reads old* is what the new schema makes of old data, *old reads new* what the old schema makes of new
data: **reads**, **risk** (every checker says yes, and values may come out different or a decoder may fail),
or **fails**. The verdict of a review comes from the compatibility checker; the catalogue adds what a checker
cannot see.

| class | meaning |
|---|---|
| BACKWARD, FORWARD, FULL | the compatibility that is lost |
| SEMANTIC | compatible everywhere, wrong values |
| RUNTIME | a checker accepts, a decoder fails or gives another value |
| IDENTITY | another schema (text, fingerprint, id) of equal meaning |
| PROJECTION | seen by readers that use the writer's schema: sinks, Spark, JSON |
| CODEGEN | callers of the generated Python have to change |
| GOVERNANCE | what is checked changes |

"""


def catalogue_page() -> str:
    """``docs/changes.md``."""
    return _INTRODUCTION + "\n".join(map(_entry, CATALOGUE.values()))


def _entry(kind: ChangeKind) -> str:
    lines = [
        f"## {kind.id}",
        "",
        f"{_sentence(kind.summary)} {_sentence(kind.explanation)}",
        "",
        f"* class {', '.join(kind.classes)}; the other way round: [{kind.inverse}](#{kind.inverse.lower()})",
    ]
    if kind.classes[0] not in {ChangeClass.CODEGEN, ChangeClass.GOVERNANCE}:
        lines.append(f"* new reads old: {_strong(kind.backward)}; old reads new: {_strong(kind.forward)}")
    if kind.fix:
        lines.append(f"* fix: {_filled(kind.fix)}")
    return "\n".join(lines) + "\n"


def _strong(outcome: Outcome) -> str:
    return str(outcome) if outcome is Outcome.READS else f"**{outcome}**"


def _filled(text: str) -> str:
    return text.format_map(_WORDS)


def _sentence(text: str) -> str:
    filled = _filled(text)
    return f"{filled[:1].upper()}{filled[1:]}."


def catalogue_list() -> Iterator[str]:
    """One line per kind: id, both directions, classes."""
    for kind in CATALOGUE.values():
        yield f"{kind.id:<38} {kind.backward:<6} {kind.forward:<6} {','.join(kind.classes)}"
