"""Read ``avroforge.toml``: what a project sets once so that its commands need no arguments.

Precedence: command line, then ``avroforge.toml``, then the defaults below. Relative paths in the file
start at its folder, on the command line at the current directory.
"""

from __future__ import annotations

import difflib
import keyword
import re
import tomllib
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from avroforge.codec import ir
from avroforge.errors import ConfigurationError, Diagnostic
from avroforge.registry.subjects import Part, SubjectNaming
from avroforge.shell.location import shown
from avroforge_codegen.conversion_setting import conversions
from avroforge_codegen.limit_setting import LIMIT_NAMES, LimitSettings, limit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FILE_NAME: Final = "avroforge.toml"
DEFAULT_COMMAND: Final = "avroforge generate"

LogicalTypes: TypeAlias = Literal["typed", "raw"]
Modules: TypeAlias = Literal["namespace", "type", "single"]
Enums: TypeAlias = Literal["enum", "str"]
Compatibility: TypeAlias = Literal[
    "NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"
]
Level: TypeAlias = Literal["error", "warning", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateSettings:
    """Section ``[generate]``.

    Attributes:
        schemas: files and folders with the schemas.
        out: the folder that receives the package.
        package: the package's import name.
        arrays: what arrays become.
        logical_types: ``typed`` as Python's own types, or ``raw`` as their underlying types.
        modules: one module per namespace, per type, or for everything.
        enums: enum classes whose members are compared by identity, or are strings too.
        frozen: whether records cannot be changed, and so are hashable where their fields are.
        positional: whether records can be constructed by position, which a new field may break.
        header: lines of one's own at the top of every file.
        file_cycles: allow files whose types refer to each other in a circle.
        verify: whether to compare random data of every type with the reference library before writing.
        command: what generated files and ``--check`` tell people to run.
        packages: namespace -> import name of the generated package that has its types.
        rename: Avro name (``ns.Record``, ``ns.Record.field``) -> Python name, where two would be one.
    """

    schemas: tuple[str, ...] = ("schemas",)
    out: str = "generated"
    package: str | None = None
    arrays: ir.Storage = "list"
    logical_types: LogicalTypes = "typed"
    modules: Modules = "namespace"
    enums: Enums = "enum"
    frozen: bool = False
    positional: bool = False
    header: tuple[str, ...] = ()
    file_cycles: bool = False
    verify: bool = False
    command: str = DEFAULT_COMMAND
    packages: Mapping[str, str] = field(default_factory=dict)
    rename: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrySettings:
    """Section ``[registry]``.

    Attributes:
        file: the committed registry file.
        compatibility: the mode of subjects that have none of their own.
        modes: subject -> its own mode.
        references: register each file by itself, with references to the subjects of the types that it
            names, instead of one self-contained text.
        environments: name -> a registry server: its address under ``url`` and whatever else it needs, in the
            spelling of Confluent's clients.
    """

    file: str = "schemas/registry.json"
    compatibility: Compatibility = "BACKWARD"
    modes: Mapping[str, Compatibility] = field(default_factory=dict)
    references: bool = False
    environments: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSettings:
    """Section ``[review]``.

    Attributes:
        waivers: the file with approvals of intended changes.
    """

    waivers: str = "avroforge-waivers.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class LintSettings:
    """Section ``[lint]``: level per rule code, where it differs from the rule's own."""

    levels: Mapping[str, Level] = field(default_factory=dict)
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A project's settings.

    Attributes:
        root: the folder that relative paths of the settings start at.
        file: the settings file, None when there is none.
        subjects: registry subject -> full name of the schema registered under it, from ``[subjects]`` and,
            by the naming of each topic, from ``[topics]``.
        conversions: section ``[logical_types]``: conversions of one's own.
    """

    root: Path
    file: Path | None = None
    generate: GenerateSettings = field(default_factory=GenerateSettings)
    registry: RegistrySettings = field(default_factory=RegistrySettings)
    subjects: Mapping[str, str] = field(default_factory=dict)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    lint: LintSettings = field(default_factory=LintSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    conversions: ir.OwnConversions = field(default_factory=dict)


def find_settings(start: Path) -> Path | None:
    """The nearest ``avroforge.toml`` in a folder or the folders above it."""
    for folder in (start, *start.parents):
        candidate = folder / FILE_NAME
        if candidate.is_file():
            return candidate
    return None


def load_settings(file: Path | None, *, start: Path | None = None) -> Settings:
    """Read a settings file, or the nearest one, or give the defaults where there is none.

    Raises:
        ConfigurationError: with one line per fault: no such file, no TOML, unknown or mistyped keys.
    """
    start = (start or Path.cwd()).resolve()
    found = file if file is not None else find_settings(start)
    if found is None:
        return Settings(root=start)
    try:
        text = found.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "not UTF-8"
        raise ConfigurationError(f"{shown(found)}: SETTING_READ cannot be read: {reason}") from error
    return parse_settings(text, path=shown(found), file=found.resolve())


def parse_settings(text: str, *, path: str, file: Path) -> Settings:
    """Settings from the text of a settings file; `path` is how messages name it.

    Raises:
        ConfigurationError: with one line per fault.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(_syntax_fault(path, text, error)) from error
    reader = _SectionReader(path, text)
    sections = {
        name: reader.section(document[name], name, keys) for name, keys in _KEYS.items() if name in document
    }
    for name in document:
        if name not in _KEYS:
            reader.unknown(name, "", _KEYS)
    if reader.faults:
        raise ConfigurationError("\n".join(map(str, sorted(reader.faults, key=lambda each: each.line))))
    return Settings(
        root=file.parent,
        file=file,
        generate=GenerateSettings(**sections.get("generate", {})),
        registry=RegistrySettings(**sections.get("registry", {})),
        review=ReviewSettings(**sections.get("review", {})),
        subjects=_subjects(sections.get("topics", {}), sections.get("subjects", {})),
        lint=LintSettings(**sections.get("lint", {})),
        limits=LimitSettings(**sections.get("limits", {})),
        conversions=dict(chain.from_iterable(sections.get("logical_types", {}).values())),
    )


class _WrongValueError(Exception):
    """A value is not of the kind its key wants; the text says what was expected."""


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise _WrongValueError("a text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        raise _WrongValueError(f"a list of texts, such as [{value!r}]")
    if not isinstance(value, list) or not value or not all(isinstance(each, str) and each for each in value):
        raise _WrongValueError("a list of texts")
    return tuple(value)


def _comment_lines(value: object) -> tuple[str, ...]:
    listed = value.splitlines() if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise _WrongValueError("a text or a list of lines")
    # each becomes a comment of a Python file, where a line break or a NUL would end it
    if not all(each.isprintable() for each in listed):
        raise _WrongValueError("lines of printable text")
    return tuple(listed)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongValueError("true or false")
    return value


def _one_of(choices: tuple[str, ...]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in choices:
            raise _WrongValueError("one of " + ", ".join(map(repr, choices)))
        return str(value)

    return read


def _identifiers(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _WrongValueError("a table of Avro name = Python name")
    for name in value.values():
        # it becomes code as it is, so nothing but a name may pass
        if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
            raise _WrongValueError("Python names")
    return dict(value)


def _packages(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _WrongValueError("a table of namespace = package name")
    for name in value.values():
        parts = name.split(".") if isinstance(name, str) else [""]
        if not all(part.isascii() and part.isidentifier() and not keyword.iskeyword(part) for part in parts):
            raise _WrongValueError("names of Python packages")
    return dict(value)


def _levels(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _WrongValueError("a table of rule code = level")
    read = _one_of(get_args(Level))
    return {str(code): read(level) for code, level in value.items()}


def _modes(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _WrongValueError("a table of subject = mode")
    read = _one_of(get_args(Compatibility))
    return {str(subject): read(mode) for subject, mode in value.items()}


def _environments(value: object) -> dict[str, dict[str, object]]:
    wanted = "a table of environment = address, or = table with url"
    if not isinstance(value, dict):
        raise _WrongValueError(wanted)
    found = {name: {"url": each} if isinstance(each, str) else each for name, each in value.items()}
    if not all(isinstance(each, dict) and each.get("url") for each in found.values()):
        raise _WrongValueError(wanted)
    return {str(name): _flat(each) for name, each in found.items()}


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """``ssl.ca.location = ...`` is three tables in TOML, and one name to Confluent."""
    flat: dict[str, object] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = value
    return flat


_PARTS: Final = {part.value: part for part in Part}
_TOPIC_KEYS: Final = {*_PARTS, "naming"}


def _topic(value: object) -> dict[str, str]:
    given = {"value": value} if isinstance(value, str) else value
    if (
        not isinstance(given, dict)
        or not given.keys() <= _TOPIC_KEYS
        or not given.keys() & _PARTS.keys()
        or not all(isinstance(each, str) and each for each in given.values())
    ):
        raise _WrongValueError("the full name of a record, or a table with value, key, naming")
    if given.get("naming", SubjectNaming.TOPIC_NAME) not in list(SubjectNaming):
        raise _WrongValueError("naming to be one of " + ", ".join(map(repr, map(str, SubjectNaming))))
    return dict(given)


def _subjects(topics: Mapping[str, Mapping[str, str]], named: Mapping[str, str]) -> dict[str, str]:
    """The subjects of topics by their naming, and those that are named outright, which win."""
    found: dict[str, str] = {}
    for topic, given in topics.items():
        naming = SubjectNaming(given.get("naming", SubjectNaming.TOPIC_NAME))
        for part in _PARTS.values():
            if part.value in given:
                fullname = given[part.value]
                found[naming.subject(topic, fullname, part)] = fullname
    return {**found, **named}


_KEYS: Final[Mapping[str, Mapping[str, Callable[[object], object]]]] = {
    "generate": {
        "schemas": _texts,
        "out": _text,
        "package": _text,
        "arrays": _one_of(get_args(ir.Storage)),
        "logical_types": _one_of(get_args(LogicalTypes)),
        "modules": _one_of(get_args(Modules)),
        "enums": _one_of(get_args(Enums)),
        "frozen": _flag,
        "positional": _flag,
        "header": _comment_lines,
        "file_cycles": _flag,
        "verify": _flag,
        "command": _text,
        "packages": _packages,
        "rename": _identifiers,
    },
    "registry": {
        "file": _text,
        "compatibility": _one_of(get_args(Compatibility)),
        "modes": _modes,
        "references": _flag,
        "environments": _environments,
    },
    "review": {"waivers": _text},
    "subjects": {"*": _text},
    "topics": {"*": _topic},
    "lint": {"levels": _levels, "strict": _flag},
    "limits": dict.fromkeys(LIMIT_NAMES, limit_of),
    "logical_types": {"*": lambda value: value},
}
"""Section -> key -> how its value is read; ``*`` stands for every key."""


class _SectionReader:
    """Checks one document section by section and keeps every fault with its line."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self.faults: list[Diagnostic] = []

    def section(
        self, table: object, name: str, keys: Mapping[str, Callable[[object], object]]
    ) -> dict[str, Any]:
        if not isinstance(table, dict):
            self._fault("SETTING_VALUE", f"expected a section [{name}], got {table!r}", "", name)
            return {}
        values: dict[str, Any] = {}
        for key, value in table.items():
            read = keys.get(key) or keys.get("*")
            if read is None:
                self.unknown(key, name, keys)
                continue
            try:
                values[key] = tuple(conversions(key, value)) if name == "logical_types" else read(value)
            except (_WrongValueError, ValueError) as error:
                message = f"expected {error} for {key!r} in [{name}], got {value!r}"
                self._fault("SETTING_VALUE", message, name, key)
        return values

    def unknown(self, key: str, section: str, known: Mapping[str, object]) -> None:
        what = f"key {key!r} in [{section}]" if section else f"section [{key}]"
        near = difflib.get_close_matches(key, known, n=1)
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
            elif current.partition(".")[0] == section and spelled.match(line):
                return number
        return 0


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
