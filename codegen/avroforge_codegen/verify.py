"""Check generated text before anyone sees it: it compiles, and holds only what the generator may write.

A large package repeats itself: whole functions, and most lines of the others but for names and numbers. So a
module is judged in pieces, each different piece once. Where that does not work out it is judged whole; the
verdict is the same.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import Final

from avroforge_codegen.plain_line import is_plain
from avroforge_codegen.whitelist import Allowed, fault_in

_TOP: Final = (
    *(ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.AnnAssign, ast.Assign, ast.Expr),
    ast.Pass,
)
_STATEMENT: Final = re.compile(r"\n(?=\S)")
"""Before a line that is not indented."""
_FUNCTIONS: Final = 1 << 13
"""How many different functions are kept in mind."""
_MEMBER: Final = "    pass"
_FUTURE: Final = annotations.compiler_flag


def verify(path: str, text: str, own: frozenset[tuple[str, str]] = frozenset()) -> None:
    """Check one generated module.

    Args:
        path: how a message names it.
        text: the whole text.
        own: what it may import for the user's own conversions: pairs of module and name.

    Raises:
        SyntaxError: the text is no Python.
        AssertionError: the generator wrote what it must not: its own defect, never a schema's.
    """
    tree = _outline(text)
    if tree is None:
        tree = ast.parse(text, path)
        compile(tree, path, "exec", dont_inherit=True)
    for node in tree.body:
        if not isinstance(node, _TOP):
            raise _defect(path, node.lineno, f"{type(node).__name__} at module level")
        if isinstance(node, ast.Expr) and not _harmless(node.value):
            raise _defect(path, node.lineno, "an expression statement at module level")
    fault = fault_in(tree, Allowed(own, _names_of_builtins(tree)))
    if fault is not None:
        raise _defect(path, fault.line, fault.what)


def _outline(text: str) -> ast.Module | None:
    """The tree of a text that compiles, with ``pass`` for those parts that are known to hold nothing else.

    These are the functions that are right by themselves, and the plain lines at the end of classes. That
    they are what they look like, and no part of a string or bracket, shows in the tree: all that stands
    before a part is in the outline as it is in the text, so where the outline has a statement, the text has
    one too; and the part leaves nothing open that the rest could continue. None where it does not show, or
    where something does not compile.
    """
    compiled: list[str] = []
    judged: list[str] = []
    replaced: set[int] = set()
    number = 1
    for part in _STATEMENT.split(text):
        height = part.count("\n")
        kept = left = part
        if part.startswith("def ") and _is_right(part.rstrip("\n")):
            kept = left = "pass" + "\n" * height
            replaced.add(number)
        elif part.startswith("class "):
            lines = part.split("\n")
            first = _first_plain(lines)
            if first < len(lines):
                left = "\n".join([*lines[:first], _MEMBER, *[""] * (height - first)])
                replaced.add(number + first)
        compiled.append(kept)
        judged.append(left)
        number += height + 1
    try:
        compile("\n".join(compiled), "<outline>", "exec", dont_inherit=True)
        tree = ast.parse("\n".join(judged))
    except (SyntaxError, ValueError):
        return None
    ends = (node.body[-1] if isinstance(node, ast.FunctionDef | ast.ClassDef) else node for node in tree.body)
    return tree if replaced <= {each.lineno for each in ends if isinstance(each, ast.Pass)} else None


@lru_cache(maxsize=_FUNCTIONS)
def _is_right(function: str) -> bool:
    """Whether a function consists of plain lines, and compiles: which depends on nothing around it."""
    if not all(is_plain(line.lstrip(" ")) for line in function.split("\n")):
        return False
    try:
        compile(function, "<function>", "exec", _FUTURE, dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _first_plain(lines: list[str]) -> int:
    """The number of the first member of a class behind which all is plain; the number of lines if none is."""
    first = count = len(lines)
    while first > 1 and (not lines[first - 1] or is_plain(lines[first - 1].lstrip(" "))):
        first -= 1
    while first < count and not (lines[first].startswith("    ") and lines[first][4:5] != " "):
        first += 1
    return first


def _names_of_builtins(tree: ast.Module) -> frozenset[str]:
    """The names under which a module imports `builtins`, which it does where a class hides some of them."""
    imports = (node for node in tree.body if isinstance(node, ast.Import))
    return frozenset(each.asname or each.name for node in imports for each in node.names)


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
