"""What a candidate schema breaks at a subject: findings with file, line, reason and way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from avroforge.errors import Diagnostic, SubjectNotFoundError
from avroforge.evolution import Direction, Incompatibility, check_evolution, explain
from avroforge.registry.references import fetch_from, parse_content
from avroforge.registry.setting import DEFAULT_COMPATIBILITY
from avroforge.schema import Schema, parse_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avroforge.evolution import CompatibilityMode, Verdict
    from avroforge.registry.content import RegisteredSchema
    from avroforge.registry.interface import SchemaRegistry
    from avroforge.registry.references import Fetch
    from avroforge.schema.model import Position

_CONSEQUENCES = {
    Direction.BACKWARD: "the new schema cannot read its data",
    Direction.FORWARD: "its readers cannot read the new data",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason against a candidate, from one version of a subject.

    ``str(finding)`` is ``path:line:col: CODE message``, the place being in the candidate.

    Attributes:
        subject: whose history it breaks.
        version: which version.
        schema_id: that version's id.
        direction: who cannot read whom.
        diagnostic: place, code (Apache's kind, or ``ALIAS_AMBIGUOUS``) and message.
        incompatibility: the checker's own record; None for a pair that has no verdict.
    """

    subject: str
    version: int
    schema_id: int
    direction: Direction
    diagnostic: Diagnostic
    incompatibility: Incompatibility | None = None

    def __str__(self) -> str:
        return str(self.diagnostic)


def check_against(registry: SchemaRegistry, subject: str, candidate: str | Schema) -> tuple[Finding, ...]:
    """Check a candidate against what a registry holds for a subject, under the subject's mode.

    Nothing is registered. A subject that the registry does not know has nothing to break.

    Args:
        registry: the committed baseline file, or any other registry.
        subject: for example ``experiment.vqe-value``.
        candidate: the schema that would be registered, as text or parsed.

    Returns:
        One finding per reason and version: every broken version, oldest first. Empty means allowed.

    Raises:
        SchemaError: the candidate is no valid schema.
        RegistryError: the registry cannot be read or reached.
    """
    mode = compatibility_in_force(registry, subject)
    try:
        numbers = registry.versions(subject)
    except SubjectNotFoundError:
        return ()
    counted = numbers if mode.transitive else numbers[-1:]
    history = [registry.version(subject, number) for number in counted]
    return find_breaks(candidate, history, mode, fetch_from(registry))


def compatibility_in_force(registry: SchemaRegistry, subject: str | None = None) -> CompatibilityMode:
    """The compatibility level that counts for a subject, or for subjects without one of their own."""
    return registry.config(subject, default_to_global=True).compatibility or DEFAULT_COMPATIBILITY


def find_breaks(
    candidate: str | Schema, history: Sequence[RegisteredSchema], mode: CompatibilityMode, fetch: Fetch
) -> tuple[Finding, ...]:
    """The findings of a candidate against a subject's versions, oldest first, under a mode.

    Args:
        candidate: the schema that would be registered, as text or parsed.
        history: the versions.
        mode: the compatibility level.
        fetch: gives what the versions reference.

    Raises:
        SchemaError: the candidate is no valid schema.
    """
    candidate = parse_schema(candidate) if isinstance(candidate, str) else candidate
    counted = (history if mode.transitive else history[-1:]) if mode.directions else ()
    evolution = check_evolution(
        candidate,
        # What a registry accepted once stays in its history, so parsed leniently.
        [parse_content(each, fetch, each.subject, path="<registered>", lenient=True) for each in counted],
        mode,
        versions=[each.version for each in counted],
    )
    registered = {each.version: each for each in counted}
    return tuple(
        finding
        for verdict in evolution.broken
        for finding in _findings(verdict, registered[verdict.version], candidate.path)
    )


def _findings(verdict: Verdict, registered: RegisteredSchema, path: str) -> list[Finding]:
    direction = verdict.direction
    prefix = (
        f"breaks version {registered.version} (id {registered.schema_id}) of '{registered.subject}', "
        f"{direction}: {_CONSEQUENCES[direction]}"
    )

    def finding(
        code: str, position: Position | Diagnostic, reason: str, found: Incompatibility | None
    ) -> Finding:
        where = position.path or path
        diagnostic = Diagnostic(code, f"{prefix}; {reason}", where, position.line, position.column)
        return Finding(
            registered.subject, registered.version, registered.schema_id, direction, diagnostic, found
        )

    if verdict.refusal is not None:
        refusal = verdict.refusal
        return [finding(refusal.code, refusal, refusal.message, None)]
    return [
        finding(found.kind, _in_candidate(found, direction), explain(found, direction), found)
        for found in verdict.compatibility.incompatibilities
    ]


def _in_candidate(found: Incompatibility, direction: Direction) -> Position:
    """The candidate is the reader backward, the writer forward."""
    return found.position if direction is Direction.BACKWARD else found.writer_position
