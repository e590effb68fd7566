"""Which syntax generated code may hold: a syntax tree is judged node by node, without recursion."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from avroforge.runtime import RUNTIME_SYMBOLS
from avroforge_codegen import reserved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FORBIDDEN_NAMES: Final = reserved.BUILTINS - reserved.WRITTEN
BUILTINS_ALIAS: Final = "_builtins"
"""How a module calls `builtins`, which it imports where a class hides some of them; a digit may follow."""
_DUNDERS: Final = frozenset({"__avro_columns__", "__class__", "__hash__"})
_LIBRARIES: Final = frozenset(
    {
        "__future__",
        "avroforge.runtime",
        "avroforge.runtime_numpy",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "typing",
        "uuid",
    }
)


class Fault(NamedTuple):
    """What stands in generated code that must not, and on which line."""

    line: int
    what: str


class Allowed(NamedTuple):
    """What one module may use beyond the rules for all.

    Attributes:
        imports: pairs of module and name, for the user's own conversions and packages.
        builtins: the names under which it imports `builtins`.
        parameters: those of the function around that have the name of a builtin, and so hide it.
    """

    imports: frozenset[tuple[str, str]] = frozenset()
    builtins: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()


def _plain(node: ast.AST, allowed: Allowed) -> str | None:
    del node, allowed
    return None


def _name(node: ast.Name, allowed: Allowed) -> str | None:
    name = node.id
    # A name of underscores alone is nobody's special name, and a type may be called so.
    if name in allowed.parameters:
        return None
    if name in FORBIDDEN_NAMES or (name.startswith("__") and name.endswith("__") and name.strip("_")):
        return f"a use of {name}" if node.ctx.__class__ is ast.Load else None
    return None


def _attribute(node: ast.Attribute, allowed: Allowed) -> str | None:
    name, value = node.attr, node.value
    if name.startswith("__") and name not in _DUNDERS:
        return f"a use of {name}"
    if isinstance(value, ast.Name) and value.id in allowed.builtins and name not in reserved.WRITTEN:
        return f"a use of the builtin {name}"
    return None


def _hidden(node: ast.FunctionDef) -> frozenset[str]:
    """The builtins that a function's parameters hide from its body."""
    given = node.args
    return FORBIDDEN_NAMES.intersection(
        each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)
    )


def _import(node: ast.Import, allowed: Allowed) -> str | None:
    del allowed
    known = all(
        each.name == "builtins" and (each.asname or "").startswith(BUILTINS_ALIAS) for each in node.names
    )
    return None if known else "an import of a module"


def _import_from(node: ast.ImportFrom, allowed: Allowed) -> str | None:
    if node.level:
        return None
    module = node.module or ""
    names = {each.name for each in node.names if (module, each.name) not in allowed.imports}
    if names and module not in _LIBRARIES:
        return f"an import of {module}"
    if module == "avroforge.runtime" and not names <= RUNTIME_SYMBOLS:
        return "an import of what the run time does not offer"
    return None


_CHECKS: Final[Mapping[type[ast.AST], Callable[[Any, Allowed], str | None]]] = {
    **dict.fromkeys(
        (
            *(ast.Module, ast.ClassDef, ast.FunctionDef, ast.Lambda, ast.arguments, ast.arg, ast.keyword),
            *(ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Pass, ast.alias),
            *(ast.If, ast.IfExp, ast.For, ast.While, ast.Break, ast.Return, ast.Raise, ast.Call, ast.Starred),
            *(ast.Constant, ast.Subscript, ast.Slice, ast.Tuple, ast.List, ast.Dict),
            *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.UnaryOp, ast.USub, ast.Not),
            *(ast.BitOr, ast.BitAnd, ast.BitXor, ast.LShift, ast.RShift),
            *(ast.BoolOp, ast.And, ast.Or, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
            *(ast.Is, ast.IsNot, ast.Load, ast.Store),
        ),
        _plain,
    ),
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
}
"""Every kind of syntax that the generator writes, with what is asked of it."""
_LEAVES: Final = frozenset({ast.Constant, ast.Load, ast.Store, str, int, type(None)})
"""What holds nothing to judge, and is not looked into."""


def fault_in(root: ast.AST, allowed: Allowed) -> Fault | None:
    """The first thing in a tree that generated code must not hold, in no particular order."""
    pending = [root]
    checks, leaves, syntax, plain = _CHECKS, _LEAVES, ast.AST, _plain
    while pending:
        node = pending.pop()
        check = checks.get(node.__class__)
        if check is None:
            return Fault(getattr(node, "lineno", 0), f"{node.__class__.__name__} in generated code")
        if check is not plain:
            what = check(node, allowed)
            if what is not None:
                return Fault(getattr(node, "lineno", 0), what)
        if isinstance(node, ast.FunctionDef) and (hidden := _hidden(node)):
            within = allowed._replace(parameters=allowed.parameters | hidden)
            body = ast.Module(node.body, [])
            fault = fault_in(body, within)
            if fault is not None:
                return fault
            pending += [node.args, *node.decorator_list, *filter(None, [node.returns])]
            continue
        for value in node.__dict__.values():
            kind = value.__class__
            if kind is list:
                if value:
                    pending.extend([item for item in value if item.__class__ not in leaves])
            elif kind not in leaves and isinstance(value, syntax):
                pending.append(value)
    return None
