"""Flatten the records of a plan for constant-stride speculation (`wire.stride`): what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.codec import ir
from avroforge.codec.leaves import MOST_LEAVES, stride_leaves
from avroforge.evolution.plan import Cast, Enter, ReadField, ReadRecord, Same

if TYPE_CHECKING:
    from avroforge.codec.bound import Sides
    from avroforge.codec.leaves import Leaf
    from avroforge.codec.plan_shape import PlanShapes
    from avroforge.codec.shape import Shapes
    from avroforge.evolution.plan import Plan


def plan_leaves(plan: Plan, sides: Sides, plans: PlanShapes) -> tuple[Leaf, ...] | None:
    """The leaves of a plan in order of their bytes, or None where a part has no constant size to bet on."""
    found: list[Leaf] = []
    return tuple(found) if _collect(plan, sides, plans, found) and len(found) <= MOST_LEAVES else None


def skipped_leaves(node: ir.Node, shapes: Shapes) -> tuple[Leaf, ...] | None:
    """The leaves of a type of the writer that is passed over; the index of an enum is still looked at."""
    leaves = _leaves(node, shapes)
    return None if leaves is None else tuple(each if _has_enum(each) else ("skip", each) for each in leaves)


def _has_enum(leaf: object) -> bool:
    return isinstance(leaf, ir.Enum) or (isinstance(leaf, tuple) and any(map(_has_enum, leaf)))


def _leaves(node: ir.Node, shapes: Shapes) -> tuple[Leaf, ...] | None:
    if isinstance(node, ir.Record):
        return stride_leaves(node, shapes)
    return stride_leaves(ir.Record("", None, (ir.Field("", "", node),)), shapes)


def _collect(plan: Plan, sides: Sides, plans: PlanShapes, found: list[Leaf]) -> bool:
    """Add the leaves of a plan to `found`; whether that was possible."""
    match plan:
        case Same():
            leaves = _leaves(sides.reader(plan.reader), sides.reader_shapes)
        case Cast():
            leaves = _leaves(sides.writer(plan.writer), sides.writer_shapes)
        case Enter():
            return _collect(plan.plan, sides, plans, found)
        case ReadRecord():
            return _collect_record(plan, sides, plans, found)
        case _:
            return False
    found.extend(leaves or ())
    return leaves is not None


def _collect_record(plan: ReadRecord, sides: Sides, plans: PlanShapes, found: list[Leaf]) -> bool:
    if plans.recursive(plan) or plan.refusal is not None or not plan.steps:
        return False
    for step in plan.steps:
        if len(found) > MOST_LEAVES:
            return False
        if isinstance(step, ReadField):
            if len(step.targets) > 1 or not _collect(step.targets[0][1], sides, plans, found):
                return False
        else:
            leaves = skipped_leaves(sides.writer(step.type), sides.writer_shapes)
            if leaves is None:
                return False
            found.extend(leaves)
    return True
