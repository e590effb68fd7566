"""The two pipelines of compose/, run as they stand there: records in, JSON objects out."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.integration.sink.conftest import DEAD_LETTERS, RESULTS, TOPIC, Stack, eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeStack = Callable[[str], Stack]

PAGE: Final = "redpanda-connect.yaml"
RESILIENT: Final = "redpanda-connect.resilient.yaml"
BODY: Final = RESULTS[0].read_bytes()
# As long as the issue's outages; a stop of a few seconds would not outlast the clients' own retries.
OUTAGE: Final = 20


def as_sent(found: Any, sent: Any) -> Any:  # noqa: ANN401 - JSON
    """The sink writes integral doubles as integers: take them back to the type of what was sent."""
    if isinstance(sent, float) and type(found) is int:
        return float(found)
    if isinstance(sent, dict) and isinstance(found, dict):
        return {name: as_sent(each, sent.get(name)) for name, each in found.items()}
    if isinstance(sent, list) and isinstance(found, list) and len(found) == len(sent):
        return [as_sent(one, other) for one, other in zip(found, sent, strict=True)]
    return found


def named(result_id: str) -> str:
    return f"experiments/{TOPIC}/{result_id}.json"


@pytest.mark.parametrize(
    ("pipeline", "path"),
    [
        (PAGE, r"experiments/experiment\.vqe/\d+-\d{19}\.json"),
        (RESILIENT, r"experiments/experiment\.vqe/[\w-]+\.json"),
    ],
)
def test_results_become_json_objects(make_stack: MakeStack, pipeline: str, path: str) -> None:
    stack = make_stack(pipeline)
    offsets = [stack.send(stack.framed(file.read_bytes()), file.stem.replace("_", "-")) for file in RESULTS]
    assert len(eventually(stack.names, len(RESULTS))) == len(RESULTS)
    found = {}
    for name, each in stack.objects().items():
        assert re.fullmatch(path, name)
        assert each.content_type == "application/json"
        assert each.metadata["schema_id"] == str(stack.schema_id)
        found[int(each.metadata["kafka_offset" if pipeline == PAGE else "kafka-offset"])] = each.value
    for file, offset in zip(RESULTS, offsets, strict=True):
        sent = json.loads(file.with_suffix(".json").read_text())
        assert as_sent(found[offset], sent) == sent


def test_the_page_stores_what_it_cannot_decode_as_if_it_were_json(make_stack: MakeStack) -> None:
    """Not what anybody wants: the reason for the other pipeline."""
    stack = make_stack(PAGE)
    stack.send(BODY, "headerless")
    stack.send(stack.framed(BODY, 999), "unknown-id")
    eventually(stack.names, 2)
    assert [each.body for each in stack.objects().values()] == [BODY, stack.framed(BODY, 999)]
    assert all("schema_id" not in each.metadata for each in stack.objects().values())


def test_what_cannot_be_decoded_becomes_a_dead_letter_with_its_reason(make_stack: MakeStack) -> None:
    stack = make_stack(RESILIENT)
    bad = {
        "headerless": (BODY, "magic byte"),
        "garbage": (b"garbage-garbage", "magic byte"),
        "truncated": (stack.framed(BODY[:100]), "avro"),
        "unknown-id": (stack.framed(BODY, 999), "999"),
        "empty": (b"", "0 bytes"),
        "tombstone": (None, "0 bytes"),
    }
    offsets = {name: stack.send(value, name) for name, (value, _) in bad.items()}
    stack.send(stack.framed(BODY), "good")
    letters = {each.result_id: each for each in eventually(stack.dead_letters, len(bad))}
    assert set(letters) == set(bad)
    for name, (value, reason) in bad.items():
        letter = letters[name]
        assert (letter.value or b"") == (value or b"")
        assert reason in letter.headers["dlq-reason"]
        assert letter.headers["kafka-topic"] == TOPIC
        assert letter.headers["kafka-offset"] == str(offsets[name])
    assert eventually(stack.names, 1) == [named("good")]


def test_keys_and_headers_that_s3_would_refuse_do_not_block(make_stack: MakeStack) -> None:
    stack = make_stack(RESILIENT)
    offset = stack.send(stack.framed(BODY), key=b"\x01\xff", headers={"run id": b"\x00\r\n"})
    stack.send(stack.framed(BODY), "../../escape", key=b"\x7f")
    stack.send(stack.framed(BODY), "after")
    assert sorted(eventually(stack.names, 3)) == sorted(
        [named("after"), named(f"partition-0-offset-{offset}"), named(f"partition-0-offset-{offset + 1}")]
    )


def test_redelivery_overwrites(make_stack: MakeStack) -> None:
    stack = make_stack(RESILIENT)
    ids = [f"run-{number}" for number in range(200)]
    for each in ids[:100]:
        stack.send(stack.framed(BODY), each)
    eventually(stack.names, 20)
    stack.sink.kill()
    for each in ids[100:]:
        stack.send(stack.framed(BODY), each)
    stack.send(stack.framed(BODY), ids[0])
    stack.sink.start()
    assert sorted(eventually(stack.names, len(ids))) == sorted(map(named, ids))
    assert stack.dead_letters() == []


def test_outages_lose_nothing(make_stack: MakeStack) -> None:
    """The registry, S3 and the broker away in turn, each while records come in or wait."""
    stack = make_stack(RESILIENT)
    ids: list[str] = []

    def send(count: int) -> None:
        for _ in range(count):
            ids.append(f"run-{len(ids)}")
            stack.send(stack.framed(BODY), ids[-1])

    stack.registry.stop()
    send(20)
    time.sleep(OUTAGE)
    assert stack.names() == []
    stack.registry.start()
    assert len(eventually(stack.names, len(ids))) == len(ids)
    stack.garage.kill()
    send(20)
    time.sleep(OUTAGE)
    stack.garage.start()
    send(20)
    stack.kafka.brokers[0].kill()
    time.sleep(OUTAGE)
    stack.kafka.start()
    send(20)
    assert sorted(eventually(stack.names, len(ids), 120)) == sorted(map(named, ids))
    assert stack.dead_letters() == []


def test_a_large_result_passes(make_stack: MakeStack) -> None:
    stack = make_stack(RESILIENT)
    text = '{"type":"record","name":"Padded","fields":[{"name":"padding","type":"string"}]}'
    schema_id = stack.registry.register("padded-value", text)
    value = "x" * (15 * 1024 * 1024)
    length = len(value) << 1
    prefix = bytearray()
    while length >= 0x80:
        prefix.append(length & 0x7F | 0x80)
        length >>= 7
    prefix.append(length)
    stack.send(stack.framed(bytes(prefix) + value.encode(), schema_id), "large")
    eventually(stack.names, 1)
    assert stack.objects()[named("large")].value == {"padding": value}


def test_dead_letters_keep_the_largest_record(make_stack: MakeStack) -> None:
    stack = make_stack(RESILIENT)
    value = b"\x07" * (15 * 1024 * 1024)
    stack.send(value, "large-garbage")
    (letter,) = eventually(stack.dead_letters, 1)
    assert letter.value == value
    assert f"{letter.headers['kafka-topic']}.dlq" == DEAD_LETTERS
