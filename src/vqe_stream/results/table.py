"""Results as Arrow tables: a row for each result, or for each iteration of each result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa

from vqe_stream.molecule import formula

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vqe_records import VQEDecoratedResult, VQEProcess
    from vqe_stream.results.source import StoredResult


def total_energy(result: VQEDecoratedResult) -> float | None:
    """Electronic minimum and nuclear repulsion together, in hartree; None where the latter is not known."""
    repulsion = result.vqe_result.nuclear_repulsion_energy
    return None if repulsion is None else result.vqe_result.minimum + repulsion


# Column, its type, and where it comes from. Energies in hartree, times in seconds.
_RESULT: Final[tuple[tuple[str, pa.DataType, Callable[[VQEDecoratedResult], object]], ...]] = (
    ("molecule", pa.string(), lambda each: formula(each.molecule)),
    ("molecule_id", pa.int32(), lambda each: each.molecule_id),
    ("basis_set", pa.string(), lambda each: each.basis_set),
    ("backend", pa.string(), lambda each: each.vqe_result.initial_data.backend),
    ("optimizer", pa.string(), lambda each: each.vqe_result.initial_data.optimizer),
    ("ansatz_name", pa.string(), lambda each: each.vqe_result.initial_data.ansatz_name),
    ("num_qubits", pa.int32(), lambda each: each.vqe_result.initial_data.num_qubits),
    ("num_parameters", pa.int32(), lambda each: each.vqe_result.initial_data.num_parameters),
    ("hamiltonian_terms", pa.int32(), lambda each: len(each.vqe_result.initial_data.hamiltonian)),
    ("seed", pa.int64(), lambda each: each.vqe_result.initial_data.seed),
    ("minimum", pa.float64(), lambda each: each.vqe_result.minimum),
    ("nuclear_repulsion_energy", pa.float64(), lambda each: each.vqe_result.nuclear_repulsion_energy),
    ("total_energy", pa.float64(), total_energy),
    ("success", pa.bool_(), lambda each: each.vqe_result.success),
    ("iterations", pa.int32(), lambda each: len(each.vqe_result.iteration_list)),
    ("nfev", pa.int64(), lambda each: each.vqe_result.nfev),
    ("nit", pa.int64(), lambda each: each.vqe_result.nit),
    ("hamiltonian_time", pa.float64(), lambda each: each.hamiltonian_time),
    ("mapping_time", pa.float64(), lambda each: each.mapping_time),
    ("vqe_time", pa.float64(), lambda each: each.vqe_time),
    ("minimization_time", pa.float64(), lambda each: each.vqe_result.minimization_time),
    ("total_time", pa.float64(), lambda each: each.total_time),
    ("optimal_parameters", pa.list_(pa.float64()), lambda each: each.vqe_result.optimal_parameters),
)
_ITERATION: Final[tuple[tuple[str, pa.DataType, Callable[[VQEProcess], object]], ...]] = (
    ("iteration", pa.int32(), lambda each: each.iteration),
    ("energy", pa.float64(), lambda each: each.result),
    ("std", pa.float64(), lambda each: each.std),
    ("energy_delta", pa.float64(), lambda each: each.energy_delta),
    ("parameter_delta_norm", pa.float64(), lambda each: each.parameter_delta_norm),
    ("cumulative_min_energy", pa.float64(), lambda each: each.cumulative_min_energy),
    ("parameters", pa.list_(pa.float64()), lambda each: each.parameters),
)


def results_table(results: Iterable[StoredResult]) -> pa.Table:
    """A row for each result: what was computed, how, for how long, and what came out.

    Columns ``name`` (where it is stored), then those of the result; energies in hartree, times in seconds.
    """
    stored = list(results)
    columns = {"name": pa.array([each.name for each in stored], pa.string())}
    for name, kind, get in _RESULT:
        columns[name] = pa.array([get(each.result) for each in stored], kind)
    return pa.table(columns)


def iterations_table(results: Iterable[StoredResult]) -> pa.Table:
    """A row for each iteration of each result, to join with `results_table` by ``name``.

    Columns ``name``, ``molecule``, then those of the iteration; energies in hartree.
    """
    rows = [
        (each.name, formula(each.result.molecule), iteration)
        for each in results
        for iteration in each.result.vqe_result.iteration_list
    ]
    columns = {
        "name": pa.array([name for name, _, _ in rows], pa.string()),
        "molecule": pa.array([molecule for _, molecule, _ in rows], pa.string()),
    }
    for name, kind, get in _ITERATION:
        columns[name] = pa.array([get(iteration) for _, _, iteration in rows], kind)
    return pa.table(columns)
