"""Read a message by walking its bound type: slow, exact, and the authority on what is a value.

Every input gives a value or one `DecodeError`, in time and memory linear in the input (`wire.limits`).
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Any, Final, NoReturn

from avroforge.codec import conversion, ir
from avroforge.codec.shape import shapes_of
from avroforge.codec.storage import stored
from avroforge.errors import DecodeError
from avroforge.schema.model import simple_name
from avroforge.wire.limits import Budget
from avroforge.wire.varint import INT_MAX, INT_MIN, read_long

if TYPE_CHECKING:
    from collections.abc import Callable

_DOUBLE: Final = Struct("<d")
_FLOAT: Final = Struct("<f")
_new: Final = object.__new__


class Walk:
    """One reading of one message: the data, the offset, and the path from the root."""

    def __init__(self, data: bytes, root: str, budget: Budget | None = None) -> None:
        self._data = data
        self._offset = 0
        self._path = [root]
        self._budget = budget or Budget()
        self._recursive: dict[str, bool] = {}
        self._free: dict[str, bool] = {}

    @property
    def offset(self) -> int:
        """The offset of the first byte not read."""
        return self._offset

    def _fail(self, reason: str, offset: int | None = None) -> NoReturn:
        raise DecodeError("".join(self._path), self._offset if offset is None else offset, reason)

    def _long(self, what: str, low: int, high: int) -> int:
        start = self._offset
        try:
            number, self._offset = read_long(self._data, start)
        except IndexError:
            self._fail(f"the data ends inside the {what}", start)
        except ValueError as error:
            self._fail(f"{what}: {error}", start)
        if not low <= number <= high:
            self._fail(f"{what}: expected {low} to {high}, got {number}", start)
        return number

    def _take(self, size: int, what: str) -> bytes:
        left = len(self._data) - self._offset
        if size > left:
            self._fail(f"{what} of {size} bytes, but {left} bytes are left")
        start = self._offset
        self._offset += size
        return self._data[start : self._offset]

    def _length_prefixed(self, what: str) -> bytes:
        start = self._offset
        size = self._long(f"length of the {what}", -(2**63), 2**63 - 1)
        if not 0 <= size <= len(self._data) - self._offset:
            left = len(self._data) - self._offset
            self._fail(f"length of the {what}: expected 0 to {left}, got {size}", start)
        return self._take(size, what)

    def _text(self, what: str) -> str:
        start = self._offset
        raw = self._length_prefixed(what)
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            self._fail(f"{what}: invalid UTF-8 ({error.reason}) at byte {error.start} of it", start)

    def read(self, node: ir.Node) -> Any:  # noqa: ANN401 - whatever Python type the node becomes
        """Read one value of `node`."""
        match node:
            case ir.Primitive():
                return self._primitive(node.kind)
            case ir.Fixed():
                return self._take(node.size, "fixed")
            case ir.Enum():
                index = self._long("enum index", 0, len(node.symbols) - 1)
                return (
                    node.symbols[index] if node.target is None else getattr(node.target, node.members[index])
                )
            case ir.Array():
                return self._array(node)
            case ir.Map():
                return self._map(node)
            case ir.Union():
                return self._union(node)
            case ir.Record():
                return self._record(node)
            case ir.Logical():
                return self._logical(node)

    def _primitive(self, kind: str) -> object:
        match kind:
            case "null":
                return None
            case "boolean":
                raw = self._take(1, "boolean")[0]
                if raw > 1:
                    self._fail(f"boolean: expected 0 or 1, got {raw}", self._offset - 1)
                return raw == 1
            case "int":
                return self._long("int", INT_MIN, INT_MAX)
            case "long":
                return self._long("long", -(2**63), 2**63 - 1)
            case "float":
                return _FLOAT.unpack(self._take(4, "float"))[0]
            case "double":
                return _DOUBLE.unpack(self._take(8, "double"))[0]
            case "bytes":
                return self._length_prefixed("bytes")
            case _:
                return self._text("string")

    def _logical(self, node: ir.Logical) -> object:
        start = self._offset
        raw = self.read(node.base)
        try:
            return conversion.read(node, raw)
        except (ValueError, ArithmeticError) as error:
            self._fail(f"{node.name}: {error}", start)

    def _block(self, smallest: int) -> tuple[int, int]:
        """Read a block's header: how many items follow (none ends the blocks), its announced end or -1."""
        start = self._offset
        count = self._long("block count", -(2**63) + 1, 2**63 - 1)
        end = -1
        if count < 0:
            count = -count
            end = self._long("block size", 0, len(self._data) - self._offset) + self._offset
            if end > len(self._data):
                self._fail("block size reaches past the data", start)
        left = (len(self._data) if end < 0 else end) - self._offset
        if count * smallest > left:
            self._fail(f"block of {count} items, but {left} bytes are left", start)
        if smallest == 0:
            try:
                self._budget.spend(count)
            except ValueError as error:
                self._fail(str(error), start)
        return count, end

    def _blocks(self, smallest: int, item: Callable[[int], None]) -> None:
        """Read blocks until the empty one; `item` reads one item, given its number."""
        number = 0
        while True:
            start = self._offset
            count, end = self._block(smallest)
            if count == 0:
                return
            for _ in range(count):
                item(number)
                number += 1
            if end >= 0 and self._offset != end:
                self._fail(f"block announced to end at byte {end} ends at byte {self._offset}", start)

    def _array(self, node: ir.Array) -> object:
        result: list[Any] = []

        def item(number: int) -> None:
            self._path.append(f"[{number}]")
            result.append(self.read(node.items))
            self._path.pop()

        self._blocks(_smallest(node.items), item)
        return stored(node, result)

    def _map(self, node: ir.Map) -> object:
        result: dict[str, object] = {}

        def item(number: int) -> None:
            self._path.append(f"[key {number}]")
            key = self._text("map key")
            self._path[-1] = f"[{key!r}]"
            result[key] = self.read(node.values)
            self._path.pop()

        self._blocks(1 + _smallest(node.values), item)
        return result

    def _union(self, node: ir.Union) -> object:
        index = self._long("union index", 0, len(node.branches) - 1)
        branch = node.branches[index]
        value = self.read(branch.node)
        if branch.wrapper is None:
            return value
        if branch.wrapper is tuple:
            return (branch.name, value)
        return branch.wrapper(value) if isinstance(branch.wrapper, type) else value

    def _enter(self, node: ir.Record) -> bool:
        """Charge the budget for a record, and say whether its type is recursive and so one level deeper."""
        recursive = self._recursive.get(node.fullname)
        if recursive is None:
            shapes = shapes_of(node)
            recursive = self._recursive[node.fullname] = shapes.recursive(node)
            self._free[node.fullname] = not shapes.smallest(node)
        try:
            if recursive:
                self._budget.enter()
            elif self._free[node.fullname] and len(self._path) > 1 and self._path[-1].startswith("."):
                self._budget.spend(1)  # as an array's item it is paid for with the block
        except ValueError as error:
            self._fail(str(error))
        return recursive

    def _record(self, node: ir.Record) -> object:
        recursive = self._enter(node)
        values: list[object] = []
        for field in node.fields:
            self._path.append(f".{field.name}")
            values.append(self.read(field.node))
            self._path.pop()
        if recursive:
            self._budget.depth += 1
        if not isinstance(node.target, type):
            return {field.name: value for field, value in zip(node.fields, values, strict=True)}
        result: object = _new(node.target)
        for field, value in zip(node.fields, values, strict=True):
            object.__setattr__(result, field.attribute, value)
        return result


def _smallest(node: ir.Node) -> int:
    """The fewest bytes an item takes: 0 only for what can take none."""
    return shapes_of(node).smallest(node)


def decode(data: bytes, node: ir.Node, root: str, budget: Budget | None = None) -> Any:  # noqa: ANN401 - whatever Python type the node becomes
    """Decode the whole of `data` as one value of `node`, within a budget of its own.

    Raises:
        DecodeError: with the path, the offset and the reason.
    """
    walk = Walk(data, root, budget)
    try:
        value = walk.read(node)
    except RecursionError:
        reason = "the value is nested deeper than Python's recursion limit allows here"
        raise DecodeError(root, walk.offset, reason) from None
    if walk.offset != len(data):
        raise DecodeError(root, walk.offset, f"{len(data) - walk.offset} bytes follow the value")
    return value


def root_name(node: ir.Node) -> str:
    """What a path starts with: the simple name of a named type, else the kind."""
    match node:
        case ir.Record() | ir.Enum() | ir.Fixed():
            return simple_name(node.fullname)
        case ir.Logical():
            return root_name(node.base)
        case ir.Primitive():
            return node.kind
        case _:
            return type(node).__name__.lower()
