"""What an interface says of its schema: constants that cost no import, and what is derived from them."""

from __future__ import annotations

import sys
from collections.abc import Mapping  # noqa: TC003 - `get_type_hints` of an interface looks it up
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from avroforge.codec import ir
    from avroforge.schema import Schema

V = TypeVar("V")


class _Derived(Generic[V]):
    """A constant of an interface that embeds none, computed when first asked for."""

    def __init__(self, derive: Callable[[Schema], V]) -> None:
        self._derive = derive
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        del owner
        self._name = name

    def __get__(self, instance: object, owner: type[Described]) -> V:
        del instance
        value = self._derive(owner.schema())
        setattr(owner, self._name, value)
        return value


class Described:
    """The schema of an interface."""

    FULLNAME: ClassVar[str]
    PART_OF: ClassVar[str] = ""
    """For a type inside another's file: module (relative) and name of that file's interface."""
    USES: ClassVar[tuple[str, ...]] = ()
    """The interfaces of the files that this one's refers to, in the same form."""
    CLOSURE_DIGEST: ClassVar[str] = ""
    """Where the texts of those are many: a digest of all, while the constants below are derived from them."""
    if TYPE_CHECKING:
        SCHEMA: ClassVar[str]
        """The source file's text, verbatim; of a type inside another's file, its own part of that."""
        SELF_CONTAINED: ClassVar[str]
        """The schema with all it refers to, in one text; `SCHEMA` itself where that refers to nothing."""
        FINGERPRINT: ClassVar[bytes]
        """CRC-64-AVRO of the parsing canonical form, little-endian: for single-object encoding only."""
        SCHEMA_KEY: ClassVar[str]
        """SHA-256 of the self-contained text, in hex: the identity of the schema in every cache."""
    else:
        SCHEMA = _Derived(lambda schema: schema.self_contained)
        SELF_CONTAINED = _Derived(lambda schema: schema.self_contained)
        FINGERPRINT = _Derived(lambda schema: schema.fingerprint("CRC-64-AVRO"))
        SCHEMA_KEY = _Derived(lambda schema: schema.key)
    ALIASES: ClassVar[tuple[str, ...]] = ()
    """The full names by which readers also know this type."""
    PROPERTIES: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """What the schema says of this type beyond Avro: its custom properties, parsed."""
    ARRAYS: ClassVar[str] = "list"
    LOGICAL_TYPES: ClassVar[str] = "typed"

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__dict__.keys().isdisjoint({"SELF_CONTAINED", "CLOSURE_DIGEST"}) and "SCHEMA" in cls.__dict__:
            cls.SELF_CONTAINED = cls.SCHEMA

    @classmethod
    def schema(cls) -> Schema:
        """The parsed schema, self-contained."""
        from avroforge.codec.binding import schema_of  # noqa: PLC0415 - parsing is not needed for encode and decode

        return schema_of(cls)

    @classmethod
    def _bound(cls) -> ir.Node:
        from avroforge.codec.binding import bound_type  # noqa: PLC0415 - as above

        return bound_type(cls)

    @classmethod
    def classes(cls) -> Mapping[str, type]:
        """The generated class of every named type this module defines or uses, by full name."""
        from avroforge.codec.closure import home_of  # noqa: PLC0415 - as above

        known: Mapping[str, type] = getattr(sys.modules[home_of(cls)], "AVRO_CLASSES", {})
        return known
