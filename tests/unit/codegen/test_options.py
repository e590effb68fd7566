"""The choices of ``[generate]`` that change the Python and never the bytes."""

from __future__ import annotations

import copy
import dataclasses
import enum
import inspect
import json
import pickle
import subprocess
import sys
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from avroforge.errors import DecodeError, EncodeError
from avroforge.wire.limits import DecodeLimits
from avroforge_codegen import generate, load_interface
from avroforge_codegen.pipeline import Options

if TYPE_CHECKING:
    from pathlib import Path

    from avroforge_codegen.layout import ModulesOption
    from avroforge_codegen.options import EnumsOption

SUIT = {"type": "enum", "name": "Suit", "symbols": ["HEARTS", "title", "None"]}
CARD: dict[str, Any] = {
    "type": "record",
    "name": "Card",
    "fields": [
        {"name": "suit", "type": SUIT, "default": "HEARTS"},
        {"name": "label", "type": ["string", "Suit"]},
        {"name": "weight", "type": "double", "default": 1.5},
        {"name": "next", "type": ["null", "Card"], "default": None},
        {"name": "where", "type": {"type": "record", "name": "P", "fields": [{"name": "x", "type": "int"}]}},
    ],
}
HOLDER: dict[str, Any] = {
    "type": "record",
    "name": "Holder",
    "fields": [{"name": "numbers", "type": {"type": "array", "items": "int"}, "default": []}],
}


def load(schema: dict[str, Any], **chosen: Any) -> tuple[Any, Any]:  # noqa: ANN401 - any of the options
    interface: Any = load_interface(json.dumps(schema), options=Options(package="p", **chosen))
    return interface(), interface.classes()


def test_a_frozen_record_decodes_to_an_object_that_cannot_be_set() -> None:
    codec, classes = load(CARD, frozen=True)
    card = classes["Card"](label="a", where=classes["P"](x=1))
    deck = classes["Card"](label="b", where=classes["P"](x=2), next=card)
    decoded = codec.decode(codec.encode(deck))
    assert decoded == deck
    assert type(decoded) is classes["Card"]
    assert type(decoded.where) is classes["P"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        decoded.weight = 2.0
    assert codec.encode(decoded) == codec.encode(deck)


def test_frozen_records_are_hashable_where_their_fields_are() -> None:
    _, classes = load(CARD, frozen=True)
    card = classes["Card"](label="a", where=classes["P"](x=1), weight=float("nan"))
    same = dataclasses.replace(card)
    assert card == same
    assert len({card, same, dataclasses.replace(card, label="b")}) == 2
    _, classes = load(HOLDER, frozen=True)
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        hash(classes["Holder"]())


def test_mutable_records_are_not_hashable() -> None:
    _, classes = load(HOLDER)
    with pytest.raises(TypeError, match="unhashable type: 'Holder'"):
        hash(classes["Holder"]())


def test_frozen_records_copy_pickle_replace_print_and_match() -> None:
    codec, classes = load(CARD, frozen=True)
    card = codec.decode(codec.encode(classes["Card"](label="a", where=classes["P"](x=1))))
    assert copy.deepcopy(card) == copy.copy(card) == card
    assert pickle.loads(pickle.dumps(card)) == card  # noqa: S301 - our own bytes
    assert dataclasses.replace(card, label="z").label == "z"
    assert repr(card).startswith("Card(suit=<Suit.HEARTS: 'HEARTS'>, label='a', weight=1.5")
    cls = classes["Card"]
    match card:
        case cls(label=label):
            assert label == "a"
        case _:
            pytest.fail("no match")


def test_a_frozen_record_reads_what_an_older_schema_wrote() -> None:
    codec, classes = load(CARD, frozen=True)
    older = {**CARD, "fields": [CARD["fields"][0], CARD["fields"][1], CARD["fields"][4]]}
    written, olds = load(older)
    data = written.encode(olds["Card"](label="a", where=olds["P"](x=7)))
    read = codec.decode(data, writer_schema=json.dumps(older))
    assert read == classes["Card"](label="a", where=classes["P"](x=7))
    with pytest.raises(dataclasses.FrozenInstanceError):
        read.weight = 2.0


@pytest.mark.parametrize("frozen", [False, True])
def test_text_enums_are_strings_and_never_the_string_branch(*, frozen: bool) -> None:
    codec, classes = load(CARD, enums="str", frozen=frozen)
    suit = classes["Suit"]
    assert issubclass(suit, str)
    assert issubclass(suit, enum.StrEnum)
    assert suit.HEARTS == "HEARTS"
    assert {"HEARTS": 1}[suit.HEARTS] == 1
    member = classes["Card"](label=suit.HEARTS, where=classes["P"](x=1))
    text = classes["Card"](label="HEARTS", where=classes["P"](x=1))
    assert member != text
    assert type(codec.decode(codec.encode(member)).label) is suit
    assert type(codec.decode(codec.encode(text)).label) is str
    plain, olds = load(CARD)
    old = olds["Card"](label=olds["Suit"].HEARTS, where=olds["P"](x=1))
    assert codec.encode(member) == plain.encode(old)
    # the slow walk decides alike
    assert codec._encode_slowly(member) == codec.encode(member)
    assert codec._encode_slowly(text) == codec.encode(text)


@pytest.mark.parametrize("enums", ["enum", "str"])
def test_a_plain_string_is_no_member(enums: EnumsOption) -> None:
    codec, classes = load(CARD, enums=enums)
    with pytest.raises(EncodeError, match=r"Card\.suit: expected a member of Suit, got str 'HEARTS'"):
        codec.encode(classes["Card"](suit="HEARTS", label="", where=classes["P"](x=1)))


def test_members_do_not_hide_methods_of_strings() -> None:
    _, classes = load(CARD, enums="str")
    assert [each.name for each in classes["Suit"]] == ["HEARTS", "title_", "None_"]
    assert classes["Suit"]("title").title() == "Title"
    _, classes = load(CARD)
    assert [each.name for each in classes["Suit"]] == ["HEARTS", "title", "None_"]


def test_positional_records_take_fields_in_schema_order_up_to_the_first_that_cannot() -> None:
    codec, classes = load(CARD, positional=True)
    signature = inspect.signature(classes["Card"])
    kinds = {name: each.kind.name for name, each in signature.parameters.items()}
    assert kinds == {
        "suit": "POSITIONAL_OR_KEYWORD",
        "label": "KEYWORD_ONLY",
        "weight": "KEYWORD_ONLY",
        "next": "KEYWORD_ONLY",
        "where": "KEYWORD_ONLY",
    }
    point = classes["P"](3)
    card = classes["Card"](classes["Suit"].HEARTS, label="a", where=point)
    assert codec.decode(codec.encode(card)) == card


def test_positional_records_with_fields_named_as_the_separator() -> None:
    fields: list[dict[str, Any]] = [{"name": "_", "type": "int", "default": 1}, {"name": "b", "type": "int"}]
    _, classes = load({"type": "record", "name": "R", "fields": fields}, positional=True)
    assert repr(classes["R"](5, b=2)) == "R(_=5, b=2)"


def test_limits_are_generated_where_they_are_not_the_usual_ones() -> None:
    limits = DecodeLimits(depth=200, free_items=7)
    sources = {"Card.avsc": json.dumps(CARD)}
    text = "".join(generate(sources, package="p", options=Options("p", limits=limits)).values())
    assert text.count("    LIMITS = DecodeLimits(depth=200, free_items=7)\n") == 2
    assert "LIMITS" not in "".join(generate(sources, package="p").values())
    interface = load_interface(json.dumps(CARD), options=Options("p", limits=limits))
    assert limits == interface.LIMITS
    chain = {"type": "record", "name": "N", "fields": [{"name": "next", "type": ["null", "N"]}]}
    deep: Any = load_interface(json.dumps(chain), options=Options("p", limits=limits))
    with pytest.raises(DecodeError, match="at most 200 levels"):
        deep().decode(b"\x02" * 200 + b"\x00")
    assert deep().decode(b"\x02" * 199 + b"\x00").next is not None


def test_header_lines_stand_behind_ours() -> None:
    options = Options(package="p", header=("Copyright us", "# as it is", ""))
    files = generate({"Card.avsc": json.dumps(CARD)}, package="p", options=options)
    for name, text in files.items():
        if name.endswith(".py"):
            assert text.splitlines()[1:4] == ["# Copyright us", "# as it is", "#"]


@pytest.mark.parametrize("modules", ["namespace", "type", "single"])
def test_every_combination_is_clean_under_mypy(modules: ModulesOption, tmp_path: Path) -> None:
    sources = {"shop/Card.avsc": json.dumps({**CARD, "namespace": "shop"}), "Holder.avsc": json.dumps(HOLDER)}
    every: tuple[EnumsOption, ...] = ("enum", "str")
    for frozen, positional, enums in product((False, True), (False, True), every):
        package = f"p_{frozen}_{positional}_{enums}".lower()
        options = Options(package, modules=modules, frozen=frozen, positional=positional, enums=enums)
        for name, text in generate(sources, package=package, options=options).items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "."]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert shown.startswith("Success"), shown
    program = "".join(f"import {each.name}\n" for each in tmp_path.glob("p_*"))
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
