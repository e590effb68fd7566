"""What a lint rule is: data, an example of wrong and right, and the function that finds violations."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from avroforge.errors import Diagnostic
    from avroforge.schema.model import Position
    from avroforge.schema.syntax import Edit
    from avroforge_codegen.rules.schema_file import SchemaFile

Severity: TypeAlias = Literal["error", "warning"]


class Level(StrEnum):
    """How much a rule asks for.

    MINIMAL, BASIC and STANDARD build on each other; DOCS stands beside them; STRICT is all of them and more.

    Attributes:
        MINIMAL: what was written has no effect, or cannot be used.
        BASIC: what works today, and hurts with the next change or in another language.
        STANDARD: what most teams agree on: names, places, types that say what they hold.
        DOCS: documentation that says something.
        STRICT: what costs little in a new schema, and much in an old one.
    """

    MINIMAL = "MINIMAL"
    BASIC = "BASIC"
    STANDARD = "STANDARD"
    DOCS = "DOCS"
    STRICT = "STRICT"

    @property
    def includes(self) -> frozenset[Level]:
        """The levels whose rules selecting this one selects."""
        match self:
            case Level.MINIMAL | Level.DOCS:
                return frozenset({self})
            case Level.BASIC:
                return frozenset({Level.MINIMAL, self})
            case Level.STANDARD:
                return frozenset({Level.MINIMAL, Level.BASIC, self})
            case Level.STRICT:
                return frozenset(Level)


class Complaint(NamedTuple):
    """What a rule says: a place, a message, and the edits that put it right where that is certain."""

    position: Position
    message: str
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A schema that shows a rule, alone or with others beside it.

    Attributes:
        shown: the part that matters, as the documentation prints it.
        files: path below the schema folder -> text.
        subjects: subject -> full name, for rules that ask what is in use.
    """

    shown: str
    files: Mapping[str, str]
    subjects: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule as data.

    Attributes:
        id: stable upper-case identifier.
        level: the level that selects it.
        severity: how much a violation weighs unless the settings say otherwise.
        what: what it asks for, in one line.
        why: what goes wrong otherwise, and for whom.
        wrong: a violation.
        right: the same without one.
        fix: what ``--fix`` does; None where no change is certain to be what was meant.
        fix_changes: what of the meaning the fix changes; nothing at all by default.
        check: finds the violations of one file.
    """

    id: str
    level: Level
    severity: Severity
    what: str
    why: str
    wrong: Example
    right: Example
    check: Callable[[SchemaFile], Iterable[Complaint]]
    fix: str | None = None
    fix_changes: Literal["nothing", "docs", "aliases"] = "nothing"


@dataclass(frozen=True, slots=True)
class Finding:
    """A diagnostic, how much it weighs, and the edits of its file that put it right, if any."""

    severity: Severity
    diagnostic: Diagnostic
    edits: tuple[Edit, ...] = ()


def in_field(text: str) -> Example:
    """An example that is one field, or several, of a record ``shop.Order``."""
    head = (
        '{"type": "record", "name": "Order", "namespace": "shop", "doc": "What a customer '
        'bought.", "fields": ['
    )
    return Example(text, {"shop/Order.avsc": f"{head}\n  {text}\n]}}\n"})


def alone(text: str, path: str = "shop/Order.avsc") -> Example:
    """An example that is one schema in one file."""
    return Example(text, {path: f"{text}\n"})


def together(files: Mapping[str, str], subjects: Mapping[str, str] | None = None) -> Example:
    """An example of several files."""
    shown = "\n\n".join(f"// {path}\n{text}" for path, text in files.items())
    return Example(shown, {path: f"{text}\n" for path, text in files.items()}, subjects or {})
