"""``vqe-stream topic``: the topics that results need, made, compared, and filled from older ones."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from avroforge.schema import parse_schema
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import complain, counted, say
from vqe_stream.check import Check, Verdict
from vqe_stream.cli.checks import show
from vqe_stream.cli.options import configuration, sending, topics
from vqe_stream.cli.progress import progress
from vqe_stream.connection import check_reachable, kafka_options
from vqe_stream.topics.comparison import changes
from vqe_stream.topics.inspection import inspect
from vqe_stream.topics.legacy import PREFIX, left_over, legacy_topics
from vqe_stream.topics.names import topic_names
from vqe_stream.topics.wanted import PARTITIONS, wanted_topics

if TYPE_CHECKING:
    from avroforge.kafka.topic_admin import TopicAdmin
    from avroforge.schema import Schema
    from vqe_stream.config import ProducerConfig
    from vqe_stream.topics.migration import TopicMigration

_BROKER_DEFAULT: Final = -1


@click.group("topic")
def command() -> None:
    """Make, compare and fill the topics that results need."""


@command.command("create", short_help="Make the topics that are missing.")
@click.option(
    "--partitions",
    type=click.IntRange(min=1),
    default=PARTITIONS,
    show_default=True,
    help="Partitions of the topic of results; the others have one.",
)
@click.option(
    "--replication",
    type=click.IntRange(min=1),
    help="Copies of each partition; with 3 or more, min.insync.replicas is 2.  "
    "[default: as the brokers' default.replication.factor]",
)
@click.option("--alter", is_flag=True, help="Also change settings of topics that are there and differ.")
@topics
def create_command(
    *, partitions: int, replication: int | None, alter: bool, config: Path | None, **given: str | None
) -> ExitCode:
    """Make the topics that are missing, and compare all of them.

    These are the topic of results, TOPIC.claims and TOPIC.dlq. What is there is never deleted and never
    shrunk, and without --alter not changed. Needs the right to Create (and with --alter AlterConfigs).
    Exits with 100 when a topic is not as results need it.
    """
    settings = configuration(config, given)
    if settings.embedded_directory is not None:
        say("the embedded log makes its topics itself, at the first delivery")
        return ExitCode.CLEAN
    with _admin(settings) as admin:
        for wanted in wanted_topics(settings):
            found = admin.describe(wanted.name)
            if found is None:
                number = partitions if wanted.required else wanted.partitions
                made = wanted.creation(replication)
                admin.create(wanted.name, number, replication or _BROKER_DEFAULT, made)
                say(f"{wanted.name}: made, for {wanted.purpose}")
            elif alter and (differing := changes(wanted, found)):
                admin.change(wanted.name, differing)
                texts = ", ".join(f"{name} to {value}" for name, value in differing.items())
                say(f"{wanted.name}: changed {texts}")
        return show(inspect(admin, settings), "text")


@command.command("verify")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@topics
def verify_command(*, form: str, config: Path | None, **given: str | None) -> ExitCode:
    """Compare the topics with what results need.

    Topics per molecule that are left are a warning. Exits with 0 when nothing is in the way (warnings
    included), with 100 after a failure, with 1 when something may not be read.
    """
    settings = configuration(config, given)
    if settings.embedded_directory is None:
        with _admin(settings) as admin:
            return show(inspect(admin, settings), form)
    name = f"topic {settings.topic}"
    names = topic_names(settings)
    there = settings.topic in names
    state = "in the embedded log" if there else "not there yet; the first delivery makes it"
    return show([Check(name, Verdict.OK, state), *left_over(names)], form)


@command.command("migrate", short_help="Copy results of topics per molecule.")
@click.argument("names", nargs=-1, metavar="[TOPICS]...")
@click.option(
    "--schema",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Schema (.avsc) of records without a header.  [default: none; those go to TOPIC.dlq]",
)
@click.option("--dry-run", is_flag=True, help="Only say which topics would be read.")
@sending
def migrate_command(
    names: tuple[str, ...], *, schema: Path | None, dry_run: bool, config: Path | None, **given: str | None
) -> ExitCode:
    """Copy the results of topics per molecule into the one topic.

    TOPICS are read to their end and stay as they are; without any, all that are called
    vqe_decorated_result_... Each result goes through the outbox, under an id that comes from its bytes, so
    the command can be interrupted and run again: nothing is lost and nothing doubled. Its place of origin
    travels in the header migrated-from. Records that are no results go to TOPIC.dlq with the reason.

    Exits with 100 when records could not be read, or results are not delivered yet.
    """
    from vqe_stream.topics.migration import Migration, TopicMigration  # noqa: PLC0415 - the other commands need no results

    settings = configuration(config, given)
    check_reachable(settings)
    chosen = names or legacy_topics(topic_names(settings))
    if not chosen:
        say(f"no topics that begin with {PREFIX}")
        return ExitCode.CLEAN
    if dry_run:
        for each in chosen:
            say(each)
        return ExitCode.CLEAN
    headerless = None if schema is None else _read_schema(schema)
    unreadable = 0
    with Migration(settings, headerless) as migration:
        for each in chosen:
            done = TopicMigration(each)
            with progress(partial(_line, done, settings)):
                migration.migrate(done)
            _report(done, settings)
            unreadable += done.unreadable
        with progress(lambda: f"{migration.waiting()} results to deliver"):
            counts = migration.deliver(settings.timeout)
    sent = f"{counted(counts.sent, 'result')} delivered to {settings.topic}"
    say(f"{sent}, {counts.pending} left, {counts.dead} given up")
    if counts.blocked:
        complain(counts.blocked)
    return ExitCode.FINDINGS if unreadable or counts.pending or counts.dead else ExitCode.CLEAN


def _admin(settings: ProducerConfig) -> TopicAdmin:
    options = kafka_options(settings)
    from avroforge.kafka.topic_admin import TopicAdmin  # noqa: PLC0415 - needs kafka-python

    return TopicAdmin(options, settings.timeout)


def _read_schema(path: Path) -> Schema:
    return parse_schema(path.read_text(encoding="utf-8"), path=str(path))


def _report(done: TopicMigration, settings: ProducerConfig) -> None:
    say(_line(done, settings))
    for each in done.reasons:
        complain(f"{done.topic}: {each}")


def _line(done: TopicMigration, settings: ProducerConfig) -> str:
    line = (
        f"{done.topic}: {counted(done.read, 'record')}, {done.stored} to migrate, {done.known} known already"
    )
    if done.unreadable:
        line += f", {done.unreadable} unreadable (in {settings.dead_letters_topic})"
    return line
