"""The values that settings have: how each is read, and how JSON Schema says it."""

from __future__ import annotations

import keyword
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from avroforge.codec import ir
from avroforge.registry.subjects import Part, SubjectNaming
from avroforge_codegen.conversion_setting import conversion_schema
from avroforge_codegen.limit_setting import limit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LogicalTypes: TypeAlias = Literal["typed", "raw"]
Modules: TypeAlias = Literal["namespace", "type", "single"]
Enums: TypeAlias = Literal["enum", "str"]
Compatibility: TypeAlias = Literal[
    "NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"
]
Severity: TypeAlias = Literal["error", "warning"]
VERSION: Final = 1
"""Of the settings file; raised when a key changes its meaning."""


class WrongValueError(Exception):
    """A value is not of the kind its key wants; the text says what was expected.

    Attributes:
        entry: which entry of a table it is about.
        got: what was there, where that is not simply the value.
    """

    def __init__(self, expected: str, *, entry: str | None = None, got: str | None = None) -> None:
        super().__init__(expected)
        self.entry = entry
        self.got = got


@dataclass(frozen=True, slots=True)
class Value:
    """One kind of value.

    Attributes:
        read: the value for the program, or `WrongValueError`.
        schema: what JSON Schema can say of it; a document that it refuses is refused by `read`.
    """

    read: Callable[[object], Any]
    schema: Mapping[str, Any]


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise WrongValueError("a text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        raise WrongValueError(f"a list of texts, such as [{value!r}]")
    if not isinstance(value, list) or not value or not all(isinstance(each, str) and each for each in value):
        raise WrongValueError("a list of texts")
    return tuple(value)


def _comment_lines(value: object) -> tuple[str, ...]:
    listed = value.splitlines() if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise WrongValueError("a text or a list of lines")
    # each becomes a comment of a Python file, where a line break or a NUL would end it
    if not all(each.isprintable() for each in listed):
        raise WrongValueError("lines of printable text")
    return tuple(listed)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongValueError("true or false")
    return value


def _version(value: object) -> int:
    if value != VERSION or isinstance(value, bool):
        raise WrongValueError(f"{VERSION}, the version that this avroforge knows")
    return VERSION


def _whole(least: int, most: int) -> Value:
    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise WrongValueError(f"a whole number from {least} to {most}")
        return value

    return Value(read, {"type": "integer", "minimum": least, "maximum": most})


def _one_of(choices: tuple[str, ...]) -> Value:
    def read(value: object) -> str:
        if value not in choices:
            raise WrongValueError("one of " + ", ".join(map(repr, choices)))
        return str(value)

    return Value(read, {"enum": list(choices)})


def _table(what: str, inner: Value) -> Value:
    """A table whose values are all of one kind."""

    def read(value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise WrongValueError(f"a table of {what}", got=type(value).__name__)
        found: dict[str, Any] = {}
        for key, each in value.items():
            try:
                found[str(key)] = inner.read(each)
            except WrongValueError as error:
                raise WrongValueError(str(error), entry=str(key), got=error.got or repr(each)) from None
        return found

    return Value(read, {"type": "object", "additionalProperties": inner.schema})


def _identifier(value: object) -> str:
    # it becomes code as it is, so nothing but a name may pass
    if not isinstance(value, str) or not value.isidentifier() or keyword.iskeyword(value):
        raise WrongValueError("a Python name")
    return value


def _package(value: object) -> str:
    parts = value.split(".") if isinstance(value, str) else [""]
    if not all(part.isascii() and part.isidentifier() and not keyword.iskeyword(part) for part in parts):
        raise WrongValueError("the name of a Python package")
    return ".".join(parts)


def _environment(value: object) -> dict[str, object]:
    # no value is ever shown: it may be a password
    wanted = "an address or a table with url"
    given = {"url": value} if isinstance(value, str) else value
    if not isinstance(given, dict):
        raise WrongValueError(wanted, got=type(value).__name__)
    if not given.get("url"):
        raise WrongValueError(wanted, got="a table without url")
    return _flat(given)


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """``ssl.ca.location = ...`` is three tables in TOML, and one name to Confluent."""
    flat: dict[str, object] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = value
    return flat


PARTS: Final = {part.value: part for part in Part}


def _topic(value: object) -> dict[str, str]:
    given = {"value": value} if isinstance(value, str) else value
    if (
        not isinstance(given, dict)
        or not given.keys() <= {*PARTS, "naming"}
        or not given.keys() & PARTS.keys()
        or not all(isinstance(each, str) and each for each in given.values())
    ):
        raise WrongValueError("the full name of a record, or a table with value, key, naming")
    if given.get("naming", SubjectNaming.TOPIC_NAME) not in list(SubjectNaming):
        raise WrongValueError("naming to be one of " + ", ".join(map(repr, map(str, SubjectNaming))))
    return dict(given)


_TEXT: Final = {"type": "string", "minLength": 1}
TEXT: Final = Value(_text, _TEXT)
TEXTS: Final = Value(_texts, {"type": "array", "items": _TEXT, "minItems": 1})
COMMENT_LINES: Final = Value(_comment_lines, {"type": ["string", "array"], "items": {"type": "string"}})
FLAG: Final = Value(_flag, {"type": "boolean"})
FORMAT_VERSION: Final = Value(_version, {"const": VERSION})
INDENT: Final = _whole(1, 8)
WIDTH: Final = _whole(40, 1000)
STORAGE: Final = _one_of(get_args(ir.Storage))
LOGICAL_TYPES: Final = _one_of(get_args(LogicalTypes))
MODULES: Final = _one_of(get_args(Modules))
ENUMS: Final = _one_of(get_args(Enums))
COMPATIBILITY: Final = _one_of(get_args(Compatibility))
MODES: Final = _table("subject = mode", COMPATIBILITY)
SEVERITIES: Final = _table("rule = severity", _one_of(get_args(Severity)))
PATHS: Final = _table("rule = paths", TEXTS)
IDENTIFIERS: Final = _table("Avro name = Python name", Value(_identifier, _TEXT))
PACKAGES: Final = _table("namespace = package name", Value(_package, _TEXT))
LIMIT: Final = Value(limit_of, {"type": "integer", "minimum": 0})
CONVERSION: Final = Value(lambda value: value, conversion_schema())
ENVIRONMENTS: Final = _table(
    "environment = address, or = table with url",
    Value(_environment, {"anyOf": [_TEXT, {"type": "object", "required": ["url"]}]}),
)
TOPIC: Final = Value(
    _topic,
    {
        "anyOf": [
            _TEXT,
            {
                "type": "object",
                "properties": {
                    **dict.fromkeys(PARTS, _TEXT),
                    "naming": {"enum": list(map(str, SubjectNaming))},
                },
                "additionalProperties": False,
                "minProperties": 1,
            },
        ]
    },
)
