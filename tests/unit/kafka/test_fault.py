"""Whose fault an error of kafka-python is, and whether it passes by itself."""

from __future__ import annotations

import pytest
from kafka import errors

from avroforge.delivery import RecordFault
from avroforge.kafka.fault import explain, fault_of_record, refusal


@pytest.mark.parametrize(
    ("error", "retriable", "topic", "words"),
    [
        (errors.UnknownTopicOrPartitionError("t"), False, "t", "t: no such topic; create it"),
        (errors.TopicAuthorizationFailedError({"t"}), False, "t", "grant Describe and Write on the topic"),
        (errors.NotEnoughReplicasError(None), True, "t", "fewer replicas in sync than min.insync.replicas"),
        (errors.InvalidTimestampError(), False, "t", "set its clock"),
        (errors.TransactionalIdAuthorizationFailedError(), False, None, "transactional id 'avroforge-x'"),
        (errors.ProducerFencedError(), False, None, "another producer has taken over"),
        (errors.SaslAuthenticationFailedError("no"), False, None, "login refused"),
        (errors.UnsupportedVersionError(), False, None, "Kafka 2.5 or newer"),
        (errors.CoordinatorNotAvailableError(), True, "t", "transaction.state.log.replication.factor"),
        (errors.KafkaTimeoutError("Expiring 1 record(s)"), True, None, "t: Expiring 1 record(s)"),
        (errors.KafkaConnectionError(None), True, None, "t: KafkaConnection"),
        (errors.UnknownError(), True, None, "t: "),
    ],
)
def test_an_error_says_whom_it_concerns_and_what_to_do(
    error: Exception, retriable: bool, topic: str | None, words: str
) -> None:
    found = explain(error, topic="t", producer="avroforge-x")
    assert (found.retriable, found.topic) == (retriable, topic)
    assert words in found.message
    assert (refusal(found).reason, refusal(found).topic) == (found.message, topic)


@pytest.mark.parametrize("error", [errors.MessageSizeTooLargeError(None), errors.RecordListTooLargeError()])
def test_a_record_that_is_too_large_is_at_fault_itself(error: Exception) -> None:
    fault = fault_of_record(error, topic="t", size=2000, limit=1000)
    assert fault == RecordFault(
        "t: expected at most 1000 bytes, got 2000; raise max.message.bytes of the topic and "
        "max_request_size, then requeue"
    )


def test_a_fault_of_the_world_is_not_the_records() -> None:
    assert fault_of_record(errors.NotEnoughReplicasError(), topic="t", size=1, limit=None) is None
    refused = fault_of_record(errors.InvalidRecordError("no key"), topic="t", size=1, limit=None)
    assert refused is not None
    assert "the broker refuses the record" in refused.reason
