"""Formatting every schema of the corpus that parses: it means the same, and once is enough."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from avroforge.errors import SchemaError
from avroforge.schema import parse_schema
from avroforge_codegen.formatting import format_text
from avroforge_codegen.formatting.column import tokens
from avroforge_codegen.settings import FormatSettings

SHARED = Path(os.environ.get("AVROFORGE_SHARED", Path(__file__).parents[3] / "shared"))
CORPUS = SHARED / "corpus"
SETTINGS = FormatSettings()

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not CORPUS.exists(), reason=f"no corpus under {SHARED}; set AVROFORGE_SHARED"),
]


def test_the_meaning_of_every_schema_stays_and_once_is_enough() -> None:
    formatted = 0
    for path in sorted(CORPUS.glob("*/*.avsc")):
        try:
            text = path.read_bytes().decode()
            before = parse_schema(text)
        except (SchemaError, UnicodeDecodeError):
            continue  # counted in test_schema_java
        formatted += 1
        shown = format_text(text, SETTINGS)
        after = parse_schema(shown)
        assert format_text(shown, SETTINGS) == shown, path.name
        assert after.self_contained == before.self_contained, path.name
        words, kept = Counter(tokens(text)), Counter(tokens(shown))
        assert not kept - words, path.name
        assert (words - kept).total() == 0 or '"namespace"' in words - kept, path.name
    assert formatted == 1051
