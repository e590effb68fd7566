"""A disk that takes no more, as the kernel says it, and a directory without access."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from textwrap import dedent

import pytest

PRELUDE = """
import os, resource, sys
from dataclasses import replace
from pathlib import Path
from avroforge.delivery import *
from avroforge.errors import *

class Ids:
    def schema_id(self, *_):
        return 7

def record(name, size=1000):
    return OutboxRecord(topic="results", subject="s", fullname="q.R", schema_key="k", schema_text="{}",
                        bare=name.encode() * size, result_id=name)

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

directory = Path(sys.argv[1])
options = OutboxOptions(allow_memory_file_system=True, busy_timeout=5.0)
"""


def run(directory: Path, body: str) -> list[str]:
    """Run a script in a process of its own and return the lines it prints."""
    command = [sys.executable, "-c", PRELUDE + dedent(body), str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_full_disk_under_the_outbox_hands_the_bytes_back_and_keeps_the_rest(tmp_path: Path) -> None:
    lines = run(
        tmp_path,
        """
        outbox = Outbox.open(directory / "outbox", options)
        outbox.append(record("first"))
        limit(2_000_000)
        try:
            outbox.append(record("big", 1_000_000))
        except NotDurableError as error:
            print(error.result_id, len(error.payload), "outbox.db" in str(error))
        limit(-1)
        print(outbox.append(record("big", 1_000_000)).row_id, check(outbox))
        print(Relay(outbox, TopicLog(directory / "topics"), Ids()).deliver(5).sent)
        outbox.close()
        """,
    )
    assert lines == ["big 3000000 True", "2 ()", "2"]


def test_a_full_disk_under_outbox_and_spill_directory_hands_the_bytes_back(tmp_path: Path) -> None:
    lines = run(
        tmp_path,
        """
        outbox = Outbox.open(directory / "outbox", replace(options, spill_directory=directory / "spill"))
        limit(2_000_000)
        try:
            outbox.append(record("big", 1_000_000))
        except NotDurableError as error:
            print(len(error.payload), "spill directory" in str(error))
        print(os.listdir(directory / "spill"))
        """,
    )
    assert lines == ["3000000 True", "[]"]


def test_a_full_disk_under_the_log_blocks_and_resumes(tmp_path: Path) -> None:
    lines = run(
        tmp_path,
        """
        outbox = Outbox.open(directory / "outbox", options)
        log = TopicLog(directory / "topics")
        relay = Relay(outbox, log, Ids(), RelayOptions(retries=0))
        for number in range(4):
            outbox.append(record(f"r{number}", 1_000_000))
            relay.deliver(5)
            outbox.close()
            outbox = Outbox.open(directory / "outbox", options)
            relay = Relay(outbox, log, Ids(), RelayOptions(retries=0))
        outbox.append(record("last", 1_000_000))
        limit(10_000_000)
        counts = relay.deliver(5)
        print(counts.sent, counts.pending, counts.dead, counts.blocked.endswith("free disk space"))
        limit(-1)
        print(relay.deliver(5).sent, [entry.key for entry in log.read("results")])
        """,
    )
    assert lines == ["0 1 0 True", "1 ['r0', 'r1', 'r2', 'r3', 'last']"]


def test_a_directory_without_access_is_named(tmp_path: Path) -> None:
    del tmp_path
    if os.geteuid() != 0:
        pytest.skip("becoming another user needs an administrator")
    with tempfile.TemporaryDirectory() as place:
        lines = run(
            Path(place),
            """
            os.chmod(directory, 0o755)
            os.setuid(65534)
            try:
                Outbox.open(directory / "outbox", options)
            except OutboxError as error:
                print(str(error).removeprefix(str(directory)))
            try:
                TopicLog(directory / "topics")
            except TransportError as error:
                print(error.retriable, str(error).endswith("Permission denied"))
            """,
        )
    assert lines == ["/outbox: expected a directory that can be created, got Permission denied", "True True"]
