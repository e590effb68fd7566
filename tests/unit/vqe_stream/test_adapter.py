from __future__ import annotations

import copy
import json
import math
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from vqe_records import VQEDecoratedResultInterface
from vqe_stream import ResultError, result_from_json, result_to_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = ("h2_cobyla", "hehp_slsqp", "lih_lbfgsb")


@pytest.fixture
def datum(data: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((data / "h2_cobyla.json").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("name", NAMES)
def test_json_becomes_an_object_and_the_same_json_again(name: str, data: Path) -> None:
    text = (data / f"{name}.json").read_text(encoding="utf-8")
    assert json.loads(result_to_json(result_from_json(text))) == json.loads(text)


@pytest.mark.parametrize("name", NAMES)
def test_json_becomes_the_bytes_of_the_existing_writer(name: str, data: Path) -> None:
    result = result_from_json((data / f"{name}.json").read_bytes())
    assert VQEDecoratedResultInterface().encode(result) == (data / f"{name}.avro").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_bytes_become_the_json(name: str, data: Path) -> None:
    result = VQEDecoratedResultInterface().decode((data / f"{name}.avro").read_bytes())
    assert json.loads(result_to_json(result)) == json.loads((data / f"{name}.json").read_bytes())


def test_parsed_json_is_taken_too_and_left_alone(datum: dict[str, Any]) -> None:
    before = copy.deepcopy(datum)
    assert json.loads(result_to_json(result_from_json(datum))) == before
    assert datum == before


def test_missing_fields_take_their_default(datum: dict[str, Any]) -> None:
    del datum["vqe_result"]["initial_data"]["init_strategy"]
    del datum["performance_start"]
    result = result_from_json(datum)
    assert result.vqe_result.initial_data.init_strategy == "random"
    assert result.performance_start is None


def test_doubles_that_are_no_numbers_survive(datum: dict[str, Any]) -> None:
    datum["total_time"] = math.inf
    datum["vqe_result"]["maxcv"] = math.nan
    again = result_from_json(result_to_json(result_from_json(datum)))
    assert again.total_time == math.inf
    assert again.vqe_result.maxcv is not None
    assert math.isnan(again.vqe_result.maxcv)


def _drop_minimum(datum: dict[str, Any]) -> None:
    del datum["vqe_result"]["minimum"]


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        (lambda d: d.update(energy=1.0), "FIELD_UNKNOWN", "$.energy"),
        (lambda d: d["vqe_result"].update(minimun=1.0), "FIELD_UNKNOWN", "$.vqe_result.minimun"),
        (_drop_minimum, "FIELD_MISSING", "$.vqe_result.minimum"),
        (
            lambda d: d["vqe_result"]["iteration_list"][3].update(std="1.0"),
            "VALUE_INVALID",
            "$.vqe_result.iteration_list[3].std",
        ),
        (
            lambda d: d["vqe_result"]["iteration_list"][3]["parameters"].append(None),
            "VALUE_INVALID",
            "$.vqe_result.iteration_list[3].parameters[24]",
        ),
        (lambda d: d.update(molecule_id=2**31), "VALUE_INVALID", "$.molecule_id"),
        (lambda d: d.update(performance_start={"cpu": 1}), "VALUE_INVALID", "$.performance_start"),
    ],
)
def test_a_wrong_result_is_one_error_with_code_file_and_path(
    change: Callable[[dict[str, Any]], None], code: str, path: str, datum: dict[str, Any]
) -> None:
    change(datum)
    with pytest.raises(ResultError) as caught:
        result_from_json(json.dumps(datum), "runs/h2.json")
    error = caught.value
    assert (error.code, error.path, error.source) == (code, path, "runs/h2.json")
    assert str(error).startswith(f"runs/h2.json: {code} {path}: expected ")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - its own pickle


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ('{"a":', "r.json:1:6", "RESULT_SYNTAX"),
        ('{\n"a" 1}', "r.json:2:5", "RESULT_SYNTAX"),
        (b'{\n  "\xff', "r.json:2:4", "RESULT_SYNTAX"),
        ("[" * 100_000, "r.json:1:1", "RESULT_SYNTAX"),
        ("1" * 5000, "r.json:1:1", "RESULT_SYNTAX"),
        ('{"total_time": 1, "total_time": 2}', "r.json", "RESULT_KEY_TWICE"),
        ("[]", "r.json", "VALUE_INVALID"),
        ("null", "r.json", "VALUE_INVALID"),
    ],
)
def test_a_text_that_is_no_result_is_one_error_with_its_place(
    text: str | bytes, place: str, code: str
) -> None:
    with pytest.raises(ResultError) as caught:
        result_from_json(text, "r.json")
    assert str(caught.value).startswith(f"{place}: {code} ")
