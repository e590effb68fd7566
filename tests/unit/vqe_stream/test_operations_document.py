"""docs/operations.md names commands, options, metrics and events that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
import yaml

from vqe_stream.cli import vqe_stream
from vqe_stream.connection import open_outbox
from vqe_stream.metrics import DeliveryMetrics

if TYPE_CHECKING:
    from vqe_stream import ProducerConfig

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "operations.md").read_text()
COMMANDS = sorted(set(re.findall(r"`(vqe-stream [^`]+)`|^    (vqe-stream [^#\n]+)", TEXT, re.MULTILINE)))


@pytest.mark.parametrize("command", [one or other for one, other in COMMANDS])
def test_every_command_exists_with_its_options(command: str) -> None:
    words = shlex.split(command)[1:]
    place: click.Command = vqe_stream
    context = click.Context(vqe_stream)
    options = {name for each in vqe_stream.params for name in each.opts}
    for word in words:
        if word.startswith("--"):
            assert word in options
        elif isinstance(place, click.Group) and (found := place.get_command(context, word)) is not None:
            place = found
            options |= {name for each in place.params for name in each.opts}
    assert place is not vqe_stream


def test_every_metric_exists_and_every_metric_is_told(config: ProducerConfig) -> None:
    metrics = DeliveryMetrics()
    with open_outbox(config) as outbox:
        metrics.watch(outbox.status, lambda: None)
        known = set(re.findall(r"^# TYPE (\S+) ", metrics.text().decode(), re.MULTILINE))
    known = {each for each in known if not each.endswith("_created")}
    told = set(re.findall(r"\bvqe_stream_[a-z_]+", TEXT)) - {"vqe_stream_"}
    assert told - {"vqe_stream_logs"} == known


def test_the_rules_for_alerts_are_yaml_about_these_metrics() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    (group,) = yaml.safe_load(block)["groups"]
    assert all({"alert", "expr"} <= set(rule) for rule in group["rules"])


def test_every_event_of_the_relay_and_the_outbox_is_told() -> None:
    sources = (ROOT / "src" / "avroforge" / "delivery").glob("*.py")
    events = {each for path in sources for each in re.findall(r'"event": "([a-z-]+)"', path.read_text())}
    assert events == set(re.findall(r"`([a-z-]+)`", "".join(_first_cells("| `event`"))))


def _first_cells(header: str) -> list[str]:
    """The first column of the table with this header."""
    lines = TEXT[TEXT.index(header) :].partition("\n\n")[0].splitlines()[2:]
    return [line.split("|")[1] for line in lines]


def test_every_link_leads_somewhere() -> None:
    anchors = {
        re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in TEXT.splitlines()
        if line.startswith("#")
    }
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        file, _, anchor = target.partition("#")
        assert (ROOT / "docs" / file).exists() if file else anchor in anchors, target
