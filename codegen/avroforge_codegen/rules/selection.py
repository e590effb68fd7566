"""Which rules apply to which file: levels and rules, but these, and not in those paths."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from avroforge_codegen.rules import RULES, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from avroforge_codegen.rules import Rule
    from avroforge_codegen.rules.rule import Severity

EVERY_RULE: Final = "*"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked of which file.

    Attributes:
        rules: the rules that apply, in their order.
        severity: rule id -> its weight, where it is not the rule's own.
        ignore: rule id -> paths that it does not apply to.
    """

    rules: tuple[Rule, ...]
    severity: Mapping[str, Severity] = field(default_factory=dict)
    ignore: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def weight(self, rule: Rule) -> Severity:
        """How much a violation of a rule weighs."""
        return self.severity.get(rule.id, rule.severity)

    def spares(self, rule: Rule, name: str) -> bool:
        """Whether the rule does not apply to the file of this source name."""
        return any(_covers(path, name) for path in self.ignore.get(rule.id, ()))


def select(
    wanted: Iterable[str],
    unwanted: Iterable[str] = (),
    severity: Mapping[str, Severity] | None = None,
    ignore: Mapping[str, Sequence[str]] | None = None,
) -> Selection:
    """The rules of some levels and of some names, without others.

    Args:
        wanted: levels and rule ids.
        unwanted: levels and rule ids; a level takes out its own rules only, not those that it builds on.
        severity: rule id -> its weight.
        ignore: rule id, level or ``*`` -> files, folders and patterns, as source names have them.

    Raises:
        ValueError: a name is neither a rule's nor a level's; the text says which, and what was meant.
    """
    chosen = {each for name in wanted for each in _rules_of(name, built_on=True)}
    left_out = {each for name in unwanted for each in _rules_of(name)}
    paths: dict[str, list[str]] = {}
    for name, listed in (ignore or {}).items():
        for each in RULES if name == EVERY_RULE else _rules_of(name):
            paths.setdefault(each, []).extend(listed)
    for name in severity or {}:
        if name not in RULES:
            raise ValueError(_unknown(name, RULES))
    rules = tuple(rule for rule in RULES.values() if rule.id in chosen - left_out)
    return Selection(rules, severity or {}, paths)


def _rules_of(name: str, *, built_on: bool = False) -> list[str]:
    if name in RULES:
        return [name]
    if name not in list(Level):
        raise ValueError(_unknown(name, [*RULES, *Level]))
    levels = Level(name).includes if built_on else {Level(name)}
    return [rule.id for rule in RULES.values() if rule.level in levels]


def _unknown(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name.upper(), list(map(str, known)), n=1)
    hint = f"did you mean {near[0]!r}?" if near else "`avroforge lint --list` names them"
    return f"no rule is called {name!r}; {hint}"


def _covers(path: str, name: str) -> bool:
    """Whether a path of the settings is that file, a folder above it, or a pattern that fits it."""
    plain = path.removeprefix("./").rstrip("/")
    return plain in {name, "."} or name.startswith(f"{plain}/") or fnmatchcase(name, plain)
