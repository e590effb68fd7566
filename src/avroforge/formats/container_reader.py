"""Read object container files: typed objects or plain datums, one block in memory at a time."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar, overload

from avroforge.errors import ConfigurationError
from avroforge.formats.argument import require_class
from avroforge.formats.container_block import BlockReader
from avroforge.formats.container_limits import ContainerLimits, FileBudget
from avroforge.formats.container_record import PlainRecords, RecordError, TypedRecords, source_of
from avroforge.wire.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from types import TracebackType
    from typing import BinaryIO

    from avroforge.codec.lower import LogicalMode
    from avroforge.formats.container_block import Loss, OnDamage
    from avroforge.formats.container_record import Records
    from avroforge.schema import Schema

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class ReadingInterface(Protocol[T_co]):
    """A generated interface, as far as reading goes."""

    def decode(self, data: bytes) -> T_co:
        """Decode bare Avro."""
        ...


class ContainerReader(Generic[T]):
    """An iterator over the records of an object container file.

    Records of another schema than the interface's are resolved into it (Avro 1.12, Schema Resolution);
    without an interface they are plain datums of the file's own schema. The file stays open: who opened it
    closes it.

    Args:
        file: a binary file; a pipe will do.
        interface: a generated interface class, or None for plain datums.
        logical_types: without an interface, ``typed`` Python values or their ``raw`` underlying values.
        on_damage: ``raise`` a `DecodeError`, or ``skip`` to the next sync marker; `losses` then says
            what was lost.
        limits: the most that a file may ask for.

    Raises:
        DecodeError: no container file, or a header that cannot be used.
        SchemaError: the file's schema is none.
        ResolutionError: the interface can read nothing that this file's schema writes.
        MissingExtraError: the library of the file's codec is not installed.
        ConfigurationError: `logical_types` beside an interface.
    """

    @overload
    def __init__(
        self: ContainerReader[Any],
        file: BinaryIO,
        interface: None = None,
        *,
        logical_types: LogicalMode = "typed",
        on_damage: OnDamage = "raise",
        limits: ContainerLimits | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self,
        file: BinaryIO,
        interface: type[ReadingInterface[T]],
        *,
        on_damage: OnDamage = "raise",
        limits: ContainerLimits | None = None,
    ) -> None: ...

    def __init__(
        self,
        file: BinaryIO,
        interface: type[Any] | None = None,
        *,
        logical_types: LogicalMode = "typed",
        on_damage: OnDamage = "raise",
        limits: ContainerLimits | None = None,
    ) -> None:
        if interface is not None and logical_types != "typed":
            raise ConfigurationError(
                "logical_types: an interface has its own, so this is for plain datums only"
            )
        if interface is not None:
            require_class(interface)
        limits = limits or ContainerLimits()
        self._blocks = BlockReader(file, limits, on_damage)
        self._header = self._blocks.header
        schema = self._header.schema
        own = DEFAULT_LIMITS if interface is None else interface.LIMITS
        budget = FileBudget(limits.message or own, limits.free_items)
        self._read: Records = (
            PlainRecords(schema, budget, logical_types)
            if interface is None
            else TypedRecords(schema, budget, source_of(schema, interface))
        )
        self._records = self._iterate()

    @property
    def schema(self) -> Schema:
        """The schema that wrote the file."""
        return self._header.schema

    @property
    def codec(self) -> str:
        """The name of the file's codec."""
        return self._header.codec

    @property
    def metadata(self) -> Mapping[str, bytes]:
        """The metadata, ``avro.schema`` and ``avro.codec`` included."""
        return MappingProxyType(self._header.metadata)

    @property
    def sync_marker(self) -> bytes:
        """The 16 bytes behind every block."""
        return self._header.sync_marker

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What was lost so far, in order; complete once the iteration has ended."""
        return tuple(self._blocks.losses)

    def __iter__(self) -> Iterator[T]:
        return self._records

    def __next__(self) -> T:
        """The next record.

        Raises:
            DecodeError: a damaged block or record, with its offset in the file; unless damage is skipped.
        """
        return next(self._records)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._records.close()

    def _iterate(self) -> Generator[T, None, None]:
        for block in self._blocks:
            try:
                yield from self._read(block.data, block.count)
            except RecordError as error:
                self._blocks.give_up(
                    block, block.error(error.cause, error.number), block.count - error.number
                )
