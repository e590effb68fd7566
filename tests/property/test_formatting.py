"""Formatting schemas that are drawn, and written down in any way: the meaning stays, and once is enough."""

from __future__ import annotations

import json
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.spelling import spelled
from tests.property.strategies import schemas

from avroforge.schema import parse_schema
from avroforge_codegen.formatting import format_text
from avroforge_codegen.formatting.column import tokens
from avroforge_codegen.settings import FormatSettings


@settings(max_examples=400)
@given(st.data(), st.integers(1, 4), st.sampled_from([40, 80, 110]))
def test_the_meaning_stays_and_once_is_enough(data: st.DataObject, indent: int, width: int) -> None:
    text = data.draw(spelled(json.loads(data.draw(schemas()))))
    options = FormatSettings(indent=indent, width=width)
    shown = format_text(text, options)
    assert format_text(shown, options) == shown
    before, after = parse_schema(text), parse_schema(shown)
    assert after.self_contained == before.self_contained
    assert after.defined == before.defined
    # every word is still there as it was spelled, but for namespaces that say nothing
    gone = Counter(tokens(text)) - Counter(tokens(shown))
    assert not Counter(tokens(shown)) - Counter(tokens(text))
    assert (
        gone['"namespace"'] == gone[":"] == sum(gone.values()) - gone[":"] - gone[","] - gone['"namespace"']
    )
