"""What a molecule is called."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vqe_records import MoleculeInfo


def formula(molecule: MoleculeInfo) -> str:
    """``H2``, ``LiH``, ``HeH+``, ``CO3 2-``: elements in the order of the molecule, then the charge."""
    data = molecule.molecule_data
    atoms = "".join(
        symbol if count == 1 else f"{symbol}{count}" for symbol, count in Counter(data.symbols).items()
    )
    sign = "+" if data.charge > 0 else "-"
    match abs(data.charge):
        case 0:
            return atoms
        case 1:
            return f"{atoms}{sign}"
        case charge:
            return f"{atoms} {charge}{sign}"
