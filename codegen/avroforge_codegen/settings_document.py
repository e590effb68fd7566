"""The keys of ``avroforge.toml``, and how a text is held against them."""

from __future__ import annotations

import difflib
import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

from avroforge.errors import ConfigurationError, Diagnostic
from avroforge_codegen import setting_value as values
from avroforge_codegen.conversion_setting import conversions
from avroforge_codegen.limit_setting import LIMIT_NAMES
from avroforge_codegen.setting_value import Value, WrongValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TOP: Final[Mapping[str, Value]] = {"version": values.FORMAT_VERSION}
"""Keys before the first section."""
ANY_KEY: Final = "*"
SECTIONS: Final[Mapping[str, Mapping[str, Value]]] = {
    "generate": {
        "schemas": values.TEXTS,
        "out": values.TEXT,
        "package": values.TEXT,
        "arrays": values.STORAGE,
        "logical_types": values.LOGICAL_TYPES,
        "modules": values.MODULES,
        "enums": values.ENUMS,
        "frozen": values.FLAG,
        "positional": values.FLAG,
        "header": values.COMMENT_LINES,
        "file_cycles": values.FLAG,
        "verify": values.FLAG,
        "command": values.TEXT,
        "packages": values.PACKAGES,
        "rename": values.IDENTIFIERS,
    },
    "registry": {
        "file": values.TEXT,
        "compatibility": values.COMPATIBILITY,
        "modes": values.MODES,
        "references": values.FLAG,
        "environments": values.ENVIRONMENTS,
    },
    "review": {"waivers": values.TEXT},
    "subjects": {ANY_KEY: values.TEXT},
    "topics": {ANY_KEY: values.TOPIC},
    "lint": {
        "select": values.TEXTS,
        "except": values.TEXTS,
        "severity": values.SEVERITIES,
        "ignore": values.PATHS,
        "strict": values.FLAG,
    },
    "fmt": {"indent": values.INDENT, "width": values.WIDTH},
    "limits": dict.fromkeys(LIMIT_NAMES, values.LIMIT),
    "logical_types": {ANY_KEY: values.CONVERSION},
}
"""Section -> key -> its values; `ANY_KEY` stands for every key."""


def read_sections(text: str, path: str) -> dict[str, dict[str, Any]]:
    """The values of every section of a settings file.

    Args:
        text: of the file.
        path: how messages name it.

    Raises:
        ConfigurationError: with one line per fault.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(_syntax_fault(path, text, error)) from error
    reader = _SectionReader(path, text)
    for name, value in TOP.items():
        if name in document:
            reader.value(value, document[name], name, "")
    sections = {
        name: reader.section(document[name], name, keys)
        for name, keys in SECTIONS.items()
        if name in document
    }
    for name in document:
        if name not in SECTIONS and name not in TOP:
            reader.unknown(name, "", [*SECTIONS, *TOP])
    if reader.faults:
        raise ConfigurationError("\n".join(map(str, sorted(reader.faults, key=lambda each: each.line))))
    return sections


class _SectionReader:
    """Checks one document section by section and keeps every fault with its line."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self.faults: list[Diagnostic] = []

    def section(self, table: object, name: str, keys: Mapping[str, Value]) -> dict[str, Any]:
        if not isinstance(table, dict):
            self._fault("SETTING_VALUE", f"expected a section [{name}], got {table!r}", "", name)
            return {}
        found: dict[str, Any] = {}
        for key, given in table.items():
            value = keys.get(key) or keys.get(ANY_KEY)
            if value is None:
                self.unknown(key, name, keys)
            else:
                found[key] = self.value(value, given, key, name)
        return found

    def value(self, value: Value, given: object, key: str, section: str) -> object:
        """The value of a key, or a fault."""
        try:
            return tuple(conversions(key, given)) if section == "logical_types" else value.read(given)
        except WrongValueError as error:
            if error.entry is not None:
                section, key = f"{section}.{key}", error.entry
            self._wrong(error, section, key, error.got or repr(given))
        except ValueError as error:
            self._wrong(error, section, key, repr(given))
        return None

    def _wrong(self, wanted: Exception, section: str, key: str, got: str) -> None:
        where = f"{key!r} in [{section}]" if section else f"{key!r}"
        self._fault("SETTING_VALUE", f"expected {wanted} for {where}, got {got}", section, key)

    def unknown(self, key: str, section: str, known: Iterable[str]) -> None:
        what = f"key {key!r} in [{section}]" if section else f"section [{key}]"
        near = difflib.get_close_matches(key, list(known), n=1)
        hint = f"did you mean {near[0]!r}?" if near else "known are " + ", ".join(map(repr, sorted(known)))
        self._fault("SETTING_UNKNOWN", f"unknown {what}; {hint}", section, key)

    def _fault(self, code: str, message: str, section: str, key: str) -> None:
        line = self._line_of(section, key)
        self.faults.append(Diagnostic(code, message, self._path, line, 1 if line else 0))

    def _line_of(self, section: str, key: str) -> int:
        """The line of a key, 0 when this search does not find it: `tomllib` keeps no positions."""
        current = ""
        spelled = re.compile(rf"""\s*(["']?){re.escape(key)}\1\s*[=.]""")
        for number, line in enumerate(self._lines, 1):
            header = re.match(r"\s*\[+\s*([^\]]*?)\s*\]", line)
            if header:
                current = header[1].replace('"', "").replace("'", "")
                names_it = current == f"{section}.{key}" if section else current.partition(".")[0] == key
                if names_it:
                    return number
            elif section in {current, current.partition(".")[0]} and spelled.match(line):
                return number
        above, _, table = section.rpartition(".")
        return self._line_of(above, table) if above else 0


def _syntax_fault(path: str, text: str, error: tomllib.TOMLDecodeError) -> str:
    """The parser's message with its place in front, as every other diagnostic has it."""
    message = str(error)
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    column = int(place[2]) if place and place[2] else len(text) - text.rfind("\n")
    reason = message[: place.start()] if place else message
    return str(
        Diagnostic("SETTING_SYNTAX", f"no valid TOML: {reason[:1].lower()}{reason[1:]}", path, line, column)
    )
