"""Hypothesis strategies: schemas of every kind, then values of a schema, then damage to a message."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from avroforge.codec import ir
from avroforge.codec.storage import stored
from avroforge.wire.logical import Duration, LocalTimestampNanos, TimestampNanos

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from avroforge.interface import AvroInterfaceBase

PRIMITIVES: Final = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]
NAMES: Final = [
    "A",
    "B",
    "XInterface",
    "X",
    "None",
    "list",
    "str",
    "p",
    "out",
    "v1",
    "_",
    "__init__",
    "type_1",
    "_write_X",
]
FIELDS: Final = ["a", "b", "value", "self", "class", "int", "list", "__eq__", "_x", "o", "dataclass", "Any"]
SYMBOLS: Final = ["A", "B", "None", "mro", "name", "_x", "__x", "A1"]
NAMESPACES: Final = ["", "ns", "ns.sub", "class.typing", "A"]
LOGICAL: Final[dict[str, list[dict[str, object]]]] = {
    "int": [{"logicalType": "date"}, {"logicalType": "time-millis"}],
    "long": [
        {"logicalType": name}
        for name in (
            "time-micros",
            *(
                f"{local}timestamp-{unit}"
                for local in ("", "local-")
                for unit in ("millis", "micros", "nanos")
            ),
        )
    ],
    "bytes": [{"logicalType": "decimal", "precision": 5, "scale": 2}, {"logicalType": "big-decimal"}],
    "string": [{"logicalType": "uuid"}, {"logicalType": "no-such-type"}],
}


FIXED: Final[dict[int, dict[str, object]]] = {
    4: {"logicalType": "decimal", "precision": 4, "scale": 1},
    12: {"logicalType": "duration"},
    16: {"logicalType": "uuid"},
}


@dataclass
class _Scope:
    """Named types so far; those being defined may be referred to where a value need not hold one."""

    done: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def free(self, draw: DrawFn) -> tuple[str, str]:
        namespace = draw(st.sampled_from(NAMESPACES))
        name = draw(st.sampled_from(NAMES))
        while f"{namespace}.{name}".lstrip(".") in {*self.done, *self.open}:
            name += "1"
        return namespace, name


def _referable(names: list[str], namespace: str) -> list[str]:
    """Without a namespace a name is only seen from the null namespace (Avro 1.12, Names)."""
    return [name for name in names if "." in name or not namespace]


def _named(draw: DrawFn, scope: _Scope, kind: str, depth: int) -> dict[str, object]:
    namespace, name = scope.free(draw)
    fullname = f"{namespace}.{name}".lstrip(".")
    result: dict[str, object] = {"type": kind, "name": name, "namespace": namespace}
    if kind == "enum":
        result["symbols"] = draw(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=4, unique=True))
    elif kind == "fixed":
        size = draw(st.sampled_from([0, 1, 4, 12, 16]))
        result["size"] = size
        if draw(st.booleans()):
            result.update(FIXED.get(size, {}))
    else:
        scope.open.append(fullname)
        names = draw(st.lists(st.sampled_from(FIELDS), max_size=4, unique=True))
        result["fields"] = [_field(draw, scope, each, depth, namespace) for each in names]
        scope.open.remove(fullname)
    scope.done.append(fullname)
    return result


def _field(draw: DrawFn, scope: _Scope, name: str, depth: int, namespace: str) -> dict[str, object]:
    kind = _type(draw, scope, depth - 1, namespace)
    result: dict[str, object] = {"name": name, "type": kind}
    if draw(st.booleans()):
        result["doc"] = draw(st.text(max_size=10))
    defaults: dict[str, object] = {
        "null": None,
        "boolean": True,
        "int": -5,
        "double": 1,
        "bytes": 'ÿ"',
        "string": '"\\',
    }
    if isinstance(kind, str) and kind in defaults and draw(st.booleans()):
        result["default"] = defaults[kind]
    elif isinstance(kind, list) and kind and kind[0] == "null":
        result["default"] = None
    elif isinstance(kind, dict) and kind["type"] == "array" and draw(st.booleans()):
        result["default"] = []
    return result


def _type(draw: DrawFn, scope: _Scope, depth: int, namespace: str, *, union: bool = True) -> Any:  # noqa: ANN401 - JSON
    kinds = ["primitive", "logical", "enum", "fixed"]
    if depth > 0:
        kinds += ["array", "map", "record", "record", *["union"] * union]
    done = _referable(scope.done, namespace)
    if done:
        kinds.append("reference")
    match draw(st.sampled_from(kinds)):
        case "primitive":
            return draw(st.sampled_from(PRIMITIVES))
        case "logical":
            base = draw(st.sampled_from(sorted(LOGICAL)))
            return {"type": base, **draw(st.sampled_from(LOGICAL[base]))}
        case "array":
            return {"type": "array", "items": _inner(draw, scope, depth, namespace)}
        case "map":
            return {"type": "map", "values": _inner(draw, scope, depth, namespace)}
        case "union":
            return _union(draw, scope, depth, namespace)
        case "reference":
            return draw(st.sampled_from(done))
        case kind:
            return _named(draw, scope, kind, depth)


def _inner(draw: DrawFn, scope: _Scope, depth: int, namespace: str) -> Any:  # noqa: ANN401 - JSON
    """What a container holds: also, for it may be empty, a record that is still being defined."""
    waiting = _referable(scope.open, namespace)
    if draw(st.booleans()) and waiting:
        return draw(st.sampled_from(waiting))
    return _type(draw, scope, depth - 1, namespace)


def branch_key(branch: Any) -> str:  # noqa: ANN401 - JSON
    """What may occur once in a union."""
    if isinstance(branch, str):
        return branch
    if branch["type"] in {"record", "enum", "fixed"}:
        return f"{branch['namespace']}.{branch['name']}".lstrip(".")
    return str(branch["type"])


def _union(draw: DrawFn, scope: _Scope, depth: int, namespace: str) -> list[object]:
    waiting = _referable(scope.open, namespace)
    if draw(st.booleans()) and waiting:
        return ["null", draw(st.sampled_from(waiting))]
    branches: dict[str, object] = {}
    for _ in range(draw(st.integers(1, 5))):
        known = list(scope.done)
        branch = _type(draw, scope, depth - 1, namespace, union=False)
        if branch_key(branch) in branches:
            scope.done = known  # the branch is left out, and with it what it defines
        branches.setdefault(branch_key(branch), branch)
    return list(branches.values())


@st.composite
def schemas(draw: DrawFn, depth: int = 3) -> str:
    """The text of a valid schema."""
    return json.dumps(_type(draw, _Scope(), depth, ""))


_NUMBERS: Final[dict[str, SearchStrategy[Any]]] = {
    "int": st.integers(-(2**31), 2**31 - 1) | st.integers(-70, 70),
    "long": st.integers(-(2**63), 2**63 - 1) | st.integers(-70, 8200),
    "float": st.floats(width=32),
    "double": st.floats(),
}
_PRIMITIVE: Final[dict[str, SearchStrategy[Any]]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "bytes": st.binary(max_size=70),
    "string": st.text(max_size=70),
    **_NUMBERS,
}


def _moments(micros: int, zone: dt.timezone | None) -> SearchStrategy[dt.datetime]:
    return st.datetimes(timezones=st.just(zone)).map(
        lambda each: each.replace(microsecond=each.microsecond // micros * micros)
    )


def _decimals(node: ir.Logical) -> SearchStrategy[Decimal]:
    most = 10**node.precision - 1
    return st.integers(-most, most).map(lambda unscaled: Decimal(unscaled).scaleb(-node.scale))


def _logical(node: ir.Logical) -> SearchStrategy[Any]:
    longs = _NUMBERS["long"]
    zone = None if node.name.startswith("local-") else dt.UTC
    match node.name.removeprefix("local-"):
        case "date":
            return st.dates()
        case "time-millis":
            return st.times().map(lambda each: each.replace(microsecond=each.microsecond // 1000 * 1000))
        case "time-micros":
            return st.times()
        case "timestamp-millis":
            return _moments(1000, zone)
        case "timestamp-micros":
            return _moments(1, zone)
        case "timestamp-nanos":
            return longs.map(TimestampNanos if zone else LocalTimestampNanos)
        case "decimal":
            return _decimals(node)
        case "big-decimal":
            return st.tuples(st.integers(-(10**30), 10**30), st.integers(-20, 20)).map(
                lambda each: Decimal(each[0]).scaleb(each[1])
            )
        case "uuid":
            return st.uuids()
        case "duration":
            return st.tuples(*[st.integers(0, 2**32 - 1)] * 3).map(lambda each: Duration(*each))
        case name:
            raise AssertionError(name)


_LONG_RUNS: Final = 4
"""The depths at which arrays of records may be long."""


def _array(node: ir.Array, depth: int) -> SearchStrategy[Any]:
    listed: SearchStrategy[list[Any]] = st.builds(list)
    if depth > 0:
        listed = st.lists(values(node.items, depth - 1), max_size=4)
        if depth >= _LONG_RUNS and isinstance(node.items, ir.Record):
            listed |= listed.map(lambda each: each * 12)  # records of one size, read and written at once
    return listed.map(partial(stored, node))


def _union_value(node: ir.Union, depth: int) -> SearchStrategy[Any]:
    choices = node.branches
    if depth <= 0 and node.null_index >= 0:
        choices = (node.branches[node.null_index],)
    drawn = []
    for branch in choices:
        plain = st.deferred(lambda branch=branch: values(branch.node, depth - 1))  # type: ignore[misc]  # bound now
        drawn.append(plain if branch.wrapper is None else plain.map(branch.wrapper))  # type: ignore[arg-type]  # a class
    return st.one_of(drawn)


def values(node: ir.Node, depth: int = 5) -> SearchStrategy[Any]:
    """Typed values of a bound type, as decoding gives them."""
    match node:
        case ir.Primitive():
            return _PRIMITIVE[node.kind]
        case ir.Fixed():
            return st.binary(min_size=node.size, max_size=node.size)
        case ir.Enum():
            return st.sampled_from([getattr(node.target, member) for member in node.members])
        case ir.Array():
            return _array(node, depth)
        case ir.Map():
            if depth <= 0:
                return st.builds(dict)
            return st.dictionaries(st.text(max_size=5), values(node.values, depth - 1), max_size=3)
        case ir.Union():
            return _union_value(node, depth)
        case ir.Logical():
            return _logical(node)
        case ir.Record():
            if not isinstance(node.target, type):
                raise TypeError("an interface binds its records to classes")
            fields = {
                each.attribute: st.deferred(lambda each=each: values(each.node, depth - 1))  # type: ignore[misc]  # bound now
                for each in node.fields
            }
            return st.builds(node.target, **fields)


def data_for(codec: AvroInterfaceBase[Any]) -> SearchStrategy[Any]:
    """Typed values of an interface."""
    return values(codec._bound())


@st.composite
def mutations(draw: DrawFn, data: bytes) -> bytes:
    """A message with one to three changes: bytes replaced, inserted, removed, cut off or repeated."""
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(changed)))
        end = min(len(changed), start + draw(st.integers(0, 3)))
        numbers = [
            b"\x80\x80\x80\x80\x10",
            b"\xff" * 9 + b"\x01",
            b"\x80" * 10 + b"\x01",
            b"\x01",
            b"\x80\x00",
        ]
        changed[start:end] = draw(
            st.binary(max_size=4) | st.sampled_from([*numbers, bytes(changed[start:])[:40]])
        )
    return bytes(changed)
