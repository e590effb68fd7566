"""What an import brings along: no work, no third-party package that was not asked for."""

from __future__ import annotations

import subprocess
import sys

OWN = {"avroforge", "vqe_records"}
NOT_AT_IMPORT = (
    "avroforge.codec",
    "avroforge.delivery",
    "avroforge.evolution",
    "avroforge.kafka",
    "avroforge.registry",
    "avroforge_codegen",
    "vqe_stream",
)


def loaded_by(statement: str) -> set[str]:
    """The modules that a statement loads in a fresh interpreter."""
    code = f"import sys; before = set(sys.modules); {statement}; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def foreign(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names) - OWN


def test_the_runtime_needs_the_standard_library_only() -> None:
    assert foreign(loaded_by("import avroforge.runtime")) == set()


def test_generated_records_load_numpy_and_the_runtime_only() -> None:
    modules = loaded_by("import vqe_records")
    # numpy's own compiled parts have top-level names of their own
    assert {name for name in foreign(modules) if not name.startswith(("numpy", "_"))} == set()
    assert [name for name in sorted(modules) if name.startswith(NOT_AT_IMPORT)] == []


def test_the_package_loads_nothing_before_it_is_asked() -> None:
    assert {name for name in loaded_by("import avroforge") if name.startswith("avroforge.")} == set()


def test_the_help_loads_no_command() -> None:
    modules = loaded_by("from avroforge_codegen.cli import run; run(['--help'])")
    assert {name for name in modules if name.startswith("avroforge")} == {
        "avroforge",
        "avroforge.shell",
        "avroforge.shell.program",
        "avroforge_codegen",
        "avroforge_codegen.cli",
        "avroforge.shell.exit_code",
        "avroforge.shell.terminal",
    }
