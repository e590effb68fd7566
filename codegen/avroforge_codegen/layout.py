"""Which module of the generated package each named type lives in.

One module per namespace (or per type); modules that would import each other become one, and the others import
from it, so there is never an import cycle.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from avroforge.codec.graph import strongly_connected
from avroforge.schema.model import namespace_of, simple_name
from avroforge.schema.walk import direct_references
from avroforge_codegen.naming import class_name, module_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from avroforge.schema import model

ModulesOption: TypeAlias = Literal["namespace", "type", "single"]
ROOTS: Final = "_roots"
"""The module of roots without a name; nothing imports it."""
NULL_NAMESPACE: Final = "_types"
"""The module of types without a namespace."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The modules of a package: dotted paths without the package name; empty for a single module."""

    module_of: Mapping[str, str]
    """Full name of a type -> the module that defines it."""
    exports: Mapping[str, tuple[str, ...]]
    """Module -> full names that it offers, its own and those it lends its name to."""


def _wanted(fullname: str, option: ModulesOption, taken: frozenset[str]) -> str:
    if option == "single":
        return ""
    namespace = namespace_of(fullname)
    parts = [module_part(part) for part in namespace.split(".")] if namespace else [NULL_NAMESPACE]
    # importing a module sets its name in the package around it, where a class may have that name
    path = ".".join(f"{part}_" if part in taken else part for part in parts)
    if option == "type":
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", simple_name(fullname)).lower()
        return f"{path}.{module_part(snake)}"
    return path


def lay_out(types: Mapping[str, model.NamedType], option: ModulesOption) -> Layout:
    """Decide the module of every named type."""
    classes = [class_name(simple_name(fullname)) for fullname in types]
    taken = frozenset([*classes, *(f"{name}{end}" for name in classes for end in ("Interface", "Columns"))])
    wanted = {fullname: _wanted(fullname, option, taken) for fullname in types}
    graph: dict[str, dict[str, None]] = {path: {} for path in wanted.values()}
    for fullname, node in types.items():
        for target in direct_references(node, [fullname]):
            if target in wanted and wanted[target] != wanted[fullname]:
                graph[wanted[fullname]][wanted[target]] = None
    home = _homes(graph)
    exports: dict[str, list[str]] = {path: [] for path in wanted.values()}
    for fullname, path in wanted.items():
        exports[path].append(fullname)
    return Layout(
        {fullname: home[path] for fullname, path in wanted.items()},
        {path: tuple(names) for path, names in exports.items()},
    )


def _homes(graph: Mapping[str, Mapping[str, None]]) -> dict[str, str]:
    """The module that each module's types really live in: modules that would import in a circle share one.

    Python imports the packages around a module before it. So whoever imports from a module waits for those
    packages too, unless it stands inside them; and a module inside a package that only lends names waits for
    the module that it lends from.
    """
    home = {path: path for path in graph}
    while True:
        imports: dict[str, dict[str, None]] = {path: {} for path in graph}
        for path, targets in graph.items():
            if home[path] != path:
                imports[path][home[path]] = None
            for target in targets:
                if home[target] != home[path]:
                    imports[home[path]][home[target]] = None
        for path, found in imports.items():
            around = ancestors([path])
            waits = [each for target in found for each in ancestors([target]) if each not in around]
            lending = [each for each in around if each in home and home[each] != each]
            found.update(
                dict.fromkeys(each for each in (*waits, *lending) if each in imports and each != path)
            )
        merged = dict(home)
        for group in strongly_connected(imports):
            chosen = min(group, key=lambda each: (each.count("."), each))
            for path in graph:
                if len(group) > 1 and home[path] in group:
                    merged[path] = chosen
        if merged == home:
            return home
        home = merged


def ancestors(paths: Iterable[str]) -> set[str]:
    """Every proper prefix of the dotted paths."""
    return {path[:index] for path in paths for index, char in enumerate(path) if char == "."}
