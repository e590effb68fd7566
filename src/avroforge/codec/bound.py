"""The two sides of a resolution, bound: what the nodes of both schemas are to the codec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from avroforge.codec import ir
from avroforge.codec.binding import arrays_of, lowering_of, schema_of
from avroforge.codec.conversion import then_read
from avroforge.codec.convert import conversion_of
from avroforge.codec.lower import DatumBinding, Lowering, LowerOptions
from avroforge.codec.plan_shape import Widths
from avroforge.codec.shape import Shapes
from avroforge.codec.walk_decode import Walk, root_name
from avroforge.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from avroforge.evolution.plan import Cast, Fill
    from avroforge.schema import Schema
    from avroforge.schema.model import ArrayType, AvroType, EnumType, RecordType, UnionType


class _Side:
    """One schema's nodes and their bound types; each node is lowered once."""

    def __init__(self, lowering: Lowering) -> None:
        self._lowering = lowering
        self._known: dict[AvroType, ir.Node] = {}

    def node(self, source: AvroType) -> ir.Node:
        found = self._known.get(source)
        if found is None:
            found = self._known[source] = self._lowering.lower(source)
        return found

    @property
    def records(self) -> Mapping[str, ir.Record]:
        return self._lowering.records


class Default(NamedTuple):
    """A default that Python can hold."""

    value: object


class Sides:
    """The writer's types, plain, for their layout; the reader's, bound to the classes of an interface.

    Args:
        writer: the schema that wrote.
        interface: the generated interface that reads.
    """

    def __init__(self, writer: Schema, interface: type[Any]) -> None:
        self.typed = interface.LOGICAL_TYPES != "raw"
        self.arrays = arrays_of(interface)
        self._writer = _Side(Lowering(DatumBinding(), LowerOptions("list", "raw")))
        self._reader = _Side(lowering_of(interface))
        self._writer.node(writer.type)
        self.root = root_name(self._reader.node(schema_of(interface).type))
        """What a path starts with."""
        self.writer_shapes = Shapes(self._writer.records)
        self.reader_shapes = Shapes(self._reader.records)
        self.widths = Widths()

    def conversion(self, plan: Cast) -> Callable[[Any], Any] | None:
        """What turns the writer's underlying value into the reader's value; None where that is the same."""
        node = self.reader(plan.reader)
        if isinstance(node, ir.Logical) and node.own is not None:
            return then_read(conversion_of(plan, typed=False), node)
        return conversion_of(plan, typed=self.typed)

    def writer(self, node: AvroType) -> ir.Node:
        """The layout of a type of the writer."""
        return self._writer.node(node)

    def smallest(self, node: AvroType) -> int:
        """The fewest bytes that a value of the writer can take."""
        return self.writer_shapes.smallest(self._writer.node(node))

    def reader(self, node: AvroType) -> ir.Node:
        """The bound type of a type of the reader."""
        return self._reader.node(node)

    def record(self, node: RecordType) -> ir.Record:
        """The bound record of the reader."""
        found = self._reader.node(node)
        if not isinstance(found, ir.Record):
            raise TypeError("a record is lowered to a record")
        return found

    @staticmethod
    def class_of(record: ir.Record) -> type:
        """The class of a bound record."""
        if not isinstance(record.target, type):
            raise TypeError("an interface binds its records to classes")
        return record.target

    def enum(self, node: EnumType) -> ir.Enum:
        """The bound enum of the reader."""
        found = self._reader.node(node)
        if not isinstance(found, ir.Enum):
            raise TypeError("an enum is lowered to an enum")
        return found

    def branch(self, node: UnionType, index: int) -> ir.Branch:
        """The bound branch of the reader's union."""
        found = self._reader.node(node)
        if not isinstance(found, ir.Union):
            raise TypeError("a union is lowered to a union")
        return found.branches[index]

    def default(self, node: ir.Node, fill: Fill) -> Default | None:
        """The value of a default, or None where Python cannot hold it."""
        del self
        try:
            return Default(Walk(fill.data, "default").read(node))
        except DecodeError:
            return None

    def array(self, node: ArrayType) -> ir.Array:
        """The bound array of the reader."""
        found = self._reader.node(node)
        if not isinstance(found, ir.Array):
            raise TypeError("an array is lowered to an array")
        return found
