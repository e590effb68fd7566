"""The brokers: reached by every address, their topics, and whether they take transactions."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from avroforge.kafka.connection import why_not
from avroforge.kafka.topic_admin import TopicAdmin
from vqe_stream.check import Check, Verdict
from vqe_stream.topics.inspection import inspect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from avroforge.kafka import KafkaOptions
    from avroforge.kafka.admission import AdmissionError
    from vqe_stream.config import ProducerConfig

_KNOCK: Final = 3.0
_CONTACT: Final = 10.0


def look_at_brokers(options: KafkaOptions) -> Iterator[Check]:
    """Every address of the settings, then every address that the brokers name themselves."""
    answers = _knock(options.addresses, options)
    reached = [address for address, refusal in answers if refusal is None]
    for address, refusal in answers:
        if refusal is not None:
            verdict = Verdict.WARNING if reached else Verdict.FAILURE
            yield Check(
                f"broker {address}", verdict, str(refusal), "" if not refusal.passing else _advice(refusal)
            )
    if not reached:
        return
    with TopicAdmin(options, _CONTACT) as admin:
        brokers = admin.brokers()
    told = {each.address: each.number for each in brokers}
    unreachable = [
        (address, refusal)
        for address, refusal in _knock([each for each in told if each not in reached], options)
        if refusal is not None
    ]
    for address, refusal in unreachable:
        yield Check(
            f"broker {address}",
            Verdict.FAILURE,
            f"broker {told[address]} sends clients to this address: {refusal}",
            "correct the broker's advertised.listeners, or let this machine resolve the name",
        )
    if not unreachable:
        secure = options.security.get("security_protocol", "PLAINTEXT")
        numbers = f"{len(brokers)} broker{'s' if len(brokers) != 1 else ''}"
        yield Check("brokers", Verdict.OK, f"{numbers} at {', '.join(told)}, {secure}")


def look_at_topics(config: ProducerConfig, options: KafkaOptions) -> Iterator[Check]:
    """Each topic that results need, and topics of the implementation before this one."""
    with TopicAdmin(options, _CONTACT) as admin:
        yield from inspect(admin, config)


def look_at_transactions(options: KafkaOptions) -> Iterator[Check]:
    """Whether this user may begin a transaction, and the brokers can keep it."""
    with TopicAdmin(options, _CONTACT) as admin:
        # A name of its own: whoever shares one fences the other.
        admin.check_transactions(f"avroforge-doctor-{os.getpid()}")
    yield Check("transactions", Verdict.OK, "a producer may begin one")


def _knock(addresses: Sequence[str], options: KafkaOptions) -> list[tuple[str, AdmissionError | None]]:
    if not addresses:
        return []
    with ThreadPoolExecutor(len(addresses)) as pool:
        answers = pool.map(lambda each: why_not(each, _KNOCK, options.security), addresses)
        return list(zip(addresses, answers, strict=True))


def _advice(refusal: AdmissionError) -> str:
    said = str(refusal)
    if "name" in said or "address associated" in said:
        return "correct the host in bootstrap_servers"
    if "refused" in said:
        return "start the broker, or correct the port in bootstrap_servers"
    return "check bootstrap_servers, the network and the broker; results wait meanwhile"
