"""Delivery to Apache Kafka: `KafkaTransport` over kafka-python, behind the seam of `avroforge.delivery`."""

from __future__ import annotations

from avroforge.kafka.limits import TopicLimits
from avroforge.kafka.options import KafkaOptions
from avroforge.kafka.transport import KafkaTransport

__all__ = ["KafkaOptions", "KafkaTransport", "TopicLimits"]
