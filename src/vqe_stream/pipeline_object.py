"""Typed results from quantum_pipeline's own objects, by their attributes: that package is never imported.

What differs there: numbers are numpy's, the Hamiltonian is pairs of label and complex number, the ansatz is a
circuit, the molecule is qiskit-nature's, and performance data are dictionaries.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from importlib import import_module
from typing import Any, Final, NoReturn, Protocol, TypeAlias, TypeVar

import numpy as np

from avroforge.errors import EncodeError
from vqe_records import (
    ComplexNumber,
    HamiltonianTerm,
    MoleculeData,
    MoleculeInfo,
    VQEDecoratedResult,
    VQEDecoratedResultInterface,
    VQEInitialData,
    VQEProcess,
    VQEResult,
)
from vqe_stream.adapter import as_result_error
from vqe_stream.errors import ResultError

_ROOT: Final = "VQEDecoratedResult"
_PAIR: Final = 2
_SHOWN: Final = 80

R = TypeVar("R", VQEDecoratedResult, VQEResult, VQEInitialData, VQEProcess, MoleculeData)
Convert: TypeAlias = Callable[[Any, str], object]


class PipelineResult(Protocol):
    """What quantum_pipeline's ``VQEDecoratedResult`` has."""

    vqe_result: Any
    molecule: Any
    basis_set: Any
    hamiltonian_time: Any
    mapping_time: Any
    vqe_time: Any
    total_time: Any
    molecule_id: Any


def result_from_object(
    result: PipelineResult, *, qasm: Callable[[Any], str] | None = None
) -> VQEDecoratedResult:
    """The typed result of quantum_pipeline's own ``VQEDecoratedResult``.

    Args:
        result: the object; arrays are used, not copied, where they are arrays of doubles already.
        qasm: gives the OpenQASM 3 text of a circuit; ``qiskit.qasm3.dumps`` unless given.

    Raises:
        ResultError: a missing attribute, a dataclass field that the schema does not know, or a value that it
            cannot hold; with its place.
    """
    ansatz: Convert = lambda value, path: _ansatz(value, path, qasm)  # noqa: E731 - binds the caller's function
    converters: dict[type, dict[str, Convert]] = {
        VQEInitialData: {
            "hamiltonian": _hamiltonian,
            "initial_parameters": _doubles,
            "ansatz": ansatz,
        },
        VQEProcess: {"parameters": _doubles},
        VQEResult: {
            "initial_data": lambda value, path: _record(VQEInitialData, value, path, converters),
            "iteration_list": lambda value, path: [
                _record(VQEProcess, each, f"{path}[{index}]", converters)
                for index, each in enumerate(_items(value, path))
            ],
            "optimal_parameters": _doubles,
        },
        MoleculeData: {"symbols": _texts, "coords": _coordinates, "units": _units, "masses": _masses},
        VQEDecoratedResult: {
            "vqe_result": lambda value, path: _record(VQEResult, value, path, converters),
            "molecule": lambda value, path: MoleculeInfo(
                molecule_data=_record(MoleculeData, value, path, converters)
            ),
            "performance_start": _performance,
            "performance_end": _performance,
        },
    }
    typed = _record(VQEDecoratedResult, result, _ROOT, converters)
    try:
        # Wrong types deep inside are the codec's to find: it looks at every value anyway.
        VQEDecoratedResultInterface().encode(typed)
    except EncodeError as error:
        raise as_result_error(error, root=_ROOT) from error
    return typed


def _record(
    cls: type[R],
    value: Any,  # noqa: ANN401 - duck-typed
    path: str,
    converters: Mapping[type, Mapping[str, Convert]],
) -> R:
    if isinstance(value, cls):
        return value
    known = cls.__avro_fields__
    if is_dataclass(value):
        for each in fields(value):
            if each.name not in known:
                message = "the schema has no such field; add it to the schema, or leave it out"
                raise ResultError("FIELD_UNKNOWN", message, path=f"{path}.{each.name}")
    convert = converters[cls]
    required = {
        each.name for each in fields(cls) if each.default is MISSING and each.default_factory is MISSING
    }
    found: dict[str, Any] = {}
    for name in known:
        place = f"{path}.{name}"
        if hasattr(value, name):
            found[name] = convert.get(name, _scalar)(getattr(value, name), place)
        elif name in required:
            message = f"expected an attribute of {type(value).__name__}, which has none of this name"
            raise ResultError("FIELD_MISSING", message, path=place)
    return cls(**found)


def _scalar(value: Any, path: str) -> object:  # noqa: ANN401 - duck-typed
    """Python's own number, truth or text where it is numpy's."""
    del path
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return value.item()
    return value


def _doubles(value: Any, path: str) -> np.ndarray[Any, np.dtype[np.float64]]:  # noqa: ANN401 - duck-typed
    try:
        array = np.asarray(value)
    except ValueError:
        _refuse(path, "a list of numbers", value)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "fiu"):
        _refuse(path, "a list of numbers", value)
    return array.astype(np.float64, copy=False)


def _items(value: Any, path: str) -> Iterable[Any]:  # noqa: ANN401 - duck-typed
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        _refuse(path, "a list", value)
    return value


def _texts(value: Any, path: str) -> list[object]:  # noqa: ANN401 - duck-typed
    return [_scalar(each, path) for each in _items(value, path)]


def _coordinates(value: Any, path: str) -> list[np.ndarray[Any, np.dtype[np.float64]]]:  # noqa: ANN401 - duck-typed
    return [_doubles(each, f"{path}[{index}]") for index, each in enumerate(_items(value, path))]


def _masses(value: Any, path: str) -> np.ndarray[Any, np.dtype[np.float64]] | None:  # noqa: ANN401 - duck-typed
    return None if value is None else _doubles(value, path)


def _units(value: Any, path: str) -> object:  # noqa: ANN401 - duck-typed
    """``angstrom`` or ``bohr``, of a text or of qiskit-nature's ``DistanceUnit``."""
    name = getattr(value, "value", value)
    return name.lower() if isinstance(name, str) else _refuse(path, "a unit of distance", value)


def _hamiltonian(value: Any, path: str) -> list[HamiltonianTerm]:  # noqa: ANN401 - duck-typed
    """Terms of pairs (label, complex); a ``SparsePauliOp`` gives its own list of them."""
    pairs = value.to_list() if hasattr(value, "to_list") else value
    return [_term(each, f"{path}[{index}]") for index, each in enumerate(_items(pairs, path))]


def _term(value: Any, path: str) -> HamiltonianTerm:  # noqa: ANN401 - duck-typed
    if isinstance(value, HamiltonianTerm):
        return value
    pair = tuple(_items(value, path))
    if len(pair) != _PAIR:
        _refuse(path, "a pair of label and complex number", value)
    number = _complex(pair[1], f"{path}[1]")
    return HamiltonianTerm(
        label=str(pair[0]) if isinstance(pair[0], str) else _refuse(f"{path}[0]", "a label", pair[0]),
        coefficients=ComplexNumber(real=number.real, imaginary=number.imag),
    )


def _complex(value: Any, path: str) -> complex:  # noqa: ANN401 - duck-typed
    """A number, or its text: an array of pairs that numpy was left to type holds texts."""
    if isinstance(value, bool | bytes):
        _refuse(path, "a complex number", value)
    try:
        return complex(value.strip().strip("()") if isinstance(value, str) else value)
    except (TypeError, ValueError):
        _refuse(path, "a complex number", value)


def _ansatz(value: Any, path: str, qasm: Callable[[Any], str] | None) -> object:  # noqa: ANN401 - duck-typed
    if isinstance(value, str):
        return str(value)
    if qasm is None:
        try:
            qasm = import_module("qiskit.qasm3").dumps
        except ImportError:
            _refuse(path, "OpenQASM 3 text, or a circuit where qiskit is installed", value)
    try:
        return qasm(value)
    except Exception as error:
        # Whatever the foreign function raises: the result must get one clear error with its place.
        reason = f"expected a circuit that can be written as OpenQASM 3: {type(error).__name__}: {error}"
        raise ResultError("VALUE_INVALID", reason, path=path) from error


def _performance(value: Any, path: str) -> object:  # noqa: ANN401 - duck-typed
    """JSON text of a dictionary; an empty one says as little as none."""
    if isinstance(value, str):
        return str(value)
    if not value:
        return None
    try:
        return json.dumps(value, default=_plain_number)
    except (TypeError, ValueError) as error:
        message = f"expected a dictionary that JSON can hold: {error}"
        raise ResultError("VALUE_INVALID", message, path=path) from error


def _plain_number(value: object) -> object:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} {value!r}")


def _refuse(path: str, expected: str, got: object) -> NoReturn:
    shown = repr(got)
    shown = shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 3]}..."
    raise ResultError("VALUE_INVALID", f"expected {expected}, got {type(got).__name__} {shown}", path=path)
