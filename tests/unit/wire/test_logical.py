"""The table of conversions, and what holds for every logical type alike."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from tests.ids import shown

from avroforge.schema import logical as parser
from avroforge.schema.model import PRIMITIVE_NAMES
from avroforge.wire import logical
from avroforge.wire.logical import CONVERSIONS, Conversion

SPECIFIED = {
    "big-decimal",
    "date",
    "decimal",
    "duration",
    "local-timestamp-micros",
    "local-timestamp-millis",
    "local-timestamp-nanos",
    "time-micros",
    "time-millis",
    "timestamp-micros",
    "timestamp-millis",
    "timestamp-nanos",
    "uuid",
}
ENTRIES = [pytest.param(key, entry, id="-over-".join(key)) for key, entry in CONVERSIONS.items()]
NOT_THE_TYPE: tuple[object, ...] = (None, True, False, 1, 1.0, "1", b"1", object(), [], {})


def parsed_kinds(name: str) -> set[str]:
    attributes = {"logicalType": name, "precision": 4, "scale": 2}
    kinds: set[str] = {kind for kind in PRIMITIVE_NAMES if parser.logical_type(kind, attributes)}
    if any(parser.logical_type("fixed", attributes, size) for size in range(20)):
        kinds.add("fixed")
    return kinds


def test_every_logical_type_the_parser_recognises_has_a_conversion() -> None:
    simple = {(name, kind) for kind, names in parser._SIMPLE.items() for name in names}
    fixed = {(name, "fixed") for name in parser._FIXED}
    assert simple | fixed | {("decimal", "bytes"), ("decimal", "fixed")} == set(CONVERSIONS)


@pytest.mark.parametrize("name", sorted(SPECIFIED))
def test_every_specified_logical_type_converts_over_the_kinds_the_parser_accepts(name: str) -> None:
    assert parsed_kinds(name) == {kind for known, kind in CONVERSIONS if known == name}


def test_the_table_holds_nothing_beyond_the_specification() -> None:
    assert {name for name, _ in CONVERSIONS} == SPECIFIED


def test_the_table_cannot_be_changed() -> None:
    table: Any = CONVERSIONS
    with pytest.raises(TypeError):
        table["date", "long"] = CONVERSIONS["date", "int"]


@pytest.mark.parametrize(("key", "entry"), ENTRIES)
def test_the_functions_take_the_arguments_the_table_says(key: tuple[str, str], entry: Conversion) -> None:
    del key
    read = inspect.signature(getattr(logical, entry.read))
    write = inspect.signature(getattr(logical, entry.write))
    assert tuple(write.parameters)[1:] == entry.arguments
    assert tuple(read.parameters)[1:] == tuple(name for name in entry.arguments if name != "size")


@pytest.mark.parametrize(("key", "entry"), ENTRIES)
def test_the_annotation_is_what_reading_gives(key: tuple[str, str], entry: Conversion) -> None:
    samples: dict[tuple[str, str], object] = {
        ("decimal", "bytes"): b"\x01",
        ("decimal", "fixed"): b"\x01",
        ("big-decimal", "bytes"): b"\x02\x01\x00",
        ("uuid", "string"): "00000000-0000-0000-0000-000000000000",
        ("uuid", "fixed"): bytes(16),
        ("duration", "fixed"): bytes(12),
    }
    arguments = (4, 2)[: len(entry.arguments)]
    value = getattr(logical, entry.read)(samples.get(key, 0), *arguments)
    module, name = entry.annotation
    assert type(value).__name__ == name
    assert type(value).__module__ == module or hasattr(logical, name)


@pytest.mark.parametrize(("key", "entry"), ENTRIES)
@pytest.mark.parametrize("value", NOT_THE_TYPE, ids=shown)
def test_a_value_of_another_type_is_refused(key: tuple[str, str], entry: Conversion, value: object) -> None:
    del key
    arguments = {"precision": 4, "scale": 2, "size": 4}
    write = getattr(logical, entry.write)
    with pytest.raises(TypeError, match=r"^expected an? "):
        write(value, *(arguments[name] for name in entry.arguments))


def test_what_the_module_exports_is_there_and_complete() -> None:
    functions = {entry.read for entry in CONVERSIONS.values()} | {
        entry.write for entry in CONVERSIONS.values()
    }
    assert functions <= set(logical.__all__)
    assert all(hasattr(logical, name) for name in logical.__all__)
