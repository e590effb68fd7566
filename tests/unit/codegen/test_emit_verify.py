from __future__ import annotations

import ast
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avroforge_codegen import generate
from avroforge_codegen import verify as verify_module
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
        return
    out.append(o)


class E(AvroRecordBase):
    """Several
    lines.
    """

    y: int = 1
    z: str = ""
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
        *(("x = eval('1')", "a use of eval"), ("x = _builtins.exec", "a use of the builtin exec")),
        *(("x = print", "a use of print"), ("x = __loader__", "a use of __loader__")),
        *(
            ("def f() -> None:\n    x = vars()", "a use of vars"),
            ("class C:\n    x = __import__('os')", "a use of __import__"),
            ("def f() -> None:\n    x = __loader__", "a use of __loader__"),
            ("def f() -> None:\n    x = o.__subclasses__", "a use of __subclasses__"),
            ("def f() -> None:\n    x = _builtins.open", "a use of the builtin open"),
        ),
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
            ("def f() -> None:\n    eval: int = o.eval\n    o.vars = 1", ""),
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


def test_a_parameter_may_be_called_as_a_builtin_and_hides_it_in_its_body_alone() -> None:
    verify("made.py", "def f(cls, *, eval: int, id: int) -> int:\n    return (id, eval)\n")
    for text in (
        "def f(*, eval: int = eval) -> int:\n    return eval\n",
        "def f(*, id: int) -> eval:\n    return id\n",
        "@eval\ndef f(*, eval: int) -> int:\n    return eval\n",
        "def f(*, id: int) -> int:\n    return eval(id)\n",
        "def f(*, eval: int) -> int:\n    return 1\n\n\ndef g() -> int:\n    return eval\n",
    ):
        with pytest.raises(AssertionError, match="a use of eval"):
            verify("made.py", text)


def test_text_that_does_not_compile_is_refused() -> None:
    with pytest.raises(SyntaxError):
        verify("bad.py", "def f(:\n")
    with pytest.raises(SyntaxError):
        verify("bad.py", "def f() -> None:\n    break\n")


@pytest.mark.parametrize(
    "text",
    [
        'x = """\ndef f() -> None:\n    """; y = print(1); """\n    x = 1\n"""\n',
        'x = """\ndef f() -> None:\n    x = 1\n"""; print(1); """\n"""\n',
        'x = """\nclass C:\n    """; y = print(1); """\n    x = 1\n"""\n',
        'class C:\n    x = """\n    y = 1\n    """; z = print; """\n    y = 1\n    """\n',
        "x = (\ndef f() -> None:\n    x = 1\n)\n",
        "def f() -> None:\n    x = (\n    y = 1\n    )\n    print(1)\n",
        "def f() -> None:\n    x = 1 \\\n    y = 1\n",
        "def f() -> None:\n    x = 1; y = print\n",
        "def f() -> None:\n    x = 1\r    y = print\n",
        "def f(x: int = print(1)) -> None:\n    x = 1\n",
        "@print\ndef f() -> None:\n    x = 1\n",
        "class C(metaclass=print):\n    x = 1\n",
        'def f() -> None:\n    x = f"{print(1)}"\n',
        "def f() -> None:\n    x = 1\n      y = 1\n",
        "def f() -> None:\nx = 1\n",
        "def f(x, x) -> None:\n    x = 1\n",
        "def f() -> None:\n    x = 1\n\x00",
    ],
)
def test_no_part_of_a_text_hides_behind_what_looks_like_a_function(text: str) -> None:
    with pytest.raises((AssertionError, SyntaxError, ValueError)):
        verify("bad.py", f"{GOOD}\n\n{text}")


FRAGMENTS = (
    *('"', '"""', "'", "(", ")", "[", "{", "\\", "#", ";", ":", "\n", "\r", "\x0c", "    ", "\t", "\u2028"),
    *("print(1)", "x = 1", "lambda: 0", "@x", "pass", "else:", "elif x:", "return", "yield", "async "),
    *("def f():", "class C:", "f", "b", "_builtins.exec", "eval", "__import__", "1", "0x1f", "1e5", "if "),
    *("global R", "import os"),
)


@pytest.fixture(scope="module")
def module() -> str:
    enum = {"type": "enum", "name": "E", "symbols": ["A", "B"], "doc": "x = 1"}
    fields = [
        {"name": "a", "type": ["null", "string", enum], "default": None, "doc": "def f(): pass"},
        {"name": "str", "type": {"type": "array", "items": "long"}},
        {"name": "r", "type": ["null", "R"]},
    ]
    record = {"type": "record", "name": "R", "fields": fields}
    return generate({"R.avsc": json.dumps(record, indent=1)}, package="p")["p/_types.py"]


CHANGE = st.tuples(st.integers(0), st.integers(0, 20), st.sampled_from(FRAGMENTS))


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0), st.integers(0, 20), st.sampled_from(FRAGMENTS)), min_size=1, max_size=3
    )
)
def test_a_module_judged_in_pieces_passes_where_it_passes_as_a_whole(
    module: str, changes: list[tuple[int, int, str]]
) -> None:
    text = module
    for place, length, fragment in changes:
        start = place % len(text)
        text = text[:start] + fragment + text[start + length * (place % 2) :]

    def passes() -> bool:
        try:
            verify_module.verify("p.py", text)
        except (AssertionError, SyntaxError, ValueError):
            return False
        return True

    in_pieces = passes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify_module, "_outline", lambda _: None)
        assert in_pieces == passes()


def test_generated_modules_are_judged_in_pieces(module: str) -> None:
    outline = verify_module._outline(module)
    assert outline is not None
    functions = [node for node in outline.body if isinstance(node, ast.FunctionDef)]
    assert functions == []
