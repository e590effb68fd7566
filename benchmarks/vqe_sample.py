"""Synthetic VQE results of a chosen size, as plain datums with numbers from a fixed seed."""

from __future__ import annotations

from random import Random
from typing import Any


def sample(iterations: int = 150, parameters: int = 72, terms: int = 631, qubits: int = 12) -> dict[str, Any]:
    """One result as a dict; the defaults give 116 kB of Avro."""
    random = Random(0)  # noqa: S311 - reproducible numbers, not secrets

    def normal(count: int) -> list[float]:
        return [random.gauss(0.0, 1.0) for _ in range(count)]

    def label() -> str:
        return "".join(random.choice("IXYZ") for _ in range(qubits))

    first = normal(parameters)
    return {
        "vqe_result": {
            "initial_data": {
                "backend": "aer_simulator_statevector",
                "num_qubits": qubits,
                "hamiltonian": [
                    {"label": label(), "coefficients": {"real": random.gauss(0.0, 1.0), "imaginary": 0.0}}
                    for _ in range(terms)
                ],
                "num_parameters": parameters,
                "initial_parameters": first,
                "optimizer": "L-BFGS-B",
                "ansatz": "OPENQASM 3.0;\n" * 200,
                "noise_backend": "undef",
                "default_shots": 1024,
                "ansatz_reps": 2,
                "init_strategy": "random",
                "seed": 42,
                "ansatz_name": "EfficientSU2",
                "exact_estimator": False,
            },
            "iteration_list": [
                {
                    "iteration": number + 1,
                    "parameters": normal(parameters),
                    "result": random.gauss(0.0, 1.0),
                    "std": 0.01,
                    "energy_delta": None if number == 0 else random.gauss(0.0, 1.0),
                    "parameter_delta_norm": None if number == 0 else random.gauss(0.0, 1.0),
                    "cumulative_min_energy": -1.1,
                }
                for number in range(iterations)
            ],
            "minimum": -1.13,
            "optimal_parameters": normal(parameters),
            "maxcv": None,
            "minimization_time": 12.0,
            "nuclear_repulsion_energy": 0.7,
            "success": True,
            "nfev": 900,
            "nit": 150,
        },
        "molecule": {
            "molecule_data": {
                "symbols": ["Li", "H"],
                "coords": [[0.0, 0.0, 0.0], [0.0, 0.0, 1.6]],
                "multiplicity": 1,
                "charge": 0,
                "units": "angstrom",
                "masses": None,
            }
        },
        "basis_set": "sto3g",
        "hamiltonian_time": 0.1,
        "mapping_time": 0.2,
        "vqe_time": 3.0,
        "total_time": 3.3,
        "molecule_id": 0,
        "performance_start": None,
        "performance_end": None,
    }
