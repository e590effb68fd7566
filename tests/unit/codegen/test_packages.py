"""One generated package imports another: its classes, its codecs, and its schemas."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from avroforge.errors import AbiError
from avroforge_codegen.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable

CASE = Path(__file__).parents[2] / "golden/packages"
Import: TypeAlias = "Callable[[str], Any]"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(CASE / "in", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    assert run(["generate"]) == 0
    return tmp_path


@pytest.fixture
def load(project: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    monkeypatch.syspath_prepend(str(project / "generated"))
    for name in [
        each for each in sys.modules if each.partition(".")[0] in {"order_records", "common_records"}
    ]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module


def test_both_work_together(load: Import) -> None:
    orders, common = load("order_records"), load("common_records")
    codec = orders.OrderInterface()
    address = common.Address(street="a", city="b", code="c", hash=b"12")
    for paid in (None, common.Currency.EUR, "EUR", load("order_records.common").Hash(b"xy"), b"xyz"):
        order = orders.Order(to=[address], paid=paid)
        assert order.price == common.Money(minor=5, currency=common.Currency.USD)
        data = codec.encode(order)
        again = codec.decode(data)
        assert again.to == [address]
        assert type(again.to[0]) is common.Address
        assert type(again.paid) is type(paid) or paid == b"xyz"
        assert codec._encode_slowly(again) == data
        assert codec._decode_slowly(data) == again
        assert codec.decode(data, writer_schema=codec.SELF_CONTAINED) == again
        assert codec.from_plain_json(codec.to_plain_json(again)) == again
        assert codec.deserialize(codec.serialize(again)) == again


def test_other_commands_know_the_types_too(project: Path) -> None:
    assert run(["generate", "--check"]) == 0
    assert run(["lint"]) == 100
    (project / "schemas/shop/Other.avsc").write_text('{"type": "array", "items": "common.Nothing"}')
    assert run(["generate"]) == 1


def test_the_packages_are_clean_under_mypy(project: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(project / "cache"), "generated"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"MYPYPATH": "generated"})
    assert done.stdout.startswith("Success"), done.stdout


def test_a_package_that_changed_since_is_refused_at_import(project: Path, load: Import) -> None:
    other = project / "other"
    (other / "schemas/common").mkdir(parents=True)
    money = (
        '{"type": "record", "name": "common.Money", "fields": [{"name": "minor", "type": "long"}, {"name": '
        '"currency", "type": {"type": "enum", "name": "Currency", "symbols": ["EUR", "USD", "PLN"]}}]}'
    )
    address = '{"type": "record", "name": "common.Address", "fields": []}'
    (other / "schemas/common/Money.avsc").write_text(money)
    (other / "schemas/common/Address.avsc").write_text(address)
    assert run(["generate", "other/schemas", "--package", "common_records", "--out", "other/out"]) == 1
    (other / "avroforge.toml").write_text(
        '[generate]\npackage = "common_records"\nfrozen = true\nenums = "str"\n'
    )
    assert run(["--config", "other/avroforge.toml", "generate"]) == 0
    shutil.rmtree(project / "generated/common_records")
    shutil.copytree(other / "generated/common_records", project / "generated/common_records")
    with pytest.raises(
        AbiError, match=r"another version of schema common\.\w+, which package common_records has"
    ):
        load("order_records.shop")
