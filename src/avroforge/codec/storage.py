"""What an array becomes in Python: the one decision that emitters and walks go by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from avroforge.codec import ir

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERS: Final = frozenset({"double", "float", "long", "int"})
"""The kinds of items that numpy holds."""
_IN_PLACE: Final = frozenset({"double", "float"})
"""The kinds whose bytes in a message are those in memory."""


def storage_of(items: ir.Node, wanted: ir.Storage) -> ir.Storage:
    """What an array of `items` becomes where the user asked for `wanted`."""
    if isinstance(items, ir.Record) and items.columns is not None:
        return "columns"
    if wanted == "list" or not isinstance(items, ir.Primitive) or items.kind not in NUMBERS:
        return "list"
    return "view" if wanted == "view" and items.kind in _IN_PLACE else "numpy"


def stored(node: ir.Array, items: list[Any]) -> Any:  # noqa: ANN401 - a list, an array of numpy, or columns
    """An array as decoding gives it, from its items."""
    if node.table is not None:
        made: Any = node.table.columns
        return made(items)
    if node.numbers is None:
        return items
    from avroforge.wire.number_array import array_of, read_only  # noqa: PLC0415 - numpy only when asked for

    result = array_of(node.numbers, items)
    return read_only(result) if node.storage == "view" else result


def reader_target(node: ir.Node) -> ir.Target | None:
    """The class beside which the functions of a type stand, named after it; None for a nameless type."""
    match node:
        case ir.Record():
            return node.target
        case ir.Array(table=ir.Record() as record):
            return record.columns
        case _:
            return None


def reader_name(node: ir.Array, kind: str) -> str:
    """The run time's function that reads numbers of `kind` into such an array of numpy."""
    return f"read_{kind}_{'view' if node.storage == 'view' and kind in _IN_PLACE else 'array'}"


def unpacker_name(wanted: ir.Storage) -> str:
    """The run time's function that unpacks rows of records (`wire.stride`)."""
    return {"list": "unpack_rows", "view": "unpack_rows_view"}.get(wanted, "unpack_rows_numpy")


def widening(node: ir.Array) -> Callable[[Any], Any]:
    """What turns a numpy array of narrower numbers into `node`, each number rounded at most once."""
    from avroforge.wire.number_array import dtype_of, read_only  # noqa: PLC0415 - numpy only when asked for

    dtype = dtype_of(node.numbers or "double")
    if node.storage == "view":
        return lambda array: read_only(array.astype(dtype))
    return lambda array: array.astype(dtype)
