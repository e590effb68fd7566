"""Convergence: energy by iteration, a panel for each molecule, a line for each run."""

from __future__ import annotations

import math
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from vqe_stream.molecule import formula

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from matplotlib.axes import Axes

    from vqe_records import VQEDecoratedResult
    from vqe_stream.results.source import StoredResult

_COLUMNS: Final = 3
_PANEL: Final = (4.6, 3.4)
# More lines than this have no use for a legend.
_NAMED: Final = 6
# The same bytes for the same results: no date, no random ids.
_FIXED: Final[Mapping[Any, str]] = {"svg.hashsalt": "vqe-stream", "svg.fonttype": "none"}


def convergence(results: Iterable[StoredResult]) -> Figure:
    """The figure: every evaluation as a dot, the lowest energy so far as a line.

    Energies are total ones, in hartree, where the nuclear repulsion is known, electronic ones otherwise; the
    axis says which. A molecule of which some runs know it and some do not has a panel for each.
    """
    ordered = sorted(results, key=lambda each: (_title(each.result), each.name))
    panels = [(title, list(runs)) for title, runs in groupby(ordered, key=lambda each: _title(each.result))]
    columns = min(_COLUMNS, len(panels)) or 1
    rows = math.ceil(len(panels) / columns) or 1
    figure = Figure(figsize=(_PANEL[0] * columns, _PANEL[1] * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).flatten()
    for place, (title, runs) in zip(axes, panels, strict=False):
        _draw(place, title, [each.result for each in runs])
    for place in axes[len(panels) :]:
        place.set_axis_off()
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write the figure in the format that the file's ending names (png, svg, pdf).

    Raises:
        ValueError: matplotlib knows no such format.
    """
    with mpl.rc_context(dict(_FIXED)):
        figure.savefig(path, dpi=160, metadata={"Date": None} if path.suffix == ".svg" else None)


def _title(result: VQEDecoratedResult) -> tuple[str, str]:
    known = result.vqe_result.nuclear_repulsion_energy is not None
    return formula(result.molecule), "total energy" if known else "electronic energy"


def _draw(axes: Axes, title: tuple[str, str], runs: list[VQEDecoratedResult]) -> None:
    for index, run in enumerate(runs):
        repulsion = run.vqe_result.nuclear_repulsion_energy or 0.0
        steps = [each.iteration for each in run.vqe_result.iteration_list]
        energies = [each.result + repulsion for each in run.vqe_result.iteration_list]
        lowest = list(accumulate(energies, min))
        colour = f"C{index % 10}"
        axes.plot(steps, energies, ".", color=colour, markersize=4, alpha=0.55)
        axes.plot(steps, lowest, "-", color=colour, linewidth=1.6, drawstyle="steps-post", label=_run(run))
    molecule, energy = title
    axes.set_title(molecule)
    axes.set_xlabel("evaluation")
    axes.set_ylabel(f"{energy} / hartree")
    axes.grid(visible=True, alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    if len(runs) <= _NAMED:
        axes.legend(frameon=False, fontsize="small")


def _run(result: VQEDecoratedResult) -> str:
    initial = result.vqe_result.initial_data
    lowest = result.vqe_result.minimum + (result.vqe_result.nuclear_repulsion_energy or 0.0)
    return f"{initial.optimizer}, {result.basis_set}: {lowest:.6f}"
