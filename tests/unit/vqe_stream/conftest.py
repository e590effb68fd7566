"""A state folder, the real results, and a look into the topic log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from avroforge.delivery import TopicLog
from vqe_stream import ProducerConfig, result_from_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from avroforge.delivery import LogEntry
    from vqe_records import VQEDecoratedResult

ROOT = Path(__file__).parents[3]
NAMES = ("h2_cobyla", "hehp_slsqp", "lih_lbfgsb")


@pytest.fixture
def data() -> Path:
    return ROOT / "data" / "vqe"


@pytest.fixture
def results(data: Path) -> list[VQEDecoratedResult]:
    return [result_from_json((data / f"{name}.json").read_bytes()) for name in NAMES]


@pytest.fixture
def config(tmp_path: Path) -> ProducerConfig:
    return ProducerConfig(
        "embedded:", state=tmp_path / "state", timeout=5.0, retry_delay=0.05, allow_memory_file_system=True
    )


@pytest.fixture
def entries(config: ProducerConfig) -> Callable[[], list[LogEntry]]:
    """What stands in the topic now."""

    def read() -> list[LogEntry]:
        with TopicLog(config.state_directory / "topics") as log:
            return list(log.read(config.topic))

    return read
