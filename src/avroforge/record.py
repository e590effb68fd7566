"""The base of every generated record class: equality by value, and nothing that a field name could hide."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from avroforge.branches import Branch

if TYPE_CHECKING:
    from collections.abc import Mapping


def values_equal(a: Any, b: Any) -> bool:  # noqa: ANN401 - any two field values
    """Whether two field values are the same data: NaN equals NaN, arrays compare by value."""
    if a is b:
        return True
    kind = type(a)
    if kind is float and type(b) is float:
        return bool(a == b or (a != a and b != b))  # noqa: PLR0124 - NaN is what differs from itself
    if kind is list and type(b) is list:
        return len(a) == len(b) and all(map(values_equal, a, b))
    if kind is dict and type(b) is dict:
        return a.keys() == b.keys() and all(values_equal(value, b[key]) for key, value in a.items())
    if _is_array(a) or _is_array(b):
        return _arrays_equal(a, b)
    if isinstance(a, Branch) and kind is type(b):
        return values_equal(a.value, b.value)
    if (kind is bool or type(b) is bool) and isinstance(a, int | float) and isinstance(b, int | float):
        return kind is type(b) and bool(a == b)  # True equals 1, but is another branch's data
    if isinstance(a, Enum) or isinstance(b, Enum):
        return False  # a member that is a string too equals its text, but is another branch's data
    return bool(a == b)


def _is_array(value: object) -> bool:
    """Whether a value is an array of numpy, and not a record, or columns of records, with a field dtype."""
    return hasattr(value, "dtype") and not isinstance(value, AvroRecordBase | Sequence)


def _arrays_equal(a: Any, b: Any) -> bool:  # noqa: ANN401 - an array and anything
    if not (hasattr(a, "tolist") and hasattr(b, "tolist")):
        # a list and an array of the same numbers are the same Avro data
        return values_equal(
            a.tolist() if hasattr(a, "tolist") else a, b.tolist() if hasattr(b, "tolist") else b
        )
    if a.shape != b.shape:
        return False
    return bool(((a == b) | ((a != a) & (b != b))).all())  # noqa: PLR0124 - as above, for each item


class AvroRecordBase:
    """What generated record classes share. Names here are dunders: no Avro field can have them in Python."""

    __slots__ = ()

    __avro_fullname__: ClassVar[str]
    __avro_fields__: ClassVar[tuple[str, ...]]
    """The Python attribute of each field, in schema order."""

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(values_equal(getattr(self, name), getattr(other, name)) for name in self.__avro_fields__)

    __hash__ = None  # type: ignore[assignment]  # mutable, so not hashable


def _hash(value: object) -> int:
    """A hash by which values that are the same data are equal: NaN has one."""
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - NaN is what differs from itself
        return 0
    return hash((type(value), _hash(value.value))) if isinstance(value, Branch) else hash(value)


class AvroFrozenRecordBase(AvroRecordBase):
    """What frozen record classes share: they are hashable where all their fields are."""

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]  # the mutable base has none
        return hash((type(self), *(_hash(getattr(self, name)) for name in self.__avro_fields__)))


def opened(cls: type) -> Any:  # noqa: ANN401 - a class like `cls`, but for its frozen attributes
    """A class of the same layout as a frozen one, whose objects can be set and then change to that class.

    The decoders make objects by it; ``cls.__avro_opened__`` is where the resolving reader finds it.
    """
    slots: tuple[str, ...] = cls.__dict__["__slots__"]
    found = type(cls.__name__, (AvroFrozenRecordBase,), {"__slots__": slots, "__module__": cls.__module__})
    setattr(cls, "__avro_opened__", found)  # noqa: B010 - no class declares it
    return found


def describe(cls: type, fields: Mapping[str, Mapping[str, object]]) -> None:
    """Give the fields of a generated class what the schema says of them, as `dataclasses.Field.metadata`."""
    known = getattr(cls, "__dataclass_fields__")  # noqa: B009 - every record class is a dataclass
    for name, entries in fields.items():
        known[name].metadata = MappingProxyType(dict(entries))
