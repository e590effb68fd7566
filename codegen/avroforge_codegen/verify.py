"""Check generated text before anyone sees it: it compiles, and holds only what the generator may write."""

from __future__ import annotations

import ast
from typing import Final

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
_FORBIDDEN_NODES: Final = (
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
    for each in ast.walk(tree):
        if isinstance(each, _FORBIDDEN_NODES):
            raise _defect(path, 0, f"{type(each).__name__} in generated code")
        if (
            isinstance(each, ast.Call)
            and isinstance(each.func, ast.Name)
            and each.func.id in _FORBIDDEN_CALLS
        ):
            raise _defect(path, each.lineno, f"a call of {each.func.id}")
        if isinstance(each, ast.ImportFrom) and not each.level and each.module not in _LIBRARIES:
            raise _defect(path, each.lineno, f"an import of {each.module}")
    compile(tree, path, "exec", dont_inherit=True)


def _defect(path: str, line: int, what: str) -> AssertionError:
    return AssertionError(f"{path}:{line}: {what}; this is a defect of the generator, please report it")


def _harmless(value: ast.expr) -> bool:
    """A docstring, or the ABI check."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str)
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id.endswith("require_abi")
    )
