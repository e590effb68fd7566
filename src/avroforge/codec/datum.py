"""Between typed values and plain Avro datums: dicts, lists, numbers, strings.

Branches that share a Python type are ``(branch name, value)`` in a plain datum, which is fastavro's notation
too. Numpy arrays become lists; logical types keep their Python values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING
from difflib import get_close_matches
from typing import Any, Final, NoReturn

from avroforge.codec import conversion, ir, walk_encode
from avroforge.codec.lower import python_type
from avroforge.codec.storage import stored
from avroforge.codec.walk_decode import root_name
from avroforge.deprecation import initialise
from avroforge.errors import EncodeError
from avroforge.wire import scalar

_KEY: Final = ir.Primitive("string")


def serialize(value: Any, node: ir.Node) -> Any:  # noqa: ANN401 - typed value in, plain datum out
    """The plain datum of a typed value.

    Raises:
        EncodeError: a value that the schema cannot hold.
    """
    walk_encode.encode(value, node)
    return _plain(value, node)


def _plain(value: Any, node: ir.Node) -> Any:  # noqa: ANN401 - as above
    match node:
        case ir.Record():
            return {field.name: _plain(getattr(value, field.attribute), field.node) for field in node.fields}
        case ir.Enum():
            return node.symbols[node.members.index(value.name)]
        case ir.Array():
            items = scalar.as_list(value, objects=True)
            return [_plain(item, node.items) for item in items]
        case ir.Map():
            return {key: _plain(item, node.values) for key, item in value.items()}
        case ir.Union():
            branch = node.branches[walk_encode.branch_of(node, value)]
            wrapped = branch.wrapper is not None and type(value) is branch.wrapper
            inner = getattr(value, "value") if wrapped else value  # noqa: B009 - the wrapper's one field
            plain = _plain(inner, branch.node)
            return (branch.name, plain) if _is_shared(node, branch) else plain
        case ir.Logical() if node.own is not None:
            return conversion.write(node, value)
        case ir.Primitive():
            return value.item() if hasattr(value, "item") and hasattr(value, "dtype") else value
        case _:
            return value


def _is_shared(node: ir.Union, branch: ir.Branch) -> bool:
    """Whether another branch has plain datums of the same Python type."""
    kind = _plain_type(branch.node)
    return any(_plain_type(each.node) == kind for each in node.branches if each is not branch)


def _plain_type(node: ir.Node) -> str:
    match node:
        case ir.Record():
            return "map"
        case ir.Enum():
            return "string"
        case ir.Logical() if node.own is not None:
            return python_type(node.base)
        case _:
            return python_type(node)


def deserialize(datum: Any, node: ir.Node) -> Any:  # noqa: ANN401 - as above
    """The typed value of a plain datum; missing fields take the default of the generated class.

    Args:
        datum: what `serialize` gives, or parsed JSON where no logical type is in the way.
        node: the bound type.

    Raises:
        EncodeError: a wrong type, an unknown field, a missing one without default; with its path.
    """
    return built(DatumBuilder(root_name(node)), datum, node)


def built(builder: DatumBuilder, datum: object, node: ir.Node) -> Any:  # noqa: ANN401 - whatever Python type the node becomes
    """What a builder makes of a whole datum.

    Raises:
        EncodeError: no value of the type, or nested too deep to be built.
    """
    try:
        return builder.build(datum, node)
    except RecursionError:
        expected = "a value without endless nesting"
        raise EncodeError(root_name(node), expected, walk_encode.describe(type(datum))) from None


class DatumBuilder:
    """One conversion, with the path from the root."""

    def __init__(self, root: str) -> None:
        self._path = [root]

    def _fail(self, expected: str, got: str, code: str = "VALUE_INVALID") -> NoReturn:
        raise EncodeError("".join(self._path), expected, got, code)

    def build(self, datum: Any, node: ir.Node) -> Any:  # noqa: ANN401 - plain datum in, typed value out
        """The typed value of one datum."""
        match node:
            case ir.Record():
                return self._record(datum, node)
            case ir.Enum():
                if not isinstance(datum, str) or datum not in node.symbols:
                    self._fail(f"one of the symbols {', '.join(node.symbols)}", walk_encode.describe(datum))
                return getattr(node.target, node.members[node.symbols.index(datum)]) if node.target else datum
            case ir.Array():
                return self._array(datum, node)
            case ir.Map():
                return self._map(datum, node)
            case ir.Union():
                return self._union(datum, node)
            case ir.Primitive() | ir.Fixed() | ir.Logical():
                return self._leaf(datum, node)

    def _leaf(self, datum: Any, node: ir.Primitive | ir.Fixed | ir.Logical) -> object:  # noqa: ANN401 - as above
        own = isinstance(node, ir.Logical) and node.own is not None and type(datum) is not node.own.python
        try:
            walk_encode.encode(datum, node.base if isinstance(node, ir.Logical) and own else node)
        except EncodeError as error:
            raise EncodeError("".join(self._path), error.expected, error.got) from None
        if isinstance(node, ir.Logical) and own:
            return self._own(datum, node)
        if isinstance(node, ir.Primitive) and node.kind in {"float", "double"}:
            return scalar.as_double(datum)
        return datum

    def _own(self, datum: object, node: ir.Logical) -> object:
        try:
            return conversion.read(node, datum)
        except ValueError as error:
            self._fail(f"{node.name} ({error})", walk_encode.describe(datum))

    def _record(self, datum: Any, node: ir.Record) -> object:  # noqa: ANN401 - as above
        if not isinstance(datum, Mapping):
            self._fail(f"an object with the fields of {node.fullname}", walk_encode.describe(datum))
        known = {field.name: field for field in node.fields}
        for name in datum:
            if name not in known:
                self._path.append(f".{name}")
                near = get_close_matches(str(name), known, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                self._fail(f"a field of {node.fullname}{hint}", "an unknown field", "FIELD_UNKNOWN")
        values: dict[str, object] = {}
        for field in node.fields:
            self._path.append(f".{field.name}")
            if field.name in datum:
                values[field.attribute] = self.build(datum[field.name], field.node)
            elif not _has_default(node, field):
                self._fail(
                    "a value (the schema gives no default)", "nothing: the field is missing", "FIELD_MISSING"
                )
            self._path.pop()
        if not isinstance(node.target, type):
            return values
        result: object = object.__new__(node.target)
        initialise(result, values)
        return result

    def _array(self, datum: Any, node: ir.Array) -> object:  # noqa: ANN401 - as above
        try:
            items = scalar.as_list(datum)
        except TypeError:
            self._fail("array", walk_encode.describe(datum))
        result: list[Any] = []
        for number, item in enumerate(items):
            self._path.append(f"[{number}]")
            result.append(self.build(item, node.items))
            self._path.pop()
        return stored(node, result)

    def _map(self, datum: Any, node: ir.Map) -> object:  # noqa: ANN401 - as above
        if not isinstance(datum, Mapping):
            self._fail("map", walk_encode.describe(datum))
        result: dict[str, object] = {}
        for key, item in datum.items():
            self._path.append(f"[{key!r}]")
            self._check_key(key)
            result[key] = self.build(item, node.values)
            self._path.pop()
        return result

    def _check_key(self, key: object) -> None:
        try:
            walk_encode.encode(key, _KEY)
        except EncodeError as error:
            self._fail(f"a {error.expected} as map key", error.got)

    def _union(self, datum: Any, node: ir.Union) -> object:  # noqa: ANN401 - as above
        if datum is None and node.null_index >= 0:
            return None
        if node.nullable is not None:
            return self.build(datum, node.nullable.node)
        named = isinstance(datum, tuple) and len(datum) == 2  # noqa: PLR2004 - (branch name, value)
        for branch in node.branches:
            if named and datum[0] == branch.name:
                value = self.build(datum[1], branch.node)
                return branch.wrapper(value) if isinstance(branch.wrapper, type) else value
        for exact, rounded in ((True, False), (False, False), (False, True)):
            for branch in node.branches:
                if _looks_like(branch.node, datum, exact=exact, rounded=rounded):
                    value = self.build(datum, branch.node)
                    return branch.wrapper(value) if isinstance(branch.wrapper, type) else value
        names = walk_encode.branch_names(node.branches)
        return self._fail(f"a value of one of the branches {names}", walk_encode.describe(datum))


def _has_default(node: ir.Record, field: ir.Field) -> bool:
    if not isinstance(node.target, type):
        return False
    found = getattr(node.target, "__dataclass_fields__")[field.attribute]  # noqa: B009 - every record class is a dataclass
    return found.default is not MISSING or found.default_factory is not MISSING


def _looks_like(node: ir.Node, datum: object, *, exact: bool, rounded: bool) -> bool:
    """Whether a plain datum belongs to a branch, without descending; for leaves as `walk_encode.fits`."""
    match node:
        case ir.Record():
            names = {field.name for field in node.fields}
            return (
                isinstance(datum, Mapping)
                and set(datum) <= names
                and all(field.name in datum or _has_default(node, field) for field in node.fields)
            )
        case ir.Map():
            return isinstance(datum, Mapping)
        case ir.Enum():
            return isinstance(datum, str) and datum in node.symbols
        case ir.Array():
            return isinstance(datum, Sequence) and not isinstance(datum, str | bytes | bytearray)
        case _:
            return walk_encode.fits(node, datum, exact=exact, rounded=rounded)
