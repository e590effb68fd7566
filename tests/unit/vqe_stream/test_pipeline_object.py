"""Objects as quantum_pipeline defines them: its attributes, numpy's numbers, a circuit."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from vqe_records import VQEDecoratedResultInterface
from vqe_stream import ResultError, VQEKafkaProducer, result_from_object

if TYPE_CHECKING:
    from pathlib import Path

    from vqe_stream import ProducerConfig


class DistanceUnit(Enum):
    ANGSTROM = "Angstrom"
    BOHR = "Bohr"


@dataclass
class Circuit:
    """Stands for a circuit: a thing that is no text."""

    qasm: str


@dataclass
class MoleculeInfo:
    symbols: list[str]
    coords: list[tuple[float, float, float]]
    multiplicity: int = 1
    charge: int = 0
    units: DistanceUnit = DistanceUnit.ANGSTROM
    masses: Any = None


@dataclass
class VQEInitialData:
    backend: str
    num_qubits: int
    hamiltonian: Any
    num_parameters: int
    initial_parameters: Any
    noise_backend: str
    optimizer: str
    ansatz: Any
    ansatz_reps: int
    default_shots: int | None
    seed: int | None = None
    init_strategy: str = "random"
    ansatz_name: str = "EfficientSU2"
    exact_estimator: bool = False


@dataclass
class VQEProcess:
    iteration: int
    parameters: Any
    result: Any
    std: Any
    energy_delta: Any = None
    parameter_delta_norm: Any = None
    cumulative_min_energy: Any = None


@dataclass
class VQEResult:
    initial_data: VQEInitialData
    iteration_list: list[VQEProcess]
    minimum: Any
    optimal_parameters: Any
    maxcv: Any
    minimization_time: Any
    nuclear_repulsion_energy: Any = None
    success: Any = None
    nfev: Any = None
    nit: Any = None

    @property
    def total_energy(self) -> Any:  # noqa: ANN401 - as there
        return self.minimum + self.nuclear_repulsion_energy


@dataclass
class VQEDecoratedResult:
    vqe_result: VQEResult
    molecule: MoleculeInfo
    basis_set: str
    hamiltonian_time: Any
    mapping_time: Any
    vqe_time: Any
    total_time: Any
    molecule_id: int
    performance_start: dict[str, Any] | None = None
    performance_end: dict[str, Any] | None = None


@dataclass
class Newer(VQEDecoratedResult):
    carbon_footprint: float = field(default=1.0, kw_only=True)


def numbers(values: dict[str, Any]) -> dict[str, Any]:
    """The numbers as that package has them."""
    return {
        name: np.float64(value) if isinstance(value, float) else np.array(value) if _is_row(value) else value
        for name, value in values.items()
    }


def _is_row(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], float)


def foreign(data: Path, name: str = "h2_cobyla") -> VQEDecoratedResult:
    datum = json.loads((data / f"{name}.json").read_bytes())
    initial = datum["vqe_result"]["initial_data"]
    terms = [
        (each["label"], complex(each["coefficients"]["real"], each["coefficients"]["imaginary"]))
        for each in initial["hamiltonian"]
    ]
    start = VQEInitialData(
        **{
            **numbers(initial),
            "hamiltonian": np.array(terms, dtype=object),
            "ansatz": Circuit(initial["ansatz"]),
            "seed": np.int64(initial["seed"]),
        }
    )
    steps = [VQEProcess(**numbers(each)) for each in datum["vqe_result"]["iteration_list"]]
    result = VQEResult(
        **{**numbers(datum["vqe_result"]), "initial_data": start, "iteration_list": steps},
    )
    result.success = np.bool_(result.success)
    molecule = datum["molecule"]["molecule_data"]
    info = MoleculeInfo(
        molecule["symbols"],
        [(x, y, z) for x, y, z in molecule["coords"]],
        molecule["multiplicity"],
        molecule["charge"],
        DistanceUnit[molecule["units"].upper()],
        molecule["masses"],
    )
    return VQEDecoratedResult(**{**numbers(datum), "vqe_result": result, "molecule": info})


def qasm(circuit: Any) -> str:  # noqa: ANN401 - as qiskit.qasm3.dumps
    text: str = circuit.qasm
    return text


@pytest.mark.parametrize("name", ["h2_cobyla", "hehp_slsqp", "lih_lbfgsb"])
def test_its_own_objects_become_the_bytes_of_its_own_writer(name: str, data: Path) -> None:
    typed = result_from_object(foreign(data, name), qasm=qasm)
    assert VQEDecoratedResultInterface().encode(typed) == (data / f"{name}.avro").read_bytes()


def test_arrays_of_doubles_are_not_copied(data: Path) -> None:
    result = foreign(data)
    typed = result_from_object(result, qasm=qasm)
    assert typed.vqe_result.iteration_list[0].parameters is result.vqe_result.iteration_list[0].parameters


def test_performance_data_become_json_text(data: Path) -> None:
    result = foreign(data)
    result.performance_start = {"system": {"cpu": {"percent": np.float64(12.5)}}}
    result.performance_end = {}
    typed = result_from_object(result, qasm=qasm)
    assert typed.performance_start == '{"system": {"cpu": {"percent": 12.5}}}'
    assert typed.performance_end is None


def test_a_hamiltonian_that_numpy_turned_into_texts_is_read(data: Path) -> None:
    result = foreign(data)
    expected = result_from_object(result, qasm=qasm).vqe_result.initial_data.hamiltonian
    pairs = [(label, number) for label, number in result.vqe_result.initial_data.hamiltonian]
    result.vqe_result.initial_data.hamiltonian = np.array(pairs)
    assert result.vqe_result.initial_data.hamiltonian.dtype.kind == "U"
    assert result_from_object(result, qasm=qasm).vqe_result.initial_data.hamiltonian == expected


def test_an_operator_that_lists_its_terms_is_read(data: Path) -> None:
    class Operator:
        def to_list(self) -> list[tuple[str, complex]]:
            return [("IZ", 0.5 + 0.25j), ("ZI", -1)]

    result = foreign(data)
    result.vqe_result.initial_data.hamiltonian = Operator()
    first, second = result_from_object(result, qasm=qasm).vqe_result.initial_data.hamiltonian
    assert (first.label, first.coefficients.real, first.coefficients.imaginary) == ("IZ", 0.5, 0.25)
    assert (second.label, second.coefficients.real, second.coefficients.imaginary) == ("ZI", -1.0, 0.0)


def test_an_ansatz_that_is_text_already_needs_nobody(data: Path) -> None:
    result = foreign(data)
    result.vqe_result.initial_data.ansatz = "OPENQASM 3.0;"
    assert result_from_object(result).vqe_result.initial_data.ansatz == "OPENQASM 3.0;"


def test_a_field_that_the_schema_does_not_know_is_refused(data: Path) -> None:
    result = foreign(data)
    newer = Newer(**vars(result))
    with pytest.raises(ResultError) as caught:
        result_from_object(newer, qasm=qasm)
    assert (caught.value.code, caught.value.path) == ("FIELD_UNKNOWN", "VQEDecoratedResult.carbon_footprint")


def test_a_missing_attribute_is_refused_with_its_place(data: Path) -> None:
    result = foreign(data)
    del result.vqe_result.iteration_list[3].std
    with pytest.raises(ResultError) as caught:
        result_from_object(result, qasm=qasm)
    assert str(caught.value).startswith("FIELD_MISSING VQEDecoratedResult.vqe_result.iteration_list[3].std:")


@pytest.mark.parametrize(
    ("place", "value", "path"),
    [
        ("std", "1.0", "iteration_list[3].std"),
        ("std", 1j, "iteration_list[3].std"),
        ("parameters", np.zeros((2, 2)), "iteration_list[3].parameters"),
        ("parameters", [1.0, 1j], "iteration_list[3].parameters"),
        ("parameters", [1.0, [2.0]], "iteration_list[3].parameters"),
        ("parameters", "123", "iteration_list[3].parameters"),
        ("iteration", 2.5, "iteration_list[3].iteration"),
    ],
)
def test_a_wrong_type_deep_inside_is_named_by_its_path(
    place: str, value: object, path: str, data: Path
) -> None:
    result = foreign(data)
    setattr(result.vqe_result.iteration_list[3], place, value)
    with pytest.raises(ResultError) as caught:
        result_from_object(result, qasm=qasm)
    assert str(caught.value).startswith(f"VALUE_INVALID VQEDecoratedResult.vqe_result.{path}: expected ")


def test_a_circuit_that_cannot_be_written_is_named(data: Path) -> None:
    def broken(_: Any) -> str:  # noqa: ANN401 - as qiskit.qasm3.dumps
        raise RuntimeError("no such gate")

    with pytest.raises(
        ResultError, match=r"VQEDecoratedResult\.vqe_result\.initial_data\.ansatz.*no such gate"
    ):
        result_from_object(foreign(data), qasm=broken)


def test_a_circuit_without_qiskit_says_what_is_missing(data: Path) -> None:
    if find_spec("qiskit"):
        pytest.skip("qiskit is installed here")
    with pytest.raises(ResultError, match="where qiskit is installed"):
        result_from_object(foreign(data))


def test_the_producer_takes_such_an_object_as_it_is(config: ProducerConfig, data: Path) -> None:
    result = foreign(data)
    result.vqe_result.initial_data.ansatz = result.vqe_result.initial_data.ansatz.qasm
    with VQEKafkaProducer(config) as producer:
        durable = producer.send_result(result, wait=True)
        row = producer.find(durable.result_id)
        assert row is not None
        assert row.state == "sent"
