"""Read a message of a writer's schema as the reader's type, by walking the plan: slow, exact, the authority.

What is skipped is checked for its extent (lengths, counts, indexes, depth, items without bytes), not for its
content: a block that announces its size is passed over whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avroforge.codec import ir
from avroforge.codec.storage import stored
from avroforge.codec.walk_decode import Walk
from avroforge.errors import DecodeError
from avroforge.evolution.plan import (
    Cast,
    Enter,
    ReadArray,
    ReadEnum,
    ReadField,
    ReadMap,
    ReadRecord,
    ReadUnion,
    Refuse,
    Same,
)
from avroforge.schema.model import FixedType

if TYPE_CHECKING:
    from avroforge.codec.bound import Sides
    from avroforge.codec.plan_shape import PlanShapes
    from avroforge.evolution.plan import Fill, Plan
    from avroforge.schema.model import AvroType
    from avroforge.wire.limits import Budget


class ResolvingWalk(Walk):
    """One reading of one message by a plan."""

    def __init__(self, data: bytes, sides: Sides, shapes: PlanShapes, budget: Budget | None = None) -> None:
        super().__init__(data, sides.root, budget)
        self._sides = sides
        self._shapes = shapes

    def resolve(self, plan: Plan) -> Any:  # noqa: ANN401, RET503 - any type of the reader; the last case raises
        """Read one value."""
        match plan:
            case Same():
                return self.read(self._sides.reader(plan.reader))
            case Cast():
                return self._cast(plan)
            case ReadEnum():
                return self._enum(plan)
            case ReadArray():
                return self._resolve_array(plan)
            case ReadMap():
                return self._resolve_map(plan)
            case ReadUnion():
                index = self._long("union index", 0, len(plan.branches) - 1)
                return self.resolve(plan.branches[index])
            case Enter():
                value = self.resolve(plan.plan)
                wrapper = self._sides.branch(plan.reader, plan.index).wrapper
                return wrapper(value) if isinstance(wrapper, type) else value
            case ReadRecord():
                return self._resolve_record(plan)
            case Refuse():
                self._fail(plan.reason)

    def _cast(self, plan: Cast) -> object:
        start = self._offset
        raw = (
            self._take(plan.writer.size, "fixed")
            if isinstance(plan.writer, FixedType)
            else self._primitive(plan.writer.name)
        )
        convert = self._sides.conversion(plan)
        if convert is None:
            return raw
        try:
            return convert(raw)
        except (ValueError, ArithmeticError) as error:
            self._fail(f"the writer's value as the reader's type: {error}", start)

    def _enum(self, plan: ReadEnum) -> object:
        start = self._offset
        index = self._long("enum index", 0, len(plan.indexes) - 1)
        node = self._sides.enum(plan.reader)
        if plan.indexes[index] < 0:
            symbol = plan.writer.symbols[index]
            self._fail(f"symbol {symbol!r}: expected one of {node.fullname}, which has no default", start)
        return getattr(node.target, node.members[plan.indexes[index]])

    def _resolve_array(self, plan: ReadArray) -> object:
        result: list[Any] = []

        def item(number: int) -> None:
            self._path.append(f"[{number}]")
            result.append(self.resolve(plan.items))
            self._path.pop()

        self._blocks(self._smallest(plan.writer.items), item)
        return stored(self._sides.array(plan.reader), result)

    def _resolve_map(self, plan: ReadMap) -> object:
        result: dict[str, object] = {}

        def item(number: int) -> None:
            self._path.append(f"[key {number}]")
            key = self._text("map key")
            self._path[-1] = f"[{key!r}]"
            result[key] = self.resolve(plan.values)
            self._path.pop()

        self._blocks(1 + self._smallest(plan.writer.values), item)
        return result

    def _smallest(self, node: AvroType) -> int:
        return self._sides.smallest(node)

    def _deeper(self, recursive: bool) -> None:
        if recursive:
            try:
                self._budget.enter()
            except ValueError as error:
                self._fail(str(error))

    def _resolve_record(self, plan: ReadRecord) -> object:
        if plan.refusal is not None:
            self._fail(plan.refusal)
        recursive = self._shapes.recursive(plan)
        self._deeper(recursive)
        self._pay(plan)
        node = self._sides.record(plan.reader)
        result: object = object.__new__(self._sides.class_of(node))
        for step in plan.steps:
            self._path.append(f".{step.name}")
            start = self._offset
            if isinstance(step, ReadField):
                for index, target in step.targets:
                    self._offset = start
                    object.__setattr__(result, node.fields[index].attribute, self.resolve(target))
            else:
                self.skip(self._sides.writer(step.type))
            self._path.pop()
        for fill in plan.fills:
            object.__setattr__(result, node.fields[fill.index].attribute, self._fill(plan, fill))
        self._budget.depth += recursive
        return result

    def _pay(self, plan: ReadRecord) -> None:
        """Charge for a record that takes no bytes, and for its defaults.

        As an array's item the record itself is paid for with the block.
        """
        if not self._smallest(plan.writer):
            try:
                self._budget.spend(plan.fill_size + (not self._path[-1].endswith("]")))
            except ValueError as error:
                self._fail(str(error))

    def _fill(self, plan: ReadRecord, fill: Fill) -> object:
        """A default, read from its own bytes."""
        field = self._sides.record(plan.reader).fields[fill.index]
        try:
            return Walk(fill.data, "default").read(field.node)
        except DecodeError as error:
            self._path.append(f".{field.name}")
            self._fail(f"the default that the reader's schema gives: {error.reason}")

    def skip(self, node: ir.Node) -> None:
        """Pass over one value of the writer."""
        match node:
            case ir.Primitive(kind="null"):
                pass
            case ir.Primitive(kind="boolean"):
                self._take(1, "boolean")
            case ir.Primitive(kind="bytes" | "string"):
                self._length_prefixed(node.kind)
            case ir.Primitive():
                self._primitive(node.kind)
            case ir.Fixed():
                self._take(node.size, "fixed")
            case ir.Enum():
                self._long("enum index", 0, len(node.symbols) - 1)
            case ir.Array():
                self._skip_blocks(node.items, keyed=False)
            case ir.Map():
                self._skip_blocks(node.values, keyed=True)
            case ir.Union():
                index = self._long("union index", 0, len(node.branches) - 1)
                self.skip(node.branches[index].node)
            case ir.Record():
                self._skip_record(node)
            case ir.Logical():
                self.skip(node.base)

    def _skip_record(self, node: ir.Record) -> None:
        if self._sides.widths.width(node) == 0:
            return
        recursive = self._sides.writer_shapes.recursive(node)
        self._deeper(recursive)
        for field in node.fields:
            self._path.append(f".{field.name}")
            self.skip(field.node)
            self._path.pop()
        self._budget.depth += recursive

    def _skip_blocks(self, node: ir.Node, *, keyed: bool) -> None:
        smallest = self._sides.writer_shapes.smallest(node) + keyed
        whole = None if keyed else self._sides.widths.width(node)
        number = 0
        while True:
            count, end = self._block(smallest)
            if count == 0:
                return
            if end >= 0:
                self._offset = end
            elif whole is not None:
                self._take(whole * count, f"block of {count} items")
            else:
                for _ in range(count):
                    self._path.append(f"[{number}]")
                    if keyed:
                        self._length_prefixed("map key")
                    self.skip(node)
                    self._path.pop()
                    number += 1


def decode(data: bytes, plan: Plan, sides: Sides, shapes: PlanShapes, budget: Budget | None = None) -> Any:  # noqa: ANN401 - any type of the reader
    """Decode the whole of `data` by a plan, within a budget of its own.

    Raises:
        DecodeError: with the path, the offset and the reason.
    """
    walk = ResolvingWalk(data, sides, shapes, budget)
    try:
        value = walk.resolve(plan)
    except RecursionError:
        reason = "the value is nested deeper than Python's recursion limit allows here"
        raise DecodeError(sides.root, walk.offset, reason) from None
    if walk.offset != len(data):
        raise DecodeError(sides.root, walk.offset, f"{len(data) - walk.offset} bytes follow the value")
    return value
