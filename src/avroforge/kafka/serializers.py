"""The codecs of generated interfaces as kafka-python's own serializers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from kafka.serializer import Deserializer, Serializer

from avroforge.registry.serializers import Naming, RecordDeserializer, RecordSerializer
from avroforge.registry.subjects import Part, SubjectNaming

if TYPE_CHECKING:
    from collections.abc import Iterable

    from avroforge.interface import AvroInterfaceBase
    from avroforge.registry.ids import RegistryIds
    from avroforge.registry.interface import SchemaRegistry

T = TypeVar("T")


class KafkaSerializer(RecordSerializer[T], Serializer):  # type: ignore[misc]  # kafka-python has no types
    """For ``value_serializer`` (``key_serializer``) of `kafka.KafkaProducer`.

    Args:
        interface: the generated interface class.
        registry: where the schema is, or is to be, registered.
        part: value or key.
        naming: which subject that is.
        register: False only looks the schema up.
    """

    def __init__(
        self,
        interface: type[AvroInterfaceBase[T]],
        registry: RegistryIds | SchemaRegistry,
        *,
        part: Part = Part.VALUE,
        naming: Naming = SubjectNaming.TOPIC_NAME,
        register: bool = True,
    ) -> None:
        super().__init__(interface, registry, naming=naming, register=register)
        self._part = part

    def serialize(self, topic: str, headers: Iterable[tuple[str, bytes]], data: T | None) -> bytes | None:
        """As `RecordSerializer.write`."""
        del headers
        return self.write(data, topic, self._part)


class KafkaDeserializer(RecordDeserializer[T], Deserializer):  # type: ignore[misc]  # as above
    """For ``value_deserializer`` (``key_deserializer``) of `kafka.KafkaConsumer`.

    Args:
        interface: the generated interface class; its schema is the reader's.
        registry: where writers' schemas are registered; each is asked for once.
        part: value or key.
    """

    def __init__(
        self,
        interface: type[AvroInterfaceBase[T]],
        registry: RegistryIds | SchemaRegistry,
        *,
        part: Part = Part.VALUE,
    ) -> None:
        super().__init__(interface, registry)
        self._part = part

    def deserialize(self, topic: str, headers: Iterable[tuple[str, bytes]], data: bytes | None) -> T | None:
        """As `RecordDeserializer.read`."""
        del topic
        return self.read(data, headers, self._part)
