"""What a generated package holds, from its text: another package's classes are used without importing it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from avroforge.codec.ir import Symbol
from avroforge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CHOICES: Final = frozenset({"ARRAYS", "LOGICAL_TYPES"})
_FIELDS: Final = "__avro_fields__"


@dataclass(frozen=True, slots=True)
class ForeignClass:
    """A generated class of another package.

    Attributes:
        symbol: its module (absolute) and name.
        members: the attributes of a record, the members of an enum, in schema order.
        special: a frozen record, or an enum whose members are strings.
        columns: the class of many such records held as columns, where there is one.
    """

    symbol: Symbol
    members: tuple[str, ...]
    special: bool
    columns: Symbol | None = None


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A schema file that another package was generated from: its interface, its text and its identity."""

    interface: Symbol
    schema: str
    identity: str


@dataclass(frozen=True, slots=True)
class PackageText:
    """A generated package.

    Attributes:
        name: its import name.
        classes: full name -> class.
        files: source name -> file, of roots that have a name.
        arrays: the choice that it was generated with.
        logical_types: as above.
        conversions: logical types with conversions of the user's own, with their underlying kinds.
    """

    name: str
    classes: Mapping[str, ForeignClass] = field(default_factory=dict)
    files: Mapping[str, ForeignFile] = field(default_factory=dict)
    arrays: str = "list"
    logical_types: str = "typed"
    conversions: tuple[tuple[str, str], ...] = ()


def parse_package(name: str, modules: Mapping[str, str]) -> PackageText:
    """Understand the modules of a generated package.

    Args:
        name: the package's import name.
        modules: import name -> text of every module.

    Raises:
        ConfigurationError: a module that is no Python.
    """
    classes: dict[str, ForeignClass] = {}
    files: dict[str, ForeignFile] = {}
    choices: dict[str, str] = {}
    conversions: set[tuple[str, str]] = set()
    for module, text in modules.items():
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            raise ConfigurationError(f"{module}: PACKAGE_READ no Python: {error.msg}") from error
        defined = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        for fullname, local in _table(tree, "AVRO_CLASSES"):
            if isinstance(local, ast.Name) and local.id in defined:
                classes[str(fullname)] = _class(module, defined[local.id], _base_names(tree))
        for node in defined.values():
            constants = dict(_constants(node))
            choices.update(
                {each: constants[each] for each in ("ARRAYS", "LOGICAL_TYPES") if each in constants}
            )
            identity = constants.get("SCHEMA_KEY", constants.get("CLOSURE_DIGEST"))
            if identity is not None:
                file = ForeignFile(Symbol(module, node.name), constants["SCHEMA"], identity)
                files[f"{name}/{constants['FULLNAME']}"] = file
        for row, columns in _columns(tree):
            for fullname, known in classes.items():
                if known.symbol == Symbol(module, row):
                    classes[fullname] = replace(known, columns=Symbol(module, columns))
        conversions.update(key for key, _ in _table(tree, "AVRO_CONVERSIONS"))
    arrays, logical_types = choices.get("ARRAYS", "list"), choices.get("LOGICAL_TYPES", "typed")
    return PackageText(name, classes, files, arrays, logical_types, tuple(sorted(conversions)))


def _columns(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Class of a record -> class of many such records held as columns."""
    names = {local for local, name in _base_names(tree).items() if name == "RecordColumns"}
    for node in tree.body:
        match node:
            case ast.ClassDef(
                name=columns, bases=[ast.Subscript(value=ast.Name(id=base), slice=ast.Name(id=row))]
            ) if base in names:
                yield row, columns
            case _:
                pass


def _base_names(tree: ast.Module) -> dict[str, str]:
    """Local name -> imported name."""
    imports = (node for node in tree.body if isinstance(node, ast.ImportFrom))
    return {each.asname or each.name: each.name for node in imports for each in node.names}


def _table(tree: ast.Module, name: str) -> Iterator[tuple[Any, ast.expr]]:
    """The entries of a dict constant at module level, their keys as values."""
    for node in tree.body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.Dict() as value) if found == name:
                for key, entry in zip(value.keys, value.values, strict=True):
                    yield (ast.literal_eval(key) if key is not None else None), entry
            case _:
                pass


def _class(module: str, node: ast.ClassDef, imported: Mapping[str, str]) -> ForeignClass:
    symbol = Symbol(module, node.name)
    bases = {imported.get(each.id, each.id) for each in node.bases if isinstance(each, ast.Name)}
    for each in node.body:
        match each:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name == _FIELDS:
                return ForeignClass(symbol, ast.literal_eval(value), "AvroFrozenRecordBase" in bases)
            case _:
                pass
    members = (name for name, _ in _constants(node))
    return ForeignClass(symbol, tuple(members), "StrEnum" in bases)


def _constants(node: ast.ClassDef) -> Iterator[tuple[str, Any]]:
    """The plain constants of a class body."""
    for each in node.body:
        match each:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                yield name, value
            case _:
                pass
