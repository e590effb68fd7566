"""The two pipelines of compose/, run as they stand there: records in, JSON objects out."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.integration.servers.stack import BUCKET, TOPIC
from tests.integration.sink.conftest import RESULTS, Place, Run, eventually

from avroforge_codegen import load_interface
from vqe_stream import result_from_json
from vqe_stream.results import StoredResult, open_source

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def missing(run: Run, ids: Sequence[str], patience: float = 60) -> set[str]:
    """Which of these ids have no object, after waiting for them."""
    wanted = set(map(named, ids))
    deadline = time.monotonic() + patience
    while (left := wanted - set(run.names())) and time.monotonic() < deadline:
        time.sleep(0.3)
    return left


@pytest.mark.parametrize("pipeline", ["page", "resilient"])
def test_results_become_json_objects(pipeline: str, request: pytest.FixtureRequest) -> None:
    run: Run = request.getfixturevalue(pipeline)
    places = {}
    for file in RESULTS:
        result_id = file.stem.replace("_", "-")
        places[run.send(run.framed(file.read_bytes()), result_id)] = file
    assert len(eventually(run.names, len(RESULTS))) >= len(RESULTS)
    patterns = {
        "page": r"experiments/experiment\.vqe/\d+-\d{19}\.json",
        "resilient": r"experiments/experiment\.vqe/[\w-]+\.json",
    }
    found = {}
    for name, each in run.objects().items():
        assert re.fullmatch(patterns[pipeline], name)
        assert each.content_type == "application/json"
        assert each.metadata["schema_id"] == str(run.schema_id)
        between = "_" if pipeline == "page" else "-"
        at = [int(each.metadata[f"kafka{between}{part}"]) for part in Place._fields]
        found[Place(*at)] = each.value
    for place, file in places.items():
        sent = json.loads(file.with_suffix(".json").read_text())
        assert as_sent(found[place], sent) == sent


def test_the_page_stores_what_it_cannot_decode_as_if_it_were_json(page: Run) -> None:
    """Not what anybody wants: the reason for the other pipeline."""
    before = page.names()
    page.send(BODY, "headerless")
    page.send(page.framed(BODY, 999), "unknown-id")
    eventually(page.names, len(before) + 2)
    new = [each for name, each in page.objects().items() if name not in before]
    assert {each.body for each in new} == {BODY, page.framed(BODY, 999)}
    assert all("schema_id" not in each.metadata for each in new)


def test_what_cannot_be_decoded_becomes_a_dead_letter_with_its_reason(resilient: Run) -> None:
    bad = {
        "headerless": (BODY, "magic byte"),
        "garbage": (b"garbage-garbage", "magic byte"),
        "truncated": (resilient.framed(BODY[:100]), "avro"),
        "unknown-id": (resilient.framed(BODY, 999), "999"),
        "empty": (b"", "0 bytes"),
        "tombstone": (None, "0 bytes"),
    }
    places = {name: resilient.send(value, name) for name, (value, _) in bad.items()}
    resilient.send(resilient.framed(BODY), "good")
    letters = {each.result_id: each for each in eventually(resilient.dead_letters, len(bad))}
    assert set(letters) == set(bad)
    for name, (value, reason) in bad.items():
        letter = letters[name]
        assert (letter.value or b"") == (value or b"")
        assert reason in letter.headers["dlq-reason"]
        assert letter.headers["kafka-topic"] == TOPIC
        assert letter.headers["kafka-partition"] == str(places[name].partition)
        assert letter.headers["kafka-offset"] == str(places[name].offset)
    assert missing(resilient, ["good"]) == set()
    assert not set(map(named, bad)) & set(resilient.names())


def test_keys_and_headers_that_s3_would_refuse_do_not_block(resilient: Run) -> None:
    value = resilient.framed(BODY)
    keys = (b"\x01\xff", b"\x7f")
    places = [
        resilient.send(value, key=keys[0], headers={"run id": b"\x00\r\n"}),
        resilient.send(value, "../../escape", key=keys[1]),
    ]
    after = ["after-one", "after-other"]
    for name, key, place in zip(after, keys, places, strict=True):
        assert resilient.send(value, name, key=key).partition == place.partition
    names = [f"partition-{place.partition}-offset-{place.offset}" for place in places]
    assert missing(resilient, [*names, *after]) == set()


def test_a_large_result_passes(resilient: Run) -> None:
    text = '{"type":"record","name":"Padded","fields":[{"name":"padding","type":"string"}]}'
    schema_id = resilient.registry.register("padded-value", text)
    padded = load_interface(text)()
    datum = {"padding": "x" * (15 * 1024 * 1024)}
    resilient.send(resilient.framed(padded.encode(padded.deserialize(datum)), schema_id), "large")
    assert missing(resilient, ["large"]) == set()
    assert resilient.objects()[named("large")].value == datum


def test_a_dead_letter_keeps_the_largest_record(resilient: Run) -> None:
    value = b"\x07" * (15 * 1024 * 1024)
    before = len(resilient.dead_letters())
    resilient.send(value, "large-garbage")
    letters = eventually(resilient.dead_letters, before + 1)
    assert [each.value for each in letters if each.result_id == "large-garbage"] == [value]


def test_redelivery_overwrites(resilient: Run) -> None:
    before = set(resilient.names())
    ids = [f"again-{number}" for number in range(200)]
    value = resilient.framed(BODY)
    resilient.send_many(ids[:100], value)
    missing(resilient, ids[:20])
    resilient.sink.kill()
    resilient.send_many([*ids[100:], *ids[:10]], value)
    resilient.sink.start()
    assert missing(resilient, ids) == set()
    assert set(resilient.names()) - before == set(map(named, ids))


def test_a_thousand_results_and_every_server_away_for_a_while(resilient: Run) -> None:
    before = set(resilient.names())
    letters = len(resilient.dead_letters())
    ids = [f"run-{number}" for number in range(1000)]
    file = RESULTS[-1]
    value = resilient.framed(file.read_bytes())
    # An id that the sink has not met, so that it has to ask.
    other = {**json.loads(resilient.schema_text), "doc": "Registered late."}
    unmet = resilient.registry.register("unmet-value", json.dumps(other))
    resilient.registry.stop()
    resilient.send_many(["unmet"], resilient.framed(file.read_bytes(), unmet))
    resilient.send_many(ids[:250], value)
    time.sleep(OUTAGE)
    assert named("unmet") not in resilient.names()
    resilient.registry.start()
    resilient.garage.kill()
    resilient.send_many(ids[250:500], value)
    time.sleep(OUTAGE)
    resilient.garage.start()
    resilient.send_many(ids[500:750], value)
    resilient.kafka.brokers[0].kill()
    time.sleep(OUTAGE)
    resilient.kafka.start()
    resilient.send_many(ids[750:], value)
    assert missing(resilient, [*ids, "unmet"], 240) == set()
    assert set(resilient.names()) - before == set(map(named, [*ids, "unmet"]))
    assert len(resilient.dead_letters()) == letters
    sent = json.loads(file.with_suffix(".json").read_text())
    found = resilient.objects()
    assert all(as_sent(found[named(each)].value, sent) == sent for each in ids)


def test_stored_results_are_read_back(resilient: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": resilient.garage.access_key,
        "AWS_SECRET_ACCESS_KEY": resilient.garage.secret_key,
        "AWS_REGION": "garage",
    }.items():
        monkeypatch.setenv(name, value)
    ids = [file.stem.replace("_", "-") for file in RESULTS]
    for file, each in zip(RESULTS, ids, strict=True):
        resilient.send(resilient.framed(file.read_bytes()), each)
    assert missing(resilient, ids) == set()
    source = open_source(f"s3://{BUCKET}/experiments", endpoint_url=f"http://{resilient.garage.address}")
    loaded = list(source.load([named(each) for each in ids]))
    for file, stored in zip(RESULTS, loaded, strict=True):
        assert isinstance(stored, StoredResult)
        assert stored.result == result_from_json(file.with_suffix(".json").read_bytes())
