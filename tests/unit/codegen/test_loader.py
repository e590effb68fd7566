from __future__ import annotations

import json
import pickle
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.unit.codec.harness import ARRAYS

from avroforge import EncodeError, SchemaError, parse_schema
from avroforge.errors import ConfigurationError
from avroforge_codegen import load_interface

POINT = json.dumps({"type": "record", "name": "P", "fields": [{"name": "x", "type": "int"}]})


def test_a_schema_is_compiled_once_and_again_for_other_choices() -> None:
    assert load_interface(POINT) is load_interface(POINT) is load_interface(parse_schema(POINT))
    others: set[Any] = {load_interface(POINT, arrays=arrays) for arrays in ARRAYS}
    others.add(load_interface(POINT, logical_types="raw"))
    assert len(others) == len(ARRAYS) + 1


def test_texts_that_say_the_same_keep_their_own_text() -> None:
    plain, spaced = load_interface('"string"'), load_interface('{ "type": "string" }')
    assert (plain.SCHEMA, spaced.SCHEMA) == ('"string"', '{ "type": "string" }')
    assert plain.FINGERPRINT == spaced.FINGERPRINT


@pytest.mark.parametrize(
    "root",
    ['"int"', '["null", "int"]', '{"type": "array", "items": "int"}', '{"type": "map", "values": "int"}'],
)
def test_a_root_without_a_name_has_an_interface_of_its_own(root: str) -> None:
    interface = load_interface(root)
    assert interface.__name__ == "RootInterface"
    assert root == interface.SCHEMA
    assert interface().decode(
        interface().encode(interface().decode(b"\x00" if root != '["null", "int"]' else b"\x02\x04"))
    ) in (0, 2, [], {})


def test_a_record_called_root_is_no_obstacle_to_a_root_without_a_name() -> None:
    record = {"type": "record", "name": "Root", "fields": [{"name": "x", "type": "int"}]}
    codec = load_interface(json.dumps({"type": "array", "items": record}))()
    value = codec.classes()["Root"](x=1)
    assert codec.decode(codec.encode([value])) == [value]
    assert type(codec).SCHEMA.startswith('{"type": "array"')


def test_classes_pickle_and_appear_in_tracebacks() -> None:
    codec = load_interface(POINT)()
    value = codec.decode(b"\x02")
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes
    try:
        codec._write(None, [])
    except Exception as error:  # noqa: BLE001 - whatever the compiled function meets
        shown = "".join(traceback.format_exception(error))
    assert "in _write_P" in shown
    assert "unfit" in shown


def test_threads_that_load_one_schema_get_one_class() -> None:
    text = json.dumps(
        {"type": "record", "name": "T", "fields": [{"name": f"f{n}", "type": "int"} for n in range(50)]}
    )
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(load_interface, [text] * 16))) == 1


def test_an_invalid_schema_or_choice_is_refused() -> None:
    with pytest.raises(SchemaError):
        load_interface('{"type": "record"}')
    with pytest.raises(ConfigurationError, match="'tuple'"):
        load_interface(POINT, arrays="tuple")  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(EncodeError):
        load_interface(POINT)().encode(None)
