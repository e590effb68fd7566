"""Exceptions that a schema's text makes for itself: ``"x-lint-ignore"`` on a type or a field."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from avroforge.schema.tool_attributes import LINT_IGNORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from avroforge.schema.syntax import MemberSyntax, ObjectSyntax


@dataclass(eq=False)
class Ignore:
    """One ``x-lint-ignore``.

    Attributes:
        holder: the object of the type or field that it stands on.
        member: the attribute itself.
        rules: the rules it names; None where its value is neither a name, nor a list of names, nor an
            object of name and reason.
        used: those that kept a finding back.
    """

    holder: ObjectSyntax
    member: MemberSyntax
    rules: tuple[str, ...] | None
    used: set[str] = field(default_factory=set)


def ignores_of(objects: Iterable[ObjectSyntax], text: str) -> list[Ignore]:
    """Every ``x-lint-ignore`` of a text."""
    found = [(each, each.member(LINT_IGNORE)) for each in objects]
    return [
        Ignore(holder, member, _rules(json.loads(text[member.value.start : member.value.end])))
        for holder, member in found
        if member is not None
    ]


def _rules(value: object) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
        return tuple(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    return None


def ignored(ignores: Sequence[Ignore], rule: str, offset: int) -> bool:
    """Whether a finding is kept back by one of the objects around it, which is noted there.

    Args:
        ignores: those that name the rule.
        rule: its id.
        offset: where the finding stands.
    """
    kept = [each for each in ignores if each.holder.start <= offset < each.holder.end]
    for each in kept:
        each.used.add(rule)
    return bool(kept)
