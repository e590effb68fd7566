"""Records of a container file that another schema than the interface's wrote.

Source: Avro 1.12, Schema Resolution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avroforge.codec.binding import schema_of
from avroforge.codec.bound import Sides
from avroforge.codec.plan_shape import PlanShapes
from avroforge.codec.resolve_program import compile_plan
from avroforge.codec.walk_resolve import ResolvingWalk
from avroforge.evolution.plan import Same
from avroforge.evolution.resolution import resolve_schemas
from avroforge.formats.container_record import Source, Walking

if TYPE_CHECKING:
    from avroforge.schema import Schema
    from avroforge.wire.limits import Budget


def resolving_source(writer: Schema, interface: type[Any]) -> Source | None:
    """How an interface reads what another schema wrote; None where the bytes mean the same to both.

    Raises:
        ResolutionError: it can read nothing of it.
    """
    sides = Sides(writer, interface)
    plan = resolve_schemas(writer, schema_of(interface), typed=sides.typed)
    if isinstance(plan, Same):
        return None
    shapes = PlanShapes(plan, sides)

    def walking(data: bytes, budget: Budget) -> Walking:
        walk = ResolvingWalk(data, sides, shapes, budget)
        return Walking(walk, lambda: walk.resolve(plan))

    return Source(compile_plan(plan, sides, shapes), walking)
