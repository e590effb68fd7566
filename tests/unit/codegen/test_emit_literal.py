from __future__ import annotations

import ast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from avroforge_codegen.emit import literal

TEXT = st.text(st.characters() | st.sampled_from("\"'\\\n\r\t {}#\x00\ud800\u2028\x85"), max_size=400)
NASTY = [
    '"""',
    '"',
    "\\",
    '\\"""',
    '""""',
    "\n",
    " ",
    "\r\n",
    "a" * 99 + "\\" * 30 + "n",
    '" + __import__("os") + "',
    "{x}",
    "\\N{DASH}",
    "\\\n",
]


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("render", [literal.string, literal.block])
def test_quotes_and_backslashes_never_end_a_literal(render: object, text: str) -> None:
    for each in (text, f"x{text}", f"{text}x", text * 40):
        assert ast.literal_eval(render(each)) == each  # type: ignore[operator]  # one of the two functions


@given(TEXT)
@example('"""')
def test_every_text_has_a_literal_that_stands_for_it(text: str) -> None:
    assert ast.literal_eval(literal.string(text)) == text
    assert ast.literal_eval(literal.block(text)) == text
    assert "\n" not in literal.string(text)
    literal.string(text).encode()
    literal.block(text).encode()


@given(st.binary(max_size=200))
def test_every_bytes_have_a_literal(raw: bytes) -> None:
    assert ast.literal_eval(literal.data(raw)) == raw


@given(TEXT)
@example('"')
@example("\\")
@example('x"""')
def test_a_docstring_is_one_statement_whatever_the_text(text: str) -> None:
    source = "\n".join(["class C:", *literal.docstring(text), "    x = 1"])
    (body,) = ast.parse(source).body
    assert isinstance(body, ast.ClassDef)
    assert len(body.body) == 2
    (statement, _) = body.body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Constant)
    assert isinstance(statement.value.value, str)
    words = " ".join(text.split())
    assert " ".join(statement.value.value.split()) == words
