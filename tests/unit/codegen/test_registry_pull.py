"""``avroforge registry pull`` into a project whose files are not laid out as it would lay them out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avroforge.registry import LocalRegistry
from avroforge_codegen.cli import run

SETTINGS = """
[subjects]
"orders-value" = "shop.Order"
"""
MONEY = {"type": "record", "name": "Money", "fields": [{"name": "cents", "type": "long"}]}
ORDER = {
    "type": "record",
    "name": "Order",
    "namespace": "shop",
    "fields": [{"name": "price", "type": MONEY}],
}
STANDARD = Path("schemas/shop/Order.avsc")


@pytest.fixture(autouse=True)
def flat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one file of a project, which has both types; the registry has them too."""
    monkeypatch.chdir(tmp_path)
    Path("avroforge.toml").write_text(SETTINGS, encoding="utf-8")
    Path("schemas").mkdir()
    file = Path("schemas/everything.avsc")
    file.write_text(json.dumps(ORDER), encoding="utf-8")
    assert run(["registry", "push"]) == 0
    return file


def test_types_that_another_file_defines_alike_are_left_there(capsys: pytest.CaptureFixture[str]) -> None:
    for options in ([], ["--single"], ["--force"]):
        assert run(["registry", "pull", *options]) == 0
        assert "schemas/everything.avsc: says it already" in capsys.readouterr().out
    assert not STANDARD.exists()


@pytest.mark.parametrize("options", [[], ["--single"], ["--force"]])
def test_a_type_that_another_file_defines_otherwise_is_a_finding(
    flat: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    flat.write_text(json.dumps(ORDER).replace('"long"', '"int"'), encoding="utf-8")
    assert run(["registry", "pull", *options]) == 100
    err = capsys.readouterr().err
    assert "schemas/everything.avsc: defines shop.Money in another way than the registry" in err
    assert "shop.Order" not in err
    assert not STANDARD.exists()
    assert run(["registry", "pull", *options, "--out", "pulled"]) == 0
    assert Path("pulled/shop/Order.avsc").exists()


def test_a_project_of_files_gets_its_schemas_beside_them(flat: Path) -> None:
    Path("avroforge.toml").write_text(f'[generate]\nschemas = ["{flat}"]\n{SETTINGS}', encoding="utf-8")
    assert run(["registry", "pull"]) == 0
    assert not STANDARD.exists()
    flat.write_text('{"type": "fixed", "name": "Other", "size": 1}', encoding="utf-8")
    assert run(["registry", "pull"]) == 0
    assert STANDARD.exists()


def test_two_subjects_with_one_type_in_two_ways_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    other = json.dumps({**ORDER, "name": "Refund"}).replace('"long"', '"int"')
    LocalRegistry("schemas/registry.json").register("refunds-value", other)
    assert run(["registry", "pull", "orders-value", "refunds-value", "--out", "pulled"]) == 1
    assert "refunds-value: shop/Money.avsc would say something else" in capsys.readouterr().err
    assert not Path("pulled").exists()
