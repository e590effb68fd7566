"""Emit the decoder of a plan: what one schema wrote, read as another's type, as straight-line Python.

The plain decoder is the special case whose plan is `Same`; its code is used as it is wherever both schemas
agree. What is emitted here follows its rules: right on all it accepts, an exception for all that is unusual.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from avroforge.codec import ir
from avroforge.codec.leaf_reads import ONE_BYTE_INDEXES
from avroforge.codec.resolve_leaves import plan_leaves, skipped_leaves
from avroforge.codec.shape import FIXED_WIDTH
from avroforge.codec.skip import MOST_LOOPS, SkippingDecoder
from avroforge.codec.source import Chain
from avroforge.codec.storage import NUMBERS, reader_name, stored, widening
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
    from collections.abc import Callable, Iterator

    from avroforge.codec.bound import Sides
    from avroforge.codec.namespace import Namespace
    from avroforge.codec.plan_shape import PlanShapes
    from avroforge.codec.source import Lines
    from avroforge.evolution.plan import Fill, Plan


class ResolvingDecoder(SkippingDecoder):
    """Emits the body of one decoding function of a plan."""

    def __init__(self, lines: Lines, names: Namespace, sides: Sides, plans: PlanShapes) -> None:
        super().__init__(lines, names, sides)
        self._plans = plans

    def read(self, plan: Plan, *, paid: bool = False) -> str:
        """Emit the read of one value and return the expression that will hold it once all is flushed.

        Args:
            plan: what to read.
            paid: the budget was charged for the value already, with the array that holds it.
        """
        if isinstance(plan, ReadArray | ReadMap) and self._loops >= MOST_LOOPS:
            return self._read_elsewhere(plan)
        if isinstance(plan, ReadRecord) and not self._plans.inlined(plan, repeated=paid):
            if not paid and not self._sides.smallest(plan.writer):
                self._lines.add("c.spend(1)")
            return self._read_elsewhere(plan)
        if paid and isinstance(plan, Same):
            node = self._sides.reader(plan.reader)
            if isinstance(node, ir.Record):
                return self._record(node, repeated=True)
        return self.body_of(plan)

    def _read_elsewhere(self, plan: Plan) -> str:
        self.flush()
        name = self._lines.fresh("v")
        self._lines.add(f"{name}, p = {self._space.plan_reader(plan)}(d, p, c)")
        return name

    def body_of(self, plan: Plan) -> str:
        """Emit the read of one value in place, whether or not its plan is a function elsewhere."""
        match plan:
            case Same():
                return self.value(self._sides.reader(plan.reader))
            case Cast():
                return self._cast(plan)
            case ReadEnum():
                return self._read_enum(plan)
            case ReadArray():
                return self._read_array(plan)
            case ReadMap():
                return self._read_map(plan)
            case ReadUnion():
                return self._read_union(plan)
            case Enter():
                return self._wrapped(plan, self.read(plan.plan))
            case ReadRecord():
                return self._read_record(plan)
            case Refuse():
                return self._unusual()

    def _unusual(self) -> str:
        self.flush()
        self._lines.add(f"raise {self._names.runtime('unusual')}(p)")
        return "None"

    def _cast(self, plan: Cast) -> str:
        if isinstance(plan.writer, FixedType):
            raw = self.value(ir.Fixed(plan.writer.fullname, plan.writer.size))
        else:
            raw = self._primitive(plan.writer.name)
        return self._converted(plan, raw)

    def _converted(self, plan: Cast, raw: str) -> str:
        convert = self._sides.conversion(plan)
        if convert is None:
            return raw
        self.flush()
        name = self._lines.fresh("v")
        self._lines.add(f"{name} = {self._space.constant(convert)}({raw})")
        return name

    def _read_enum(self, plan: ReadEnum) -> str:
        self.flush()
        name = self._lines.fresh("v")
        node = self._sides.enum(plan.reader)
        members = {index: getattr(node.target, member) for index, member in enumerate(node.members)}
        step = 2 if len(plan.indexes) <= ONE_BYTE_INDEXES else 1
        table = {raw * step: members[index] for raw, index in enumerate(plan.indexes) if index >= 0}
        if step > 1:
            self._lines.add(f"{name} = {self._space.constant(table)}[d[p]]")
            self._lines.add("p += 1")
        else:
            self._lines.add(f"q, p = {self._names.runtime('read_int')}(d, p)")
            self._lines.add(f"{name} = {self._space.constant(table)}[q]")
        return name

    def _read_array(self, plan: ReadArray) -> str:
        self.flush()
        node = self._sides.array(plan.reader)
        whole = self._whole_array(plan, node)
        if whole is not None:
            return whole
        name = self._lines.fresh("v")
        self._lines.add(f"{name} = []")
        with self._blocks(self._sides.smallest(plan.writer.items), self._speculation(name, plan.items)):
            value = self.read(plan.items, paid=True)
            self.flush()
            self._lines.add(f"{name}.append({value})")
        if node.storage != "list":
            self._lines.add(f"{name} = {self._space.constant(partial(stored, node))}({name})")
        return name

    def _speculation(self, result: str, items: Plan) -> Callable[[str, str], None] | None:
        """What reads the records of a block while their sizes are equal, where that is worth a try."""
        leaves = plan_leaves(items, self._sides, self._plans) if isinstance(items, ReadRecord) else None
        if not leaves:
            return None
        return partial(self._run, result, leaves, partial(self._from_leaves, items))

    def _from_leaves(self, plan: Plan, values: Iterator[str]) -> str:
        """Build a value from one name per leaf that was written."""
        match plan:
            case Cast():
                return self._converted(plan, next(values))
            case Enter():
                return self._wrapped(plan, self._from_leaves(plan.plan, values))
            case ReadRecord():
                return self._record_from_leaves(plan, values)
            case Same():
                node = self._sides.reader(plan.reader)
                return self._assembled(node, values) if isinstance(node, ir.Record) else next(values)
            case _:
                raise AssertionError("a plan with leaves has no such part")

    def _record_from_leaves(self, plan: ReadRecord, values: Iterator[str]) -> str:
        found: dict[int, str] = {}
        for step in plan.steps:
            if isinstance(step, ReadField):
                ((index, target),) = step.targets
                found[index] = self._from_leaves(target, values)
            else:
                node = self._sides.writer(step.type)
                for _ in skipped_leaves(node, self._sides.writer_shapes) or ():
                    next(values)
        return self._filled(plan, found)

    def _whole_array(self, plan: ReadArray, node: ir.Array) -> str | None:
        """Read an array of numbers at once and widen it, where that is the whole difference."""
        items = plan.items
        if not isinstance(items, Cast) or isinstance(items.writer, FixedType):
            return None
        kind = items.writer.name
        name = self._lines.fresh("v")
        if node.numbers is not None and kind in NUMBERS:
            self._lines.add(f"{name}, p = {self._names.numeric(reader_name(node, kind))}(d, p)")
            self._lines.add(f"{name} = {self._space.constant(widening(node))}({name})")
            return name
        unchanged = self._sides.conversion(items) is None
        if node.numbers is None and kind in FIXED_WIDTH and unchanged:
            self._lines.add(f"{name}, p = {self._names.runtime(f'read_{kind}_list')}(d, p)")
            return name
        return None

    def _read_map(self, plan: ReadMap) -> str:
        self.flush()
        name = self._lines.fresh("v")
        self._lines.add(f"{name} = {{}}")
        with self._blocks(1 + self._sides.smallest(plan.writer.values)):
            key = self._primitive("string")
            value = self.read(plan.values, paid=True)
            self.flush()
            self._lines.add(f"{name}[{key}] = {value}")
        return name

    def _read_union(self, plan: ReadUnion) -> str:
        name = self._lines.fresh("u")
        self._index(len(plan.branches))
        chain = Chain(self._lines, len(plan.branches), f"raise {self._names.runtime('unusual')}(p)")
        pairs = list(enumerate(plan.branches))
        node = self._sides.writer(plan.writer)
        if isinstance(node, ir.Union) and self._first(node):
            pairs.reverse()
        for index, branch in pairs:
            with chain.arm(f"q == {index}"):
                value = self.read(branch)
                self.flush()
                self._lines.add(f"{name} = {value}")
        chain.end()
        return name

    def _wrapped(self, plan: Enter, value: str) -> str:
        wrapper = self._sides.branch(plan.reader, plan.index).wrapper
        if wrapper is None:
            return value
        self.flush()
        name = self._lines.fresh("v")
        self._lines.add(f"{name} = {self._names.target(wrapper)}({value})")
        return name

    def _read_record(self, plan: ReadRecord) -> str:
        if plan.refusal is not None:
            return self._unusual()
        if plan.fill_size and not self._sides.smallest(plan.writer):
            self._lines.add(f"c.spend({plan.fill_size})")
        values: dict[int, str] = {}
        for step in plan.steps:
            if isinstance(step, ReadField):
                values.update(self._read_field(step))
            else:
                self.skip(self._sides.writer(step.type))
        self.flush()
        return self._filled(plan, values)

    def _filled(self, plan: ReadRecord, values: dict[int, str]) -> str:
        """Build a record from what was read and the reader's defaults."""
        record = self._sides.record(plan.reader)
        values.update((fill.index, self._fill(record, fill)) for fill in plan.fills)
        return self._object(record, [values[index] for index in range(len(record.fields))])

    def _read_field(self, step: ReadField) -> dict[int, str]:
        (first, plan), *others = step.targets
        if not others:
            return {first: self.read(plan)}
        self.flush()
        start = self._lines.fresh("s")
        self._lines.add(f"{start} = p")
        values: dict[int, str] = {}
        for index, each in step.targets:
            self._lines.add(f"p = {start}")
            values[index] = self.read(each)
            self.flush()
        return values

    def _fill(self, record: ir.Record, fill: Fill) -> str:
        """The expression of a default: a constant, or an object of its own."""
        node = record.fields[fill.index].node
        if isinstance(node, ir.Array) and fill.data == b"\x00" and node.storage == "list":
            return "[]"
        if isinstance(node, ir.Map) and fill.data == b"\x00":
            return "{}"
        known = self._sides.default(node, fill)
        if known is None:
            return self._unusual()
        if fill.shared:
            return self._space.constant(known.value)
        read, data = self._space.plain_reader(node), self._space.constant(fill.data)
        return f"{read}({data}, 0, {self._names.runtime('Budget')}())[0]"
