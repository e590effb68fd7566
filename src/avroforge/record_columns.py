"""The base of every generated columns class: a typed sequence of records, held as one array per field.

Imported only by generated code that was asked for ``arrays = "columns"``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, overload

import numpy as np

from avroforge.errors import EncodeError
from avroforge.record import values_equal
from avroforge.wire.array_column import array_column
from avroforge.wire.column_write import write_leaves
from avroforge.wire.number_array import number_column
from avroforge.wire.scalar import as_boolean, as_list

if TYPE_CHECKING:
    from typing import Self

    from avroforge.record import AvroRecordBase
    from avroforge.wire.column_read import ColumnReader
    from avroforge.wire.column_write import Leaf, Part

T = TypeVar("T")
_CHUNK: Final = 256
"""How many rows become objects at a time while all are gone through."""


class RecordColumns(Sequence[T]):
    """Many records of one class, held as columns: an attribute per field, all of one length.

    A row becomes an object of the record's class when it is touched, anew each time: changing that object
    changes no column. The columns themselves may be changed in place; they keep their length.

    Args:
        rows: the records.

    Raises:
        EncodeError: what is no such record, or a number that its column cannot hold.
    """

    __slots__ = ("__avro_columns__", "__avro_length__")

    __avro_row__: ClassVar[type[Any]]
    __avro_kinds__: ClassVar[tuple[Any, ...]]
    """Per field: an array of this kind, an `ArrayColumn` of the kind in brackets, a tuple (no text), or the
    class of a record, whose columns it is."""

    __avro_columns__: tuple[Any, ...]
    __avro_length__: int

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "__avro_row__" in cls.__dict__:
            row: Any = cls.__avro_row__
            row.__avro_columns_class__ = cls

    def __init__(self, rows: Iterable[T] = ()) -> None:
        records = list(rows)
        row: type[AvroRecordBase] = self.__avro_row__
        for number, record in enumerate(records):
            if not isinstance(record, row):
                got = f"{type(record).__name__} {record!r}"[:80]
                raise EncodeError(f"{type(self).__name__}[{number}]", row.__name__, got)
        given = (list(map(attrgetter(name), records)) for name in row.__avro_fields__)
        _fill(self, tuple(given), len(records))

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> T | Self:
        if not isinstance(index, slice):
            row = range(self.__avro_length__)[index]
            return _rows(self, slice(row, row + 1))[0]
        result = object.__new__(type(self))
        result.__avro_columns__ = tuple(column[index] for column in self.__avro_columns__)
        result.__avro_length__ = len(range(self.__avro_length__)[index])
        return result

    def __len__(self) -> int:
        return self.__avro_length__

    def __iter__(self) -> Iterator[T]:
        for start in range(0, self.__avro_length__, _CHUNK):
            yield from _rows(self, slice(start, start + _CHUNK))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RecordColumns):
            if type(other) is not type(self) or len(self) != len(other):
                return False
            pairs = zip(self.__avro_columns__, other.__avro_columns__, strict=True)
            return all(_columns_equal(a, b) for a, b in pairs)
        if isinstance(other, list):
            return len(self) == len(other) and all(map(values_equal, self, other))
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # columns are mutable, so not hashable

    def __repr__(self) -> str:
        names = ", ".join(self.__avro_row__.__avro_fields__)
        return f"<{type(self).__name__} of {len(self)} rows: {names}>"


def _columns_equal(a: Any, b: Any) -> bool:  # noqa: ANN401 - two columns of one kind
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(values_equal, a, b))
    if isinstance(a, np.ndarray):
        return np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    return bool(a == b)


def _rows(columns: RecordColumns[T], part: slice) -> list[T]:
    """The objects of some rows."""
    row: Any = columns.__avro_row__
    count = len(range(len(columns))[part])
    result: list[Any] = [object.__new__(row) for _ in range(count)]
    for name, column in zip(row.__avro_fields__, columns.__avro_columns__, strict=True):
        values = column[part]
        slot = row.__dict__[name].__set__  # also where the class is frozen
        deque(map(slot, result, values.tolist() if isinstance(values, np.ndarray) else values), maxlen=0)
    return result


def _column(kind: Any, values: Any) -> Any:  # noqa: ANN401 - a column as the kind says
    """The column that holds some values."""
    if isinstance(kind, type):
        made = _class_of(kind)
        return values if type(values) is made else made(as_list(values, objects=True))
    if not kind:
        return values if type(values) is tuple else tuple(as_list(values, objects=True))
    if kind == "boolean":
        if type(values) is np.ndarray and values.dtype == np.bool_ and values.ndim == 1:
            return values
        return np.array([as_boolean(each) for each in as_list(values)], np.bool_)
    return array_column(kind[1:-1], values) if kind.startswith("[") else number_column(kind, values)


def _fill(columns: RecordColumns[Any], given: tuple[Any, ...], rows: int | None) -> None:
    """Take values for every field, and check that they are equally many."""
    cls = type(columns)
    found: list[Any] = []
    names: tuple[str, ...] = cls.__avro_row__.__avro_fields__
    for name, kind, values in zip(names, cls.__avro_kinds__, given, strict=True):
        path = f"{cls.__name__}.{name}"
        try:
            column = _column(kind, values)
        except EncodeError as error:
            raise EncodeError(f"{path}.{error.path.partition('.')[2]}", error.expected, error.got) from None
        except (TypeError, ValueError, ArithmeticError) as error:
            expected = str(error).removeprefix("expected ")
            raise EncodeError(path, expected, f"{type(values).__name__} of {_count(values)}") from None
        rows = len(column) if rows is None else rows
        if len(column) != rows:
            raise EncodeError(path, f"{rows} values, as in {names[0]!r}", str(len(column)))
        found.append(column)
    columns.__avro_columns__ = tuple(found)
    columns.__avro_length__ = rows or 0


def _count(values: Any) -> str:  # noqa: ANN401 - anything
    return f"{len(values)} values" if hasattr(values, "__len__") else "no length"


def columns_of(cls: type[T], given: tuple[Any, ...]) -> T:
    """The columns of a generated class from one sequence or array per field, which is not copied needlessly.

    Raises:
        EncodeError: values that a column cannot hold, or columns that differ in length.
    """
    result: Any = object.__new__(cls)
    _fill(result, given, None)
    made: T = result
    return made


def take_columns(cls: type[T], reader: ColumnReader) -> T:
    """The columns of a generated class that a decoder read."""
    leaves = reader.columns()
    leaves.reverse()
    taken: T = _taken(cls, leaves)
    return taken


def _class_of(row: type) -> Any:  # noqa: ANN401 - the class of columns of a record class
    return getattr(row, "__avro_columns_class__")  # noqa: B009 - set by the class of columns itself


def _taken(cls: Any, leaves: list[Any]) -> Any:  # noqa: ANN401 - a generated class and its object
    result = object.__new__(cls)
    kinds: tuple[Any, ...] = cls.__avro_kinds__
    result.__avro_columns__ = tuple(
        [_taken(_class_of(kind), leaves) if isinstance(kind, type) else leaves.pop() for kind in kinds]
    )
    result.__avro_length__ = len(result.__avro_columns__[0])
    return result


def leaf_values(columns: RecordColumns[Any]) -> list[Any]:
    """The columns of all leaves as sequences of Python values."""
    found: list[Any] = []
    _flatten(columns, found)
    return [column.tolist() if isinstance(column, np.ndarray) else column for column in found]


def write_record_columns(leaves: tuple[Leaf, ...], columns: RecordColumns[Any]) -> tuple[Part, ...] | None:
    """Encode columns as an array of records, without making records; None where value by value is faster."""
    found: list[Any] = []
    _flatten(columns, found)
    return write_leaves(leaves, found, len(columns))


def _flatten(columns: RecordColumns[Any], found: list[Any]) -> None:
    for column in columns.__avro_columns__:
        if isinstance(column, RecordColumns):
            _flatten(column, found)
        else:
            found.append(column)


__all__ = ["RecordColumns", "columns_of", "leaf_values", "take_columns", "write_record_columns"]
