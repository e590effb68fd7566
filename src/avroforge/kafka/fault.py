"""What an error of kafka-python means for delivery: whose fault it is, and whether it passes by itself."""

from __future__ import annotations

from typing import Final

from kafka import errors

from avroforge.delivery import RecordFault, Refused
from avroforge.errors import TransportError

_OF_THE_RECORD: Final = (
    errors.MessageSizeTooLargeError,
    errors.RecordListTooLargeError,
    errors.InvalidRecordError,
)
# Somebody has to act, and only this topic waits for it.
_OF_THE_TOPIC: Final = {
    errors.UnknownTopicOrPartitionError: "no such topic; create it, or correct the setting 'topic'",
    errors.TopicAuthorizationFailedError: "not authorised; grant Describe and Write on the topic",
    errors.InvalidTopicError: "the broker refuses the name; correct the setting 'topic'",
    errors.InvalidTimestampError: "the topic refuses the time of this machine; set its clock",
    errors.PolicyViolationError: "the broker's policy refuses the record",
    errors.UnsupportedForMessageFormatError: "its message format is too old for headers and idempotence",
}
# Somebody has to act, and everything waits for it.
_OF_THE_PRODUCER: Final = {
    errors.TransactionalIdAuthorizationFailedError: (
        "not authorised for the transactional id {producer!r}; grant Describe and Write on it, or on the "
        "prefix 'avroforge-'"
    ),
    errors.ClusterAuthorizationFailedError: "not authorised; grant IdempotentWrite on the cluster",
    errors.SaslAuthenticationFailedError: "login refused; check user name and password",
    errors.UnsupportedVersionError: "the broker is too old: transactions need Kafka 2.5 or newer",
    errors.InvalidTransactionTimeoutError: (
        "the broker's transaction.max.timeout.ms is below this producer's timeout; raise it, or lower "
        "delivery_timeout_ms"
    ),
    errors.ProducerFencedError: (
        "another producer has taken over the transactional id {producer!r}: is this outbox a copy of another?"
    ),
    errors.InvalidProducerEpochError: (
        "another producer has taken over the transactional id {producer!r}: is this outbox a copy of another?"
    ),
}
_PASSING: Final = {
    errors.NotEnoughReplicasError: "fewer replicas in sync than min.insync.replicas",
    errors.NotEnoughReplicasAfterAppendError: "fewer replicas in sync than min.insync.replicas",
    errors.CoordinatorNotAvailableError: (
        "no transaction coordinator; with few brokers set transaction.state.log.replication.factor"
    ),
}


def explain(error: BaseException, *, topic: str | None, producer: str) -> TransportError:
    """An error as delivery understands it.

    Args:
        error: what kafka-python raised, or put into a future.
        topic: what it was about, if it was about one.
        producer: the transactional id.
    """
    place = topic or "Kafka"
    for kind, text in _OF_THE_TOPIC.items():
        if isinstance(error, kind):
            return TransportError(f"{place}: {text}", retriable=False, topic=topic)
    for kind, text in _OF_THE_PRODUCER.items():
        if isinstance(error, kind):
            return TransportError(f"Kafka: {text.format(producer=producer)}", retriable=False)
    for kind, text in _PASSING.items():
        if isinstance(error, kind):
            return TransportError(f"{place}: {text}", retriable=True, topic=topic)
    # What nobody foresaw is asked again: a row that waits is better than one that is lost.
    return TransportError(f"{place}: {_words(error)}", retriable=True)


def fault_of_record(error: BaseException, *, topic: str, size: int, limit: int | None) -> RecordFault | None:
    """Why a record can never be in a topic as it is, or None where the record is not at fault.

    Args:
        error: what kafka-python said.
        topic: where it was to go.
        size: of its value, in bytes.
        limit: the topic's ``max.message.bytes``, if known.
    """
    if not isinstance(error, _OF_THE_RECORD):
        return None
    if isinstance(error, errors.InvalidRecordError):
        return RecordFault(f"{topic}: the broker refuses the record: {_words(error)}")
    return too_large(topic, size, limit)


def too_large(topic: str, size: int, limit: int | None) -> RecordFault:
    """The verdict on a record that the topic, or the client, cannot take."""
    most = "fewer" if limit is None else f"at most {limit}"
    return RecordFault(
        f"{topic}: expected {most} bytes, got {size}; raise max.message.bytes of the topic and "
        "max_request_size, then requeue"
    )


def refusal(error: TransportError) -> Refused:
    """A failed call as the outcome of a record that was not sent."""
    return Refused(error.message, error.retriable, error.topic)


def _words(error: BaseException) -> str:
    said = next((each for each in error.args if isinstance(each, str) and each.strip()), None)
    return said.strip() if said else type(error).__name__.removesuffix("Error")
