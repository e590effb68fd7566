"""Kafka, a registry, S3 and the sink: started together, hurt one at a time."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from kafka import KafkaProducer
from tests.integration.kafka.topic import read_all
from tests.integration.servers.cache import UnavailableError
from tests.integration.servers.stack import BUCKET, DEAD_LETTERS, TOPIC, Stack

from avroforge.wire.framing import frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.integration.kafka.topic import Read

ROOT: Final = Path(__file__).parents[3]
COMPOSE: Final = ROOT / "compose"
RESULTS: Final = tuple(sorted((ROOT / "data" / "vqe").glob("*.avro")))
_PATIENCE: Final = 60


class Place(NamedTuple):
    """Where a record stands in its topic."""

    partition: int
    offset: int


@dataclass(frozen=True)
class S3Object:
    """An object as a reader of the bucket sees it."""

    name: str
    body: bytes
    content_type: str
    metadata: Mapping[str, str]

    @property
    def value(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.body)


class Run:
    """A stack, and what goes in and comes out of it."""

    def __init__(self, stack: Stack) -> None:
        self.kafka = stack.kafka
        self.registry = stack.registry
        self.garage = stack.garage
        self.sink = stack.sink
        self.schema_text = (ROOT / "tests/data/VQEDecoratedResult.inline.avsc").read_text()
        self.schema_id = stack.registry.register(f"{TOPIC}-value", self.schema_text)
        self._producer = KafkaProducer(
            bootstrap_servers=self.kafka.servers.split(","), acks="all", max_request_size=20 * 1024 * 1024
        )
        self._client = self.garage.client()

    def framed(self, body: bytes, schema_id: int | None = None) -> bytes:
        return frame(self.schema_id if schema_id is None else schema_id, body)

    def send_many(self, ids: Sequence[str], value: bytes) -> None:
        """Write one value under each id; returns once all are acknowledged."""
        futures = [
            self._producer.send(TOPIC, value=value, key=b"k", headers=[("result-id", each.encode())])
            for each in ids
        ]
        for future in futures:
            future.get(_PATIENCE)

    def send(
        self,
        value: bytes | None,
        result_id: str | None = None,
        *,
        key: bytes = b"k",
        headers: Mapping[str, bytes] | None = None,
    ) -> Place:
        """Write one record; where it stands."""
        named = [("result-id", result_id.encode())] if result_id else []
        named += (headers or {}).items()
        future = self._producer.send(TOPIC, value=value, key=key, headers=named)
        written = future.get(_PATIENCE)
        return Place(written.partition, written.offset)

    def names(self) -> list[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return [each["Key"] for page in pages for each in page.get("Contents", ())]

    def objects(self) -> dict[str, S3Object]:
        found = {}
        for name in self.names():
            answer = self._client.get_object(Bucket=BUCKET, Key=name)
            body = answer["Body"].read()
            found[name] = S3Object(name, body, answer["ContentType"], answer["Metadata"])
        return found

    def dead_letters(self) -> list[Read]:
        return read_all(self.kafka.servers, DEAD_LETTERS)

    def close(self) -> None:
        self._producer.close(5)
        # The server would wait ten seconds for connections that are still open.
        self._client.close()


def eventually(get: Callable[[], Sequence[Any]], count: int, patience: float = _PATIENCE) -> Sequence[Any]:
    """What `get` gives once it gives `count` of them, or what it gave last."""
    deadline = time.monotonic() + patience
    while len(found := get()) < count and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


def _run(folder: Path, pipeline: str) -> Iterator[Run]:
    try:
        stack = Stack(folder, COMPOSE, pipeline)
    except UnavailableError as error:
        pytest.skip(str(error))
    with stack:
        run = Run(stack)
        yield run
        run.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The pipeline in use today."""
    yield from _run(tmp_path_factory.mktemp("page"), "redpanda-connect.yaml")


@pytest.fixture(scope="module")
def resilient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The hardened pipeline; a test that hurts a server brings it back."""
    yield from _run(tmp_path_factory.mktemp("resilient"), "redpanda-connect.resilient.yaml")
