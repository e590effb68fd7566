"""The records of one decompressed block: typed, resolved into a type, or plain datums.

The compiled function of an interface reads as far as it knows the bytes; from the first record that it does
not know, the walk reads the rest of the block, so that a block costs time linear in its size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from avroforge.codec.binding import bound_type
from avroforge.codec.shape import shapes_of
from avroforge.codec.walk_decode import Walk, root_name
from avroforge.errors import DecodeError
from avroforge.formats.datum_node import datum_node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from avroforge.codec import ir
    from avroforge.codec.lower import LogicalMode
    from avroforge.formats.container_limits import FileBudget
    from avroforge.schema import Schema
    from avroforge.wire.limits import Budget

    Compiled: TypeAlias = Callable[[bytes, int, Budget], tuple[Any, int]]


class Records(Protocol):
    """How the records of a block are read, one after the other."""

    def __call__(self, data: bytes, count: int) -> Iterator[Any]:
        """The records of a block.

        Raises:
            RecordError: fewer, more or damaged records.
        """
        ...


class RecordError(Exception):
    """A record of a block cannot be read; inside this package only, callers see its cause.

    Attributes:
        number: how many records come before it.
        cause: the error; its offset counts from the start of the block's data.
    """

    def __init__(self, number: int, cause: DecodeError) -> None:
        super().__init__(number, cause)
        self.number = number
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Walking:
    """A walk over records, and the step that reads one of them."""

    walk: Walk
    step: Callable[[], Any]

    def records(self, start: int, numbers: range, size: int, budget: FileBudget) -> Iterator[Any]:
        """The records of some numbers; the walk's data starts at `start` of a block of `size` bytes."""
        for number in numbers:
            budget.begin()
            try:
                value = self.step()
                budget.settle()
            except DecodeError as error:
                placed = DecodeError(error.path, start + error.offset, error.reason)
                raise RecordError(number, placed) from None
            except RecursionError:
                reason = "the value is nested deeper than Python's recursion limit allows here"
                raise RecordError(number, DecodeError("<record>", start + self.walk.offset, reason)) from None
            yield value
        _refuse_rest(start + self.walk.offset, size, numbers.stop)


@dataclass(frozen=True, slots=True)
class Source:
    """Where typed records come from.

    Attributes:
        compiled: reads a record at an offset, within a budget: the value and the offset behind it.
        walking: the walk over records from the start of some data, within a budget.
    """

    compiled: Compiled
    walking: Callable[[bytes, Budget], Walking]


def source_of(writer: Schema, interface: type[Any]) -> Source:
    """How an interface reads what a schema wrote.

    Raises:
        ResolutionError: it can read nothing of it.
    """
    if writer.key != interface.SCHEMA_KEY:
        from avroforge.formats.container_resolution import resolving_source  # noqa: PLC0415 - only for other schemas

        resolved = resolving_source(writer, interface)
        if resolved is not None:
            return resolved
    compiled = interface._read  # noqa: SLF001 - the compiled function; `decode` takes whole messages
    bound = bound_type(interface)
    return Source(compiled, lambda data, budget: _reading(data, bound, budget))


class PlainRecords:
    """Plain datums of the writer's schema.

    Args:
        writer: the schema of the file.
        budget: of the file.
        logical_types: ``typed``, or ``raw`` for their underlying types.
    """

    def __init__(self, writer: Schema, budget: FileBudget, logical_types: LogicalMode = "typed") -> None:
        self._node = datum_node(writer, logical_types)
        self._budget = budget

    def __call__(self, data: bytes, count: int) -> Iterator[Any]:
        """The records of a block."""
        _open_block(self._node, data, count, self._budget)
        reading = _reading(data, self._node, self._budget)
        return reading.records(0, range(count), len(data), self._budget)


class TypedRecords:
    """Objects of an interface.

    Args:
        writer: the schema of the file.
        budget: of the file.
        source: the compiled function and the walk that stands in for it.
    """

    def __init__(self, writer: Schema, budget: FileBudget, source: Source) -> None:
        self._node = datum_node(writer, "raw")
        self._budget = budget
        self._source = source

    def __call__(self, data: bytes, count: int) -> Iterator[Any]:
        """The records of a block."""
        _open_block(self._node, data, count, self._budget)
        return self._iterate(data, count)

    def _iterate(self, data: bytes, count: int) -> Iterator[Any]:
        compiled = self._source.compiled
        size = len(data)
        p = 0
        budget = self._budget
        for number in range(count):
            try:
                value, end = compiled(data, p, budget)
            except MemoryError:
                raise
            except Exception:  # noqa: BLE001 - whatever the compiled code met, the walk names it or gets it right
                end = size + 1
            if end > size:
                walking = self._source.walking(data[p:], budget)
                yield from walking.records(p, range(number, count), size, budget)
                return
            if budget.items != budget.start:
                budget.settle()
            p = end
            yield value
        _refuse_rest(p, size, count)


def _reading(data: bytes, node: ir.Node, budget: Budget) -> Walking:
    walk = Walk(data, root_name(node), budget)
    return Walking(walk, lambda: walk.read(node))


def _refuse_rest(offset: int, size: int, count: int) -> None:
    if offset != size:
        reason = f"{size - offset} bytes follow the last record of the block"
        raise RecordError(count, DecodeError("<block>", offset, reason))


def _open_block(node: ir.Node, data: bytes, count: int, budget: FileBudget) -> None:
    """Count a block's bytes, and its records if they take none.

    Raises:
        RecordError: more records without bytes than the file may hold.
    """
    budget.open_block(len(data))
    if not shapes_of(node).smallest(node):
        try:
            budget.spend_records(count)
        except ValueError as error:
            raise RecordError(0, DecodeError("<block>", 0, str(error))) from None
