"""The VQE schemas against the one inline schema that existing consumers hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from avroforge.schema import Schema, parse_schema, parse_schemas
from avroforge_codegen.sources import read_sources

ROOT = Path(__file__).parents[2]
INLINE = ROOT / "tests/data/VQEDecoratedResult.inline.avsc"
TYPES = (
    "ComplexNumber",
    "HamiltonianTerm",
    "MoleculeData",
    "MoleculeInfo",
    "VQEDecoratedResult",
    "VQEInitialData",
    "VQEProcess",
    "VQEResult",
    "VQEResultClaim",
)


@pytest.fixture(scope="module")
def schemas() -> dict[str, Schema]:
    return parse_schemas(read_sources([ROOT / "schemas"], base=ROOT).texts)


def layout(value: Any) -> Any:  # noqa: ANN401 any JSON
    """Field order, types and defaults: a schema without namespaces and docs."""
    if isinstance(value, list):
        return [layout(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {key: layout(each) for key, each in value.items() if key not in {"namespace", "doc"}}
    if "name" in kept:
        kept["name"] = kept["name"].rpartition(".")[2]
    return kept


def test_one_file_per_type(schemas: dict[str, Schema]) -> None:
    assert list(schemas) == [f"schemas/quantum_pipeline/{name}.avsc" for name in TYPES]
    assert [schema.fullname for schema in schemas.values()] == [f"quantum_pipeline.{name}" for name in TYPES]


def test_the_record_is_the_one_that_consumers_read(schemas: dict[str, Schema]) -> None:
    root = schemas["schemas/quantum_pipeline/VQEDecoratedResult.avsc"]
    assert layout(json.loads(root.self_contained)) == layout(json.loads(INLINE.read_text()))


def test_the_comparison_sees_a_changed_order_type_and_default(schemas: dict[str, Schema]) -> None:
    text = schemas["schemas/quantum_pipeline/VQEDecoratedResult.avsc"].self_contained
    inline = layout(json.loads(INLINE.read_text()))
    for old, new in (('"double"', '"float"'), ('"default":"random"', '"default":"zero"')):
        assert old in text
        assert layout(json.loads(text.replace(old, new, 1))) != inline
    shuffled = json.loads(text)
    shuffled["fields"].reverse()
    assert layout(shuffled) != inline


def test_both_spellings_of_the_namespace_read_each_other(schemas: dict[str, Schema]) -> None:
    from avroforge.evolution import check_compatibility  # noqa: PLC0415 one test needs it

    root = schemas["schemas/quantum_pipeline/VQEDecoratedResult.avsc"]
    inline = parse_schema(INLINE.read_text())
    assert check_compatibility(root, inline).compatible
    assert check_compatibility(inline, root).compatible
