"""Stored results read back: typed, as tables, as a picture."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from pyarrow import parquet
from tests.unit.vqe_stream.conftest import NAMES, ROOT

from vqe_stream.cli import run
from vqe_stream.errors import ResultsUnavailableError
from vqe_stream.results import StoredResult, UnreadableObject, open_source
from vqe_stream.results.plot import convergence
from vqe_stream.results.table import iterations_table, results_table

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """The real results in the layout of the bucket, integral doubles as integers, as the sink writes them."""
    folder = tmp_path / "experiments" / "experiment.vqe"
    folder.mkdir(parents=True)
    for name in NAMES:
        datum = json.loads((ROOT / "data" / "vqe" / f"{name}.json").read_text(), parse_float=_integral)
        (folder / f"{name}.json").write_text(json.dumps(datum))
    return tmp_path


def _integral(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() else number


def _loaded(place: Path) -> list[StoredResult]:
    found = list(open_source(str(place)).load())
    assert all(isinstance(each, StoredResult) for each in found)
    return [each for each in found if isinstance(each, StoredResult)]


def test_results_are_typed_and_sorted_by_name(stored: Path) -> None:
    found = _loaded(stored)
    assert [each.name for each in found] == [f"experiments/experiment.vqe/{name}.json" for name in NAMES]
    original = _loaded(ROOT / "data" / "vqe")
    assert [each.result for each in found] == [each.result for each in original]
    assert type(found[0].result.vqe_result.initial_data.hamiltonian[0].coefficients.imaginary) is float


def test_an_object_that_is_no_result_does_not_end_the_rest(stored: Path) -> None:
    (stored / "broken.json").write_bytes(b"\x00\x00\x00\x00\x01binary")
    (stored / "other.json").write_text('{"a": 1}')
    found = list(open_source(str(stored)).load())
    bad = {each.name: each.reason for each in found if isinstance(each, UnreadableObject)}
    assert set(bad) == {"broken.json", "other.json"}
    assert "JSON" in bad["broken.json"]
    assert "FIELD_UNKNOWN" in bad["other.json"]
    assert len(found) == len(NAMES) + 2


def test_a_place_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ResultsUnavailableError, match="no such folder"):
        open_source(str(tmp_path / "nowhere")).names()


def test_a_row_for_each_result_and_for_each_iteration(stored: Path) -> None:
    found = _loaded(stored)
    table = results_table(found)
    for row, each in zip(table.to_pylist(), found, strict=True):
        result = each.result.vqe_result
        assert row["name"] == each.name
        assert row["minimum"] == result.minimum
        assert row["total_energy"] == result.minimum + (result.nuclear_repulsion_energy or 0)
        assert row["optimal_parameters"] == list(result.optimal_parameters)
        assert row["nit"] == result.nit
    iterations = iterations_table(found)
    assert iterations.num_rows == sum(len(each.result.vqe_result.iteration_list) for each in found)
    energies = [step.result for each in found for step in each.result.vqe_result.iteration_list]
    assert iterations["energy"].to_pylist() == energies
    assert iterations["energy_delta"].null_count == len(found)


def test_the_picture_has_a_panel_for_each_molecule_and_a_line_for_each_run(stored: Path) -> None:
    source = stored / "experiments" / "experiment.vqe" / f"{NAMES[0]}.json"
    shutil.copy(source, source.with_name("again.json"))
    panels = convergence(_loaded(stored)).axes
    shown = {axes.get_title(): len(axes.lines) for axes in panels if axes.axison}
    assert shown == {"H2": 4, "HeH+": 2, "LiH": 2}


def test_the_commands(stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["results", "list", str(stored)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["H2", "HeH+", "LiH"]
    assert run(["results", "export", str(stored), "--out", str(tmp_path / "r.parquet")]) == 0
    assert parquet.read_table(tmp_path / "r.parquet").num_rows == len(NAMES)
    pictures = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for picture in pictures:
        assert run(["results", "plot", str(stored), "--out", str(picture)]) == 0
    assert pictures[0].read_bytes() == pictures[1].read_bytes()
    assert b"LiH" in pictures[0].read_bytes()


def test_an_unreadable_object_is_said_and_gives_100(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (stored / "broken.json").write_text("{")
    assert run(["results", "list", str(stored)]) == 100
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == len(NAMES)
    assert "broken.json" in captured.err
    assert "1 object passed over" in captured.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list", "s3://"], "expected s3://BUCKET/PREFIX"),
        (["list", "nowhere"], "no such folder"),
        (["plot", str(ROOT / "data"), "--out", "x.bmp"], "expected a name that ends in .png, .svg, .pdf"),
    ],
)
def test_mistakes_are_said(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["results", *arguments]) in {1, 2}
    assert said in capsys.readouterr().err
