"""Finding and reading schema files, and every way in which that goes wrong."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from avroforge.errors import SchemaError
from avroforge_codegen.sources import SIZE_LIMIT, read_sources

if TYPE_CHECKING:
    from pathlib import Path

TEXT = '{"type": "record", "name": "A", "fields": []}'


def write(folder: Path, *names: str, text: str = TEXT) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def refusal(*paths: Path, base: Path) -> list[str]:
    with pytest.raises(SchemaError) as caught:
        read_sources(paths, base=base)
    return [str(each) for each in caught.value.diagnostics]


def test_folders_are_read_recursively_and_sorted(tmp_path: Path) -> None:
    write(tmp_path, "s/b/Z.avsc", "s/b/A.avsc", "s/a.avsc", "s/notes.txt", "s/.hidden.avsc", "s/.git/X.avsc")
    sources = read_sources([tmp_path / "s"], base=tmp_path)
    assert list(sources.texts) == ["s/a.avsc", "s/b/A.avsc", "s/b/Z.avsc"]
    assert sources.below_root["s/b/A.avsc"] == "b/A.avsc"
    assert sources.locations["s/a.avsc"] == tmp_path / "s" / "a.avsc"


def test_names_do_not_depend_on_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "p/s/A.avsc")
    (tmp_path / "p/deep").mkdir()
    monkeypatch.chdir(tmp_path / "p/deep")
    assert list(read_sources(["../s"], base=tmp_path / "p").texts) == ["s/A.avsc"]
    monkeypatch.chdir(tmp_path)
    assert list(read_sources(["p/s"], base=tmp_path / "p").texts) == ["s/A.avsc"]


def test_a_folder_outside_the_project_is_named_after_itself(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere/qp/A.avsc")
    (tmp_path / "p").mkdir()
    assert list(read_sources([tmp_path / "elsewhere"], base=tmp_path / "p").texts) == ["elsewhere/qp/A.avsc"]


def test_the_text_is_kept_to_the_character(tmp_path: Path) -> None:
    text = '{"type":\r\n "string",\t"doc": "\u00e9\U0001f600"}\r\n\n'
    write(tmp_path, "A.avsc", text=text)
    assert read_sources([tmp_path], base=tmp_path).texts == {"A.avsc": text}


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, "s/A.avsc")
    sources = read_sources([tmp_path / "s", tmp_path / "s" / "A.avsc"], base=tmp_path)
    assert list(sources.texts) == ["s/A.avsc"]


def test_a_file_given_by_name_may_have_any_suffix(tmp_path: Path) -> None:
    write(tmp_path, "A.json")
    assert list(read_sources([tmp_path / "A.json"], base=tmp_path).texts) == ["A.json"]


def test_nothing_found_says_where_it_looked(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (line,) = refusal(tmp_path / "s", base=tmp_path)
    assert "SOURCE_NONE" in line
    assert str(tmp_path / "s") in line


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    (line,) = refusal(tmp_path / "shcemas", base=tmp_path)
    assert line.startswith(f"{tmp_path / 'shcemas'}: SOURCE_MISSING")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "bad.avsc: SOURCE_EMPTY"),
        (b" \n\t", "bad.avsc: SOURCE_EMPTY"),
        (b"\xef\xbb\xbf{}", "bad.avsc:1:1: SOURCE_ENCODING expected UTF-8 without a byte order mark"),
        ('{"a"}'.encode("utf-16"), "bad.avsc:1:1: SOURCE_ENCODING"),
        (b'{"type":\n "\xc3\xa9\xe9"}', "bad.avsc:2:4: SOURCE_ENCODING expected UTF-8, got byte 0xe9"),
    ],
)
def test_text_that_is_no_plain_utf_8_is_refused_with_its_place(
    tmp_path: Path, data: bytes, expected: str
) -> None:
    (tmp_path / "bad.avsc").write_bytes(data)
    (line,) = refusal(tmp_path, base=tmp_path)
    assert line.startswith(expected)


def test_all_bad_files_are_reported_at_once(tmp_path: Path) -> None:
    write(tmp_path, "a.avsc", "c.avsc", text="")
    write(tmp_path, "b.avsc")
    assert [line.partition(":")[0] for line in refusal(tmp_path, base=tmp_path)] == ["a.avsc", "c.avsc"]


def test_a_file_of_unreasonable_size_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "big.avsc").open("wb") as file:
        file.truncate(SIZE_LIMIT + 1)
    (line,) = refusal(tmp_path, base=tmp_path)
    assert "SOURCE_SIZE" in line


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.avsc")
    (line,) = refusal(tmp_path, base=tmp_path)
    assert line == "pipe.avsc: SOURCE_READ cannot be read: expected a regular file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    write(tmp_path, "A.avsc")
    (tmp_path / "A.avsc").chmod(0)
    (line,) = refusal(tmp_path, base=tmp_path)
    assert line == "A.avsc: SOURCE_READ cannot be read: permission denied"


def test_a_link_inside_the_folder_is_followed_and_read_once(tmp_path: Path) -> None:
    write(tmp_path, "s/a/A.avsc")
    (tmp_path / "s/B.avsc").symlink_to("a/A.avsc")
    (tmp_path / "s/again").symlink_to("a")
    (tmp_path / "s/loop").symlink_to(".")
    assert len(read_sources([tmp_path / "s"], base=tmp_path).texts) == 1


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "s/A.avsc", "secret.txt")
    (tmp_path / "s/B.avsc").symlink_to("../secret.txt")
    (tmp_path / "s/c").symlink_to("..")
    lines = refusal(tmp_path / "s", base=tmp_path)
    assert [line.split()[:2] for line in lines] == [["s/B.avsc:", "SOURCE_LINK"], ["s/c:", "SOURCE_LINK"]]


def test_a_dangling_link_and_a_loop_of_links_are_named(tmp_path: Path) -> None:
    write(tmp_path, "s/A.avsc")
    (tmp_path / "s/B.avsc").symlink_to("nowhere")
    (tmp_path / "s/C.avsc").symlink_to("C.avsc")
    lines = refusal(tmp_path / "s", base=tmp_path)
    assert [line.split()[:2] for line in lines] == [
        ["s/B.avsc:", "SOURCE_READ"],
        ["s/C.avsc:", "SOURCE_READ"],
    ]


def test_two_folders_of_one_name_are_told_apart_or_refused(tmp_path: Path) -> None:
    write(tmp_path, "x/s/A.avsc", "y/s/A.avsc")
    (tmp_path / "p").mkdir()
    (line,) = refusal(tmp_path / "x/s", tmp_path / "y/s", base=tmp_path / "p")
    assert line.startswith("s/A.avsc: SOURCE_NAME two files get this name")
