"""Schema ids at run time: one registry call per (subject, schema) and process, none per message."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from avroforge.errors import SchemaNotFoundError
from avroforge.registry.references import self_contained_text
from avroforge.registry.single_flight import SingleFlight
from avroforge.schema import parse_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from avroforge.registry.content import SchemaContent
    from avroforge.registry.interface import SchemaRegistry

UNKNOWN_ID_SECONDS: Final = 30.0
_MAX_UNKNOWN: Final = 1024


class RegistryIds:
    """The ids and texts of one registry, remembered for the life of the process; safe in threads.

    It is the run time's schema source: generated code asks `id_for` to frame, and `schema_by_id` to
    read. Ids and their texts never change, so they are kept; that an id is unknown is kept for
    `unknown_seconds` only, and any other failure not at all. Threads that ask the same at once make one
    call and share what becomes of it.

    Args:
        registry: where to ask.
        unknown_seconds: for how long an unknown id is answered without asking again.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        registry: SchemaRegistry,
        *,
        unknown_seconds: float = UNKNOWN_ID_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.registry = registry
        self._unknown_seconds = unknown_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._registering: SingleFlight[int] = SingleFlight()
        self._fetching: SingleFlight[str] = SingleFlight()
        self._ids: dict[tuple[str, str], int] = {}
        self._keys: dict[str, str] = {}
        self._texts: dict[int | UUID, str] = {}
        self._unknown: OrderedDict[int | UUID, float] = OrderedDict()

    def id_for(self, subject: str, schema_key: str) -> int | None:
        """The id of a schema under a subject if it is known here; does no I/O."""
        return self._ids.get((subject, schema_key))

    def schema_by_id(self, schema_id: int) -> str:
        """The writer's text for an id out of a message header, with everything it references.

        Raises:
            SchemaNotFoundError: the registry knows no such id, or said so a moment ago.
            RegistryError: the registry gave no answer; the next call asks again.
        """
        return self._text_of(schema_id)

    def schema_by_guid(self, guid: UUID) -> str:
        """The writer's text for a GUID out of a message header, with everything it references.

        Raises:
            SchemaNotFoundError: the registry knows no such GUID, or said so a moment ago.
            RegistryError: the registry gave no answer; the next call asks again.
        """
        return self._text_of(guid)

    def knows(self, reference: int | UUID) -> bool:
        """Whether the text of an id or a GUID is here already: asking for it does no I/O."""
        return reference in self._texts

    def ensure_registered(
        self, subject: str, schema_text: str, *, schema_key: str | None = None, register: bool = True
    ) -> int:
        """The id of a schema under a subject, registered now if the registry does not have it.

        Args:
            subject: for example ``experiment.vqe-value``.
            schema_text: the self-contained text.
            schema_key: ``Schema.key`` of that text, if the caller has it; saves parsing the text.
            register: False only looks it up.

        Raises:
            SchemaError: the text is no valid schema.
            SchemaNotFoundError: it is not registered, and is not to be.
            IncompatibleSchemaError: the subject's mode forbids it.
            RegistryError: the registry gave no answer; the next call asks again.
        """
        key = schema_key or self._key_of(schema_text)
        known = self._ids.get((subject, key))
        if known is not None:
            return known
        return self._registering.call(
            (subject, key, register), lambda: self._register(subject, key, schema_text, register=register)
        )

    def id_to_frame(self, subject: str, schema_key: str, schema_text: str) -> int:
        """The id for a record that was stored bare, at the moment it is sent.

        Raises:
            RegistryError: as `ensure_registered`; the record stays stored.
        """
        return self.ensure_registered(subject, schema_text, schema_key=schema_key)

    def _key_of(self, schema_text: str) -> str:
        key = self._keys.get(schema_text)
        if key is None:
            key = self._keys[schema_text] = parse_schema(schema_text).key
        return key

    def _register(self, subject: str, key: str, schema_text: str, *, register: bool) -> int:
        known = self._ids.get((subject, key))
        if known is None:
            # Looked up first: a producer without the right to write can still send what is registered.
            found = self.registry.lookup(subject, schema_text)
            if found is None and not register:
                raise SchemaNotFoundError(
                    f"{self.registry.name}: the schema is not registered under '{subject}'; register it first"
                )
            found = found or self.registry.register(subject, schema_text)
            known = self._ids[subject, key] = found.schema_id
            # The text that was asked for: the registered one may have references, or other docs.
            self._remember(known, schema_text)
        return known

    def _text_of(self, reference: int | UUID) -> str:
        text = self._texts.get(reference)
        return text if text is not None else self._fetching.call(reference, lambda: self._fetch(reference))

    def _fetch(self, reference: int | UUID) -> str:
        text = self._texts.get(reference)
        if text is not None:
            return text
        self._refuse_unknown(reference)
        try:
            content = self._content_of(reference)
        except SchemaNotFoundError:
            self._remember_unknown(reference)
            raise
        text = self_contained_text(self.registry, content)
        self._remember(reference, text)
        return text

    def _content_of(self, reference: int | UUID) -> SchemaContent:
        if isinstance(reference, int):
            return self.registry.schema_by_id(reference)
        return self.registry.schema_by_guid(str(reference))

    def _refuse_unknown(self, reference: int | UUID) -> None:
        with self._lock:
            until = self._unknown.get(reference)
        if until is not None and self._clock() < until:
            kind = "id" if isinstance(reference, int) else "GUID"
            raise SchemaNotFoundError(
                f"no schema has the {kind} {reference} in {self.registry.name} (asked less than "
                f"{self._unknown_seconds:g} s ago)"
            )

    def _remember(self, reference: int | UUID, text: str) -> None:
        with self._lock:
            self._texts[reference] = text
            self._unknown.pop(reference, None)

    def _remember_unknown(self, reference: int | UUID) -> None:
        with self._lock:
            self._unknown[reference] = self._clock() + self._unknown_seconds
            self._unknown.move_to_end(reference)
            # Bounded: the ids come out of messages, so anybody can make them up.
            while len(self._unknown) > _MAX_UNKNOWN:
                self._unknown.popitem(last=False)
