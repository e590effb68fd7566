from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from tests.unit.compose.test_compose import COMPOSE, MAIN, PROJECTS

# What a user's shell or compose/.env sets before the start.
VARIABLES: Final = dict.fromkeys(
    (
        "S3_ACCESS_KEY",
        "S3_SECRET_KEY",
        "GARAGE_RPC_SECRET",
        "PRODUCER_PASSWORD",
        "REGISTRY_PASSWORD",
        "SINK_PASSWORD",
    ),
    "0",
)


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The specification's own loader, built from its Go module."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("Go is not installed: the files are not checked by the specification's own loader")
    program = tmp_path_factory.mktemp("checker") / "checker"
    subprocess.run(
        [go, "build", "-o", program, "."], cwd=Path(__file__).parent / "checker", check=True, timeout=300
    )
    return program


def _loads(checker: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **VARIABLES}
    return subprocess.run(
        [checker, "+".join(map(str, files))],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("project", PROJECTS, ids="+".join)
def test_the_specification_accepts(checker: Path, project: tuple[str, ...]) -> None:
    done = _loads(checker, *(COMPOSE / name for name in project))
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("mistake", "named"),
    [
        ("healthcheck:", "healthchek"),
        ("image: dxflrs/garage:v2.5.0", "image: [a, b]"),
        ("schema-registry: {condition: service_healthy}", "schema-registri: {condition: service_healthy}"),
        ("memory: 512m", "memory: 512q"),
    ],
)
def test_the_specification_refuses(checker: Path, tmp_path: Path, mistake: str, named: str) -> None:
    text = (COMPOSE / MAIN).read_text()
    assert mistake in text
    path = tmp_path / MAIN
    path.write_text(text.replace(mistake, named if named.endswith("}") or ":" in named else f"{named}:", 1))
    assert _loads(checker, path).returncode == 1


def test_a_missing_secret_stops_the_start_and_says_what_to_do(checker: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    done = subprocess.run(
        [checker, str(COMPOSE / MAIN)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "make compose-env" in done.stdout
