"""Read ``avroforge.toml``: what a project sets once so that its commands need no arguments.

Precedence: command line, then ``avroforge.toml``, then the defaults below. Relative paths in the file
start at its folder, on the command line at the current directory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from avroforge.errors import ConfigurationError
from avroforge.registry.subjects import SubjectNaming
from avroforge.shell.location import shown
from avroforge_codegen.limit_setting import LimitSettings
from avroforge_codegen.setting_value import PARTS, Compatibility, Enums, LogicalTypes, Modules, Severity
from avroforge_codegen.settings_document import read_sections

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from avroforge.codec import ir

FILE_NAME: Final = "avroforge.toml"
DEFAULT_COMMAND: Final = "avroforge generate"


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
    """Section ``[lint]``.

    Attributes:
        select: levels and rules that are checked.
        exclude: key ``except``: levels and rules that are not, all the same.
        severity: rule -> how much a violation weighs, where it is not the rule's own.
        ignore: rule, level or ``*`` -> files, folders and patterns that it does not apply to.
        strict: whether warnings are findings too.
    """

    select: tuple[str, ...] = ("STANDARD", "DOCS")
    exclude: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    ignore: Mapping[str, Sequence[str]] = field(default_factory=dict)
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatSettings:
    """Section ``[fmt]``.

    Attributes:
        indent: blanks per level.
        width: columns up to which a list or an object that stands on one line stays on it.
    """

    indent: int = 2
    width: int = 110


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
    fmt: FormatSettings = field(default_factory=FormatSettings)
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
    sections = read_sections(text, path)
    return Settings(
        root=file.parent,
        file=file,
        generate=GenerateSettings(**sections.get("generate", {})),
        registry=RegistrySettings(**sections.get("registry", {})),
        review=ReviewSettings(**sections.get("review", {})),
        subjects=_subjects(sections.get("topics", {}), sections.get("subjects", {})),
        lint=LintSettings(**_renamed(sections.get("lint", {}), {"except": "exclude"})),
        fmt=FormatSettings(**sections.get("fmt", {})),
        limits=LimitSettings(**sections.get("limits", {})),
        conversions=dict(chain.from_iterable(sections.get("logical_types", {}).values())),
    )


def _renamed(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Values under the names that Python can have."""
    return {names.get(key, key): value for key, value in values.items()}


def _subjects(topics: Mapping[str, Mapping[str, str]], named: Mapping[str, str]) -> dict[str, str]:
    """The subjects of topics by their naming, and those that are named outright, which win."""
    found: dict[str, str] = {}
    for topic, given in topics.items():
        naming = SubjectNaming(given.get("naming", SubjectNaming.TOPIC_NAME))
        for part in PARTS.values():
            if part.value in given:
                fullname = given[part.value]
                found[naming.subject(topic, fullname, part)] = fullname
    return {**found, **named}
