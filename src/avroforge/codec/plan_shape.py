"""What the resolving readers need to know of a plan: recursion, cost, the bytes of what is skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.codec import ir
from avroforge.codec.graph import strongly_connected
from avroforge.codec.shape import INLINE_COST, REPEATED_COST, children
from avroforge.evolution.plan import ReadField, ReadRecord, Same, all_records, records_in
from avroforge.evolution.plan import children as inside

if TYPE_CHECKING:
    from avroforge.codec.bound import Sides
    from avroforge.evolution.plan import Plan


class PlanShapes:
    """Facts about the records of a plan, computed once in dependency order."""

    def __init__(self, root: Plan, sides: Sides) -> None:
        self._sides = sides
        records = all_records(root)
        uses = {name: [each.name for each in records_in(record)] for name, record in records.items()}
        groups = strongly_connected(uses)
        self._recursive = {name for group in groups for name in group if len(group) > 1 or name in uses[name]}
        self._cost: dict[str, int] = {}
        for group in groups:
            for name in group:
                self._cost[name] = self._record_cost(records[name])

    def recursive(self, record: ReadRecord) -> bool:
        """Whether reading this record may lead to another of the same pair."""
        return record.name in self._recursive

    def inlined(self, record: ReadRecord, *, repeated: bool = False) -> bool:
        """Whether the code of a parent holds this record's code instead of calling it."""
        most = REPEATED_COST if repeated else INLINE_COST
        return not self.recursive(record) and self._cost[record.name] <= most

    def _record_cost(self, record: ReadRecord) -> int:
        skipped = sum(not isinstance(step, ReadField) for step in record.steps)
        return skipped + len(record.fills) + sum(self.cost(child) for child in inside(record))

    def cost(self, plan: Plan) -> int:
        """How many leaves the code of a plan has, about."""
        match plan:
            case ReadRecord():
                return max(1, self._cost.get(plan.name, INLINE_COST + 1))
            case Same():
                return self._sides.reader_shapes.cost(self._sides.reader(plan.reader))
            case _:
                return 1 + sum(self.cost(child) for child in inside(plan))


class Widths:
    """How many bytes every value of a type takes, where that is always the same."""

    def __init__(self) -> None:
        self._records: dict[str, int | None] = {}

    def width(self, node: ir.Node) -> int | None:
        """The bytes of a value, or None where values differ in length."""
        match node:
            case ir.Primitive():
                return {"null": 0, "boolean": 1, "float": 4, "double": 8}.get(node.kind)
            case ir.Fixed():
                return node.size
            case ir.Logical():
                return self.width(node.base)
            case ir.Record():
                return self._record(node)
            case ir.Enum() | ir.Array() | ir.Map() | ir.Union():
                return None

    def _record(self, node: ir.Record) -> int | None:
        if node.fullname not in self._records:
            # a record that holds itself without a union or array between has no value at all
            self._records[node.fullname] = None
            total = 0
            for child in children(node):
                width = self.width(child)
                if width is None:
                    return None
                total += width
            self._records[node.fullname] = total
        return self._records[node.fullname]
