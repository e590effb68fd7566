"""Who may import whom: the order of layers, third-party packages, and what is imported only when called."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
OWN = ("avroforge", "avroforge_codegen", "vqe_records", "vqe_stream")

# From the bottom up; modules of one row may not import each other, and no arrow leads upward.
LAYERS = (
    ("avroforge.errors", "avroforge.branches", "avroforge.deprecation", "avroforge.secret"),
    ("avroforge.record", "avroforge.shell", "avroforge.setting", "avroforge.schema_source"),
    ("avroforge.schema", "avroforge.wire"),
    ("avroforge.record_columns",),
    ("avroforge.evolution",),
    ("avroforge.codec",),
    ("avroforge.formats",),
    ("avroforge.interface",),
    ("avroforge.runtime", "avroforge.runtime_numpy"),
    ("vqe_records", "avroforge.registry", "avroforge.delivery"),
    ("avroforge.kafka",),
    ("avroforge_codegen",),
    ("vqe_stream",),
)
# Beyond the order: pairs that no arrow joins, although it would lead downward.
SEPARATE = {
    "vqe_records": {layer for row in LAYERS for layer in row}
    - {"avroforge.runtime", "avroforge.runtime_numpy"},
    "avroforge_codegen": {"vqe_records"},
}
# Allowed only inside a function, so that the module's users do not pay for it.
LAZY = {
    ("avroforge.interface", "avroforge.codec"),
    ("avroforge.interface", "avroforge.formats"),
    ("avroforge.interface", "avroforge.schema"),
    ("vqe_stream", "avroforge_codegen"),
}
THIRD_PARTY = {
    "avroforge.record_columns": {"numpy"},
    "avroforge.wire.array_column": {"numpy"},
    "avroforge.wire.column_read": {"numpy"},
    "avroforge.wire.column_write": {"numpy"},
    "avroforge.wire.number_array": {"numpy"},
    "avroforge.wire.stride_numpy": {"numpy"},
    "avroforge.wire.stride_write_numpy": {"numpy"},
    "avroforge.runtime_numpy": {"numpy"},
    "avroforge.formats.block_codec": {"cramjam", "zstandard"},
    "avroforge.registry.client": {"httpcore", "httpx", "tenacity"},
    "avroforge.registry.server": {"bcrypt", "starlette", "uvicorn"},
    "avroforge.shell": {"click"},
    "avroforge.kafka": {"kafka"},
    "avroforge_codegen": {"avro", "click", "jinja2", "markupsafe", "rich"},
    "vqe_records": {"numpy"},
    "vqe_stream": {"click", "numpy", "rich"},
    "vqe_stream.doctor.certificates": {"cryptography"},
    "vqe_stream.metrics": {"prometheus_client"},
    "vqe_stream.settings_file": {"yaml"},
    "vqe_stream.development_pki": {"cryptography"},
    "vqe_stream.claim_bucket": {"botocore"},
    "vqe_stream.s3": {"boto3", "botocore"},
    "vqe_stream.results.bucket": {"botocore"},
    "vqe_stream.results.plot": {"matplotlib"},
    "vqe_stream.results.arrow": {"pyarrow"},
    "vqe_stream.results.table": {"pyarrow"},
    "vqe_stream.cli.results": {"click", "pyarrow"},
}


class Import(NamedTuple):
    """One import: who, whom, where, and whether it happens only when a function is called."""

    importer: str
    imported: str
    place: str
    lazy: bool
    typing_only: bool


def modules() -> dict[str, Path]:
    found = {}
    for folder in ("src", "codegen", "generated"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imports(module: str, path: Path) -> list[Import]:
    found: list[Import] = []
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]

    def visit(node: ast.AST, *, lazy: bool, typing_only: bool) -> None:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = (
                ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            )
            source = ".".join(filter(None, [base, node.module]))
            names = [f"{source}.{alias.name}" for alias in node.names]
        for name in names:
            place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            found.append(Import(module, name, place, lazy, typing_only))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            typing_only = True
        inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, lazy=inside, typing_only=typing_only)

    visit(ast.parse(path.read_text(encoding="utf-8")), lazy=False, typing_only=False)
    return found


IMPORTS = [each for name, path in modules().items() for each in imports(name, path)]


def layer_of(module: str) -> tuple[int, str] | None:
    for rank, row in enumerate(LAYERS):
        for layer in row:
            if module == layer or module.startswith(f"{layer}."):
                return rank, layer
    return None


def test_every_module_belongs_to_a_layer() -> None:
    # avroforge/__init__ is the façade: it names every layer, and loads each on first use
    homeless = [name for name in modules() if name != "avroforge" and layer_of(name) is None]
    assert homeless == []


def test_no_arrow_leads_upward() -> None:
    wrong = []
    for each in IMPORTS:
        here, there = layer_of(each.importer), layer_of(each.imported)
        if here is None or there is None or here[1] == there[1]:
            continue
        if here[0] <= there[0] or there[1] in SEPARATE.get(here[1], ()):
            wrong.append(f"{each.place}: {each.importer} imports {each.imported}")
    assert wrong == []


def test_what_is_expensive_is_imported_inside_the_function_that_needs_it() -> None:
    wrong = []
    for each in IMPORTS:
        here, there = layer_of(each.importer), layer_of(each.imported)
        if here and there and (here[1], there[1]) in LAZY and not (each.lazy or each.typing_only):
            wrong.append(f"{each.place}: {each.importer} imports {each.imported} at its top")
    assert wrong == []


def test_the_facade_imports_nothing_by_itself() -> None:
    facade = [
        each for each in IMPORTS if each.importer == "avroforge" and not (each.lazy or each.typing_only)
    ]
    assert [each.place for each in facade if each.imported.startswith(OWN)] == []


def test_third_party_packages_are_the_listed_ones() -> None:
    wrong = []
    for each in IMPORTS:
        package = each.imported.partition(".")[0]
        if package in sys.stdlib_module_names or package in OWN or each.typing_only:
            continue
        allowed = {
            name
            for prefix, names in THIRD_PARTY.items()
            if each.importer == prefix or each.importer.startswith(f"{prefix}.")
            for name in names
        }
        if package not in allowed:
            wrong.append(f"{each.place}: {each.importer} imports {each.imported}")
    assert wrong == []


@pytest.mark.parametrize("folder", ["codegen", "generated"])
def test_one_package_per_folder_of_the_path(folder: str) -> None:
    packages = [path.name for path in (ROOT / folder).iterdir() if (path / "__init__.py").is_file()]
    assert len(packages) == 1
