from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from avroforge.delivery import OutgoingRecord, TopicLog
from avroforge.errors import RegistryUnavailableError, TransportError
from avroforge.kafka.topic_description import PartitionState, TopicDescription
from avroforge.registry import LocalRegistry
from avroforge.schema import parse_schema
from avroforge.wire.framing import frame
from vqe_records import VQEDecoratedResultInterface
from vqe_stream import ProducerConfig, VQEKafkaConsumer
from vqe_stream.check import Verdict
from vqe_stream.cli import run
from vqe_stream.dead_letters import DeadLetters
from vqe_stream.topics.comparison import changes, compare
from vqe_stream.topics.legacy import legacy_topics
from vqe_stream.topics.migration import Migration, TopicMigration
from vqe_stream.topics.wanted import wanted_topics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from avroforge.delivery import LogEntry
    from vqe_records import VQEDecoratedResult

OLD_SCHEMA = (Path(__file__).parents[2] / "data" / "VQEDecoratedResult.inline.avsc").read_text()
RESULTS, CLAIMS, LETTERS = wanted_topics(ProducerConfig())
RIGHT = {
    "max.message.bytes": "16777216",
    "message.timestamp.type": "LogAppendTime",
    "min.insync.replicas": "1",
    "cleanup.policy": "delete",
    "retention.ms": "604800000",
    "unclean.leader.election.enable": "false",
}


def topic(
    settings: Mapping[str, str] | None = None, replicas: int = 1, in_sync: int | None = None
) -> TopicDescription:
    copies = tuple(range(replicas))
    partitions = tuple(PartitionState(n, 0, copies, copies[: in_sync or replicas]) for n in range(3))
    return TopicDescription("experiment.vqe", partitions, {**RIGHT, **(settings or {})})


def test_a_topic_as_it_should_be_is_told_in_one_line() -> None:
    (check,) = compare(RESULTS, topic())
    assert check.verdict is Verdict.OK
    assert check.found == (
        "3 partitions, 1 copy each, min.insync.replicas 1, records to 16777216 bytes, kept 7 days"
    )


@pytest.mark.parametrize(
    ("found", "brokers", "verdict", "text"),
    [
        (topic({"max.message.bytes": "1048588"}), 1, Verdict.FAILURE, "max.message.bytes is 1048588"),
        (topic({"max.message.bytes": "20971520"}), 1, Verdict.OK, "records to 20971520 bytes"),
        (topic({"message.timestamp.type": "CreateTime"}), 1, Verdict.WARNING, "is CreateTime, expected"),
        (topic({"min.insync.replicas": "2"}), 1, Verdict.FAILURE, "no record can be written"),
        (topic({"min.insync.replicas": "2"}, 3, 1), 3, Verdict.FAILURE, "1 copies in sync"),
        (topic({"min.insync.replicas": "2"}, 3, 2), 3, Verdict.WARNING, "2 of 3 copies in sync"),
        (topic({"min.insync.replicas": "2"}, 3), 3, Verdict.OK, "3 copies each"),
        (topic({}, 3), 3, Verdict.WARNING, "min.insync.replicas is 1 with 3 copies"),
        (topic({"min.insync.replicas": "2"}, 2), 2, Verdict.WARNING, "one broker away stops delivery"),
        (topic(), 3, Verdict.WARNING, "one copy on 3 brokers"),
        (topic({"cleanup.policy": "compact,delete"}), 1, Verdict.WARNING, "replace each other"),
        (topic({"unclean.leader.election.enable": "true"}), 1, Verdict.WARNING, "may be lost"),
        (topic({"retention.ms": "60000"}), 1, Verdict.WARNING, "kept 0:01:00"),
        (topic({"retention.ms": "-1"}), 1, Verdict.OK, "kept for ever"),
        (replace(topic(), settings=None), 1, Verdict.UNCHECKED, "grant DescribeConfigs"),
        (None, 1, Verdict.FAILURE, "vqe-stream topic create"),
    ],
)
def test_what_is_not_as_it_should_be_is_judged(
    found: TopicDescription | None, brokers: int, verdict: Verdict, text: str
) -> None:
    checks = compare(RESULTS, found, brokers)
    assert [check.verdict for check in checks] == [verdict]
    assert text in str(checks[0])


def test_a_partition_without_leader_is_named() -> None:
    found = topic()
    lost = replace(found, partitions=(*found.partitions[:2], replace(found.partitions[2], leader=None)))
    (check,) = compare(RESULTS, lost)
    assert check.verdict is Verdict.FAILURE
    assert "no leader for partition 2" in check.found


def test_a_missing_topic_beside_that_of_results_is_a_warning() -> None:
    assert [compare(each, None)[0].verdict for each in (CLAIMS, LETTERS)] == [Verdict.WARNING] * 2


def test_only_what_differs_is_changed_and_nothing_is_made_smaller() -> None:
    assert changes(RESULTS, topic({"max.message.bytes": "99999999"})) == {}
    assert changes(LETTERS, topic()) == {"max.message.bytes": "16842752", "retention.ms": "-1"}
    changed = topic(changes(LETTERS, topic()))
    assert [check.verdict for check in compare(LETTERS, changed)] == [Verdict.OK]


@pytest.mark.parametrize(("replication", "least"), [(None, None), (1, None), (2, None), (3, "2"), (5, "2")])
def test_three_copies_are_made_so_that_two_confirm(replication: int | None, least: str | None) -> None:
    settings = RESULTS.creation(replication)
    assert settings.get("min.insync.replicas") == least
    made = topic(settings, replication or 1)
    assert [check.verdict for check in compare(RESULTS, made, replication or 1)] == [Verdict.OK]


def test_topics_per_molecule_are_known_by_their_name() -> None:
    names = (
        "experiment.vqe",
        "vqe_decorated_result_LiH",
        "my_vqe_decorated_result_x",
        "vqe_decorated_result_H2",
    )
    assert legacy_topics(names) == ("vqe_decorated_result_H2", "vqe_decorated_result_LiH")


class LegacyTopics:
    """Topics of the implementation before this one, in an embedded log."""

    def __init__(self, config: ProducerConfig, results: Sequence[VQEDecoratedResult]) -> None:
        self.config = config
        self.bare = [VQEDecoratedResultInterface().encode(each) for each in results]
        self.id = self.registry.register("vqe_decorated_result_mol-value", OLD_SCHEMA).schema_id

    @property
    def registry(self) -> LocalRegistry:
        self.config.state_directory.mkdir(parents=True, exist_ok=True)
        return LocalRegistry(self.config.registry_location)

    def fill(self, name: str, *values: bytes) -> None:
        with TopicLog(self.config.state_directory / "topics", "legacy") as log:
            for value in values:
                record = OutgoingRecord(
                    topic=name, partition=0, key="", value=value, headers=(), created_ms=1_700_000_000_000
                )
                assert log.send([record], timeout=5).wait(5)


@pytest.fixture
def legacy(config: ProducerConfig, results: list[VQEDecoratedResult]) -> LegacyTopics:
    return LegacyTopics(config, results)


def letters(config: ProducerConfig) -> list[LogEntry]:
    with TopicLog(config.state_directory / "topics") as log:
        return list(log.read(config.dead_letters_topic))


def migrated(migration: Migration, topic: str) -> TopicMigration:
    done = TopicMigration(topic)
    migration.migrate(done)
    return done


H2, LIH = "vqe_decorated_result_H2", "vqe_decorated_result_LiH"


def test_records_with_and_without_header_arrive_once_with_their_origin(
    legacy: LegacyTopics,
    config: ProducerConfig,
    results: list[VQEDecoratedResult],
    entries: Callable[[], list[LogEntry]],
) -> None:
    framed = [frame(legacy.id, each) for each in legacy.bare]
    # The old retry loop sent the same record up to three times; the third is the same without its header.
    legacy.fill(H2, framed[0], framed[0], legacy.bare[0], b"no result")
    legacy.fill(LIH, legacy.bare[1], framed[2])
    with Migration(config, parse_schema(OLD_SCHEMA)) as migration:
        first, second = migrated(migration, H2), migrated(migration, LIH)
        counts = migration.deliver(5)
    assert (first.read, first.stored, first.known, first.unreadable) == (4, 1, 2, 1)
    assert (second.read, second.stored, second.known, second.unreadable) == (2, 2, 0, 0)
    assert (counts.sent, counts.pending, counts.dead) == (3, 0, 0)
    assert [each.header("migrated-from") for each in entries()] == [f"{H2}/0/0", f"{LIH}/0/0", f"{LIH}/0/1"]
    assert {each.header("created-at") for each in entries()} == {"2023-11-14T22:13:20.000+00:00"}
    encode = VQEDecoratedResultInterface().encode
    with VQEKafkaConsumer(config) as consumer:
        assert [encode(each) for each in consumer] == [encode(each) for each in results]
    (letter,) = letters(config)
    assert letter.value == b"no result"
    assert (letter.header("dead-letter-topic"), letter.header("dead-letter-offset")) == (H2, "3")


def test_migrating_again_adds_nothing_even_from_an_outbox_that_knows_nothing(
    legacy: LegacyTopics, config: ProducerConfig, tmp_path: Path, entries: Callable[[], list[LogEntry]]
) -> None:
    legacy.fill(H2, *(frame(legacy.id, each) for each in legacy.bare), b"no result")
    for outbox in (tmp_path / "first", tmp_path / "first", tmp_path / "second"):
        with Migration(replace(config, outbox=outbox)) as migration:
            migrated(migration, H2)
            migration.deliver(5)
    assert len(entries()) == 3
    assert len(letters(config)) == 1


def test_a_record_without_header_waits_in_dead_letters_for_a_schema(
    legacy: LegacyTopics, config: ProducerConfig, entries: Callable[[], list[LogEntry]]
) -> None:
    legacy.fill(H2, legacy.bare[0])
    with Migration(config) as migration:
        done = migrated(migration, H2)
    assert done.unreadable == 1
    assert "no schema is given for records without a header" in done.reasons[0]
    assert [each.value for each in letters(config)] == [legacy.bare[0]]
    with Migration(config, parse_schema(OLD_SCHEMA)) as migration:
        assert migrated(migration, H2).stored == 1
        migration.deliver(5)
    assert len(entries()) == 1


def test_a_registry_that_is_away_makes_no_dead_letters(
    legacy: LegacyTopics, config: ProducerConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    legacy.fill(H2, frame(legacy.id, legacy.bare[0]))

    def away(*_: object) -> None:
        raise RegistryUnavailableError("registry: away")

    monkeypatch.setattr(LocalRegistry, "schema_by_id", away)
    with Migration(config) as migration, pytest.raises(RegistryUnavailableError):
        migrated(migration, H2)
    assert letters(config) == []


def test_a_migration_that_was_interrupted_goes_on_where_it_was(
    legacy: LegacyTopics,
    config: ProducerConfig,
    entries: Callable[[], list[LogEntry]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    framed = [frame(legacy.id, each) for each in legacy.bare]
    legacy.fill(H2, framed[0], b"no result", *framed[1:])

    def refuse(*_: object) -> None:
        raise TransportError("experiment.vqe.dlq: away")

    with monkeypatch.context() as away, Migration(config) as migration:
        away.setattr(DeadLetters, "keep", refuse)
        with pytest.raises(TransportError):
            migrated(migration, H2)
        assert migration.waiting() == 1
    assert (entries(), letters(config)) == ([], [])
    with Migration(config) as migration:
        done = migrated(migration, H2)
        migration.deliver(5)
    assert (done.stored, done.known, done.unreadable) == (2, 1, 1)
    assert (len(entries()), len(letters(config))) == (3, 1)


def test_the_commands_find_migrate_and_tell(
    legacy: LegacyTopics, config: ProducerConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = tmp_path / "old.avsc"
    schema.write_text(OLD_SCHEMA)
    place = ["--servers", "embedded:", "--state", str(config.state_directory)]
    assert run(["topic", "migrate", *place]) == 0
    assert "no topics that begin with vqe_decorated_result_" in capsys.readouterr().out
    legacy.fill(H2, frame(legacy.id, legacy.bare[0]), legacy.bare[1])
    assert run(["topic", "verify", *place]) == 0
    assert f"topics per molecule: 1 there: {H2}" in capsys.readouterr().out
    assert run(["topic", "migrate", "--dry-run", *place]) == 0
    assert capsys.readouterr().out == f"{H2}\n"
    assert run(["topic", "migrate", *place]) == 100
    told = capsys.readouterr()
    assert f"{H2}: 2 records, 1 to migrate, 0 known already, 1 unreadable (in experiment.vqe.dlq)" in told.out
    assert f"{H2}: partition 0, offset 1: " in told.err
    assert run(["topic", "migrate", "--schema", str(schema), *place]) == 0
    assert "1 result delivered to experiment.vqe, 0 left, 0 given up" in capsys.readouterr().out
    assert run(["topic", "create", *place]) == 0
