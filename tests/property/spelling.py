"""JSON texts that say one thing, written down in any way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

BLANKS = st.sampled_from(["", "", " ", "  ", "\n", "\n\n ", "\t", "\n    "])


@st.composite
def spelled(draw: DrawFn, value: Any) -> str:  # noqa: ANN401 - JSON
    """A JSON value with its members in any order and blanks in every place that takes them."""
    gap = draw(BLANKS)
    if isinstance(value, dict):
        members = [
            f"{gap}{json.dumps(key)}{draw(BLANKS)}:{draw(BLANKS)}{draw(spelled(each))}{draw(BLANKS)}"
            for key, each in draw(st.permutations(list(value.items())))
        ]
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(f"{gap}{draw(spelled(each))}{draw(BLANKS)}" for each in value) + "]"
    return json.dumps(value)
