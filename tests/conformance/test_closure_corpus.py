"""Every corpus schema as many files: what an interface derives from others' texts is what it would embed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from avroforge import SchemaError
from avroforge.interface import AvroInterfaceBase
from avroforge.schema import parse_schema, parse_schemas
from avroforge.schema.inline import self_contained
from avroforge.schema.model import namespace_of
from avroforge.schema.walk import direct_references
from avroforge_codegen import closure, generate
from avroforge_codegen.options import Options
from avroforge_codegen.verification.in_memory import imported

if TYPE_CHECKING:
    from avroforge.schema import Schema

SHARED = Path(os.environ.get("AVROFORGE_SHARED", Path(__file__).parents[3] / "shared"))
CORPUS = SHARED / "corpus"
LARGEST = 200
"""The most files of one schema: to compare the texts of more takes the square of their number."""

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not CORPUS.exists(), reason=f"no corpus {CORPUS}; set AVROFORGE_SHARED"),
]


def split(schema: Schema) -> dict[str, str] | None:
    """Each named type in a file of its own; None where one file cannot say what it refers to.

    That is a type without namespace inside one with.
    """
    files: dict[str, str] = {}
    for fullname, node in schema.names.items():
        others = list(direct_references(node, [fullname]))
        if namespace_of(fullname) and not all(map(namespace_of, others)):
            return None
        files[f"{fullname}.avsc"] = self_contained(node, others)
    if schema.fullname is None:
        files["the root.avsc"] = self_contained(schema.type, schema.names)
    return files


def interfaces(files: dict[str, str]) -> dict[str, tuple[str, str, bytes, str]]:
    with imported(files) as modules:
        return {
            f"{path} {name}": (value.SCHEMA, value.SELF_CONTAINED, value.FINGERPRINT, value.SCHEMA_KEY)
            for path, module in modules.items()
            for name, value in vars(module).items()
            if isinstance(value, type)
            and issubclass(value, AvroInterfaceBase)
            and value.__module__ == module.__name__
        }


def test_derived_and_embedded_texts_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = several = derived = 0
    for path in sorted(CORPUS.glob("valid/*.avsc")):
        try:
            files = split(parse_schema(path.read_text(encoding="utf-8"), path=path.name))
        except SchemaError:
            continue  # test_bytes_java holds which, and why
        if files is None or len(files) > LARGEST:
            continue
        options = Options(package="p", file_cycles=True)
        monkeypatch.setattr(closure, "EMBEDDED", 1 << 30)
        embedded = interfaces(generate(files, package="p", options=options))
        monkeypatch.setattr(closure, "EMBEDDED", 0)
        texts = generate(files, package="p", options=options)
        assert interfaces(texts) == embedded
        source = parse_schemas(files, file_cycles=True)
        assert {schema.key for schema in source.values()} <= {each[3] for each in embedded.values()}
        compared += 1
        several += len(files) > 1
        derived += sum(text.count("    CLOSURE_DIGEST =") for text in texts.values())
    assert compared >= 961
    assert several >= 367
    assert derived >= 622
