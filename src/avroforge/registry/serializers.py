"""The codecs of generated interfaces in the forms that other Kafka clients take.

None of those clients is imported: each form is what its client calls. All write and read the Confluent wire
format.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar

from avroforge.errors import ConfigurationError
from avroforge.registry.ids import RegistryIds
from avroforge.registry.subjects import Part, SubjectNaming
from avroforge.wire.framing import frame, from_record

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from avroforge.interface import AvroInterfaceBase
    from avroforge.registry.interface import SchemaRegistry

T = TypeVar("T")
Naming: TypeAlias = SubjectNaming | Callable[[str, str, Part], str]
"""A strategy, or a function of topic, full name and part that gives the subject."""
Headers: TypeAlias = Mapping[str, bytes | None] | Iterable[tuple[str, bytes | None]] | None


class RecordSerializer(Generic[T]):
    """Typed objects to framed messages; an id is asked for once per subject, and none per message.

    Args:
        interface: the generated interface class.
        registry: where the schema is, or is to be, registered.
        naming: which subject that is.
        register: False only looks the schema up.
    """

    def __init__(
        self,
        interface: type[AvroInterfaceBase[T]],
        registry: RegistryIds | SchemaRegistry,
        *,
        naming: Naming = SubjectNaming.TOPIC_NAME,
        register: bool = True,
    ) -> None:
        self._interface = interface()
        self._ids = _ids(registry)
        self._naming = naming.subject if isinstance(naming, SubjectNaming) else naming
        self._register = register
        self._known: dict[tuple[str, Part], int] = {}

    def prepare(self, topic: str, part: Part = Part.VALUE) -> int:
        """Have the schema's id before the first message, so that writing does no I/O.

        Raises:
            IncompatibleSchemaError: the subject's compatibility level forbids the schema.
            SchemaNotFoundError: the schema is not registered, and is not to be.
            RegistryError: the registry gave no answer.
        """
        known = self._known.get((topic, part))
        if known is None:
            interface = self._interface
            subject = self._naming(topic, interface.FULLNAME, part)
            known = self._known[topic, part] = self._ids.ensure_registered(
                subject, interface.SELF_CONTAINED, schema_key=interface.SCHEMA_KEY, register=self._register
            )
        return known

    def write(self, datum: T | None, topic: str, part: Part = Part.VALUE) -> bytes | None:
        """One message; None stays None, which Kafka calls a tombstone.

        Raises:
            EncodeError: a value that the schema cannot hold, with its path.
            RegistryError: as `prepare`, on the first message of a topic.
        """
        if datum is None:
            return None
        bare = self._interface.encode(datum)
        return frame(self.prepare(topic, part), bare)


class RecordDeserializer(Generic[T]):
    """Framed messages to typed objects, whatever version of the schema wrote them.

    Args:
        interface: the generated interface class; its schema is the reader's.
        registry: where writers' schemas are registered; each is asked for once.
    """

    def __init__(self, interface: type[AvroInterfaceBase[T]], registry: RegistryIds | SchemaRegistry) -> None:
        self._ids = _ids(registry)
        self._interface = interface(self._ids)

    def read(self, data: bytes | None, headers: Headers = None, part: Part = Part.VALUE) -> T | None:
        """One message; None stays None.

        Args:
            data: value or key of the record.
            headers: the record's headers, which may name the schema by its GUID instead.
            part: which of the two `data` is.

        Raises:
            DecodeError: no frame, or no value of the schema.
            ResolutionError: a writer schema that the interface's schema cannot read.
            SchemaNotFoundError: the registry does not know the schema.
            RegistryError: the registry gave no answer; reading it again asks again.
        """
        if data is None:
            return None
        return self._interface.from_record(data, _pairs(headers), part=part.value)

    async def read_async(
        self, data: bytes | None, headers: Headers = None, part: Part = Part.VALUE
    ) -> T | None:
        """As `read`; a registry that has to be asked is asked in a thread."""
        if data is None:
            return None
        reference, _ = from_record(data, _pairs(headers), part=part.value)
        if self._ids.knows(reference):
            return self.read(data, headers, part)
        return await asyncio.to_thread(self.read, data, headers, part)


class Context(Protocol):
    """What `confluent_kafka.serialization.SerializationContext` has."""

    @property
    def topic(self) -> str | None:
        """The topic of the record."""
        ...

    @property
    def field(self) -> Any:  # noqa: ANN401 - a text, or an enumeration of texts in later versions
        """``key`` or ``value``."""
        ...

    @property
    def headers(self) -> Any:  # noqa: ANN401 - pairs or a mapping
        """The record's headers."""
        ...


class ConfluentSerializer(RecordSerializer[T]):
    """For ``key.serializer`` and ``value.serializer`` of `confluent_kafka.SerializingProducer`."""

    def __call__(self, obj: T | None, ctx: Context | None = None) -> bytes | None:
        """As `RecordSerializer.write`, the topic and the part being those of the context."""
        return self.write(obj, *_place(ctx))


class ConfluentDeserializer(RecordDeserializer[T]):
    """For ``key.deserializer`` and ``value.deserializer`` of `confluent_kafka.DeserializingConsumer`."""

    def __call__(self, data: bytes | None, ctx: Context | None = None) -> T | None:
        """As `RecordDeserializer.read`, with the headers of the context."""
        if ctx is None:
            return self.read(data)
        return self.read(data, ctx.headers, _part(ctx))


def topic_serializer(  # noqa: PLR0913 - what a serializer has to know
    interface: type[AvroInterfaceBase[T]],
    registry: RegistryIds | SchemaRegistry,
    topic: str,
    *,
    part: Part = Part.VALUE,
    naming: Naming = SubjectNaming.TOPIC_NAME,
    register: bool = True,
) -> Callable[[T | None], bytes | None]:
    """For ``value_serializer`` and ``key_serializer`` of aiokafka, which names no topic to them.

    The schema's id is asked for here, so that writing does no I/O.

    Raises:
        RegistryError: as `RecordSerializer.prepare`.
    """
    serializer = RecordSerializer(interface, registry, naming=naming, register=register)
    serializer.prepare(topic, part)
    return lambda datum: serializer.write(datum, topic, part)


def topic_deserializer(
    interface: type[AvroInterfaceBase[T]], registry: RegistryIds | SchemaRegistry
) -> Callable[[bytes | None], T | None]:
    """For ``value_deserializer`` and ``key_deserializer`` of aiokafka.

    The first message of a schema asks the registry, and waits for it; in an event loop that is what
    `message_decoder` avoids.
    """
    return RecordDeserializer(interface, registry).read


class Message(Protocol):
    """What `faststream.StreamMessage` has."""

    @property
    def body(self) -> Any:  # noqa: ANN401 - bytes, or a list of them for a batch
        """The record's value."""
        ...


def message_decoder(
    interface: type[AvroInterfaceBase[T]], registry: RegistryIds | SchemaRegistry
) -> Callable[[Message], Awaitable[T | None]]:
    """For ``decoder`` of FastStream; a registry that has to be asked is asked in a thread."""
    deserializer = RecordDeserializer(interface, registry)

    async def decode(message: Message) -> T | None:
        raw = getattr(message, "raw_message", None)
        return await deserializer.read_async(message.body or None, getattr(raw, "headers", None))

    return decode


def _ids(registry: RegistryIds | SchemaRegistry) -> RegistryIds:
    return registry if isinstance(registry, RegistryIds) else RegistryIds(registry)


def _place(context: Context | None) -> tuple[str, Part]:
    if context is None or context.topic is None:
        raise ConfigurationError("serializer: called without the topic; pass a SerializationContext")
    return context.topic, _part(context)


def _part(context: Context) -> Part:
    return Part.KEY if str(context.field) == Part.KEY else Part.VALUE


def _pairs(headers: Headers) -> Iterable[tuple[str, bytes | None]]:
    return headers.items() if isinstance(headers, Mapping) else headers or ()
