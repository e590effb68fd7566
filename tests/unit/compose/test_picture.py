"""The picture in the documentation is of the demo as it is."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree as ET

from tests.unit.compose.test_compose import COMPOSE

PICTURES: Final = COMPOSE.parent / "docs" / "pictures"


def test_the_picture_shows_every_step_of_the_demo() -> None:
    steps = re.findall(
        r'^step "(\d+\. [^:"]+: [\w-]+ \w+)', (COMPOSE / "demo_stack.sh").read_text(), re.MULTILINE
    )
    assert len(steps) == 5
    root = ET.parse(PICTURES / "demo-stack.svg").getroot()  # noqa: S314 - of this repository
    shown = "".join(root.itertext()).replace("\xa0", " ")
    assert [step for step in steps if step not in shown] == []
    assert "3 of 3 results are in s3://raw-results with equal values" in shown


def test_pictures_fetch_nothing() -> None:
    for path in PICTURES.glob("*.svg"):
        addresses = re.findall(r"(?:href|src|url)\s*[=(]\s*[\"']?(\w+://[^\"')]+)", path.read_text())
        assert addresses == []
