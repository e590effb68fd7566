from __future__ import annotations

import numpy as np
import pytest

from vqe_records import MoleculeData, MoleculeInfo
from vqe_stream.molecule import formula


@pytest.mark.parametrize(
    ("symbols", "charge", "expected"),
    [
        (["H", "H"], 0, "H2"),
        (["He", "H"], 1, "HeH+"),
        (["O", "H"], -1, "OH-"),
        (["C", "O", "O", "O"], -2, "CO3 2-"),
        ([], 0, ""),
    ],
)
def test_a_molecule_is_called_by_its_formula(symbols: list[str], charge: int, expected: str) -> None:
    data = MoleculeData(
        symbols=symbols,
        coords=[np.zeros(3) for _ in symbols],
        multiplicity=1,
        charge=charge,
        units="angstrom",
    )
    assert formula(MoleculeInfo(molecule_data=data)) == expected
