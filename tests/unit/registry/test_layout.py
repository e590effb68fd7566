from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avroforge.registry.layout import LAYOUTS, lay_out, restore

if TYPE_CHECKING:
    from avroforge.schema import JsonValue

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
TEXTS = st.text() | VALUES.map(json.dumps) | VALUES.map(lambda value: json.dumps(value, indent=2))


@given(TEXTS.filter(lambda text: text.isascii() or _is_utf8(text)))
def test_every_text_comes_back_exactly(text: str) -> None:
    written = json.loads(json.dumps(lay_out(text)))
    if "lines" in written:
        assert "\n".join(written["lines"]) == text
    else:
        assert restore(written["layout"], written["schema"]) == text


def _is_utf8(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_known_layout_is_kept_as_nested_json(name: str) -> None:
    value: JsonValue = {"type": "enum", "doc": "é", "symbols": ["A", "B"]}
    text = restore(name, value)
    assert lay_out(text) == {"layout": name, "schema": value}


@pytest.mark.parametrize(
    "text",
    ['{"a":1 }', '{"a":1,"a":2}', "1.10", "1e400", "[" * 65 + "]" * 65, "9" * 5000],
)
def test_what_no_layout_restores_is_kept_as_lines(text: str) -> None:
    assert lay_out(text) == {"lines": [text]}
