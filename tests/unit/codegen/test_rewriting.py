"""Schema files changed in place: only over the text that was read, with the mode they had."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from avroforge.errors import OutputError
from avroforge_codegen.cli.rewriting import rewrite
from avroforge_codegen.sources import read_sources

if TYPE_CHECKING:
    from pathlib import Path

TEXT = '{"type": "fixed",\r\n "name": "A", "size": 1}'


def test_a_file_keeps_its_mode_its_line_ends_and_its_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    file = tmp_path / "real/A.avsc"
    file.write_bytes(TEXT.encode())
    file.chmod(0o640)
    link = tmp_path / "A.avsc"
    link.symlink_to(file)
    sources = read_sources([link], base=tmp_path)
    rewrite(sources, {name: text.replace("1", "2") for name, text in sources.texts.items()})
    assert link.is_symlink()
    assert file.read_bytes() == TEXT.replace("1", "2").encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path / "real") == ["A.avsc"]  # noqa: PTH208 - hidden files count


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "A.avsc"
    file.write_text(TEXT)
    sources = read_sources([file], base=tmp_path)
    file.write_text("mine")
    with pytest.raises(OutputError, match="OUTPUT_CHANGED the file changed meanwhile"):
        rewrite(sources, {"A.avsc": "{}"})
    assert file.read_text() == "mine"


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "A.avsc"
    file.write_text(TEXT)
    sources = read_sources([file], base=tmp_path)
    file.unlink()
    with pytest.raises(OutputError, match="OUTPUT_WRITE cannot be written: no such file or directory"):
        rewrite(sources, {"A.avsc": "{}"})
