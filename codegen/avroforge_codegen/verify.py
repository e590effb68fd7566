"""Check generated text before anyone sees it: it compiles, and holds only what the generator may write."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from avroforge.runtime import RUNTIME_SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOP: Final = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.AnnAssign, ast.Assign, ast.Expr)
_FORBIDDEN_CALLS: Final = frozenset(
    {
        "eval",
        "exec",
        "compile",
        "__import__",
        "open",
        "input",
        "globals",
        "locals",
        "vars",
        "getattr",
        "setattr",
    }
)
_ALLOWED: Final = frozenset(
    {
        *(ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.ClassDef, ast.FunctionDef, ast.Lambda),
        *(ast.arguments, ast.arg, ast.keyword, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Pass),
        *(ast.If, ast.IfExp, ast.For, ast.While, ast.Break, ast.Return, ast.Raise, ast.Call, ast.Starred),
        *(ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.Tuple, ast.List, ast.Dict),
        *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.BitOr, ast.UnaryOp, ast.USub, ast.Not),
        *(ast.BoolOp, ast.And, ast.Or, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
        *(ast.Is, ast.IsNot, ast.Load, ast.Store),
    }
)
"""Every kind of syntax that the generator writes."""
_DUNDERS: Final = frozenset({"__class__", "__hash__"})
_TYPES: Final = frozenset({"bool", "bytes", "dict", "float", "int", "list", "str", "tuple"})
_LEAVES: Final = frozenset(
    {ast.Name, ast.Constant, ast.Load, ast.Store, ast.arg, ast.alias, str, int, type(None)}
)
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


def verify(path: str, text: str, own: frozenset[tuple[str, str]] = frozenset()) -> None:
    """Check one generated module.

    Args:
        path: how a message names it.
        text: the whole text.
        own: what it may import for the user's own conversions: pairs of module and name.

    Raises:
        AssertionError: the generator wrote what it must not: its own defect, never a schema's.
    """
    tree = ast.parse(text, path)
    for node in tree.body:
        if not isinstance(node, _TOP):
            raise _defect(path, node.lineno, f"{type(node).__name__} at module level")
        if isinstance(node, ast.Expr) and not _harmless(node.value):
            raise _defect(path, node.lineno, "an expression statement at module level")
    for each in _walk(tree):
        _check(path, each, own)
    for alias in _aliases_of_builtins(path, tree):
        for each in _walk(tree):
            if (
                isinstance(each, ast.Attribute)
                and ast.unparse(each.value) == alias
                and each.attr not in _TYPES
            ):
                raise _defect(path, each.lineno, f"a use of the builtin {each.attr}")
    compile(tree, path, "exec", dont_inherit=True)


def _walk(root: ast.AST) -> Iterator[ast.AST]:
    """Every node that has others below it; names, constants and operators hold nothing to check."""
    pending: list[ast.AST] = [root]
    syntax, leaves = ast.AST, _LEAVES
    while pending:
        node = pending.pop()
        yield node
        for value in node.__dict__.values():
            kind = value.__class__
            if kind is list:
                pending.extend([item for item in value if item.__class__ not in leaves])
            elif kind not in leaves and isinstance(value, syntax):
                pending.append(value)


def _check(path: str, node: ast.AST, own: frozenset[tuple[str, str]]) -> None:
    kind = node.__class__
    if kind not in _ALLOWED:
        raise _defect(path, getattr(node, "lineno", 0), f"{kind.__name__} in generated code")
    if isinstance(node, ast.Attribute):
        name = node.attr
        if name.startswith("__") and name not in _DUNDERS:
            raise _defect(path, node.lineno, f"a use of {name}")
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in _FORBIDDEN_CALLS:
            raise _defect(path, node.lineno, f"a call of {node.func.id}")
    elif isinstance(node, ast.Import):
        if [each.name for each in node.names] != ["builtins"]:
            raise _defect(path, node.lineno, "an import of a module")
    elif isinstance(node, ast.ImportFrom) and not node.level:
        _check_import(path, node, own)


def _aliases_of_builtins(path: str, tree: ast.Module) -> Iterator[str]:
    """The name under which a module imports `builtins`, which it does where a class hides some of them."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            for each in node.names:
                if each.asname is None:
                    raise _defect(path, node.lineno, "an import of a module")
                yield each.asname


def _check_import(path: str, node: ast.ImportFrom, own: frozenset[tuple[str, str]]) -> None:
    module = node.module or ""
    names = {each.name for each in node.names if (module, each.name) not in own}
    if names and module not in _LIBRARIES:
        raise _defect(path, node.lineno, f"an import of {module}")
    if module == "avroforge.runtime" and not names <= RUNTIME_SYMBOLS:
        raise _defect(path, node.lineno, "an import of what the run time does not offer")


def _defect(path: str, line: int, what: str) -> AssertionError:
    return AssertionError(f"{path}:{line}: {what}; this is a defect of the generator, please report it")


def _harmless(value: ast.expr) -> bool:
    """A docstring, the ABI check, or the metadata of a class."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str)
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id.endswith(("require_abi", "require_schema", "describe"))
    )
