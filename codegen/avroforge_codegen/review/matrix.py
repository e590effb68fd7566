"""Who reads whom, over all versions of a subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.errors import SchemaError
from avroforge.evolution import check_compatibility
from avroforge_codegen.review.report import Matrix

if TYPE_CHECKING:
    from avroforge.schema import Schema
    from avroforge_codegen.review.units import Unit

MOST_VERSIONS: Final = 24
"""The oldest beyond are left out."""


def matrix_of(unit: Unit) -> Matrix | None:
    """The matrix of a unit: its registered versions, what it is compared with, and the new schema."""
    labelled = [(f"v{version.number}", version.schema) for version in unit.history[-MOST_VERSIONS:]]
    if unit.old is not None and all(schema.key != unit.old.key for _, schema in labelled):
        labelled.append(("old", unit.old))
    if unit.new is not None:
        labelled.append(("new", unit.new))
    schemas = [schema for _, schema in labelled]
    cells = tuple(tuple(_reads(reader, writer) for writer in schemas) for reader in schemas)
    return Matrix(tuple(label for label, _ in labelled), cells)


def _reads(reader: Schema, writer: Schema) -> bool:
    try:
        return check_compatibility(reader, writer).compatible
    except SchemaError:
        # an ambiguous alias: no verdict is no yes
        return False
