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
        self._texts: dict[int, str] = {}
        self._unknown: OrderedDict[int, float] = OrderedDict()

    def id_for(self, subject: str, schema_key: str) -> int | None:
        """The id of a schema under a subject if it is known here; does no I/O."""
        return self._ids.get((subject, schema_key))

    def schema_by_id(self, schema_id: int) -> str:
        """The writer's text for an id out of a message header, with everything it references.

        Raises:
            SchemaNotFoundError: the registry knows no such id, or said so a moment ago.
            RegistryError: the registry gave no answer; the next call asks again.
        """
        text = self._texts.get(schema_id)
        return text if text is not None else self._fetching.call(schema_id, lambda: self._fetch(schema_id))

    def ensure_registered(self, subject: str, schema_text: str, *, schema_key: str | None = None) -> int:
        """The id of a schema under a subject, registered now if the registry does not have it.

        Args:
            subject: for example ``experiment.vqe-value``.
            schema_text: the self-contained text.
            schema_key: ``Schema.key`` of that text, if the caller has it; saves parsing the text.

        Raises:
            SchemaError: the text is no valid schema.
            IncompatibleSchemaError: the subject's mode forbids it.
            RegistryError: the registry gave no answer; the next call asks again.
        """
        key = schema_key or self._key_of(schema_text)
        known = self._ids.get((subject, key))
        if known is not None:
            return known
        return self._registering.call((subject, key), lambda: self._register(subject, key, schema_text))

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

    def _register(self, subject: str, key: str, schema_text: str) -> int:
        known = self._ids.get((subject, key))
        if known is None:
            # Looked up first: a producer without the right to write can still send what is registered.
            found = self.registry.lookup(subject, schema_text)
            found = found or self.registry.register(subject, schema_text)
            known = self._ids[subject, key] = found.schema_id
            # The text that was asked for: the registered one may have references, or other docs.
            self._remember(known, schema_text)
        return known

    def _fetch(self, schema_id: int) -> str:
        text = self._texts.get(schema_id)
        if text is not None:
            return text
        self._refuse_unknown(schema_id)
        try:
            content = self.registry.schema_by_id(schema_id)
        except SchemaNotFoundError:
            self._remember_unknown(schema_id)
            raise
        text = self_contained_text(self.registry, content)
        self._remember(schema_id, text)
        return text

    def _refuse_unknown(self, schema_id: int) -> None:
        with self._lock:
            until = self._unknown.get(schema_id)
        if until is not None and self._clock() < until:
            raise SchemaNotFoundError(
                f"no schema has the id {schema_id} in {self.registry.name} (asked less than "
                f"{self._unknown_seconds:g} s ago)"
            )

    def _remember(self, schema_id: int, text: str) -> None:
        with self._lock:
            self._texts[schema_id] = text
            self._unknown.pop(schema_id, None)

    def _remember_unknown(self, schema_id: int) -> None:
        with self._lock:
            self._unknown[schema_id] = self._clock() + self._unknown_seconds
            self._unknown.move_to_end(schema_id)
            # Bounded: the ids come out of messages, so anybody can make them up.
            while len(self._unknown) > _MAX_UNKNOWN:
                self._unknown.popitem(last=False)
