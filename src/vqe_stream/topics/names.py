"""Which topics there are, on brokers and in the embedded log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.delivery import TopicLog
from vqe_stream.connection import kafka_options

if TYPE_CHECKING:
    from vqe_stream.config import ProducerConfig


def topic_names(config: ProducerConfig) -> tuple[str, ...]:
    """The topics that this user may see, sorted.

    Raises:
        TransportError: nobody answers.
        MissingExtraError: brokers are configured, and kafka-python is not installed.
    """
    directory = config.embedded_directory
    if directory is not None:
        if not directory.is_dir():
            return ()
        with TopicLog(directory) as log:
            return log.topics()
    options = kafka_options(config)
    from avroforge.kafka.topic_admin import TopicAdmin  # noqa: PLC0415 - needs kafka-python

    with TopicAdmin(options, config.timeout) as admin:
        return admin.names()
