"""``vqe-stream results``: look at what the sink stored, as lines, as a table, as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import click

from avroforge.errors import ConfigurationError
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import complain, counted, say
from vqe_stream.molecule import formula
from vqe_stream.results import StoredResult, open_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    F = TypeVar("F", bound=Callable[..., object])

_PICTURES: Final = (".png", ".svg", ".pdf")


@click.group("results")
def command() -> None:
    """Look at stored results.

    PLACE is a folder of JSON objects, looked through with all below it, or s3://BUCKET/PREFIX. For S3, keys
    and region come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, or from the files of the AWS
    tools.

    An object that is no result is said on standard error and passed over; then the exit code is 100.
    """


def _place(function: F) -> F:
    endpoint = click.option(
        "--endpoint-url",
        metavar="URL",
        envvar="AWS_ENDPOINT_URL_S3",
        help="S3 server, if it is not Amazon's.  [env var: AWS_ENDPOINT_URL_S3; default: Amazon's]",
    )
    return click.argument("place")(endpoint(function))


class _Reading:
    """Results as they come, with a count of what could not be read."""

    def __init__(self, place: str, endpoint_url: str | None) -> None:
        self._source = open_source(place, endpoint_url=endpoint_url)
        self.unreadable = 0

    def __iter__(self) -> Iterator[StoredResult]:
        for each in self._source.load():
            if isinstance(each, StoredResult):
                yield each
            else:
                complain(f"{each.name}: {each.reason}")
                self.unreadable += 1

    @property
    def exit_code(self) -> ExitCode:
        """100 after an object that could not be read."""
        if self.unreadable:
            complain(f"{counted(self.unreadable, 'object')} passed over")
        return ExitCode.FINDINGS if self.unreadable else ExitCode.CLEAN


@command.command("list")
@_place
def list_command(*, place: str, endpoint_url: str | None) -> ExitCode:
    """Print a line for each result: molecule, basis set, optimizer, evaluations, minimum, name."""
    reading = _Reading(place, endpoint_url)
    found = 0
    for each in reading:
        found += 1
        say(_line(each))
    if not found and not reading.unreadable:
        complain(f"{place}: no results: nothing there ends in .json")
    return reading.exit_code


@command.command("export")
@_place
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Parquet file to write.",
)
@click.option(
    "--rows",
    type=click.Choice(["results", "iterations"]),
    default="results",
    show_default=True,
    help="What a row is.",
)
def export_command(*, place: str, endpoint_url: str | None, out: Path, rows: str) -> ExitCode:
    """Write the results as one Parquet table, for analysis with pandas, Polars, DuckDB or Spark."""
    from pyarrow import parquet  # noqa: PLC0415 - slow to import, and only this command writes tables

    from vqe_stream.results.table import iterations_table, results_table  # noqa: PLC0415 - as above

    reading = _Reading(place, endpoint_url)
    table = (results_table if rows == "results" else iterations_table)(reading)
    parquet.write_table(table, out)
    say(f"{out}: {counted(table.num_rows, 'row')} of {table.num_columns} columns")
    return reading.exit_code


@command.command("plot")
@_place
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default="convergence.png",
    show_default=True,
    help="Picture to write; its ending chooses png, svg or pdf.",
)
def plot_command(*, place: str, endpoint_url: str | None, out: Path) -> ExitCode:
    """Draw how the energy converges: a panel for each molecule, a line for each run."""
    from vqe_stream.results.plot import convergence, save  # noqa: PLC0415 - matplotlib is slow to import

    if out.suffix not in _PICTURES:
        raise ConfigurationError(f"--out {out}: expected a name that ends in {', '.join(_PICTURES)}")
    reading = _Reading(place, endpoint_url)
    results = list(reading)
    if not results:
        complain(f"{place}: no results to draw")
        return ExitCode.FINDINGS
    save(convergence(results), out)
    say(f"{out}: {counted(len(results), 'run')}")
    return reading.exit_code


def _line(stored: StoredResult) -> str:
    result = stored.result.vqe_result
    return (
        f"{formula(stored.result.molecule):<10} {stored.result.basis_set:<8}"
        f" {result.initial_data.optimizer:<10} {len(result.iteration_list):>6} {result.minimum:>14.9f}"
        f"  {stored.name}"
    )
