"""The examples of docs/serializers.md: they import what is there, and reach nothing before they run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "serializers.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^## (\S+)\n.*?^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))


def test_every_client_has_one() -> None:
    assert list(EXAMPLES) == ["confluent-kafka", "aiokafka", "FastStream", "kafka-python"]


@pytest.mark.parametrize("client", EXAMPLES)
def test_an_example_defines_what_it_says(client: str) -> None:
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(EXAMPLES[client], f"<{client}>", "exec"), names)  # noqa: S102 - the project's own text
    assert callable(names["publish"])
    assert callable(names["take" if client == "FastStream" else "consume"])
