"""A producer and a consumer as a user writes them; mypy --strict must have nothing to say."""

# ruff: noqa: T201 - a sample prints

from __future__ import annotations

import numpy as np

from vqe_records import (
    ComplexNumber,
    HamiltonianTerm,
    MoleculeData,
    MoleculeInfo,
    VQEDecoratedResult,
    VQEInitialData,
    VQEProcess,
    VQEResult,
)
from vqe_stream import (
    ProducerConfig,
    ResultError,
    SecurityConfig,
    VQEKafkaConsumer,
    VQEKafkaProducer,
    result_from_json,
    result_to_json,
)


def run(iterations: int) -> VQEDecoratedResult:
    """What a computation of hours leaves behind."""
    parameters = np.linspace(0.0, 1.0, 4)
    start = VQEInitialData(
        backend="aer_simulator",
        num_qubits=2,
        hamiltonian=[HamiltonianTerm(label="ZZ", coefficients=ComplexNumber(real=-1.05, imaginary=0.0))],
        num_parameters=4,
        initial_parameters=parameters,
        optimizer="COBYLA",
        ansatz="OPENQASM 3.0;",
        noise_backend="undef",
        default_shots=None,
        ansatz_reps=2,
        seed=42,
    )
    steps = [
        VQEProcess(iteration=number, parameters=parameters * number, result=-1.0 / number, std=0.0)
        for number in range(1, iterations + 1)
    ]
    return VQEDecoratedResult(
        vqe_result=VQEResult(
            initial_data=start,
            iteration_list=steps,
            minimum=min(step.result for step in steps),
            optimal_parameters=parameters,
            minimization_time=1.5,
        ),
        molecule=MoleculeInfo(
            molecule_data=MoleculeData(
                symbols=["H", "H"],
                coords=[np.zeros(3), np.array([0.0, 0.0, 0.7414])],
                multiplicity=1,
                charge=0,
                units="angstrom",
            )
        ),
        basis_set="sto3g",
        hamiltonian_time=0.1,
        mapping_time=0.1,
        vqe_time=1.5,
        total_time=1.7,
        molecule_id=0,
    )


def publish(config: ProducerConfig) -> str:
    """Store a result, wait a moment for its delivery, and say where it stands."""
    with VQEKafkaProducer(config) as producer:
        durable = producer.send_result(run(3), run_id="run-2026-11-23", wait=True)
        row = producer.find(durable.result_id)
        counts = producer.flush(timeout=1.0)
        return f"{durable.result_id}: {row.state if row else 'stored'}, {counts.pending} waiting"


def energies(config: ProducerConfig) -> list[float]:
    """The minimum of every result in the topic."""
    with VQEKafkaConsumer(config, idle_timeout=0.0) as consumer:
        return [result.vqe_result.minimum for result in consumer]


def from_file(text: str) -> VQEDecoratedResult | None:
    """A result out of a file, or None with the reason on the screen."""
    try:
        return result_from_json(text, "result.json")
    except ResultError as error:
        print(error.code, error.path, error.message)
        return None


if __name__ == "__main__":
    settings = ProducerConfig("embedded:", security=SecurityConfig.get_default(), retries=5)
    print(publish(settings))
    print(energies(settings))
    print(result_to_json(run(1)))
