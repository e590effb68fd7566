"""The two pipelines of compose/, run as they stand there: records in, JSON objects out."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.integration.servers.stack import DEAD_LETTERS, TOPIC
from tests.integration.sink.conftest import RESULTS, Run, eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeRun = Callable[[str], Run]

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
def test_results_become_json_objects(make_run: MakeRun, pipeline: str, path: str) -> None:
    run = make_run(pipeline)
    offsets = [run.send(run.framed(file.read_bytes()), file.stem.replace("_", "-")) for file in RESULTS]
    assert len(eventually(run.names, len(RESULTS))) == len(RESULTS)
    found = {}
    for name, each in run.objects().items():
        assert re.fullmatch(path, name)
        assert each.content_type == "application/json"
        assert each.metadata["schema_id"] == str(run.schema_id)
        found[int(each.metadata["kafka_offset" if pipeline == PAGE else "kafka-offset"])] = each.value
    for file, offset in zip(RESULTS, offsets, strict=True):
        sent = json.loads(file.with_suffix(".json").read_text())
        assert as_sent(found[offset], sent) == sent


def test_the_page_stores_what_it_cannot_decode_as_if_it_were_json(make_run: MakeRun) -> None:
    """Not what anybody wants: the reason for the other pipeline."""
    run = make_run(PAGE)
    run.send(BODY, "headerless")
    run.send(run.framed(BODY, 999), "unknown-id")
    eventually(run.names, 2)
    assert [each.body for each in run.objects().values()] == [BODY, run.framed(BODY, 999)]
    assert all("schema_id" not in each.metadata for each in run.objects().values())


def test_what_cannot_be_decoded_becomes_a_dead_letter_with_its_reason(make_run: MakeRun) -> None:
    run = make_run(RESILIENT)
    bad = {
        "headerless": (BODY, "magic byte"),
        "garbage": (b"garbage-garbage", "magic byte"),
        "truncated": (run.framed(BODY[:100]), "avro"),
        "unknown-id": (run.framed(BODY, 999), "999"),
        "empty": (b"", "0 bytes"),
        "tombstone": (None, "0 bytes"),
    }
    offsets = {name: run.send(value, name) for name, (value, _) in bad.items()}
    run.send(run.framed(BODY), "good")
    letters = {each.result_id: each for each in eventually(run.dead_letters, len(bad))}
    assert set(letters) == set(bad)
    for name, (value, reason) in bad.items():
        letter = letters[name]
        assert (letter.value or b"") == (value or b"")
        assert reason in letter.headers["dlq-reason"]
        assert letter.headers["kafka-topic"] == TOPIC
        assert letter.headers["kafka-offset"] == str(offsets[name])
    assert eventually(run.names, 1) == [named("good")]


def test_keys_and_headers_that_s3_would_refuse_do_not_block(make_run: MakeRun) -> None:
    run = make_run(RESILIENT)
    offset = run.send(run.framed(BODY), key=b"\x01\xff", headers={"run id": b"\x00\r\n"})
    run.send(run.framed(BODY), "../../escape", key=b"\x7f")
    run.send(run.framed(BODY), "after")
    assert sorted(eventually(run.names, 3)) == sorted(
        [named("after"), named(f"partition-0-offset-{offset}"), named(f"partition-0-offset-{offset + 1}")]
    )


def test_redelivery_overwrites(make_run: MakeRun) -> None:
    run = make_run(RESILIENT)
    ids = [f"run-{number}" for number in range(200)]
    for each in ids[:100]:
        run.send(run.framed(BODY), each)
    eventually(run.names, 20)
    run.sink.kill()
    for each in ids[100:]:
        run.send(run.framed(BODY), each)
    run.send(run.framed(BODY), ids[0])
    run.sink.start()
    assert sorted(eventually(run.names, len(ids))) == sorted(map(named, ids))
    assert run.dead_letters() == []


def test_outages_lose_nothing(make_run: MakeRun) -> None:
    """The registry, S3 and the broker away in turn, each while records come in or wait."""
    run = make_run(RESILIENT)
    ids: list[str] = []

    def send(count: int) -> None:
        for _ in range(count):
            ids.append(f"run-{len(ids)}")
            run.send(run.framed(BODY), ids[-1])

    run.registry.stop()
    send(20)
    time.sleep(OUTAGE)
    assert run.names() == []
    run.registry.start()
    assert len(eventually(run.names, len(ids))) == len(ids)
    run.garage.kill()
    send(20)
    time.sleep(OUTAGE)
    run.garage.start()
    send(20)
    run.kafka.brokers[0].kill()
    time.sleep(OUTAGE)
    run.kafka.start()
    send(20)
    assert sorted(eventually(run.names, len(ids), 120)) == sorted(map(named, ids))
    assert run.dead_letters() == []


def test_a_large_result_passes(make_run: MakeRun) -> None:
    run = make_run(RESILIENT)
    text = '{"type":"record","name":"Padded","fields":[{"name":"padding","type":"string"}]}'
    schema_id = run.registry.register("padded-value", text)
    value = "x" * (15 * 1024 * 1024)
    length = len(value) << 1
    prefix = bytearray()
    while length >= 0x80:
        prefix.append(length & 0x7F | 0x80)
        length >>= 7
    prefix.append(length)
    run.send(run.framed(bytes(prefix) + value.encode(), schema_id), "large")
    eventually(run.names, 1)
    assert run.objects()[named("large")].value == {"padding": value}


def test_dead_letters_keep_the_largest_record(make_run: MakeRun) -> None:
    run = make_run(RESILIENT)
    value = b"\x07" * (15 * 1024 * 1024)
    run.send(value, "large-garbage")
    (letter,) = eventually(run.dead_letters, 1)
    assert letter.value == value
    assert f"{letter.headers['kafka-topic']}.dlq" == DEAD_LETTERS
