"""Changes of what is checked: modes, subjects, the committed history, waivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.evolution.changes import CATALOGUE, Change
from avroforge.schema.model import Position

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from avroforge.evolution import CompatibilityMode
    from avroforge_codegen.review.report import Spot, Waiver
    from avroforge_codegen.review.side import Side


def governance_changes(new: Side, old: Side, settings_file: str) -> Iterator[Change]:
    """What happened to subjects, modes and the committed history since the other side."""
    place = Position(0, 0, settings_file)
    if old.settings is not None:
        for subject, fullname in new.subjects.items():
            if subject not in old.subjects:
                yield _change("SUBJECT_ADDED", subject, "", fullname, place)
        for subject, fullname in old.subjects.items():
            if subject not in new.subjects:
                yield _change("SUBJECT_REMOVED", subject, fullname, "", place)
        for subject in new.subjects:
            if subject in old.subjects:
                before, after = old.mode_of(subject)[0], new.mode_of(subject)[0]
                if before is not after:
                    kind = "MODE_WEAKENED" if _weaker(after, before) else "MODE_STRENGTHENED"
                    yield _change(kind, subject, before, after, place)
    yield from _rewritten(new, old)


def _weaker(mode: CompatibilityMode, before: CompatibilityMode) -> bool:
    """Whether something that was demanded is not demanded any more."""
    lost = set(before.directions) - set(mode.directions)
    return bool(lost) or (before.transitive and not mode.transitive)


def _rewritten(new: Side, old: Side) -> Iterator[Change]:
    """Registered versions that are not in today's file as they were."""
    if old.history is None or old.is_registry:
        return
    now = new.history.versions if new.history is not None else {}
    name = new.history.name if new.history is not None else old.history.name
    for subject, versions in old.history.versions.items():
        kept = {each.number: each for each in now.get(subject, ())}
        for was in versions:
            found = kept.get(was.number)
            if found is None or (found.schema_id, found.schema.text) != (was.schema_id, was.schema.text):
                before = f"id {was.schema_id}"
                after = "gone" if found is None else f"another schema of id {found.schema_id}"
                shown = f"{was.number} of {subject}"
                yield _change("HISTORY_REWRITTEN", shown, before, after, Position(0, 0, name))


def waiver_changes(waivers: Iterable[Waiver], used: set[str], today: dt.date) -> Iterator[Change]:
    """Waivers that approve nothing: expired, or without their change."""
    for waiver in waivers:
        if waiver.expires < today:
            yield _waiver_change("WAIVER_EXPIRED", waiver, str(waiver.expires))
        elif waiver.fingerprint not in used:
            yield _waiver_change("WAIVER_UNUSED", waiver, "")


def _waiver_change(kind: str, waiver: Waiver, old: str) -> Change:
    return _change(kind, waiver.fingerprint, old, "", position_of(waiver.spot))


def position_of(spot: Spot) -> Position:
    """A spot as a position."""
    return Position(spot.line, spot.column, spot.file)


def _change(kind: str, name: str, old: str, new: str, place: Position) -> Change:
    words = {"type": name, "name": name, "old": old, "new": new}
    return Change(CATALOGUE[kind], name, words, old, new, Position(0, 0, ""), place)
