"""Whatever is given: a value, or the one documented error."""

# ruff: noqa: PT017 - either outcome is right; pytest.raises demands one

from __future__ import annotations

import copy
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from avroforge.errors import ConfigurationError
from vqe_records import VQEDecoratedResultInterface
from vqe_stream import ProducerConfig, ResultError, result_from_json, result_from_object, result_to_json
from vqe_stream.config import setting_names

DATA = Path(__file__).parents[3] / "data" / "vqe" / "hehp_slsqp.json"
DATUM: dict[str, Any] = json.loads(DATA.read_bytes())
DATUM["vqe_result"]["iteration_list"] = DATUM["vqe_result"]["iteration_list"][:2]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.complex_numbers()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
VALUES = SCALARS | st.binary() | JSON | st.builds(SimpleNamespace) | st.builds(object)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, each in inner for place in places(each, (*path, name)))]


PLACES = [place for place in places(DATUM) if place]


def changed(place: tuple[str | int, ...], value: object) -> dict[str, Any]:
    datum = copy.deepcopy(DATUM)
    inner: Any = datum
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return datum


def as_objects(value: Any) -> Any:  # noqa: ANN401 - JSON in, attributes out
    """What JSON calls an object, as one with attributes; the molecule is flat there, and terms are pairs."""
    if isinstance(value, list):
        return [as_objects(each) for each in value]
    if not isinstance(value, dict):
        return value
    inner = {str(name): as_objects(each) for name, each in value.items()}
    match inner:
        case {"real": float() as real, "imaginary": float() as imaginary}:
            return complex(real, imaginary)
        case {"label": label, "coefficients": number}:
            return (label, number)
        case {"molecule_data": molecule}:
            return molecule
    return SimpleNamespace(**inner)


@given(st.dictionaries(st.sampled_from(setting_names()) | st.text(), VALUES, max_size=4))
def test_settings_give_a_configuration_or_a_configuration_error(settings: dict[str, object]) -> None:
    try:
        config = ProducerConfig.from_dict(settings)
    except ConfigurationError as error:
        assert str(error)
    else:
        assert ProducerConfig.from_dict(config.to_dict()) == config


@given(st.sampled_from(PLACES), JSON)
def test_json_gives_a_result_that_comes_back_or_a_result_error(
    place: tuple[str | int, ...], value: object
) -> None:
    try:
        result = result_from_json(json.dumps(changed(place, value)), "r.json")
    except ResultError as error:
        assert error.path.startswith("$")
    else:
        assert result_from_json(result_to_json(result)) == result


@given(st.text() | st.binary())
def test_a_text_gives_a_result_error(text: str | bytes) -> None:
    try:
        result_from_json(text)
    except ResultError as error:
        assert str(error)
    else:
        raise AssertionError(text)


def test_the_unchanged_object_is_a_result() -> None:
    assert result_from_object(as_objects(DATUM)) == result_from_json(DATUM)


@given(st.sampled_from(PLACES), VALUES)
def test_an_object_gives_a_result_that_can_be_encoded_or_a_result_error(
    place: tuple[str | int, ...], value: object
) -> None:
    try:
        result = result_from_object(as_objects(changed(place, value)))
    except ResultError as error:
        assert error.path.startswith("VQEDecoratedResult")
    else:
        VQEDecoratedResultInterface().encode(result)
