from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from avroforge.errors import IncompatibleSchemaError, RegistryUnavailableError, SchemaNotFoundError
from avroforge.registry import (
    MemoryRegistry,
    RegisteredSchema,
    RegistryIds,
    SchemaContent,
    SchemaReference,
    single_flight,
)
from avroforge.registry.single_flight import SingleFlight
from avroforge.schema import parse_schema

if TYPE_CHECKING:
    from avroforge.interface import SchemaSource

SUBJECT = "experiment.vqe-value"
TEXT = '{"type": "record", "name": "R", "fields": []}'
KEY = parse_schema(TEXT).key


class CountingRegistry(MemoryRegistry):
    """A memory registry that counts the calls, and fails while it is `down`."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.down = False

    def _count(self, call: str) -> None:
        self.calls.append(call)
        if self.down:
            raise RegistryUnavailableError("no answer")

    def register(self, *args: Any, **kwargs: Any) -> RegisteredSchema:  # noqa: ANN401 - whatever the interface takes
        self._count("register")
        return super().register(*args, **kwargs)

    def lookup(self, *args: Any, **kwargs: Any) -> RegisteredSchema | None:  # noqa: ANN401 - whatever the interface takes
        self._count("lookup")
        return super().lookup(*args, **kwargs)

    def schema_by_id(self, *args: Any, **kwargs: Any) -> SchemaContent:  # noqa: ANN401 - whatever the interface takes
        self._count("schema_by_id")
        return super().schema_by_id(*args, **kwargs)


@pytest.fixture
def registry() -> CountingRegistry:
    return CountingRegistry()


def test_id_for_never_asks(registry: CountingRegistry) -> None:
    ids = RegistryIds(registry)
    assert ids.id_for(SUBJECT, KEY) is None
    schema_id = ids.ensure_registered(SUBJECT, TEXT)
    registry.calls.clear()
    assert ids.id_for(SUBJECT, KEY) == schema_id
    assert ids.id_for("other", KEY) is None
    assert registry.calls == []


def test_it_is_a_schema_source_of_generated_code(registry: CountingRegistry) -> None:
    source: SchemaSource = RegistryIds(registry)
    assert source.id_for(SUBJECT, KEY) is None


def test_a_registered_schema_costs_one_call_for_any_number_of_messages(registry: CountingRegistry) -> None:
    MemoryRegistry.register(registry, SUBJECT, TEXT)
    ids = RegistryIds(registry)
    assert {ids.id_to_frame(SUBJECT, KEY, TEXT) for _ in range(100)} == {1}
    assert registry.calls == ["lookup"]


def test_a_new_schema_is_looked_up_then_registered(registry: CountingRegistry) -> None:
    assert RegistryIds(registry).ensure_registered(SUBJECT, TEXT) == 1
    assert registry.calls == ["lookup", "register"]


def test_a_failure_is_not_remembered(registry: CountingRegistry) -> None:
    ids = RegistryIds(registry)
    registry.down = True
    for _ in range(2):
        with pytest.raises(RegistryUnavailableError):
            ids.ensure_registered(SUBJECT, TEXT)
        with pytest.raises(RegistryUnavailableError):
            ids.schema_by_id(1)
    registry.down = False
    assert ids.ensure_registered(SUBJECT, TEXT) == 1
    assert ids.schema_by_id(1) == TEXT


def test_an_incompatible_schema_can_be_tried_again(registry: CountingRegistry) -> None:
    ids = RegistryIds(registry)
    ids.ensure_registered(SUBJECT, '"int"')
    for _ in range(2):
        with pytest.raises(IncompatibleSchemaError):
            ids.ensure_registered(SUBJECT, TEXT)
    assert ids.id_for(SUBJECT, KEY) is None


def test_a_text_is_fetched_once(registry: CountingRegistry) -> None:
    MemoryRegistry.register(registry, SUBJECT, TEXT)
    ids = RegistryIds(registry)
    assert [ids.schema_by_id(1) for _ in range(3)] == [TEXT] * 3
    assert registry.calls == ["schema_by_id"]


def test_an_unknown_id_is_asked_again_after_a_while(registry: CountingRegistry) -> None:
    now = [0.0]
    ids = RegistryIds(registry, unknown_seconds=10, clock=lambda: now[0])
    for _ in range(3):
        with pytest.raises(SchemaNotFoundError):
            ids.schema_by_id(1)
    assert registry.calls == ["schema_by_id"]
    MemoryRegistry.register(registry, SUBJECT, TEXT)
    now[0] = 10.0
    assert ids.schema_by_id(1) == TEXT


def test_registering_ends_the_memory_of_an_unknown_id(registry: CountingRegistry) -> None:
    ids = RegistryIds(registry)
    with pytest.raises(SchemaNotFoundError):
        ids.schema_by_id(1)
    ids.ensure_registered(SUBJECT, TEXT)
    assert ids.schema_by_id(1) == TEXT


def test_made_up_ids_take_bounded_memory(registry: CountingRegistry) -> None:
    ids = RegistryIds(registry)
    for schema_id in range(1, 3000):
        with pytest.raises(SchemaNotFoundError):
            ids.schema_by_id(schema_id)
    assert len(ids._unknown) == 1024


def test_threads_that_ask_at_once_make_one_call(registry: CountingRegistry) -> None:
    MemoryRegistry.register(registry, SUBJECT, TEXT)
    ids = RegistryIds(registry)
    ready = threading.Barrier(8)

    def ask(_: int) -> int:
        ready.wait()
        ids.schema_by_id(1)
        return ids.ensure_registered(SUBJECT, TEXT, schema_key=KEY)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {1}
    assert sorted(registry.calls) == ["lookup", "schema_by_id"]


def test_threads_that_wait_share_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a registry that answers nobody keeps each thread waiting once per thread before it."""
    asked, answered, waiting = threading.Event(), threading.Event(), threading.Semaphore(0)

    class Watched(Future[str]):
        def result(self, timeout: float | None = None) -> str:
            waiting.release()
            return super().result(timeout)

    monkeypatch.setattr(single_flight, "Future", Watched)

    class Slow(CountingRegistry):
        def schema_by_id(self, schema_id: int, subject: str | None = None) -> SchemaContent:
            asked.set()
            answered.wait()
            return super().schema_by_id(schema_id, subject)

    slow = Slow()
    slow.down = True
    ids = RegistryIds(slow)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(ids.schema_by_id, 1)
        asked.wait()
        others = [pool.submit(ids.schema_by_id, 1) for _ in range(3)]
        for _ in others:
            waiting.acquire()
        answered.set()
        failures = [each.exception() for each in (first, *others)]
    assert all(isinstance(each, RegistryUnavailableError) for each in failures)
    assert slow.calls == ["schema_by_id"]


def test_what_ends_the_asking_thread_does_not_end_the_others() -> None:
    flights: SingleFlight[int] = SingleFlight()
    asked, interrupted = threading.Event(), threading.Event()

    def interrupt() -> int:
        asked.set()
        interrupted.wait()
        raise KeyboardInterrupt

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(flights.call, "q", interrupt)
        asked.wait()
        second = pool.submit(flights.call, "q", lambda: 7)
        interrupted.set()
        assert isinstance(first.exception(), KeyboardInterrupt)
        assert second.result() == 7
    assert flights._under_way == {}


def test_a_registered_schema_with_references_is_read_with_them(registry: CountingRegistry) -> None:
    MemoryRegistry.register(registry, "part", '{"type": "enum", "name": "E", "symbols": ["A"]}')
    whole = '{"type": "record", "name": "W", "fields": [{"name": "e", "type": "E"}]}'
    found = MemoryRegistry.register(registry, "whole", whole, [SchemaReference("E", "part", 1)])
    text = RegistryIds(registry).schema_by_id(found.schema_id)
    assert list(parse_schema(text).names) == ["W", "E"]
