"""Kinds of change outside the schemas' own meaning: what is checked, and the generated Python."""

from __future__ import annotations

from typing import Final

from avroforge.evolution.changes.kind import ChangeClass, ChangeKind, Outcome

GOVERNANCE, CODEGEN, IDENTITY = ChangeClass.GOVERNANCE, ChangeClass.CODEGEN, ChangeClass.IDENTITY
READS: Final = Outcome.READS


def _governance(kind: str, inverse: str, summary: str, explanation: str, fix: str = "") -> ChangeKind:
    return ChangeKind(kind, (GOVERNANCE,), READS, READS, inverse, summary, explanation, fix)


def _codegen(kind: str, inverse: str, summary: str, explanation: str, fix: str = "") -> ChangeKind:
    return ChangeKind(kind, (CODEGEN,), READS, READS, inverse, summary, explanation, fix)


KINDS: Final = (
    _governance(
        "MODE_WEAKENED",
        "MODE_STRENGTHENED",
        "the compatibility mode of {name} went from {old} to {new}",
        "changes that were refused pass from now on",
        "set the mode back to {old}",
    ),
    _governance(
        "MODE_STRENGTHENED",
        "MODE_WEAKENED",
        "the compatibility mode of {name} went from {old} to {new}",
        "more is checked from now on",
    ),
    _governance(
        "SUBJECT_ADDED",
        "SUBJECT_REMOVED",
        "subject {name} is new; it holds {new}",
        "nobody uses it yet",
    ),
    _governance(
        "SUBJECT_REMOVED",
        "SUBJECT_ADDED",
        "subject {name}, which held {old}, is not set any more",
        "nothing checks its schema from now on",
        "keep the subject in [subjects] while anybody uses it",
    ),
    _governance(
        "HISTORY_REWRITTEN",
        "HISTORY_REWRITTEN",
        "version {name} in the committed history is not what it was",
        "ids that messages carry mean something else, or nothing, and checks against them pass",
        "restore the version from version control, and register the schema as a new one",
    ),
    _governance(
        "WAIVER_EXPIRED",
        "WAIVER_EXPIRED",
        "waiver {name} expired on {old}",
        "what it approved counts again",
        "undo the change that it approved, or decide again and give it a new date",
    ),
    _governance(
        "WAIVER_UNUSED",
        "WAIVER_UNUSED",
        "waiver {name} approves a change that is not there",
        "an approval that lies around may approve something later that nobody looked at",
        "remove it",
    ),
    _codegen(
        "PYTHON_CLASS_RENAMED",
        "PYTHON_CLASS_RENAMED",
        "class {old} is {new} now",
        "imports and calls by the old name fail",
        'keep the name in Python with [generate] rename = {{ "{type}" = "{old}" }}',
    ),
    _codegen(
        "PYTHON_CLASS_MOVED",
        "PYTHON_CLASS_MOVED",
        "class {name} moved from module {old} to {new}",
        "imports from the old module fail",
        "keep the namespace, or import the class from the package itself",
    ),
    _codegen(
        "PYTHON_CLASS_REMOVED",
        "PYTHON_CLASS_ADDED",
        "class {old} is not generated any more",
        "imports of it fail",
        "keep its schema while anybody imports it",
    ),
    _codegen(
        "PYTHON_CLASS_ADDED",
        "PYTHON_CLASS_REMOVED",
        "class {new} is new",
        "nobody uses it yet",
    ),
    _codegen(
        "PYTHON_ATTRIBUTE_RENAMED",
        "PYTHON_ATTRIBUTE_RENAMED",
        "attribute {old} of {type} is {new} now",
        "calls and accesses by the old name fail",
        'keep the name in Python with [generate] rename = {{ "{type}.{new}" = "{old}" }}',
    ),
    _codegen(
        "PYTHON_ATTRIBUTE_REMOVED",
        "PYTHON_ATTRIBUTE_ADDED",
        "attribute {name} of {type} is gone",
        "calls and accesses by its name fail",
        "keep the field while anybody uses it",
    ),
    _codegen(
        "PYTHON_ATTRIBUTE_ADDED",
        "PYTHON_ATTRIBUTE_REMOVED",
        "attribute {name} of {type} is new, and has a default",
        "callers need not change",
    ),
    _codegen(
        "PYTHON_ATTRIBUTE_TYPE",
        "PYTHON_ATTRIBUTE_TYPE",
        "attribute {name} of {type} is {new} now; it was {old}",
        "callers that pass or expect the old type fail a type check, or at run time",
        "keep the type, and add a new field for the new one, with a default",
    ),
    _codegen(
        "PYTHON_ATTRIBUTE_REQUIRED",
        "PYTHON_ATTRIBUTE_OPTIONAL",
        "attribute {name} of {type} has to be given now",
        "calls without it raise a TypeError",
        "give the field a default",
    ),
    _codegen(
        "PYTHON_ATTRIBUTE_OPTIONAL",
        "PYTHON_ATTRIBUTE_REQUIRED",
        "attribute {name} of {type} need not be given any more",
        "callers need not change",
    ),
    _codegen(
        "PYTHON_MEMBER_REMOVED",
        "PYTHON_MEMBER_ADDED",
        "member {name} of enum {type} is gone",
        "accesses to it raise an AttributeError",
        "keep the symbol while anybody uses it",
    ),
    _codegen(
        "PYTHON_MEMBER_ADDED",
        "PYTHON_MEMBER_REMOVED",
        "member {name} of enum {type} is new",
        "a `match` over all members has one more case",
    ),
)
