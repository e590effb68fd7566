"""The bound type of a schema without classes: what messages become where nobody generated any."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from avroforge.codec.lower import DatumBinding, Lowering, LowerOptions

if TYPE_CHECKING:
    from avroforge.codec import ir
    from avroforge.codec.lower import LogicalMode
    from avroforge.schema import Schema


@lru_cache(maxsize=128)
def datum_node(schema: Schema, logical_types: LogicalMode = "typed") -> ir.Node:
    """The root type of a schema over plain datums, computed once per parsed schema.

    Args:
        schema: a parsed schema.
        logical_types: ``typed``, or ``raw`` for their underlying types.
    """
    return Lowering(DatumBinding(), LowerOptions("list", logical_types)).lower(schema.type)
