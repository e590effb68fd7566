"""Apache Kafka over kafka-python, behind the seams of `avroforge.delivery`."""

from __future__ import annotations

from avroforge.kafka.limits import TopicLimits
from avroforge.kafka.options import KafkaOptions
from avroforge.kafka.source import KafkaSource
from avroforge.kafka.transport import KafkaTransport

__all__ = ["KafkaOptions", "KafkaSource", "KafkaTransport", "TopicLimits"]
