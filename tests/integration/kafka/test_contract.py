"""The suite of every transport, on a real broker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.integration.kafka.topic import create_topic, unique_name
from tests.unit.delivery import test_transport_contract as contract
from tests.unit.delivery.test_transport_contract import *  # noqa: F403 every test of it runs here too

from avroforge.kafka import KafkaOptions, KafkaTransport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.servers.kafka import KafkaCluster
    from tests.unit.delivery.test_transport_contract import Maker


@pytest.fixture  # type: ignore[no-redef]  # takes the place of the imported one
def make(kafka: KafkaCluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Maker]:
    topic = create_topic(kafka.servers, unique_name(), settings={"max.message.bytes": contract.LIMIT})
    monkeypatch.setattr(contract, "TOPIC", topic)
    made: list[KafkaTransport] = []

    def make_one() -> KafkaTransport:
        made.append(KafkaTransport(KafkaOptions(servers=kafka.servers), topic))
        return made[-1]

    yield make_one
    for each in made:
        each.close(1)
