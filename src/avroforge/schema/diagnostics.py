"""Every diagnostic of the schema parser, one constructor each, so that codes and words stay in one place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from avroforge.errors import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from avroforge.schema.model import Position

_SHOWN: int = 60
_LONGEST: int = 2000
_TYPE_WORDS: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "number"),
    (float, "number"),
    (str, "string"),
    (dict, "object"),
    (list, "array"),
)


def shown(value: object) -> str:
    """A JSON value as a message quotes it: its kind and, shortened, its text."""
    if value is None:
        return "null"
    word = next(word for kind, word in _TYPE_WORDS if isinstance(value, kind))
    if isinstance(value, dict | list):
        return f"an {word} of {len(value)}" if value else f"an empty {word}"
    if isinstance(value, str):
        return f"string '{_shorten(value)}'"
    return f"{word} {_shorten(json.dumps(value))}"


def _shorten(text: str) -> str:
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
    return ascii(cut)[1:-1].replace('\\"', '"').replace("\\'", "'")


def _found(code: str, at: Position, message: str) -> Diagnostic:
    if not message.isprintable():
        # a name may hold anything until it is checked, and messages end on terminals
        message = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in message)
    if len(message) > _LONGEST:
        message = f"{message[: _LONGEST - 3]}..."
    return Diagnostic(code, message, at.path, at.line, at.column)


def _in_file(at: Position, other: Position) -> str:
    """How to name an earlier place: by its line when it is in the same file."""
    return f"line {other.line}" if at.path == other.path else f"{other.path}:{other.line}:{other.column}"


def json_syntax(at: Position, message: str) -> Diagnostic:
    """The text is no JSON."""
    return _found("JSON_SYNTAX", at, message)


def json_number(at: Position, got: str) -> Diagnostic:
    """A number literal that no Avro type can hold."""
    return _found("JSON_NUMBER", at, f"expected a number that a long or a double can hold, got {got}")


def json_depth(at: Position, limit: int) -> Diagnostic:
    """More brackets are open than the scanner takes."""
    return _found("DEPTH", at, f"expected at most {limit} nested JSON arrays and objects")


def json_duplicate_key(at: Position, key: str, first: Position) -> Diagnostic:
    """An object has a member twice; RFC 8259 leaves it open which one counts."""
    return _found(
        "JSON_DUPLICATE_KEY", at, f"duplicate member '{_shorten(key)}' (first at line {first.line})"
    )


def type_depth(at: Position, limit: int) -> Diagnostic:
    """Types nest deeper than this toolkit takes, in the text or once its references are followed."""
    return _found("DEPTH", at, f"expected types nested at most {limit} deep, references followed")


def value_depth(at: Position, what: str, limit: int) -> Diagnostic:
    """A default or a property nests deeper than this toolkit takes."""
    return _found("DEPTH", at, f"expected {what} to be nested at most {limit} deep")


def name_invalid(at: Position, what: str, name: str) -> Diagnostic:
    """A name outside the grammar of Avro 1.12, Names."""
    grammar = "letters, digits and '_', not starting with a digit"
    return _found("NAME_INVALID", at, f"expected {what} of {grammar}, got '{_shorten(name)}'")


def name_reserved(at: Position, name: str) -> Diagnostic:
    """A definition takes the name of a primitive type."""
    return _found("NAME_INVALID", at, f"a primitive type's name cannot be defined, got '{_shorten(name)}'")


def namespace_invalid(at: Position, namespace: str) -> Diagnostic:
    """A namespace that is no dot-separated sequence of names."""
    return _found(
        "NAMESPACE_INVALID",
        at,
        f"expected a namespace of names separated by '.', got '{_shorten(namespace)}'",
    )


def name_duplicate(at: Position, fullname: str, first: Position) -> Diagnostic:
    """Two definitions of one full name."""
    hint = "" if at.path == first.path else "; keep one definition, or make both identical"
    return _found(
        "NAME_DUPLICATE", at, f"duplicate definition of '{fullname}' (first at {_in_file(at, first)}){hint}"
    )


def reference_unknown(at: Position, name: str, fullname: str, hint: str) -> Diagnostic:
    """A reference to a type that nothing defines."""
    meant = "" if name == fullname else f" (read as '{_shorten(fullname)}')"
    return _found("REFERENCE_UNKNOWN", at, f"unknown type '{_shorten(name)}'{meant}{hint}")


def reference_forward(at: Position, fullname: str, defined: Position) -> Diagnostic:
    """A reference that comes before the definition in the same text (Avro 1.12, Names)."""
    return _found(
        "REFERENCE_FORWARD",
        at,
        f"type '{fullname}' is used before its definition at line {defined.line}; define it at its first use",
    )


def file_cycle(at: Position, paths: Sequence[str]) -> Diagnostic:
    """Files whose types refer to each other in a circle."""
    circle = " -> ".join([*paths, paths[0]])
    return _found(
        "FILE_CYCLE",
        at,
        f"files refer to each other in a cycle: {circle}; "
        "put mutually recursive types in one file, or set file_cycles = true",
    )


def type_unknown(at: Position, expected: str, value: object, hint: str = "") -> Diagnostic:
    """Something that is no schema where one belongs."""
    return _found("TYPE_UNKNOWN", at, f"expected {expected}, got {shown(value)}{hint}")


def attribute_missing(at: Position, attribute: str, owner: str) -> Diagnostic:
    """A required attribute is not there."""
    return _found("ATTRIBUTE_MISSING", at, f"missing attribute '{attribute}' in {owner}")


def attribute_type(at: Position, attribute: str, owner: str, expected: str, value: object) -> Diagnostic:
    """An attribute holds a JSON value of the wrong kind."""
    return _found(
        "ATTRIBUTE_TYPE",
        at,
        f"expected {expected} for attribute '{attribute}' of {owner}, got {shown(value)}",
    )


def field_unique(at: Position, name: str, record: str, first: Position) -> Diagnostic:
    """A record has two fields of one name."""
    return _found(
        "FIELD_UNIQUE", at, f"duplicate field '{name}' in record '{record}' (first at line {first.line})"
    )


def enum_symbol(at: Position, symbol: object, enum: str) -> Diagnostic:
    """A symbol outside the grammar of Avro 1.12, Enums."""
    expected = f"a symbol of letters, digits and '_', not starting with a digit, in enum '{enum}'"
    return _found("ENUM_SYMBOL", at, f"expected {expected}, got {shown(symbol)}")


def enum_symbol_unique(at: Position, symbol: str, enum: str, first: Position) -> Diagnostic:
    """An enum has a symbol twice."""
    return _found(
        "ENUM_SYMBOL_UNIQUE", at, f"duplicate symbol '{symbol}' in enum '{enum}' (first at line {first.line})"
    )


def enum_default(at: Position, value: object, enum: str, hint: str) -> Diagnostic:
    """An enum's own default is none of its symbols."""
    return _found(
        "ENUM_DEFAULT", at, f"expected a symbol of enum '{enum}' as its default, got {shown(value)}{hint}"
    )


def fixed_size(at: Position, value: object, fixed: str, limit: int) -> Diagnostic:
    """A fixed type whose size is no usable number of bytes."""
    return _found(
        "FIXED_SIZE",
        at,
        f"expected an integer from 0 to {limit} as size of fixed '{fixed}', got {shown(value)}",
    )


def union_nested(at: Position) -> Diagnostic:
    """A union directly inside a union."""
    return _found(
        "UNION_NESTED", at, "a union may not immediately contain another union; list its branches here"
    )


def union_duplicate(at: Position, branch: str, first: Position) -> Diagnostic:
    """Two branches that a reader could not tell apart."""
    place = f"line {first.line}, column {first.column}"
    return _found("UNION_DUPLICATE", at, f"duplicate branch '{branch}' in union (first at {place})")


def default_invalid(at: Position, where: str, inside: str, expected: str, got: str) -> Diagnostic:
    """A field default that is no value of the field's type."""
    place = f" at '{inside}'" if inside else ""
    return _found("DEFAULT_INVALID", at, f"default of {where}{place}: expected {expected}, got {got}")


def did_you_mean(candidates: Iterable[str]) -> str:
    """The end of a message that guesses what was meant, or nothing."""
    quoted = [f"'{each}'" for each in candidates]
    return f"; did you mean {' or '.join(quoted)}?" if quoted else ""
