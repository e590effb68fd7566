"""The wheel: what is in it, and that it works where nothing but click is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {"avroforge", "avroforge_codegen", "vqe_records", "vqe_stream"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True)
    (built,) = folder.glob("avroforge-*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what it requires; returns its bin folder."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    subprocess.run([folder / "bin/python", "-m", "pip", "install", "--quiet", str(wheel)], check=True)
    return folder / "bin"


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run([*command], capture_output=True, text=True, check=False, cwd="/", env=clean)


def test_the_top_level_is_exactly_our_packages(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.partition("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == PACKAGES
    assert len(top) == len(PACKAGES) + 1


def test_every_package_is_typed_and_the_licence_is_there(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name for name in names if name.endswith("/py.typed")} == {f"{each}/py.typed" for each in PACKAGES}
    assert [name for name in names if name.endswith("/LICENSE")]


def test_click_is_the_one_required_dependency(environment: Path) -> None:
    listed = run(environment / "python", "-m", "pip", "list", "--format=freeze").stdout.split()
    installed = {line.partition("==")[0].partition("@")[0].strip().lower() for line in listed}
    assert installed - {"pip", "setuptools", "wheel"} == {"avroforge", "click"}


def test_the_commands_answer(environment: Path) -> None:
    for command in ("avroforge", "vqe-stream"):
        done = run(environment / command, "--help")
        assert done.returncode == 0, done.stderr
        assert "Usage:" in done.stdout


def test_a_schema_can_be_checked_without_any_extra(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "A.avsc").write_text(
        '{"type": "record", "name": "A", "fields": [{"name": "x", "type": "itn"}]}'
    )
    done = run(environment / "avroforge", "lint", tmp_path)
    assert done.returncode == 100, done.stderr
    assert "REFERENCE_UNKNOWN" in done.stdout


def test_the_runtime_imports_the_standard_library_only(environment: Path) -> None:
    done = run(environment / "python", "-c", "import sys, avroforge.runtime; print(*sys.modules)")
    assert done.returncode == 0, done.stderr
    top = {name.partition(".")[0] for name in done.stdout.split()}
    assert top - set(sys.stdlib_module_names) - {"__main__", "avroforge"} <= {"_distutils_hack"}
