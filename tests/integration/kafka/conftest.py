"""Topics of a test's own, what stands in them, and transports and outboxes to fill them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from tests.integration.kafka.topic import create_topic, unique_name

if TYPE_CHECKING:
    from tests.integration.servers.kafka import KafkaCluster


@pytest.fixture(autouse=True)
def quiet() -> None:
    """Keep kafka-python's thousands of lines about every lost connection out of the reports."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


@pytest.fixture
def topic(kafka: KafkaCluster) -> str:
    """A new topic of one partition, for records up to 20 MiB."""
    return create_topic(kafka.servers, unique_name())
