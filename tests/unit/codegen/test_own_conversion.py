"""Conversions of one's own for logical types: names in the settings, imports in the generated file."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from avroforge.codec.ir import OwnConversion, Symbol
from avroforge.errors import ConfigurationError, DecodeError, EncodeError
from avroforge_codegen import generate
from avroforge_codegen.cli import run
from avroforge_codegen.pipeline import Options
from avroforge_codegen.settings import parse_settings

if TYPE_CHECKING:
    from pathlib import Path

Shop: TypeAlias = tuple[Any, Any]
MONEY = """
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Money:
    minor: int

    @classmethod
    def read(cls, raw: int) -> Money:
        if raw < 0:
            raise LookupError("no debts")
        return cls(raw)

    def write(self) -> int:
        return self.minor


class Words(list[str]):
    pass


def d(raw: str) -> Words:
    return Words(raw.split(","))


def joined(value: list[str]) -> str:
    return ",".join(value)
"""
SETTINGS = """
[generate]
package = "shop_records"

[logical_types]
my-money.type = "my_money.Money"
my-money.read = "my_money:Money.read"
my-money.write = "my_money:Money.write"
my-money.underlying = ["long", "int"]

[logical_types.uuid]
type = "builtins.str"
read = "builtins.str"
write = "builtins.str"
underlying = "string"

[logical_types.words]
type = "my_money.Words"
read = "my_money.d"
write = "my_money.joined"
underlying = "string"
"""
PRICE = {"type": "long", "logicalType": "my-money"}
ORDER: dict[str, Any] = {
    "type": "record",
    "name": "shop.Order",
    "fields": [
        {"name": "price", "type": PRICE, "default": 5},
        {"name": "paid", "type": ["null", PRICE, "string", "int"], "default": None},
        {"name": "id", "type": {"type": "string", "logicalType": "uuid"}, "default": "x"},
        {"name": "tags", "type": {"type": "string", "logicalType": "words"}, "default": ""},
        {"name": "Money", "type": "int", "default": 1},
        {"name": "on", "type": {"type": "int", "logicalType": "date"}, "default": 0},
        {"name": "either", "type": [{"type": "string", "logicalType": "uuid"}, "null"], "default": "y"},
        {"name": "both", "type": ["int", {"type": "array", "items": PRICE}], "default": 1},
    ],
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "schemas/shop").mkdir(parents=True)
    (tmp_path / "schemas/shop/Order.avsc").write_text(json.dumps(ORDER))
    (tmp_path / "avroforge.toml").write_text(SETTINGS)
    (tmp_path / "my_money.py").write_text(MONEY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shop(project: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The generated package and the module of the user's own, imported from a project of its own."""
    assert run(["generate"]) == 0
    monkeypatch.syspath_prepend(str(project))
    monkeypatch.syspath_prepend(str(project / "generated"))
    for name in [each for each in sys.modules if each.partition(".")[0] in {"shop_records", "my_money"}]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module("shop_records"), importlib.import_module("my_money")


def test_generating_imports_nothing_of_the_users(project: Path) -> None:
    (project / "my_money.py").write_text("raise SystemExit('imported')")
    assert run(["generate"]) == run(["generate", "--check"]) == 0
    assert run(["lint"]) == 100


def test_values_go_both_ways(shop: Shop) -> None:
    records, own = shop
    codec = records.OrderInterface()
    order = records.Order(paid=own.Money(7), tags=["a", "b"], both=[own.Money(1)])
    assert order.price == own.Money(5)
    assert order.id == "x"
    assert order.on == dt.date(1970, 1, 1)
    data = codec.encode(order)
    assert codec.decode(data) == order
    assert codec._encode_slowly(order) == data
    assert codec._decode_slowly(data) == order
    assert codec.decode(codec.encode(records.Order(paid="text"))).paid == "text"
    assert codec.decode(codec.encode(records.Order(paid=3))).paid == 3


def test_plain_datums_hold_the_underlying_value(shop: Shop) -> None:
    records, own = shop
    codec = records.OrderInterface()
    order = records.Order(price=own.Money(9), tags=["a", "b"])
    plain = codec.serialize(order)
    assert (plain["price"], plain["tags"]) == (9, "a,b")
    assert codec.deserialize(plain) == order
    assert codec.deserialize({"price": own.Money(9), "tags": own.Words(["a", "b"])}) == order
    with pytest.raises(EncodeError, match=r"Order\.price: expected my-money \(LookupError: no debts\)"):
        codec.deserialize({"price": -1})
    assert codec.from_json(codec.to_json(order)) == order


def test_errors_name_the_place(shop: Shop) -> None:
    records, own = shop
    codec = records.OrderInterface()
    with pytest.raises(EncodeError, match=r"Order\.price: expected my-money \(.*\), got str 'free'"):
        codec.encode(records.Order(price="free"))
    with pytest.raises(EncodeError, match=r"Order\.price: expected long, got str 'much'"):
        codec.encode(records.Order(price=own.Money("much")))
    data = b"\x01" + codec.encode(records.Order())[1:]
    with pytest.raises(DecodeError, match=r"Order\.price.*my-money: LookupError: no debts"):
        codec.decode(data)


def test_resolution_converts_too(shop: Shop) -> None:
    records, own = shop
    older = {**ORDER, "fields": [{"name": "price", "type": "int"}]}
    codec = records.OrderInterface()
    read = codec.decode(b"\x06", writer_schema=json.dumps(older))
    assert read == records.Order(price=own.Money(3))
    with pytest.raises(DecodeError, match="no debts"):
        codec.decode(b"\x05", writer_schema=json.dumps(older))
    wider = {**ORDER, "fields": [{"name": "more", "type": "string", "default": ""}, *ORDER["fields"]]}
    data = b"\x00" + codec.encode(records.Order(paid=own.Money(1)))
    assert codec.decode(data, writer_schema=json.dumps(wider)) == records.Order(paid=own.Money(1))


def test_the_package_is_clean_under_mypy(project: Path) -> None:
    assert run(["generate"]) == 0
    use = """
    from my_money import Money, Words
    from shop_records import Order

    order = Order(price=Money(3), tags=Words(["a"]))
    number: int = order.price.minor
    reveal_type(order.paid)
    """
    (project / "use.py").write_text(textwrap.dedent(use))
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", "cache", "use.py", "generated"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"MYPYPATH": "generated"})
    assert 'Revealed type is "my_money.Money | str | int | None"' in done.stdout.replace("Union[", "")
    assert "Success" in done.stdout


def test_a_conversion_to_a_type_that_a_branch_has_is_wrapped() -> None:
    own = OwnConversion(Symbol("builtins", "str"), Symbol("m", "read"), Symbol("m", "write"))
    schema = json.dumps(["string", {"type": "bytes", "logicalType": "text"}])
    options = Options("p", conversions={("text", "bytes"): own})
    text = generate({"A.avsc": schema}, package="p", options=options)["p/_roots.py"]
    assert "AvroInterfaceBase[String[str] | Bytes[str]]" in text.replace("_str", "str")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ('x = "a.b"', "a table with the keys type, read, write, underlying"),
        ('x = { type = "a.b", read = "a.b", write = "a.b" }', "a table with the keys"),
        ('x = { type = "a", read = "a.b", write = "a.b", underlying = "long" }', "dotted names"),
        ('x = { type = "a.b", read = "a.b()", write = "a.b", underlying = "long" }', "dotted names"),
        ('x = { type = "a.b", read = ".a.b", write = "a.b", underlying = "long" }', "dotted names"),
        ('x = { type = "a.class", read = "a.b", write = "a.b", underlying = "long" }', "dotted names"),
        ('x = { type = 1, read = "a.b", write = "a.b", underlying = "long" }', "dotted names"),
        ('x = { type = "a.b", read = "a.b", write = "a.b", underlying = "null" }', "underlying to be one"),
        ('x = { type = "a.b", read = "a.b", write = "a.b", underlying = [] }', "underlying to be one"),
    ],
)
def test_settings_that_are_no_conversions(table: str, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "avroforge.toml"
    with pytest.raises(ConfigurationError, match=rf"2:1: SETTING_VALUE expected {expected}"):
        parse_settings(f"[logical_types]\n{table}\n", path="avroforge.toml", file=file)
