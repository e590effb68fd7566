"""What a schema says beyond types reaches the generated classes: docs, aliases, properties, deprecation."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import json
import pickle
import re
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from avroforge_codegen import generate, load_interface
from avroforge_codegen.emit.metadata import MAX_DEPTH

if TYPE_CHECKING:
    from pathlib import Path

ORDER = {
    "type": "record",
    "name": "shop.Order",
    "aliases": ["Purchase"],
    "deprecated": "use shop.Basket",
    "owner": {"team": "shop", "weights": [1, 2.5, None, True]},
    "fields": [
        {
            "name": "class",
            "type": "int",
            "doc": 'the "class"\nof the order',
            "aliases": ["kind"],
            "order": "ignore",
            "deprecated": True,
            "pii": True,
        },
        {
            "name": "field",
            "type": {"type": "enum", "name": "Unit", "symbols": ["KG"], "deprecated": True},
            "default": "KG",
        },
        {"name": "lines", "type": {"type": "array", "items": "int"}, "default": [], "unit": "m"},
        {"name": "plain", "type": "string", "default": ""},
    ],
}


def classes_of(schema: dict[str, Any]) -> tuple[Any, Any]:
    interface = load_interface(json.dumps(schema))
    return interface, interface.classes()[str(interface.FULLNAME)]


def test_fields_carry_what_their_annotation_does_not_say() -> None:
    _, order = classes_of(ORDER)
    by_name = {each.name: dict(each.metadata) for each in dataclasses.fields(order)}
    assert by_name == {
        "class_": {
            "name": "class",
            "doc": 'the "class"\nof the order',
            "aliases": ("kind",),
            "order": "ignore",
            "deprecated": True,
            "properties": {"deprecated": True, "pii": True},
        },
        "field": {},
        "lines": {"properties": {"unit": "m"}},
        "plain": {},
    }


def test_interface_carries_aliases_and_properties() -> None:
    interface, _ = classes_of(ORDER)
    assert interface.ALIASES == ("shop.Purchase",)
    assert dict(interface.PROPERTIES) == {key: ORDER[key] for key in ("deprecated", "owner")}


def test_nothing_to_say_is_not_emitted() -> None:
    schema = '{"type": "record", "name": "A", "fields": [{"name": "x", "type": "int"}]}'
    words = set(re.findall(r"\w+", generate({"A.avsc": schema}, package="p")["p/_types.py"]))
    assert not {"describe", "ALIASES", "PROPERTIES", "deprecated"} & words
    interface = load_interface('"int"')
    assert (interface.ALIASES, dict(interface.PROPERTIES)) == ((), {})


def test_properties_of_a_root_without_a_name() -> None:
    interface = load_interface('{"type": "array", "items": "int", "unit": "m"}')
    assert dict(interface.PROPERTIES) == {"unit": "m"}


def test_a_property_nested_too_deep_stays_in_the_schema_only() -> None:
    deep: Any = 0
    for _ in range(MAX_DEPTH):
        deep = [deep]
    schema = {"type": "array", "items": "int", "ok": deep, "deep": [deep]}
    interface = load_interface(json.dumps(schema))
    assert dict(interface.PROPERTIES) == {"ok": deep}
    assert '"deep"' in interface.SCHEMA


def test_constructing_a_deprecated_class_warns_at_the_caller() -> None:
    _, order = classes_of(ORDER)
    assert order.__deprecated__ == "use shop.Basket"
    with pytest.warns(DeprecationWarning, match=r"^use shop\.Basket$") as caught:
        order(class_=1)
    assert caught[0].filename == __file__
    assert str(inspect.signature(order)).startswith("(*, class_: ")


def test_decoding_and_copying_a_deprecated_class_does_not_warn() -> None:
    interface, order = classes_of(ORDER)
    codec = interface()
    with pytest.warns(DeprecationWarning, match="Basket"):
        value = order(class_=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert codec.decode(codec.encode(value)) == value
        assert codec.deserialize(codec.serialize(value)) == value
        assert copy.deepcopy(copy.copy(value)) == value
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes


def test_a_deprecated_enum_is_marked_and_its_members_do_not_warn() -> None:
    interface, _ = classes_of(ORDER)
    unit: Any = interface.classes()["shop.Unit"]
    assert unit.__deprecated__ == "shop.Unit is deprecated"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert unit("KG") is unit.KG


@pytest.mark.parametrize("value", [False, None, "", " ", 0, []])
def test_other_values_of_the_property_deprecate_nothing(value: object) -> None:
    _, order = classes_of({**ORDER, "deprecated": value})
    assert not hasattr(order, "__deprecated__")


def test_docs_say_it() -> None:
    _, order = classes_of(ORDER)
    assert "Deprecated: use shop.Basket" in order.__doc__
    assert 'class_: the "class" of the order Deprecated.' in order.__doc__


def test_type_checkers_see_the_deprecation(tmp_path: Path) -> None:
    for name, text in generate({"shop/Order.avsc": json.dumps(ORDER)}, package="shop_records").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "use.py").write_text("import shop_records\n\nshop_records.Order(class_=1)\n")
    command = [sys.executable, "-m", "mypy", "--strict", "--enable-error-code", "deprecated"]
    shown = subprocess.run(
        [*command, "--cache-dir", str(tmp_path / "cache"), "use.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert "use.py:3: error: class shop_records.shop.Order is deprecated: use shop.Basket" in shown
