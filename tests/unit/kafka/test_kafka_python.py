"""What this project uses of kafka-python beside its documented interface is where it was.

When one of these fails with a new version: look at what took its place, change `avroforge.kafka`, run the
integration tests, and only then widen the bound in pyproject.toml.
"""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path

import pytest
from kafka import KafkaProducer
from kafka.net.sasl import get_sasl_mechanism
from kafka.producer.future import FutureRecordMetadata
from kafka.producer.sender import Sender
from kafka.producer.transaction_manager import TransactionalRequestResult, TransactionManager

ROOT = Path(__file__).parents[3]
PROBE = "kafka-python changed inside; see the docstring of tests/unit/kafka/test_kafka_python.py"


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        (TransactionManager, ("begin_commit", "has_partitions_to_add")),
        (Sender, ("wakeup", "force_close", "join")),
        (TransactionalRequestResult, ("wait",)),
        (FutureRecordMetadata, ("failed", "get")),
        (get_sasl_mechanism("PLAIN"), ("auth_bytes", "receive", "is_done")),
        (get_sasl_mechanism("SCRAM-SHA-256"), ("auth_bytes", "receive", "is_done")),
    ],
)
def test_private_methods_are_there(owner: type, names: tuple[str, ...]) -> None:
    missing = [name for name in names if not callable(getattr(owner, name, None))]
    assert not missing, f"{owner.__name__} has lost {missing}: {PROBE}"


def test_a_commit_is_still_what_the_session_does_in_its_place() -> None:
    used = KafkaProducer.commit_transaction.__code__.co_names
    expected = ("_transaction_manager", "begin_commit", "_sender", "wakeup", "wait")
    assert [name for name in expected if name not in used] == [], f"commit_transaction uses {used}: {PROBE}"


def test_a_commit_is_waited_for_in_milliseconds() -> None:
    assert "timeout_ms" in inspect.signature(TransactionalRequestResult.wait).parameters, PROBE
    assert not TransactionalRequestResult().wait(1)


def test_versions_that_nobody_tried_are_not_installed() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (wanted,) = extras["kafka"]
    assert ">=" in wanted
    assert ",<" in wanted
