from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avroforge import SchemaError
from avroforge.schema.model import Position
from avroforge_codegen import naming

AVRO_NAME = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)


@pytest.mark.parametrize(
    ("avro", "python"),
    [
        *(
            ("a", "a"),
            ("class", "class_"),
            ("None", "None_"),
            ("match", "match"),
            ("list", "list"),
            ("self", "self"),
        ),
        *(("_x", "_x"), ("__x", "avro__x"), ("__init__", "avro__init__"), ("__class__", "avro__class__")),
    ],
)
def test_a_field_keeps_its_name_where_python_can(avro: str, python: str) -> None:
    assert naming.attribute(avro) == python


@pytest.mark.parametrize(
    ("avro", "python"),
    [
        *(("Order", "Order"), ("order", "order"), ("list", "list_"), ("None", "None_"), ("class", "class_")),
        *(("__X", "avro__X"), ("_X", "_X"), ("_write_X", "avro_write_X"), ("_members_X", "avro_members_X")),
        *(("AVRO_CLASSES", "AVRO_CLASSES_"), ("annotations", "annotations_"), ("Exception", "Exception_")),
    ],
)
def test_a_class_hides_no_builtin_and_no_name_of_its_module(avro: str, python: str) -> None:
    assert naming.class_name(avro) == python


@pytest.mark.parametrize(
    ("avro", "python"),
    [
        ("A", "A"),
        ("None", "None_"),
        ("mro", "mro_"),
        ("name", "name_"),
        ("value", "value_"),
        ("_x_", "avro_x_"),
        ("__x", "avro__x"),
    ],
)
def test_a_symbol_is_never_special_to_enum(avro: str, python: str) -> None:
    assert naming.member(avro) == python


@given(AVRO_NAME)
def test_every_avro_name_becomes_an_identifier(name: str) -> None:
    for python in (
        naming.attribute(name),
        naming.class_name(name),
        naming.member(name),
        naming.module_part(name),
    ):
        assert python.isidentifier()
        assert not keyword.iskeyword(python)
        assert not python.startswith("__")
        assert python in {name, f"{name}_", f"avro{name}", f"avro{name}_"}


@pytest.mark.parametrize(
    ("stem", "python"),
    [
        ("order-list", "OrderList"),
        ("x", "X"),
        ("1st", "Schema1st"),
        ("---", "Root"),
        ("a;import os", "AImportOs"),
        ("ß", "Root"),
    ],
)
def test_a_file_name_becomes_a_class_name(stem: str, python: str) -> None:
    assert naming.stem_name(stem) == python


def test_simple_names_that_recur_in_a_module_are_qualified() -> None:
    names = naming.class_names(["a.X", "b.X", "b.Y"], {})
    assert names == {"a.X": "a_X", "b.X": "b_X", "b.Y": "Y"}


def test_a_class_gives_way_to_the_interface_of_another() -> None:
    names = naming.class_names(["X", "XInterface", "Y"], {})
    assert names == {"X": "X", "XInterface": "XInterface_", "Y": "Y"}


def test_a_renamed_class_has_the_name_that_was_asked_for() -> None:
    assert naming.class_names(["X", "XInterface"], {"XInterface": "Other"})["XInterface"] == "Other"


def test_two_names_that_become_one_are_reported_with_both_places_and_the_setting() -> None:
    places = [("None", "None_", Position(3, 7, "a.avsc")), ("None_", "None_", Position(9, 1, "a.avsc"))]
    with pytest.raises(SchemaError) as caught:
        naming.distinct(places, "record R")
    assert caught.value.code == "NAME_COLLISION"
    assert (caught.value.line, caught.value.column) == (9, 1)
    assert all(
        each in caught.value.message for each in ("'None_'", "'None'", "a.avsc:3:7", "record R", "rename")
    )
    naming.distinct(places[:1] * 2, "record R")
