"""The lines of a schema that a report shows."""

from __future__ import annotations

import pytest

from avroforge.schema.model import Position
from avroforge_codegen.review.excerpt import excerpt

TEXT = '{\n  "fields": [\n    {"name": "a",\n     "type": "int"},\n    {"name": "b"}\n  ]\n}\n'


@pytest.mark.parametrize(
    ("line", "column", "lines"),
    [
        (3, 5, ('    {"name": "a",', '     "type": "int"},')),
        (5, 5, ('    {"name": "b"}',)),
        (1, 1, tuple(TEXT.split("\n")[:-1])),
    ],
)
def test_the_value_at_a_place(line: int, column: int, lines: tuple[str, ...]) -> None:
    found = excerpt(TEXT, Position(line, column))
    assert found is not None
    assert (found.first, found.lines) == (line, lines)


def test_what_merely_encloses_the_place_is_its_first_line() -> None:
    found = excerpt(TEXT, Position(1, 1), whole=False)
    assert found is not None
    assert found.lines == ("{",)


@pytest.mark.parametrize("position", [Position(0, 0), Position(99, 1)])
def test_no_place_is_no_excerpt(position: Position) -> None:
    assert excerpt(TEXT, position) is None


def test_one_long_line_is_cut_to_the_value() -> None:
    text = '{"x": "' + "." * 200 + '", "y": {"name": "b", "doc": "' + "d" * 500 + '"}}'
    found = excerpt(text, Position(1, text.index('{"name"') + 1))
    assert found is not None
    assert found.lines[0].startswith('{"name": "b"')
    assert len(found.lines[0]) < 260


def test_a_long_value_is_cut_with_a_count() -> None:
    text = "[\n" + ",\n".join("1" for _ in range(100)) + "\n]"
    found = excerpt(text, Position(1, 1))
    assert found is not None
    assert (len(found.lines), found.lines[-1]) == (14, "... 89 more lines")
