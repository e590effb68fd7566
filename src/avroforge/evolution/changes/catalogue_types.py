"""Kinds of change to types: promotions and logical types."""

from __future__ import annotations

from typing import Final

from avroforge.evolution.changes.kind import ChangeClass, ChangeKind, Outcome

BACKWARD, FORWARD, FULL = ChangeClass.BACKWARD, ChangeClass.FORWARD, ChangeClass.FULL
SEMANTIC, RUNTIME = ChangeClass.SEMANTIC, ChangeClass.RUNTIME
IDENTITY, PROJECTION = ChangeClass.IDENTITY, ChangeClass.PROJECTION
READS, RISK, FAILS = Outcome.READS, Outcome.RISK, Outcome.FAILS

_NEW_FIELD: Final = "keep the type, and add a new field for the new one, with a default"

_PRIMITIVES: Final = (
    ChangeKind(
        "TYPE_PROMOTED",
        (FORWARD, PROJECTION),
        READS,
        FAILS,
        "TYPE_NARROWED",
        "{name} was widened from {old} to {new}",
        "the new schema promotes old values; old readers cannot read the wider type",
        _NEW_FIELD,
    ),
    ChangeKind(
        "TYPE_NARROWED",
        (BACKWARD, PROJECTION),
        FAILS,
        READS,
        "TYPE_PROMOTED",
        "{name} was narrowed from {old} to {new}",
        "the new schema cannot read the wider values of old data",
        _NEW_FIELD,
    ),
    ChangeKind(
        "TYPE_PROMOTED_LOSSY",
        (SEMANTIC, FORWARD, PROJECTION),
        RISK,
        FAILS,
        "TYPE_NARROWED_LOSSY",
        "{name} was widened from {old} to {new}, which does not hold every value of it",
        "the new schema rounds large old values (float holds whole numbers to 2^24, double to 2^53), and old "
        "readers cannot read the new type",
        _NEW_FIELD,
    ),
    ChangeKind(
        "TYPE_NARROWED_LOSSY",
        (BACKWARD, SEMANTIC, PROJECTION),
        FAILS,
        RISK,
        "TYPE_PROMOTED_LOSSY",
        "{name} was changed from {old} to {new}",
        "the new schema cannot read old data; old readers round large new values (float holds whole numbers "
        "to 2^24, double to 2^53)",
        _NEW_FIELD,
    ),
    ChangeKind(
        "STRING_TO_BYTES",
        (RUNTIME, PROJECTION),
        READS,
        RISK,
        "BYTES_TO_STRING",
        "{name} was changed from string to bytes",
        "checkers accept it; old readers fail on new values that are not UTF-8",
        _NEW_FIELD,
    ),
    ChangeKind(
        "BYTES_TO_STRING",
        (RUNTIME, PROJECTION),
        RISK,
        READS,
        "STRING_TO_BYTES",
        "{name} was changed from bytes to string",
        "checkers accept it; the new schema fails on old values that are not UTF-8",
        _NEW_FIELD,
    ),
    ChangeKind(
        "TYPE_CHANGED",
        (FULL, PROJECTION),
        FAILS,
        FAILS,
        "TYPE_CHANGED",
        "{name} was changed from {old} to {new}",
        "this is no promotion, so neither side reads the other's data",
        _NEW_FIELD,
    ),
    ChangeKind(
        "TYPE_UNREADABLE",
        (BACKWARD,),
        FAILS,
        READS,
        "TYPE_UNREADABLE_BEFORE",
        "{name}: the new schema cannot read old data: {new}",
        "the checker refuses the pair as a whole",
        "undo the change at this place",
    ),
    ChangeKind(
        "TYPE_UNREADABLE_BEFORE",
        (FORWARD,),
        READS,
        FAILS,
        "TYPE_UNREADABLE",
        "{name}: the old schema cannot read new data: {new}",
        "the checker refuses the pair as a whole",
        "undo the change at this place",
    ),
)

_LOGICAL: Final = (
    ChangeKind(
        "LOGICAL_TYPE_ADDED",
        (PROJECTION,),
        READS,
        READS,
        "LOGICAL_TYPE_REMOVED",
        "{name} became {new}; it was plain {old}",
        "the bytes stay; readers that know the logical type give another kind of value",
    ),
    ChangeKind(
        "LOGICAL_TYPE_REMOVED",
        (PROJECTION,),
        READS,
        READS,
        "LOGICAL_TYPE_ADDED",
        "{name} became plain {new}; it was {old}",
        "the bytes stay; readers give the underlying value instead of the typed one",
    ),
    ChangeKind(
        "LOGICAL_TYPE_CHANGED",
        (SEMANTIC,),
        RISK,
        RISK,
        "LOGICAL_TYPE_CHANGED",
        "{name} was changed from {old} to {new}",
        "every checker accepts it, and the same number means something else",
        _NEW_FIELD,
    ),
    ChangeKind(
        "TIME_UNIT_CHANGED",
        (SEMANTIC,),
        RISK,
        RISK,
        "TIME_UNIT_CHANGED",
        "{name} was changed from {old} to {new}",
        "every checker accepts it, and a reader that does not convert is wrong by a factor of 1,000 or more: "
        "2026 becomes 1970",
        _NEW_FIELD,
    ),
    ChangeKind(
        "DECIMAL_SCALE_CHANGED",
        (SEMANTIC,),
        RISK,
        RISK,
        "DECIMAL_SCALE_CHANGED",
        "{name} was changed from {old} to {new}",
        "every checker accepts it, and a reader that takes its own scale moves the decimal point: 12.34 "
        "becomes 0.1234",
        _NEW_FIELD,
    ),
    ChangeKind(
        "DECIMAL_PRECISION_INCREASED",
        (RUNTIME,),
        READS,
        RISK,
        "DECIMAL_PRECISION_REDUCED",
        "{name} was changed from {old} to {new}",
        "every checker accepts it; old readers may refuse numbers with more digits",
        _NEW_FIELD,
    ),
    ChangeKind(
        "DECIMAL_PRECISION_REDUCED",
        (RUNTIME,),
        RISK,
        READS,
        "DECIMAL_PRECISION_INCREASED",
        "{name} was changed from {old} to {new}",
        "every checker accepts it; the new schema may refuse old numbers with more digits",
        "keep the precision",
    ),
    ChangeKind(
        "TYPE_PROPERTY_CHANGED",
        (IDENTITY,),
        READS,
        READS,
        "TYPE_PROPERTY_CHANGED",
        "property '{name}' of a type in {type} changed from {old} to {new}",
        "Avro ignores it; tools of your own may not",
    ),
)

KINDS: Final = (*_PRIMITIVES, *_LOGICAL)
