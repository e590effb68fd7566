"""What Confluent's registry says against a schema: its own pseudo-JSON, one text per line.

Source: Confluent Schema Registry, ``SchemaValidatorBuilder`` and ``Difference``. As there, only the newest
version that the schema breaks is described, and with FULL the old schema's view comes first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.evolution import Direction
from avroforge.evolution.incompatibility import IncompatibilityKind
from avroforge.registry.canonical_text import canonical_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avroforge.evolution import CompatibilityMode
    from avroforge.registry.content import RegisteredSchema
    from avroforge.registry.findings import Finding

_LONGEST_SCHEMA: Final = 10 * 1024
_SIDES: Final = {Direction.BACKWARD: ("new", "old"), Direction.FORWARD: ("old", "new")}
_DESCRIPTIONS: Final = {
    IncompatibilityKind.FIXED_SIZE_MISMATCH: (
        "The size of FIXED type field at path '{path}' in the {reader} schema does not match with the "
        "{writer} schema"
    ),
    IncompatibilityKind.TYPE_MISMATCH: (
        "The type (path '{path}') of a field in the {reader} schema does not match with the {writer} schema"
    ),
    IncompatibilityKind.NAME_MISMATCH: "The name of the schema has changed (path '{path}')",
    IncompatibilityKind.MISSING_ENUM_SYMBOLS: (
        "The {reader} schema is missing enum symbols '{message}' at path '{path}' in the {writer} schema"
    ),
    IncompatibilityKind.MISSING_UNION_BRANCH: (
        "The {reader} schema is missing a type inside a union field at path '{path}' in the {writer} schema"
    ),
    IncompatibilityKind.READER_FIELD_MISSING_DEFAULT_VALUE: (
        "The field '{message}' at path '{path}' in the {reader} schema has no default value and is missing "
        "in the {writer} schema"
    ),
}


def messages(
    findings: Sequence[Finding], history: Sequence[RegisteredSchema], mode: CompatibilityMode
) -> tuple[str, ...]:
    """The messages of a check; none where nothing was found.

    Args:
        findings: what was found.
        history: the versions that were checked.
        mode: the level that was checked.
    """
    if not findings:
        return ()
    newest = max(finding.version for finding in findings)
    of_newest = [finding for finding in findings if finding.version == newest]
    ordered = sorted(of_newest, key=lambda finding: finding.direction is Direction.BACKWARD)
    said = [_describe(finding) for finding in ordered]
    # With FULL, Confluent appends the old schema to the new schema's view only.
    if len(mode.directions) == 1 or ordered[-1].direction is Direction.BACKWARD:
        said += _old_schema(next(each for each in history if each.version == newest))
    return (*said, f"{{validateFields: 'false', compatibility: '{mode}'}}")


def _describe(finding: Finding) -> str:
    found = finding.incompatibility
    if found is None:
        return f"Unexpected exception during compatibility check: {finding.diagnostic.message}"
    reader, writer = _SIDES[finding.direction]
    description = _DESCRIPTIONS[found.kind].format(
        path=found.pointer, reader=reader, writer=writer, message=found.message
    )
    return f"{{errorType:'{found.kind}', description:'{description}', additionalInfo:'{found.message}'}}"


def _old_schema(old: RegisteredSchema) -> list[str]:
    text, cut = canonical_text(old.text), ""
    if len(text) > _LONGEST_SCHEMA:
        text, cut = text[:_LONGEST_SCHEMA], f"<truncated to {_LONGEST_SCHEMA} characters> "
    return [f"{{oldSchemaVersion: {old.version}}}", f"{{oldSchema: {cut}'{text}'}}"]
