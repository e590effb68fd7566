"""What the documentation shows is what the commands print; ``--update-golden`` writes it there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from tests.review.harness import review
from tests.review.vqe_change import vqe_change

from avroforge.evolution.changes import CATALOGUE
from avroforge_codegen.cli import run
from avroforge_codegen.review.catalogue_page import catalogue_page
from avroforge_codegen.review.render import render

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs/evolution.md"
PAGE = ROOT / "docs/changes.md"
BLOCK = re.compile(r"(<!-- review: the VQE change -->\n```text\n).*?(```\n)", re.DOTALL)


def test_the_review_in_the_guide(request: pytest.FixtureRequest) -> None:
    shown = render(review(vqe_change(), mode="BACKWARD", title="git main (1a2b3c4d5e6f)"), "text")
    guide = GUIDE.read_text(encoding="utf-8")
    expected = BLOCK.sub(lambda match: f"{match[1]}{shown}{match[2]}", guide)
    if request.config.getoption("--update-golden"):
        GUIDE.write_text(expected, encoding="utf-8")
    assert BLOCK.search(guide)
    assert GUIDE.read_text(encoding="utf-8") == expected


def test_the_page_of_kinds(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        PAGE.write_text(catalogue_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == catalogue_page()
    anchors = {f"#{heading.lower()}" for heading in re.findall(r"^#+ (\w+)$", catalogue_page(), re.MULTILINE)}
    assert {kind.page.partition("docs/changes.md")[2] for kind in CATALOGUE.values()} <= anchors


def test_the_list_names_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["breaking", "--list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == list(CATALOGUE)


def test_the_hook_and_the_action_call_commands_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {hook["id"] for hook in hooks} == {"avroforge-breaking", "avroforge-lint", "avroforge-fmt"}
    for hook in hooks:
        program, command = hook["entry"].split()
        assert program == "avroforge"
        assert run([command, "--help"]) == 0
        options = capsys.readouterr().out
        assert all(argument in options for argument in hook.get("args", []) if argument.startswith("--"))
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert run(["review", "--help"]) == 0
    options = capsys.readouterr().out
    scripts = {step.get("id"): step["run"] for step in action["runs"]["steps"] if "run" in step}
    assert all(option in options for option in re.findall(r"--[a-z]+", scripts["review"]))
    for command in ("lint", "fmt"):
        assert run([command, "--help"]) == 0
        options = capsys.readouterr().out
        calls = re.findall(rf'"\$tool" {command} (--[a-z-]+)', scripts["lint"])
        assert calls
        assert all(option in options for option in calls)


def test_nothing_from_outside_is_pasted_into_a_script_of_the_action() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    scripts = [step["run"] for step in action["runs"]["steps"] if "run" in step]
    assert scripts
    assert not any("${{" in script for script in scripts)
