"""What `inspect` says, for people and for machines: facts, values, damage, and the end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import click

from avroforge.shell.terminal import say
from avroforge_codegen.cli.hex_view import hex_view
from avroforge_codegen.cli.value_view import value_view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.errors import DecodeError
    from avroforge.formats.json_tree import JsonValue


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that cannot be read.

    Attributes:
        error: path, offset and reason.
        data: bytes around the place.
        offset: the place to mark, as an index of `data`.
        first: the offset of the first byte of `data`.
        where: what `data` is, where it is not the file itself.
    """

    error: DecodeError
    data: bytes
    offset: int
    first: int = 0
    where: str = ""


class Report(Protocol):
    """Where the findings go, in the order they are made."""

    def facts(self, heading: str, facts: Mapping[str, str]) -> None:
        """What the message is, and what is known about it."""
        ...

    def value(self, number: int, tree: JsonValue) -> None:
        """One value, in Avro's JSON encoding."""
        ...

    def damage(self, damage: Damage) -> None:
        """What cannot be read."""
        ...

    def end(self, summary: str, counts: Mapping[str, int]) -> None:
        """What was found in all."""
        ...


class TextReport:
    """Lines for people.

    Args:
        full: values whole, however long.
    """

    def __init__(self, *, full: bool) -> None:
        self._full = full

    def facts(self, heading: str, facts: Mapping[str, str]) -> None:
        """The heading, and one fact per line."""
        say(heading)
        for name, fact in facts.items():
            # a text of the file may not start a line of its own
            say(f"  {name:<12} {' '.join(fact.split())}")

    def value(self, number: int, tree: JsonValue) -> None:
        """The number and the value."""
        say(f"record {number}: {value_view(tree, full=self._full)}")

    def damage(self, damage: Damage) -> None:
        """The error and the bytes around it."""
        say(f"broken: {damage.error}")
        if damage.where:
            say(f"  {damage.where}:")
        for line in hex_view(damage.data, damage.offset, first=damage.first):
            say(line)

    def end(self, summary: str, counts: Mapping[str, int]) -> None:
        """The summary."""
        del counts
        say(summary)


class JsonReport:
    """One JSON object per line, ASCII only, for machines."""

    def _line(self, kind: str, content: Mapping[str, object]) -> None:
        named = {name.replace(" ", "_"): each for name, each in content.items()}
        click.echo(json.dumps({"kind": kind, **named}))

    def facts(self, heading: str, facts: Mapping[str, str]) -> None:
        """One object of kind ``message``."""
        self._line("message", {"heading": heading, **facts})

    def value(self, number: int, tree: JsonValue) -> None:
        """One object of kind ``value``."""
        self._line("value", {"number": number, "value": tree})

    def damage(self, damage: Damage) -> None:
        """One object of kind ``damage``."""
        error = damage.error
        around = damage.data[max(0, damage.offset - 16) : damage.offset + 16].hex()
        content = {"path": error.path, "offset": error.offset, "reason": error.reason, "around": around}
        self._line("damage", content)

    def end(self, summary: str, counts: Mapping[str, int]) -> None:
        """One object of kind ``end``."""
        self._line("end", {"summary": summary, **counts})
