"""Where a file means many others, its interface derives its text from theirs: just what it would embed."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, get_args

import pytest

from avroforge.errors import AbiError
from avroforge.schema import parse_schema, parse_schemas
from avroforge_codegen import closure, generate, load_interface
from avroforge_codegen.layout import ModulesOption
from avroforge_codegen.options import Options
from avroforge_codegen.package_text import parse_package
from avroforge_codegen.verification.in_memory import imported

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONSTANTS = ("FULLNAME", "SCHEMA", "SELF_CONTAINED", "FINGERPRINT", "SCHEMA_KEY")


def record(name: str, *types: object, **more: object) -> str:
    fields = [{"name": f"f{number}", "type": each} for number, each in enumerate(types)]
    return json.dumps({"type": "record", "name": name, "fields": fields, **more})


TREE = {
    "a.avsc": record("n.A", "n.B", {"type": "array", "items": "m.C"}, doc="of A"),
    "b.avsc": record("n.B", "m.C", ["null", "m.E"], aliases=["Old"], props=[1, {"x": 2}]),
    "c.avsc": record("m.C", {"type": "enum", "name": "Inner", "symbols": ["X"]}),
    "e.avsc": json.dumps({"type": "enum", "name": "m.E", "symbols": ["P", "Q"], "default": "Q"}),
    "list.avsc": json.dumps({"type": "array", "items": ["null", "n.A", "m.Inner"]}),
}
CIRCLE = {
    "a.avsc": record("n.A", ["null", "m.B"], "other.C"),
    "b.avsc": record("m.B", {"type": "map", "values": "n.A"}),
    "c.avsc": record("other.C", {"type": "array", "items": "other.C"}, "other.D"),
    "d.avsc": json.dumps({"type": "fixed", "name": "other.D", "size": 3}),
}


def constants(files: Mapping[str, str]) -> dict[str, Any]:
    with imported(files) as modules:
        return {
            f"{path}:{name}": [getattr(value, each) for each in CONSTANTS]
            for path, module in modules.items()
            for name, value in vars(module).items()
            if isinstance(value, type) and name.endswith("Interface") and value.__module__ == module.__name__
        }


@pytest.mark.parametrize("modules", get_args(ModulesOption))
@pytest.mark.parametrize("sources", [TREE, CIRCLE], ids=["tree", "circle"])
def test_a_derived_text_is_the_one_that_would_be_embedded(
    sources: dict[str, str], modules: ModulesOption, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = Options(package="p", modules=modules, file_cycles=True)
    embedded = generate(sources, package="p", options=options)
    monkeypatch.setattr(closure, "EMBEDDED", 0)
    derived = generate(sources, package="p", options=options)
    assert sum(text.count("    SELF_CONTAINED =") for text in embedded.values()) == sum(
        text.count("    CLOSURE_DIGEST =") for text in derived.values()
    )
    assert "SELF_CONTAINED" not in "".join(derived.values())
    expected = {f"{path}": schema for path, schema in parse_schemas(sources, file_cycles=True).items()}
    found = constants(derived)
    assert found == constants(embedded)
    by_text = {each[1]: each for each in found.values()}
    for schema in expected.values():
        text, fingerprint, key = by_text[schema.text][2:]
        assert parse_schema(text).key == schema.key == key
        assert fingerprint == schema.fingerprint()


def test_a_small_closure_is_embedded_and_a_large_one_is_not() -> None:
    long = {"doc": "x" * closure.EMBEDDED}
    sources = {
        "a.avsc": record("n.A", "n.B"),
        "b.avsc": record("n.B", "n.C"),
        "c.avsc": record("n.C", "int", **long),
        "d.avsc": record("n.D", "n.E"),
        "e.avsc": record("n.E", "int"),
    }
    text = generate(sources, package="p")["p/n.py"]
    assert text.count("    CLOSURE_DIGEST =") == 2
    assert text.count("    SELF_CONTAINED =") == 1


def test_the_text_of_a_package_grows_with_its_schemas_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closure, "EMBEDDED", 1 << 10)

    def size(count: int) -> int:
        sources = {
            f"R{each}.avsc": record(
                f"n.R{each}", *(f"n.R{each // 2 - at}" for at in range(3) if each // 2 >= at)
            )
            for each in range(1, count)
        }
        sources["R0.avsc"] = record("n.R0", "int")
        return sum(map(len, generate(sources, package="p").values()))

    assert size(400) < 2.1 * size(200)


def test_nothing_is_parsed_when_such_a_package_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closure, "EMBEDDED", 0)
    for name, text in generate(TREE, package="p").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    code = (
        "import sys, p.n, p.m, p._roots; codec = p.n.BInterface(); "
        "b = p.n.B(f0=p.m.C(f0=p.m.Inner.X), f1=None); assert codec.decode(codec.encode(b)) == b; "
        "assert 'avroforge.schema' not in sys.modules; print(codec.SCHEMA_KEY)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [parse_schemas(TREE)["b.avsc"].key]


def test_types_that_two_files_define_are_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closure, "EMBEDDED", 0)
    enum = {"type": "enum", "name": "n.E", "symbols": ["A"]}
    sources = {
        "a.avsc": record("n.A", enum, "n.D"),
        "b.avsc": record("n.B", enum, "n.D"),
        "c.avsc": record("n.C", "n.E"),
        "d.avsc": record("n.D", "int"),
        "e.avsc": record("n.F", "n.D"),
    }
    text = generate(sources, package="p")["p/n.py"]
    assert text.count("    SELF_CONTAINED =") == 3
    assert text.count("    CLOSURE_DIGEST =") == 1


def other_package(c: str) -> dict[str, str]:
    return generate(
        {"b.avsc": record("m.B", "m.C"), "c.avsc": c},
        package="other_dense",
        options=Options(package="other_dense"),
    )


def test_another_package_that_changed_beneath_is_refused_at_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closure, "EMBEDDED", 0)
    monkeypatch.syspath_prepend(tmp_path)
    first = other_package(record("m.C", "int"))
    modules = {
        path.removesuffix(".py").replace("/", ".").removesuffix(".__init__"): text
        for path, text in first.items()
        if path.endswith(".py")
    }
    options = Options(package="mine_dense", packages={"m": parse_package("other_dense", modules)})
    mine = generate({"a.avsc": record("n.A", "m.B")}, package="mine_dense", options=options)

    def write(files: dict[str, str]) -> None:
        for name in [each for each in sys.modules if each.partition(".")[0] in {"mine_dense", "other_dense"}]:
            monkeypatch.delitem(sys.modules, name)
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        importlib.invalidate_caches()

    write({**first, **mine})
    interface = importlib.import_module("mine_dense.n").AInterface
    expected = parse_schemas(
        {"a": record("n.A", "m.B"), "b": record("m.B", "m.C"), "c": record("m.C", "int")}
    )["a"]
    assert (expected.key, expected.self_contained) == (interface.SCHEMA_KEY, interface.SELF_CONTAINED)
    # white space changes nothing, another type two files away does
    write(other_package(json.dumps(json.loads(record("m.C", "int")), indent=4)))
    importlib.import_module("mine_dense.n")
    write(other_package(record("m.C", "long")))
    with pytest.raises(AbiError, match=r"another version of schema m\.B, which package other_dense has"):
        importlib.import_module("mine_dense.n")


def test_a_schema_that_was_parsed_with_others_is_loaded_whole() -> None:
    schemas = parse_schemas(TREE)
    interface = load_interface(schemas["a.avsc"])
    assert schemas["a.avsc"].key == interface.SCHEMA_KEY
    assert schemas["a.avsc"].self_contained == interface.SELF_CONTAINED
    classes: Mapping[str, Any] = interface.classes()
    c = classes["m.C"](f0=classes["m.Inner"].X)
    value = classes["n.A"](f0=classes["n.B"](f0=c, f1=classes["m.E"].P), f1=[c])
    assert interface().decode(interface().encode(value)) == value
    others = vars(sys.modules[interface.__module__]).values()
    part = next(each for each in others if getattr(each, "FULLNAME", "") == "n.B")
    assert schemas["b.avsc"].key == part.SCHEMA_KEY
