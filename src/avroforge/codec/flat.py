"""Which records can be held as columns: the definition of a flat record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.codec.storage import NUMBERS
from avroforge.schema import model

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_COLUMNS: Final = 128
"""The most columns of a flat record, those of records inside it included."""


class FlatRecords:
    """The flat records of some schemas: all values of a field fit one column.

    Every field is a primitive type but null, a fixed of at least one byte, or an enum, with or without
    logical type; null and one of those; an array of plain int, long, float or double; or a flat record.
    There is at least one field, and there are at most `MOST_COLUMNS` columns.
    """

    def __init__(self, types: Iterable[model.NamedType]) -> None:
        self._counts: dict[str, int] = {}
        self.names = frozenset(
            node.fullname for node in types if isinstance(node, model.RecordType) and self._count(node)
        )
        """Their full names."""

    def _count(self, root: model.RecordType) -> int:
        """How many columns a record has, 0 where it is not flat. Records inside it are counted before it."""
        path, open_names = [root], {root.fullname}
        while path:
            node = path[-1]
            inner = [field.type for field in node.fields if isinstance(field.type, model.RecordType)]
            unknown = next((each for each in inner if each.fullname not in self._counts), None)
            if unknown is not None and unknown.fullname not in open_names:
                path.append(unknown)
                open_names.add(unknown.fullname)
                continue
            counts = [0 if unknown is not None else self._columns(field.type) for field in node.fields]
            total = sum(counts)
            self._counts[node.fullname] = total if all(counts) and total <= MOST_COLUMNS else 0
            path.pop()
        return self._counts[root.fullname]

    def _columns(self, node: model.AvroType) -> int:
        match node:
            case model.RecordType():
                return self._counts[node.fullname]
            case model.ArrayType(items=model.PrimitiveType() as items):
                plain = items.logical is None and "logicalType" not in items.properties
                return int(plain and items.name in NUMBERS)
            case model.UnionType(branches=(one, other)):
                return int(_is_null(one) != _is_null(other) and (_is_leaf(one) or _is_leaf(other)))
            case _:
                return int(_is_leaf(node))


def _is_null(node: model.AvroType) -> bool:
    return isinstance(node, model.PrimitiveType) and node.name == "null"


def _is_leaf(node: model.AvroType) -> bool:
    match node:
        case model.PrimitiveType():
            return node.name != "null"
        case model.FixedType():
            return node.size > 0
        case _:
            return isinstance(node, model.EnumType)
