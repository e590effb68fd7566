"""The topics of a configuration as its brokers have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.errors import TransportError
from vqe_stream.check import Check, Verdict
from vqe_stream.topics.comparison import compare
from vqe_stream.topics.legacy import left_over
from vqe_stream.topics.wanted import wanted_topics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.kafka.topic_admin import TopicAdmin
    from vqe_stream.config import ProducerConfig


def inspect(admin: TopicAdmin, config: ProducerConfig) -> Iterator[Check]:
    """Compare each topic with what is wanted, and look for topics per molecule.

    Raises:
        TransportError: nobody answers.
    """
    brokers = len(admin.brokers())
    for wanted in wanted_topics(config):
        try:
            yield from compare(wanted, admin.describe(wanted.name), brokers)
        except TransportError as error:
            if error.topic is None:
                raise
            # A producer may do without the rights of who reads dead letters.
            verdict = Verdict.FAILURE if wanted.required else Verdict.WARNING
            yield Check(f"topic {wanted.name}", verdict, str(error))
    yield from left_over(admin.names())
