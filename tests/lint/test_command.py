"""The command over a project on disk: what it writes, and what its options do together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from avroforge_codegen.cli import run

if TYPE_CHECKING:
    from pathlib import Path

OLD = {
    "type": "record",
    "name": "order",
    "namespace": "Shop",
    "fields": [
        {"name": "orderId", "type": ["string", "null"]},
        {"name": "state", "type": {"type": "enum", "name": "state", "symbols": ["new"]}},
        {"name": "price", "type": {"type": "double"}, "aliases": []},
    ],
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "avroforge.toml").write_text('[generate]\nschemas = ["schemas"]\n')
    file = tmp_path / "schemas/shop/order.avsc"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(OLD))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_old_repository_adopts_the_rules(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "--strict"]) == 100
    capsys.readouterr()
    assert run(["lint", "--strict", "--error-format", "config-ignore"]) == 100
    (project / "avroforge.toml").write_text('[generate]\nschemas = ["schemas"]\n' + capsys.readouterr().out)
    assert run(["lint", "--strict"]) == 0
    (project / "schemas/shop/New.avsc").write_text('{"type": "record", "name": "shop.New", "fields": []}')
    assert run(["lint"]) == 100
    out = capsys.readouterr().out
    assert "schemas/shop/New.avsc:1:1: DOC_TYPE" in out
    assert "order.avsc" not in out


def test_paths_on_the_command_line_start_at_the_current_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project / "schemas")
    assert run(["lint", "--strict", "--ignore", "shop"]) == 0
    assert run(["lint", "--strict", "--ignore", "*/order.avsc"]) == 0
    assert run(["lint", "--strict", "--ignore", "schemas"]) == 100
    capsys.readouterr()
    assert run(["lint", "--ignore", "DOCS=shop", "--ignore", "STYLE_FIELD=shop/order.avsc"]) == 0
    out = capsys.readouterr().out
    assert "DOC_" not in out
    assert "STYLE_FIELD" not in out
    assert "shop/order.avsc:1:28: STYLE_TYPE" in out


def test_an_unknown_name_of_an_option_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert project
    for arguments in (["--select", "STANDRD"], ["--except", "STANDRD"], ["--ignore", "STANDRD=x"]):
        assert run(["lint", *arguments]) == 1
        assert "no rule is called 'STANDRD'; did you mean 'STANDARD'?" in capsys.readouterr().err


def test_fixing_writes_once_and_then_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = project / "schemas/shop/order.avsc"
    assert run(["lint", "--select", "STANDARD", "--fix"]) == 0
    assert capsys.readouterr().err == "2 findings fixed in 1 file\n"
    assert file.read_text() == json.dumps(OLD).replace('{"type": "double"}, "aliases": []', '"double"')
    before = file.stat()
    assert run(["lint", "--select", "STANDARD", "--fix"]) == 0
    assert capsys.readouterr().err == ""
    assert file.stat() == before


def test_fixing_leaves_files_alone_that_were_not_asked_about(project: Path) -> None:
    other = project / "schemas/shop/Other.avsc"
    other.write_text(
        '{"type": "record", "name": "shop.Other", "fields": [{"name": "a", "type": {"type": "int"}}]}'
    )
    before = other.read_text()
    run(["lint", "--fix", "schemas/shop/order.avsc"])
    assert other.read_text() == before
    run(["lint", "--fix", "schemas/shop/Other.avsc"])
    assert other.read_text() == before.replace('{"type": "int"}', '"int"')


def test_fmt_formats_what_was_asked_and_checks_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = project / "schemas/shop/Other.avsc"
    other.write_text('{"name": "shop.Other","type": "record", "fields": []}')
    assert run(["fmt", "schemas/shop/Other.avsc"]) == 0
    assert other.read_text() == '{"type": "record", "name": "shop.Other", "fields": []}\n'
    assert capsys.readouterr().out == "schemas/shop/Other.avsc: formatted\n1 file formatted, 0 unchanged\n"
    assert run(["fmt", "--check"]) == 100
    assert run(["fmt"]) == 0
    assert run(["fmt", "--check"]) == 0
    assert run(["fmt", "--diff"]) == 0


def test_fmt_takes_its_layout_from_the_settings(project: Path) -> None:
    (project / "avroforge.toml").write_text("[fmt]\nindent = 4\nwidth = 60\n")
    assert run(["fmt"]) == 0
    text = (project / "schemas/shop/order.avsc").read_text()
    assert text.startswith('{\n    "type": "record",\n')
    assert max(map(len, text.splitlines())) <= 60
