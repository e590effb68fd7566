"""Kinds of change to unions, enums and fixed types."""

from __future__ import annotations

from typing import Final

from avroforge.evolution.changes.kind import ChangeClass, ChangeKind, Outcome

BACKWARD, FORWARD, FULL = ChangeClass.BACKWARD, ChangeClass.FORWARD, ChangeClass.FULL
SEMANTIC, RUNTIME = ChangeClass.SEMANTIC, ChangeClass.RUNTIME
IDENTITY, PROJECTION = ChangeClass.IDENTITY, ChangeClass.PROJECTION
READS, RISK, FAILS = Outcome.READS, Outcome.RISK, Outcome.FAILS

_UNIONS: Final = (
    ChangeKind(
        "NULL_ADDED",
        (FORWARD,),
        READS,
        FAILS,
        "NULL_REMOVED",
        "{name} may be null now",
        "old readers cannot read a null",
        "keep the field, and add a new one that may be null",
    ),
    ChangeKind(
        "NULL_REMOVED",
        (BACKWARD,),
        FAILS,
        READS,
        "NULL_ADDED",
        "{name} may not be null any more",
        "old data may hold nulls, which the new schema cannot read",
        "keep null in the union, and refuse it where values are made",
    ),
    ChangeKind(
        "UNION_BRANCH_ADDED",
        (FORWARD,),
        READS,
        FAILS,
        "UNION_BRANCH_REMOVED",
        "{name} may be {new} now",
        "old readers have no branch for it",
        "keep the union, and add a new field with the new one, with a default",
    ),
    ChangeKind(
        "UNION_BRANCH_REMOVED",
        (BACKWARD,),
        FAILS,
        READS,
        "UNION_BRANCH_ADDED",
        "{name} may not be {old} any more",
        "old data may hold it, and the new schema has no branch for it",
        "keep the branch, and do not write it any more",
    ),
    ChangeKind(
        "UNION_BRANCH_ABSORBED",
        (RUNTIME, PROJECTION),
        RISK,
        READS,
        "UNION_BRANCH_SPLIT",
        "{name} lost the branch {old}; another branch takes its values by promotion",
        "old values come out as the wider type",
        "keep the branch",
    ),
    ChangeKind(
        "UNION_BRANCH_SPLIT",
        (RUNTIME, PROJECTION),
        READS,
        RISK,
        "UNION_BRANCH_ABSORBED",
        "{name} got the branch {new}; old readers take its values by promotion",
        "old readers see new values as the wider type",
        "keep the union",
    ),
    ChangeKind(
        "UNION_SHADOWS_OLD",
        (RUNTIME,),
        RISK,
        READS,
        "UNION_SHADOWS_NEW",
        "{name}: an earlier branch of {new} takes the {old} of old data by promotion",
        "by the specification the first branch that fits wins, so a long becomes a double; some "
        "implementations take the exact branch",
        "put the exact branch before the wider one",
    ),
    ChangeKind(
        "UNION_SHADOWS_NEW",
        (RUNTIME,),
        READS,
        RISK,
        "UNION_SHADOWS_OLD",
        "{name}: an earlier branch of {old} in old readers takes the {new} of new data by promotion",
        "by the specification the first branch that fits wins, so a long becomes a double; some "
        "implementations take the exact branch",
        "keep the order of the branches until old readers are gone",
    ),
    ChangeKind(
        "UNION_REORDERED",
        (IDENTITY,),
        READS,
        READS,
        "UNION_REORDERED",
        "the branches of {name} are in another order: {new}",
        "resolution goes by type; the bytes differ, so each side needs the writer's schema",
    ),
)

_ENUMS: Final = (
    ChangeKind(
        "ENUM_SYMBOL_ADDED",
        (FORWARD,),
        READS,
        FAILS,
        "ENUM_SYMBOL_REMOVED",
        "symbol '{new}' was added to {type}",
        "old readers do not know it, and have no default for unknown symbols",
        "give the enum a default first, and add the symbol once every reader has it",
    ),
    ChangeKind(
        "ENUM_SYMBOL_ADDED_DEFAULTED",
        (SEMANTIC,),
        READS,
        RISK,
        "ENUM_SYMBOL_REMOVED_DEFAULTED",
        "symbol '{new}' was added to {type}",
        "old readers read it as their default",
        "add the symbol once every reader has a schema with it",
    ),
    ChangeKind(
        "ENUM_SYMBOL_REMOVED",
        (BACKWARD,),
        FAILS,
        READS,
        "ENUM_SYMBOL_ADDED",
        "symbol '{old}' was removed from {type}",
        "old data may hold it, and the new schema has no default for unknown symbols",
        "keep the symbol, and do not write it any more",
    ),
    ChangeKind(
        "ENUM_SYMBOL_REMOVED_DEFAULTED",
        (SEMANTIC,),
        RISK,
        READS,
        "ENUM_SYMBOL_ADDED_DEFAULTED",
        "symbol '{old}' was removed from {type}",
        "old data with it is read as the default",
        "keep the symbol, and do not write it any more",
    ),
    ChangeKind(
        "ENUM_REORDERED",
        (IDENTITY,),
        READS,
        READS,
        "ENUM_REORDERED",
        "the symbols of {type} are in another order",
        "resolution goes by name; the bytes differ, so each side needs the writer's schema",
    ),
    ChangeKind(
        "ENUM_DEFAULT_ADDED",
        (IDENTITY,),
        READS,
        READS,
        "ENUM_DEFAULT_REMOVED",
        "{type} got the default '{new}'",
        "unknown symbols are read as it from now on",
    ),
    ChangeKind(
        "ENUM_DEFAULT_REMOVED",
        (IDENTITY,),
        READS,
        READS,
        "ENUM_DEFAULT_ADDED",
        "{type} lost its default '{old}'",
        "unknown symbols are an error from now on, so no symbol can be added safely later",
    ),
    ChangeKind(
        "ENUM_DEFAULT_CHANGED",
        (SEMANTIC,),
        RISK,
        RISK,
        "ENUM_DEFAULT_CHANGED",
        "the default of {type} changed from '{old}' to '{new}'",
        "the same unknown symbol means another value to each version of the reader",
        "keep the default",
    ),
    ChangeKind(
        "FIXED_SIZE_CHANGED",
        (FULL,),
        FAILS,
        FAILS,
        "FIXED_SIZE_CHANGED",
        "the size of {type} changed from {old} to {new} bytes",
        "neither side reads the other's data",
        "keep the type, and add a new field of a new fixed type, with a default",
    ),
)

KINDS: Final = (*_UNIONS, *_ENUMS)
