"""Generated packages as their users meet them: imported, typed, formatted, and free of foreign code."""

from __future__ import annotations

import builtins
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import typing
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.codec.harness import ARRAYS, check_value, outcome

from avroforge import DecodeError, SchemaError
from avroforge_codegen import generate, load_interface
from avroforge_codegen.pipeline import Options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[3]
NUMBERS = {"type": "array", "items": "double"}


def record(name: str, *types: object, **fields: object) -> dict[str, object]:
    named = {**{f"f{n}": each for n, each in enumerate(types)}, **fields}
    return {
        "type": "record",
        "name": name,
        "fields": [{"name": key, "type": each} for key, each in named.items()],
    }


def one(name: str) -> dict[str, object]:
    return record(name, x="int")


LOCALS = ["p", "out", "v1", "d", "o", "c", "q", "n2", "_", "e3", "x", "u1", "k", "r4", "z9", "m1"]
RUNTIME = [
    "Final",
    "AvroRecordBase",
    "AvroInterfaceBase",
    "Any",
    "Piece",
    "Budget",
    "Struct",
    "ZIGZAG",
    "Int",
    "T",
    "Branch",
]
LIBRARY = [
    "dataclass",
    "field",
    "ClassVar",
    "Enum",
    "Decimal",
    "UUID",
    "TypeAlias",
    "Union",
    "Mapping",
    "datetime",
]
MODULE = [
    "AVRO_CLASSES",
    "annotations",
    "XInterface",
    "X",
    "_write_X",
    "_read_X",
    "_bytes_E",
    "type_1",
    "root_X",
    "_builtins",
]
PYTHON = [
    "None",
    "list",
    "int",
    "class",
    "self",
    "str",
    "object",
    "type",
    "print",
    "match",
    "__init__",
    "__doc__",
    "len",
    "range",
]
FIELDS = [
    *PYTHON,
    *LIBRARY,
    "_",
    "_x",
    "__class__",
    "__slots__",
    "__eq__",
    "value",
    "encode",
    "schema",
    "cls",
    "_builtins",
    "X",
]

SCHEMAS: dict[str, object] = {
    "locals": record("L", *map(one, LOCALS), {"type": "array", "items": ["null", *LOCALS]}),
    "runtime": record(
        "R", *map(one, RUNTIME), ["int", "long"], NUMBERS, {"type": "map", "values": ["null", "Int", "long"]}
    ),
    "library": record(
        "Y",
        *map(one, LIBRARY),
        {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 1},
        {"type": "string", "logicalType": "uuid"},
        {"type": "long", "logicalType": "timestamp-millis"},
    ),
    "module": record("M", *map(one, MODULE), {"type": "enum", "name": "E", "symbols": ["A"]}),
    "python": record("P", *(one(name) for name in PYTHON if name != "int")),
    "fields": record("F", **dict.fromkeys(FIELDS, "int"), a=NUMBERS, b=["null", one("X")], s="string"),
    "shadowed": record(
        "S",
        list={"type": "array", "items": "string"},
        str="string",
        dict={"type": "map", "values": "int"},
        T=one("T"),
    ),
    "symbols": {
        "type": "enum",
        "name": "E",
        "symbols": ["None", "mro", "name", "value", "_x", "__x", "class", "self", "A"],
    },
    "keyword_namespace": record("class.None.X", one("typing.X"), one("json.Y"), one("a.b.X"), one("a.X")),
    "same_simple_name": record("a.X", one("b.X"), one("b.c.X"), "b.X"),
    "unions": [
        *("null", "int", "long", "float", "double", "string", "bytes"),
        {"type": "fixed", "name": "A", "size": 2},
        {"type": "enum", "name": "E", "symbols": ["S"]},
        one("B"),
        {"type": "map", "values": "int"},
        {"type": "array", "items": "B"},
    ],
    "empty_union": record("U", []),
    "recursive": record("N", ["null", "N"], {"type": "array", "items": "N"}, {"type": "map", "values": "N"}),
    "module_and_class": record("user.user", record("a.b", record("a.b.C", "int"))),
    "circle": record("a.P", record("c.M", record("a.b.C", "int"))),
    "lent": record("a.A", ["null", record("z.Z", ["null", "a.A"])], record("z.y.Y", "int")),
    "mutual": record("a.N", ["null", record("b.M", ["null", "a.N"])]),
    "deep": json.loads('{"type": "array", "items": ' * 40 + '"int"' + "}" * 40),
    "wide": [{"type": "fixed", "name": f"F{n}", "size": 1} for n in range(300)],
    "root_array": {"type": "array", "items": NUMBERS},
    "root_primitive": "double",
    "root_fixed": {"type": "fixed", "name": "F", "size": 3},
    "error": {"type": "error", "name": "Oops", "fields": [{"name": "message", "type": "string"}]},
}


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("generated")
    for name, schema in SCHEMAS.items():
        for arrays, modules in product(ARRAYS, ("namespace", "type")):
            package = f"{name}_{arrays}_{modules}"
            options = Options(package=package, arrays=arrays, modules=modules)  # type: ignore[arg-type]  # literals
            write(folder, generate({f"{name}.avsc": json.dumps(schema)}, package=package, options=options))
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    yield folder
    sys.path.remove(str(folder))


def loaded(name: str) -> Iterator[Any]:
    package = importlib.import_module(name)
    yield package
    for each in pkgutil.walk_packages(package.__path__, f"{name}."):
        yield importlib.import_module(each.name)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_module_is_importable_and_every_annotation_resolves(packages: Path, name: str) -> None:
    del packages
    for arrays, modules in product(ARRAYS, ("namespace", "type")):
        classes = 0
        for module in loaded(f"{name}_{arrays}_{modules}"):
            assert set(module.__all__) <= set(vars(module))
            for each in list(vars(module).values()):
                if isinstance(each, type) and each.__module__ == module.__name__:
                    typing.get_type_hints(each)
                    classes += 1
        assert classes


def test_all_packages_pass_mypy_strict_and_ruff_format(packages: Path) -> None:
    environment = {**os.environ, "MYPYPATH": str(ROOT / "src")}
    mypy = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--explicit-package-bases"]
    run = [*mypy, f"--cache-dir={ROOT / '.mypy_cache' / 'generated'}", "--config-file=", "."]
    checked = subprocess.run(run, cwd=packages, env=environment, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--check", "."]
    formatted = subprocess.run(ruff, cwd=packages, capture_output=True, text=True, check=False)
    assert formatted.returncode == 0, formatted.stdout


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_name_changes_a_byte(name: str) -> None:
    codec = load_interface(json.dumps(SCHEMAS[name]))()
    neutral = load_interface(json.dumps(SCHEMAS[name]), arrays="numpy", logical_types="raw")()
    for filler in (b"\x02", b"\x00", b"\x01", b"\x04", b"\x08"):
        for size in range(60):
            value = outcome(partial(codec.decode, filler * size + b"\x00" * 40), size + 40)
            if isinstance(value, DecodeError):
                continue
            data = check_value(codec, value)
            assert neutral.encode(neutral.decode(data)) == data


PAYLOADS = [
    '"""\nimport builtins\nbuiltins.CANARY = 1\n"""',
    "'''\nimport builtins; builtins.CANARY = 1\n'''",
    '"); __import__("builtins").__dict__.update(CANARY=1); ("',
    '\\"""\n__import__("builtins").CANARY = 1\n\\"""',
    "\n    __import__('builtins').CANARY = 1\n",
    "{__import__('builtins').__dict__.update(CANARY=1)}",
    "\x0c\r\u2028__import__('builtins').CANARY = 1 #",
    "x" * 99 + '\\"""\n__import__("builtins").CANARY = 1',
    "# fmt: on\n# type: ignore\n\\",
    '"',
    "\\",
    "\ufeff\ufffe",
]


def hostile(payload: str) -> dict[str, object]:
    """A valid schema with the payload wherever free text may stand."""
    text = {"type": "string", payload: payload, "logicalType": payload}
    enum = {
        "type": "enum",
        "name": "E",
        "symbols": ["A"],
        "doc": payload,
        "aliases": [payload],
        "default": "A",
    }
    strings = {"type": "map", "values": "string"}
    held = payload.encode("utf-8", "replace").decode("latin-1")
    shown = payload.encode("utf-8", "replace").decode()
    fields = [
        {
            "name": "s",
            "type": text,
            "default": shown,
            "doc": payload,
            "aliases": [payload],
            payload: {payload: [payload]},
        },
        {"name": "b", "type": "bytes", "default": held, "deprecated": payload},
        {"name": "m", "type": strings, "default": {shown: shown}, "doc": f"first\n{payload}"},
        {"name": "e", "type": enum, "default": "A"},
        {"name": "f", "type": {"type": "fixed", "name": "F", "size": 1, "doc": payload}},
    ]
    return {
        "type": "record",
        "name": "R",
        "doc": payload,
        payload: payload,
        "aliases": [payload],
        "fields": fields,
        "deprecated": payload,
    }


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
@pytest.mark.parametrize("enums", ["enum", "str"])
def test_no_text_of_a_schema_becomes_code(payload: str, enums: str, tmp_path: Path) -> None:
    text = json.dumps(hostile(payload), ensure_ascii=True)
    for modules in ("namespace", "type", "single"):
        package = f"hostile_{enums}_{modules}_{PAYLOADS.index(payload)}"
        options = Options(package=package, modules=modules, enums=enums)  # type: ignore[arg-type]  # literals
        write(tmp_path, generate({"a.avsc": text}, package=package, options=options))
        sys.path.insert(0, str(tmp_path))
        try:
            for _ in loaded(package):
                pass
        finally:
            sys.path.remove(str(tmp_path))
    codec = load_interface(text)()
    made = codec.classes()["R"](f=b"x")
    check_value(codec, made)
    assert text == codec.SCHEMA
    assert not hasattr(builtins, "CANARY")


@pytest.mark.parametrize(
    "payload", [*PAYLOADS, "a b", "a-b", "1a", "a.1", "ä", "a;b", "", "a..b", "ﬁ"], ids=str
)
def test_names_that_are_none_are_refused(payload: str) -> None:
    for schema in (
        {"type": "record", "name": payload, "fields": []},
        {"type": "record", "name": "R", "namespace": payload or "-", "fields": []},
        {"type": "record", "name": "R", "fields": [{"name": payload, "type": "int"}]},
        {"type": "enum", "name": "E", "symbols": [payload]},
        {"type": "fixed", "name": payload, "size": 1},
    ):
        with pytest.raises(SchemaError) as caught:
            load_interface(json.dumps(schema))
        assert caught.value.line == 1
    assert not hasattr(builtins, "CANARY")


def test_files_named_like_code_are_only_paths() -> None:
    files = generate({'a";import os;"/x\n.avsc': '"int"', "b.avsc": '"int"'}, package="p")
    assert sorted(files) == ["p/__init__.py", "p/_roots.py", "p/py.typed"]


def test_two_files_whose_roots_would_share_an_interface_are_reported() -> None:
    with pytest.raises(SchemaError) as caught:
        generate({"a/order-list.avsc": '"int"', "b/order_list.avsc": '"long"'}, package="p")
    assert caught.value.code == "NAME_COLLISION"
    assert "a/order-list.avsc" in str(caught.value)
    assert "b/order_list.avsc" in str(caught.value)


SEEDED = """
import json, sys
from avroforge_codegen import generate
schemas = json.load(sys.stdin)
print(json.dumps({n: generate({n + ".avsc": json.dumps(s)}, package="p") for n, s in schemas.items()}))
"""


def test_the_output_does_not_depend_on_the_hash_seed_or_the_order_of_files() -> None:
    outputs = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", SEEDED]
        run = subprocess.run(
            command, input=json.dumps(SCHEMAS), env=environment, capture_output=True, text=True, check=True
        )
        outputs.append(run.stdout)
    assert outputs[0] == outputs[1]
    sources = {
        "a.avsc": json.dumps(record("n.A", "n.B", "m.C")),
        "b.avsc": json.dumps(one("n.B")),
        "c.avsc": json.dumps(one("m.C")),
    }
    assert generate(sources, package="p") == generate(dict(reversed(sources.items())), package="p")


def test_files_that_refer_to_each_other_read_what_one_file_would() -> None:
    sources = {
        "shop/Order.avsc": json.dumps(
            record("shop.Order", {"type": "array", "items": "shop.item.Item"}, "shop.item.Kind")
        ),
        "shop/item/Item.avsc": json.dumps(record("shop.item.Item", "shop.item.Kind", "double")),
        "shop/item/Kind.avsc": json.dumps({"type": "enum", "name": "shop.item.Kind", "symbols": ["A", "B"]}),
    }
    files = generate(sources, package="shop_records_test")
    assert "shop_records_test/shop/item.py" in files
    order = files["shop_records_test/shop/__init__.py"]
    assert "SELF_CONTAINED" in order
    assert "from .item import" in order
