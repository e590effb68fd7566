"""Write a value by walking its bound type: slow, exact, and the authority on what a value may be.

The compiled encoders come here when they meet anything they do not know: either the bytes come out after all,
or one `EncodeError` names the place, what the schema expects and what was there.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import partial
from struct import Struct
from typing import TYPE_CHECKING, Any, Final, NoReturn

from avroforge.codec import conversion, ir
from avroforge.codec.lower import python_type
from avroforge.codec.storage import NUMBERS
from avroforge.codec.walk_decode import root_name
from avroforge.errors import EncodeError
from avroforge.wire import scalar
from avroforge.wire.varint import write_int, write_length, write_long

if TYPE_CHECKING:
    from collections.abc import Iterable

_DOUBLE: Final = Struct("<d")
_FLOAT: Final = Struct("<f")
_SHOWN: Final = 60


def describe(value: object) -> str:
    """A value with its type, short enough for a message, whatever its ``repr`` does."""
    if value is None:
        return "None"
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a broken repr must not hide the error being reported
        text = "<no repr>"
    text = " ".join(text.split())
    if len(text) > _SHOWN:
        text = f"{text[: _SHOWN - 3]}..."
    return f"{type(value).__name__} {text}"


class Walk:
    """One writing of one value: the output and the path from the root."""

    def __init__(self, root: str) -> None:
        self.out: list[bytes] = []
        self._path = [root]

    def _fail(self, expected: str, value: object) -> NoReturn:
        raise EncodeError("".join(self._path), expected, describe(value))

    def write(self, node: ir.Node, value: Any) -> None:  # noqa: ANN401 - the value is what is being judged
        """Append the bytes of one value of `node`."""
        match node:
            case ir.Primitive():
                self.out.append(self._primitive(node.kind, value))
            case ir.Fixed():
                self.out.append(
                    self._converted(scalar.as_fixed, value, f"fixed of {node.size} bytes", node.size)
                )
            case ir.Enum():
                self._enum(node, value)
            case ir.Array():
                self._array(node, value)
            case ir.Map():
                self._map(node, value)
            case ir.Union():
                self._union(node, value)
            case ir.Record():
                self._record(node, value)
            case ir.Logical():
                self._logical(node, value)

    def _converted(self, convert: Any, value: object, expected: str, *arguments: object) -> Any:  # noqa: ANN401 - any conversion
        try:
            return convert(value, *arguments)
        except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
            reason = str(error)
            known = "expected " + expected * isinstance(error, TypeError)
            if reason.startswith(known):
                expected = reason.removeprefix("expected ")
            raise EncodeError("".join(self._path), expected, describe(value)) from None

    def _primitive(self, kind: str, value: Any) -> bytes:  # noqa: ANN401 - the value is what is being judged
        match kind:
            case "null":
                if value is not None:
                    self._fail("null", value)
                return b""
            case "boolean":
                return b"\x01" if self._converted(scalar.as_boolean, value, "boolean") else b"\x00"
            case "int":
                return bytes(self._converted(write_int, value, "int"))
            case "long":
                return bytes(self._converted(write_long, value, "long"))
            case "float":
                return _FLOAT.pack(self._converted(scalar.as_float, value, "float"))
            case "double":
                return _DOUBLE.pack(self._converted(scalar.as_double, value, "double"))
            case "bytes":
                raw = bytes(self._converted(scalar.as_bytes, value, "bytes"))
                return write_length(len(raw)) + raw
            case _:
                return self._string(value, "string")

    def _string(self, value: object, what: str) -> bytes:
        if not isinstance(value, str):
            self._fail(what, value)
        try:
            raw = value.encode()
        except UnicodeEncodeError:
            self._fail(f"{what} without lone surrogates", value)
        return write_length(len(raw)) + raw

    def _enum(self, node: ir.Enum, value: object) -> None:
        if isinstance(node.target, type):
            if isinstance(value, node.target):
                for index, member in enumerate(node.members):
                    if getattr(node.target, member) is value:
                        self.out.append(write_length(index))
                        return
            self._fail(f"a member of {node.target.__name__}", value)
        if not isinstance(value, str) or value not in node.symbols:
            self._fail(f"one of the symbols {', '.join(node.symbols)}", value)
        self.out.append(write_length(node.symbols.index(value)))

    def _logical(self, node: ir.Logical, value: object) -> None:
        try:
            raw = conversion.write(node, value)
        except (TypeError, ValueError, ArithmeticError) as error:
            reason = str(error).removeprefix("expected ").partition(", got ")[0]
            raise EncodeError("".join(self._path), f"{node.name} ({reason})", describe(value)) from None
        self.write(node.base, raw)

    def _array(self, node: ir.Array, value: Any) -> None:  # noqa: ANN401 - the value is what is being judged
        numbers = isinstance(node.items, ir.Primitive) and node.items.kind in NUMBERS
        items = self._converted(partial(scalar.as_list, objects=not numbers), value, "array")
        if items:
            self.out.append(write_length(len(items)))
            for number, item in enumerate(items):
                self._path.append(f"[{number}]")
                self.write(node.items, item)
                self._path.pop()
        self.out.append(b"\x00")

    def _map(self, node: ir.Map, value: object) -> None:
        if not isinstance(value, Mapping):
            self._fail("map", value)
        if len(value):
            self.out.append(write_length(len(value)))
            for key, item in value.items():
                self._path.append(f"[{describe(key) if not isinstance(key, str) else repr(key)}]")
                self.out.append(self._string(key, "a string as map key"))
                self.write(node.values, item)
                self._path.pop()
        self.out.append(b"\x00")

    def _record(self, node: ir.Record, value: Any) -> None:  # noqa: ANN401 - the value is what is being judged
        if isinstance(node.target, type):
            if not isinstance(value, node.target):
                self._fail(node.target.__name__, value)
        elif not isinstance(value, Mapping):
            self._fail(f"a mapping with the fields of {node.fullname}", value)
        for field in node.fields:
            self._path.append(f".{field.name}")
            self.write(field.node, self._field(node, field, value))
            self._path.pop()

    def _field(self, node: ir.Record, field: ir.Field, value: Any) -> object:  # noqa: ANN401 - as above
        if node.target is None:
            if field.name not in value:
                raise EncodeError("".join(self._path), "a value", "nothing: the field is missing")
            return value[field.name]
        try:
            return getattr(value, field.attribute)
        except AttributeError:
            raise EncodeError(
                "".join(self._path), "a value", "nothing: the attribute was never set"
            ) from None

    def _union(self, node: ir.Union, value: object) -> None:
        index = branch_of(node, value)
        if index >= 0:
            branch = node.branches[index]
            self.out.append(write_length(index))
            if branch.wrapper is tuple and _is_named(branch, value):
                self.write(branch.node, value[1])  # type: ignore[index]  # _is_named says it is a pair
            elif branch.wrapper is not None and type(value) is branch.wrapper:
                self.write(branch.node, getattr(value, "value"))  # noqa: B009 - the wrapper's one field
            else:
                self.write(branch.node, value)
            return
        meant = node.nullable or _meant(node, value)
        if meant is not None:
            self._refuse(meant.node, branch_names(each for each in node.branches if each is not meant), value)
        self._fail(f"a value of one of the branches {branch_names(node.branches)}", value)

    def _refuse(self, meant: ir.Node, others: str, value: object) -> None:
        """Write what fits no branch as the one that is meant: that fails, and says what that one expects."""
        try:
            self.write(meant, value)
        except EncodeError as error:
            if error.path != "".join(self._path):
                raise
            raise EncodeError(error.path, f"{error.expected} or {others}", error.got) from None


def branch_names(branches: Iterable[ir.Branch]) -> str:
    """Branches by name, with the logical type that a value has to be of."""
    named = (
        f"{each.name} ({each.node.name})" if isinstance(each.node, ir.Logical) else each.name
        for each in branches
    )
    return ", ".join(named)


def _meant(node: ir.Union, value: object) -> ir.Branch | None:
    """The one branch whose own Python type a value has, though it does not hold that value."""
    own = [each for each in node.branches if _is_own(value, _own_type(each.node))]
    return own[0] if len(own) == 1 else None


def _is_named(branch: ir.Branch, value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and value[0] == branch.name  # noqa: PLR2004 - a pair


def branch_of(node: ir.Union, value: Any) -> int:  # noqa: ANN401 - the value is what is being judged
    """The index of the branch that a value belongs to, or -1.

    A wrapper names its branch. A plain value belongs to the first branch, in schema order, whose own Python
    type it has and that represents it exactly; failing that, to the first into which it converts exactly, and
    at last to one that rounds it (a float).
    """
    for index, branch in enumerate(node.branches):
        if branch.wrapper is tuple:
            if _is_named(branch, value):
                return index
        elif branch.wrapper is not None and type(value) is branch.wrapper:
            return index
    if getattr(getattr(value, "dtype", None), "kind", "") in tuple("biuf") and not hasattr(value, "__len__"):
        value = value.item()  # a scalar of numpy stands for the number of Python that it equals
    for exact, rounded in ((True, False), (False, False), (False, True)):
        for index, branch in enumerate(node.branches):
            if fits(branch.node, value, exact=exact, rounded=rounded):
                return index
    return -1


def fits(node: ir.Node, value: Any, *, exact: bool = False, rounded: bool = True) -> bool:  # noqa: ANN401 - as above
    """Whether a branch holds a plain value; `exact`: of the branch's own Python type; `rounded`: to a float.

    Containers and records are judged by their own type alone, so nesting costs no second walk.
    """
    if exact and not _is_own(value, _own_type(node)):
        return False
    match node:
        case ir.Array():
            return _is_array(value)
        case ir.Map():
            return isinstance(value, Mapping)
        case ir.Record() if isinstance(node.target, type):
            return isinstance(value, node.target)
        case ir.Record():
            return isinstance(value, Mapping) and all(field.name in value for field in node.fields)
    trial = Walk("")
    try:
        trial.write(node, value)
    except EncodeError:
        return False
    if isinstance(node, ir.Primitive) and node.kind == "float" and not rounded:
        written: float = _FLOAT.unpack(trial.out[0])[0]
        return bool(written == value) or math.isnan(written)
    return True


def _is_own(value: object, kind: type | None) -> bool:
    """Whether a value is of a Python type: a bool is no int, a datetime no date, an enum's member no str."""
    if kind is None or not isinstance(value, kind):
        return False
    if kind is str and isinstance(value, Enum):
        return False
    return type(value) is kind or not isinstance(value, bool | datetime) or kind is datetime


def _is_array(value: object) -> bool:
    if isinstance(value, Sequence | array):
        return not isinstance(value, str | bytes | bytearray | memoryview)
    return hasattr(value, "dtype") and getattr(value, "ndim", 1) > 0


def _own_type(node: ir.Node) -> type | None:
    """The Python type that decoding this node gives."""
    match node:
        case ir.Primitive():
            return ir.PYTHON_TYPES[node.kind]
        case ir.Fixed():
            return bytes
        case ir.Array():
            return list
        case ir.Map():
            return dict
        case ir.Enum() | ir.Record():
            if isinstance(node.target, type):
                return node.target
            return str if isinstance(node, ir.Enum) else dict
        case ir.Logical():
            return conversion.python_class(node)
        case ir.Union():
            raise AssertionError(f"a union holds no union: {python_type(node)}")


def encode(value: object, node: ir.Node) -> bytes:
    """Encode one value of `node`.

    Raises:
        EncodeError: with the path, what was expected and what was there.
    """
    walk = Walk(root_name(node))
    try:
        walk.write(node, value)
    except RecursionError:
        raise EncodeError(root_name(node), "a value without endless nesting", describe(type(value))) from None
    return b"".join(walk.out)
