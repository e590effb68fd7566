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
_FORBIDDEN_NODES: Final = frozenset(
    {
        ast.AsyncFunctionDef,
        ast.Await,
        ast.Delete,
        ast.Global,
        ast.Nonlocal,
        ast.Try,
        ast.With,
        ast.Yield,
        ast.YieldFrom,
        ast.JoinedStr,
    }
)
_LEAVES: Final = frozenset(
    {ast.Name, ast.Constant, ast.Load, ast.Store, ast.arg, ast.alias, str, int, type(None)}
)
_LIBRARIES: Final = frozenset(
    {
        "__future__",
        "avroforge.runtime",
        "avroforge.runtime_numpy",
        "builtins",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "typing",
        "uuid",
    }
)


def verify(path: str, text: str) -> None:
    """Check one generated module.

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
        _check(path, each)
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


def _check(path: str, node: ast.AST) -> None:
    kind = node.__class__
    if kind in _FORBIDDEN_NODES:
        raise _defect(path, 0, f"{kind.__name__} in generated code")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FORBIDDEN_CALLS:
        raise _defect(path, node.lineno, f"a call of {node.func.id}")
    if isinstance(node, ast.ImportFrom) and not node.level:
        if node.module not in _LIBRARIES:
            raise _defect(path, node.lineno, f"an import of {node.module}")
        if node.module == "avroforge.runtime" and not {each.name for each in node.names} <= RUNTIME_SYMBOLS:
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
        and value.func.id.endswith(("require_abi", "describe"))
    )
