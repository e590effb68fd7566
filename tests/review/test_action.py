"""The scripts of the composite action, run by a real shell as a runner would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.review.cases import PLAIN, QTY, QTY_0, record, text
from tests.review.test_sources import GIT, SETTINGS, commit, git, write

ROOT = Path(__file__).parents[2]
STEPS: dict[str, Any] = {
    step["name"]: step
    for step in yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
}
GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$GH_LOG"
case "$*" in *--paginate*) printf '%s' "$GH_ANSWER";; esac
"""


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    """The environment of a run on a pull request against main."""
    repository = tmp_path / "repository"
    repository.mkdir()
    git(repository, "init", "--quiet", "--initial-branch=main")
    write(repository, {"avroforge.toml": SETTINGS, "schemas/shop/Order.avsc": text(PLAIN)})
    commit(repository)
    git(repository, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(repository, "checkout", "--quiet", "-b", "mine")
    tools = tmp_path / "temp/avroforge/bin"
    tools.mkdir(parents=True)
    (tools / "avroforge").symlink_to(Path(sys.executable).parent / "avroforge")
    (tools / "gh").write_text(GH)
    (tools / "gh").chmod(0o755)
    return GIT | {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GH_LOG": str(tmp_path / "gh"),
        "GH_ANSWER": "",
        "AGAINST": "",
        "BASE": "main",
        "EVENT_BEFORE": "",
        "RUN_URL": "https://ci.example/7",
        "REPOSITORY": "owner/name",
        "NUMBER": "7",
        "FOLDER": str(tmp_path / "temp/avroforge-review"),
    }


def step(name: str, environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", STEPS[name]["run"]]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def outputs(environment: dict[str, str]) -> dict[str, str]:
    lines = Path(environment["GITHUB_OUTPUT"]).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize(
    ("schema", "verdict", "code"),
    [
        (record(QTY), "breaking", 100),
        (record(QTY_0), "compatible", 0),
    ],
)
def test_a_review_of_a_pull_request(
    runner: dict[str, str], tmp_path: Path, schema: object, verdict: str, code: int
) -> None:
    repository = tmp_path / "repository"
    write(repository, {"schemas/shop/Order.avsc": text(schema)})
    done = step("Review", runner, repository)
    assert done.returncode == 0, done.stderr
    assert outputs(runner) == {"verdict": verdict, "folder": runner["FOLDER"], "code": str(code)}
    folder = Path(runner["FOLDER"])
    assert {each.name for each in folder.iterdir()} >= {
        "review.html",
        "review.json",
        "review.sarif",
        "review.md",
    }
    assert json.loads((folder / "review.json").read_text())["against"] == "git:origin/main"
    assert ("::error file=schemas/shop/Order.avsc" in done.stdout) == (code == 100)
    assert Path(runner["GITHUB_STEP_SUMMARY"]).read_text().startswith("<!-- avroforge-review -->")
    assert step("Decide", runner | {"CODE": str(code)}, repository).returncode == code


@pytest.mark.parametrize(
    ("asked", "schema", "code"),
    [
        ("lint", record(QTY), 100),
        ("lint", record(doc="What was bought.", **{"x-lint-ignore": "DOC_FIELD"}), 0),
        ("fmt", record(QTY), 0),
        ("fmt", dict(reversed(record(QTY).items())), 100),
    ],
)
def test_rules_and_layout(
    runner: dict[str, str], tmp_path: Path, asked: str, schema: object, code: int
) -> None:
    lint, fmt = ("true" if asked == each else "false" for each in ("lint", "fmt"))
    repository = tmp_path / "repository"
    write(repository, {"schemas/shop/Order.avsc": text(schema)})
    Path(runner["FOLDER"]).mkdir(parents=True)
    done = step("Lint", runner | {"LINT": lint, "FMT": fmt}, repository)
    assert done.returncode == 0, done.stderr
    assert outputs(runner) == {"code": str(code)}, done.stdout
    if asked == "lint":
        assert json.loads((Path(runner["FOLDER"]) / "lint.sarif").read_text())["version"] == "2.1.0"
        assert ("::error file=schemas/shop/Order.avsc" in done.stdout) == (code == 100)
    assert step("Decide", runner | {"CODE": "0", "LINT": str(code)}, repository).returncode == code
    assert step("Decide", runner | {"CODE": "0", "LINT": ""}, repository).returncode == 0
    assert step("Decide", runner | {"CODE": "100", "LINT": "0"}, repository).returncode == 100


def test_a_lint_that_cannot_be_made_fails(runner: dict[str, str], tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    write(repository, {"avroforge.toml": "[lint]\nselct = []\n"})
    done = step("Lint", runner | {"LINT": "true", "FMT": "false"}, repository)
    assert done.returncode == 1
    assert "did you mean 'select'?" in done.stderr


def test_a_review_that_cannot_be_made_fails_with_its_reason(runner: dict[str, str], tmp_path: Path) -> None:
    done = step("Review", runner | {"BASE": "nope"}, tmp_path / "repository")
    assert done.returncode == 1
    assert "fetch it with: git fetch" in done.stderr
    assert not Path(runner["GITHUB_OUTPUT"]).exists()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("", "--method POST repos/owner/name/issues/7/comments"),
        ("4711\n4712\n", "--method PATCH repos/owner/name/issues/comments/4711"),
    ],
)
def test_one_comment_is_written_and_kept_up_to_date(
    runner: dict[str, str], tmp_path: Path, answer: str, expected: str
) -> None:
    done = step("Comment", runner | {"GH_ANSWER": answer}, tmp_path / "repository")
    assert done.returncode == 0, done.stderr
    calls = Path(runner["GH_LOG"]).read_text().splitlines()
    assert len(calls) == 2
    assert expected in calls[1]
    assert calls[1].endswith(f"--field body=@{runner['FOLDER']}/review.md")
