from __future__ import annotations

import json

from avroforge.schema import parse_schema
from avroforge_codegen.layout import NULL_NAMESPACE, ancestors, lay_out


def record(name: str, *types: object) -> dict[str, object]:
    return {
        "type": "record",
        "name": name,
        "fields": [{"name": f"f{n}", "type": each} for n, each in enumerate(types)],
    }


def modules(*schemas: object, option: str = "namespace") -> dict[str, str]:
    holder = record("holder.Holder", *schemas)
    types = parse_schema(json.dumps(holder)).names
    found = dict(lay_out(types, option).module_of)  # type: ignore[arg-type]  # one of the options
    del found["holder.Holder"]
    return found


def test_a_module_per_namespace_with_python_names() -> None:
    found = modules(record("a.X"), record("a.b.Y"), record("class.Z"), record("__x.W"), record("typing.V"))
    assert found == {
        "a.X": "a",
        "a.b.Y": "a.b",
        "class.Z": "class_",
        "__x.W": "avro__x",
        "typing.V": "typing",
    }


def test_a_type_without_a_namespace_has_a_module_too() -> None:
    types = parse_schema(json.dumps(record("X"))).names
    assert lay_out(types, "namespace").module_of == {"X": NULL_NAMESPACE}
    assert lay_out(types, "single").module_of == {"X": ""}


def test_a_module_per_type_in_snake_case() -> None:
    found = modules(record("a.OrderLine"), record("a.VQEResult"), record("b.class"), option="type")
    assert found == {"a.OrderLine": "a.order_line", "a.VQEResult": "a.vqe_result", "b.class": "b.class_"}


def test_namespaces_that_refer_to_each_other_become_one_module() -> None:
    one = record("a.X", record("b.Y", ["null", "a.X"]))
    assert modules(one, record("c.Z", "a.X")) == {"a.X": "a", "b.Y": "a", "c.Z": "c"}


def test_a_namespace_may_refer_to_those_inside_it_and_they_to_others() -> None:
    assert modules(record("a.X", record("a.b.Y", "int"))) == {"a.X": "a", "a.b.Y": "a.b"}
    assert modules(record("a.b.Y", record("a.X", "int"))) == {"a.X": "a", "a.b.Y": "a.b"}
    assert modules(record("a.c.X", record("a.b.Y", "int"))) == {"a.c.X": "a.c", "a.b.Y": "a.b"}


def test_a_module_that_waits_for_the_package_around_another_shares_its_module() -> None:
    # c imports a.b, for which Python imports a first, which imports c
    found = modules(record("a.P", record("c.M", record("a.b.C", "int"))))
    assert found == {"a.P": "a", "c.M": "a", "a.b.C": "a.b"}


def test_a_module_inside_a_package_that_lends_from_its_user_moves_too() -> None:
    # a and z are one, z lends; z.y is imported by a, and Python would import z, which imports a, before it
    found = modules(record("a.A", ["null", record("z.Z", ["null", "a.A"])], record("z.y.Y", "int")))
    assert set(found.values()) == {"a"}


def test_a_module_never_has_the_name_of_a_class() -> None:
    assert modules(record("user.user"), record("a.b"), record("a.b.C"), record("x.CInterface.Y")) == {
        "user.user": "user_",
        "a.b": "a",
        "a.b.C": "a.b_",
        "x.CInterface.Y": "x.CInterface_",
    }


def test_the_ancestors_of_a_path_are_its_prefixes() -> None:
    assert ancestors(["a.b.c", "a.d", "e"]) == {"a", "a.b"}
