"""Apache Java 1.12.1 on 1,047 schemas: the text that ``Schema.toString`` prints, by its MD5."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from avroforge.errors import SchemaError
from avroforge.registry.canonical_text import canonical_text
from avroforge.schema import parse_schema

SHARED = Path(os.environ.get("AVROFORGE_SHARED", Path(__file__).parents[3] / "shared"))
CORPUS = SHARED / "corpus"
HASHES = Path(__file__).with_name("canonical_text_java.json")

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not CORPUS.exists(), reason=f"no corpus {CORPUS}; set AVROFORGE_SHARED"),
]


def test_every_schema_is_printed_as_java_prints_it() -> None:
    wrong = [
        name
        for name, expected in json.loads(HASHES.read_text()).items()
        if _hash(canonical_text((CORPUS / name).read_text(encoding="utf-8"))) != expected
    ]
    assert wrong == []


def test_the_normal_form_means_the_same_and_is_its_own_normal_form() -> None:
    for name in json.loads(HASHES.read_text()):
        text = (CORPUS / name).read_text(encoding="utf-8")
        normal = canonical_text(text, normalize=True)
        assert canonical_text(normal, normalize=True) == normal, name
        try:
            before = parse_schema(text, lenient=True)
        except SchemaError:
            # Java takes a few schemas that the specification forbids.
            continue
        assert parse_schema(normal, lenient=True).canonical_form == before.canonical_form, name


def _hash(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
