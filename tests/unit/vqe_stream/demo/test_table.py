from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from vqe_stream.demo.journey import Comparison
from vqe_stream.demo.table import aligned, show

if TYPE_CHECKING:
    import pytest

ROW = Comparison(
    molecule="H2",
    iterations=60,
    minimum=-1.5,
    size=16365,
    schema_id=1,
    encode_seconds=4.8e-5,
    decode_seconds=1e-4,
    same_bytes=True,
    same_values=True,
    copies=1,
)


def test_columns_are_aligned() -> None:
    assert aligned([("a", "bbb"), ("ccc", "d")]) == ["a    bbb", "ccc    d"]


def test_away_from_a_terminal_the_table_is_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    show([ROW])
    heading, line = capsys.readouterr().out.splitlines()
    assert heading.startswith("molecule  iterations  minimum energy (hartree)  bytes  schema id")
    assert line.split() == ["H2", "60", "-1.500000000", "16365", "1", "48", "100", "yes"]


def test_on_a_terminal_the_table_fits_into_eighty_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    show([ROW])
    lines = re.sub(r"\x1b\[\d+m", "", capsys.readouterr().out).splitlines()
    assert max(map(len, lines)) <= 80
    assert any(
        line.split() == ["H2", "60", "-1.500000000", "16365", "1", "48", "100", "yes"] for line in lines
    )
    assert not any("…" in line for line in lines)
