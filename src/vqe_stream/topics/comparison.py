"""A topic as it is beside what it should be: what would lose, stop or hold up results."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from vqe_stream.check import Check, Verdict
from vqe_stream.topics.wanted import CLEANUP, FOR_EVER, MIN_IN_SYNC, RETENTION, SAFE_COPIES, SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.kafka.topic_description import TopicDescription
    from vqe_stream.topics.wanted import WantedTopic

_CREATE: Final = "run 'vqe-stream topic create'"
_ALTER: Final = "run 'vqe-stream topic create --alter'"
_DAY_MS: Final = 86_400_000
_UNCLEAN: Final = "unclean.leader.election.enable"


def compare(wanted: WantedTopic, found: TopicDescription | None, brokers: int = 1) -> list[Check]:
    """One failure or warning for each thing that is not as it should be; one ok where all is.

    Args:
        wanted: as it should be.
        found: as it is; None where it is not there.
        brokers: how many there are to keep copies.
    """
    name = f"topic {wanted.name}"
    if found is None:
        verdict = Verdict.FAILURE if wanted.required else Verdict.WARNING
        return [Check(name, verdict, f"missing; it takes {wanted.purpose}", _CREATE)]
    differences = [
        Check(name, verdict, text, advice)
        for verdict, text, advice in (*_health(found, brokers), *_settings(wanted, found))
    ]
    return differences or [Check(name, Verdict.OK, described(found))]


def described(found: TopicDescription) -> str:
    """A topic in one line: partitions, copies, limits."""
    copies = f"{found.replication} of {found.in_sync} in sync"
    if found.in_sync == found.replication:
        copies = f"{found.replication} {'copy' if found.replication == 1 else 'copies'} each"
    parts = [f"{len(found.partitions)} partition{'s' if len(found.partitions) != 1 else ''}", copies]
    if found.settings is not None:
        parts.append(f"{MIN_IN_SYNC} {found.settings.get(MIN_IN_SYNC, '?')}")
        parts.append(f"records to {found.settings.get(SIZE, '?')} bytes")
        parts.append(f"kept {_kept(found.number(RETENTION))}")
    return ", ".join(parts)


def changes(wanted: WantedTopic, found: TopicDescription) -> dict[str, str]:
    """The settings to change so that `compare` finds them right; what is larger than wanted stays."""
    size = found.number(SIZE)
    too_small = wanted.size is not None and size is not None and size < wanted.size
    needed = {SIZE: str(wanted.size)} if too_small else {}
    settings = found.settings or {}
    return needed | {
        setting: value
        for setting, value in wanted.settings.items()
        if setting in settings and settings[setting] != value
    }


def _health(found: TopicDescription, brokers: int) -> Iterator[tuple[Verdict, str, str]]:
    if found.leaderless:
        numbers = ", ".join(map(str, found.leaderless))
        yield Verdict.FAILURE, f"no leader for partition {numbers}", "bring its brokers back"
    least = found.number(MIN_IN_SYNC)
    if least is not None and least > found.replication:
        yield (
            Verdict.FAILURE,
            f"{MIN_IN_SYNC} is {least} with {found.replication} copies: no record can be written",
            f"lower {MIN_IN_SYNC}, or add replicas",
        )
    elif least is not None and found.in_sync < least:
        yield (
            Verdict.FAILURE,
            f"{found.in_sync} copies in sync, {MIN_IN_SYNC} is {least}: no record can be written",
            "bring the brokers back",
        )
    elif found.in_sync < found.replication:
        yield (
            Verdict.WARNING,
            f"{found.in_sync} of {found.replication} copies in sync",
            "see which broker is away",
        )
    if found.replication == 1 < brokers:
        yield (
            Verdict.WARNING,
            f"one copy on {brokers} brokers: a disk that fails takes its records along",
            "add replicas",
        )
    if least is not None and found.replication >= SAFE_COPIES and least == 1:
        yield (
            Verdict.WARNING,
            f"{MIN_IN_SYNC} is 1 with {found.replication} copies: a record may be confirmed with one copy",
            f"set {MIN_IN_SYNC} to 2",
        )
    if least is not None and 1 < least == found.replication:
        yield (
            Verdict.WARNING,
            f"{MIN_IN_SYNC} is the number of copies ({least}): one broker away stops delivery",
            "add a replica",
        )


def _settings(wanted: WantedTopic, found: TopicDescription) -> Iterator[tuple[Verdict, str, str]]:
    if found.settings is None:
        yield (
            Verdict.UNCHECKED,
            f"its settings ({SIZE} among them) may not be read",
            "grant DescribeConfigs on the topic",
        )
        return
    differing = changes(wanted, found)
    if SIZE in differing:
        yield (
            Verdict.FAILURE,
            f"{SIZE} is {found.settings[SIZE]}, expected {wanted.size} or more: larger ones will be given up",
            f"{_ALTER}, or lower max_request_size",
        )
    if "compact" in found.settings.get(CLEANUP, ""):
        yield (
            Verdict.WARNING,
            f"{CLEANUP} is {found.settings[CLEANUP]}: records of one key replace each other",
            f"set {CLEANUP} to delete",
        )
    if found.settings.get(_UNCLEAN) == "true":
        yield (
            Verdict.WARNING,
            f"{_UNCLEAN} is true: confirmed records may be lost",
            "set it to false",
        )
    kept = found.number(RETENTION)
    if RETENTION not in wanted.settings and kept is not None and FOR_EVER < kept < _DAY_MS:
        yield (
            Verdict.WARNING,
            f"records are kept {_kept(kept)}: a sink that is away for longer never sees them",
            f"raise {RETENTION}",
        )
    for setting, value in differing.items():
        if setting != SIZE:
            got = found.settings[setting]
            yield Verdict.WARNING, f"{setting} is {got}, expected {value}", _ALTER


def _kept(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "?"
    if milliseconds == FOR_EVER:
        return "for ever"
    days = milliseconds / _DAY_MS
    return f"{days:g} days" if days >= 1 else str(timedelta(milliseconds=milliseconds))
