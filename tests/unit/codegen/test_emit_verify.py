from __future__ import annotations

import pytest

from avroforge_codegen.verify import verify

GOOD = '''"""Doc."""

from __future__ import annotations

import builtins as _builtins
from dataclasses import dataclass

from avroforge.runtime import AvroRecordBase, require_abi

require_abi(1)


@dataclass(slots=True)
class R(AvroRecordBase):
    x: _builtins.int


def _write(o: R, out: list[object]) -> None:
    if o.__class__ is not R:
        raise ValueError
'''


def test_what_the_generator_writes_passes() -> None:
    verify("good.py", GOOD)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        *(("import os", "an import of a module"), ("from os import path", "an import of os")),
        *(
            ("import builtins", "an import of a module"),
            ("def f() -> None:\n    import os", "an import of a module"),
            ("from builtins import exec", "an import of builtins"),
        ),
        *(
            ("from avroforge.runtime import sys", "does not offer"),
            ("from avroforge import errors", "an import"),
        ),
        *(("x = eval('1')", "a call of eval"), ("x = _builtins.exec", "a use of the builtin exec")),
        *(
            ("x = R.__subclasses__", "a use of __subclasses__"),
            ("x = ().__class__.__base__", "a use of __base__"),
        ),
        *(
            ("print(1)", "an expression statement"),
            ("x: int = [y for y in ()]", "ListComp"),
            ("x = f'{1}'", "JoinedStr"),
        ),
        *(
            ("if True:\n    x = 1", "If at module level"),
            ("x = (y := 1)", "NamedExpr"),
            ("del R", "at module level"),
        ),
        *(("def f() -> None:\n    global R", "Global"), ("def f() -> None:\n    with R: pass", "With")),
        *(("def f() -> None:\n    yield", "Yield"), ("async def f() -> None:\n    pass", "at module level")),
        *(
            ("def f() -> None:\n    try:\n        pass\n    finally:\n        pass", "Try"),
            ("x = {**R}.get", ""),
        ),
    ],
)
def test_anything_else_is_a_defect_that_names_the_line(line: str, what: str) -> None:
    if not what:
        verify("good.py", f"{GOOD}\n\n{line}\n")
        return
    with pytest.raises(AssertionError, match=what) as caught:
        verify("bad.py", f"{GOOD}\n\n{line}\n")
    assert "defect of the generator" in str(caught.value)
    assert str(caught.value).startswith("bad.py:")


def test_text_that_does_not_compile_is_refused() -> None:
    with pytest.raises(SyntaxError):
        verify("bad.py", "def f(:\n")
    with pytest.raises(SyntaxError):
        verify("bad.py", "def f() -> None:\n    break\n")
