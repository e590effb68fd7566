from __future__ import annotations

import base64
import gzip
import io
import json
import re
import sys
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from tests.unit.formats.sample import TEXT, Interface, rows

from avroforge.formats.container import ContainerWriter
from avroforge.formats.container_header import ContainerHeader
from avroforge.registry import LocalRegistry, MemoryRegistry
from avroforge.registry.server import serve_in_background
from avroforge.wire.framing import frame
from avroforge_codegen.cli import run
from avroforge_codegen.cli.hex_view import hex_view
from avroforge_codegen.cli.value_view import value_view

if TYPE_CHECKING:
    from pathlib import Path

codec = Interface()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "order.avsc").write_text(TEXT, encoding="utf-8")
    return tmp_path


def container(name: str = "null", count: int = 60) -> bytearray:
    file = io.BytesIO()
    with ContainerWriter(file, Interface, name, sync_interval=300) as writer:
        writer.write_all(rows(count))
    return bytearray(file.getvalue())


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_byte_is_marked_where_it_stands() -> None:
    data = bytes(range(100))
    for offset in range(101):
        lines = hex_view(data, offset, first=1000)
        mark = next(number for number, line in enumerate(lines) if "^^" in line)
        column = lines[mark].index("^^")
        assert lines[mark - 1][column : column + 2] == (f"{offset:02x}" if offset < 100 else "  ")
        assert int(lines[mark - 1].split()[0]) == 1000 + offset // 16 * 16


def test_an_empty_message_has_a_place_too() -> None:
    assert [line.rstrip() for line in hex_view(b"", 0)] == [f"{0:>10}  {'':<48}  ||", " " * 12 + "^^"]


@pytest.mark.parametrize("tree", [None, 1, "x", [], {}, [[]], {"a": {"b": [1, {"c": "\u2028"}]}}, [1.5] * 30])
def test_a_full_view_is_json(tree: Any) -> None:  # noqa: ANN401 - any JSON
    assert json.loads(value_view(tree, full=True)) == tree


def test_what_is_long_says_how_much_more_there_is() -> None:
    assert value_view([1] * 30).endswith("... 18 more]")
    assert value_view([[1, [2]]] * 30).splitlines()[-2] == "  ... 18 more"
    assert value_view("x" * 300).endswith('" ... 100 more characters')


def test_standard_input_is_read_whole(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bytes(container("deflate")))))
    assert run(["inspect", "-", "--limit", "0"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("<standard input>: object container file (assumed")
    assert re.search(r" blocks, [\d,]+ bytes \([\d,]+ of records\), 0 shown\n$", out)
    assert str(here) not in out


@pytest.mark.parametrize("limit", [0, 7, 1000])
def test_every_record_is_read_whatever_is_shown(
    here: Path, capsys: pytest.CaptureFixture[str], limit: int
) -> None:
    (here / "o.avro").write_bytes(container())
    assert run(["inspect", "o.avro", "--json", "--limit", str(limit)]) == 0
    first, *values, end = lines_of(capsys)
    assert (first["kind"], first["codec"], first["schema"]) == ("message", "null", "shop.Order")
    assert [each["value"]["id"] for each in values] == [row.id for row in rows(60)[:limit]]
    assert (end["records"], end["shown"], end["damaged"]) == (60, min(60, limit), 0)


@pytest.mark.parametrize("limit", ["0", "100"])
def test_damage_behind_the_limit_is_found_too(
    here: Path, capsys: pytest.CaptureFixture[str], limit: str
) -> None:
    data = container()
    data[-17] = 0x7F
    (here / "o.avro").write_bytes(data)
    assert run(["inspect", "o.avro", "--json", "--limit", limit]) == 100
    *_, damage, end = lines_of(capsys)
    assert damage["kind"] == "damage"
    assert damage["around"]
    assert end["damaged"] == 1


def test_damage_inside_a_compressed_block_is_shown_decompressed(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = io.BytesIO()
    with ContainerWriter(file, Interface, "deflate") as writer:
        writer.write(rows(3)[2])
        writer._blocks.add(b"\x02\x09")
    (here / "o.avro").write_bytes(file.getvalue())
    assert run(["inspect", "o.avro", "--limit", "0"]) == 100
    out = capsys.readouterr().out
    assert "broken: Order.note at byte" in out
    assert "  decompressed data of the block at byte" in out
    assert "; 1 record lost" in out


def test_a_guid_needs_a_schema(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "m").write_bytes(b"\x01" + bytes(15) + b"\x07" + codec.encode(rows(1)[0]))
    assert run(["inspect", "m", "--framed"]) == 1
    assert "the schema that the message names is not known" in capsys.readouterr().err
    assert run(["inspect", "m", "--framed", "--schema", "order.avsc", "--json"]) == 0
    assert lines_of(capsys)[0]["written_by"] == "schema GUID 00000000-0000-0000-0000-000000000007"


def test_another_fingerprint_than_the_given_schema_s_is_an_error(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "m").write_bytes(b"\xc3\x01" + bytes(8) + codec.encode(rows(1)[0]))
    assert run(["inspect", "m", "--schema", "order.avsc"]) == 1
    assert "expected the fingerprint 0000000000000000 of the message" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["container", "single-object", "framed", "bare"])
def test_no_message_ends_in_a_traceback(
    here: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    samples = [
        b"",
        b"\x00",
        bytes(container())[:300],
        codec.encode_single_object(rows(1)[0]),
        frame(1, b""),
        b"\xff" * 40,
    ]
    for sample in samples:
        (here / "m").write_bytes(sample)
        given = [] if encoding == "container" else ["--schema", "order.avsc"]
        assert run(["inspect", "m", "--as", encoding, *given]) in {0, 1, 100}
        assert "internal error" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["m"], ["m", "--framed", "--as", "bare"], ["m", "--as", "bare"], ["missing"], ["m", "--limit", "-1"]],
)
def test_wrong_usage(here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    (here / "m").write_bytes(b"\x02\x02")
    assert run(["inspect", *arguments]) == 2
    assert capsys.readouterr().out == ""


def test_a_container_whose_schema_has_a_wrong_default_is_shown_all_the_same(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = '{"type":"record","name":"R","fields":[{"name":"class","type":"int","default":"x"}]}'
    header = ContainerHeader({"avro.schema": schema.encode()}, bytes(range(16)))
    (here / "o.avro").write_bytes(header.render() + b"\x06\x06\x02\x04\x06" + header.sync_marker)
    assert run(["inspect", "o.avro", "--json", "--limit", "0"]) == 0
    assert lines_of(capsys)[-1]["records"] == 3


CHAIN = '{"type": "record", "name": "N", "fields": [{"name": "next", "type": ["null", "N"]}]}'


@pytest.mark.parametrize("setting", ["command line", "file"])
def test_limits_of_a_message_are_settings(
    setting: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "chain.avsc").write_text(CHAIN, encoding="utf-8")
    (here / "deep.bin").write_bytes(b"\x02" * 99 + b"\x00")
    command = ["inspect", "deep.bin", "--schema", "chain.avsc"]
    assert run(command) == 100
    assert "expected at most 64 levels of nesting" in capsys.readouterr().out
    if setting == "file":
        (here / "avroforge.toml").write_text("[limits]\ndepth = 100\n", encoding="utf-8")
        assert run(command) == 0
    else:
        assert run([*command, "--allow", "depth=100"]) == 0


def test_limits_of_a_file_are_settings(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "o.avro").write_bytes(container())
    assert run(["inspect", "o.avro", "--allow", "stored_bytes=100"]) == 100
    assert "more than the limit of 100 bytes" in capsys.readouterr().out
    assert run(["inspect", "o.avro", "--allow", "stored=100"]) == 2
    assert run(["inspect", "o.avro", "--allow", "depth=many"]) == 2


def test_a_schema_is_found_by_its_guid(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registry = LocalRegistry(here / "registry.json")
    registered = registry.register("orders-value", TEXT)
    guid = UUID(str(registry.schema_by_id(registered.schema_id).guid))
    row = rows(1)[0]
    (here / "m.bin").write_bytes(b"\x01" + guid.bytes + codec.encode(row))
    assert run(["inspect", "m.bin", "--framed", "--registry", "registry.json"]) == 0
    assert f"schema GUID {guid}" in capsys.readouterr().out
    (here / "m.bin").write_bytes(b"\x01" + bytes(16) + codec.encode(row))
    assert run(["inspect", "m.bin", "--framed", "--registry", "registry.json"]) == 1
    assert "no schema with GUID 00000000-" in capsys.readouterr().err


def test_a_schema_is_found_at_a_server(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registry = MemoryRegistry()
    registered = registry.register("orders-value", TEXT)
    row = rows(1)[0]
    (here / "framed").write_bytes(frame(registered.schema_id, codec.encode(row)))
    (here / "unknown").write_bytes(frame(99, b""))
    (here / "marked").write_bytes(codec.encode_single_object(row))
    with serve_in_background(registry) as url:
        (here / "avroforge.toml").write_text(f'[registry.environments]\nproduction = "{url}"\n')
        assert run(["inspect", "framed", "--framed", "--registry", "production"]) == 0
        assert "found in     production" in capsys.readouterr().out
        assert run(["inspect", "marked", "--registry", url]) == 0
        assert f"found in     {url}, orders-value version 1" in capsys.readouterr().out
        assert run(["inspect", "unknown", "--framed", "--registry", url]) == 1
        assert f"{url}: no schema with id 99, which the message names" in capsys.readouterr().err
    assert run(["inspect", "framed", "--framed", "--registry", url]) == 1
    out, err = capsys.readouterr()
    assert "written by   schema id 1" in out
    assert "no connection" in err


def test_a_schema_beside_a_container_file_would_have_no_effect(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "o.avro").write_bytes(container())
    assert run(["inspect", "o.avro", "--schema", "order.avsc"]) == 2
    assert "o.avro is a container file, which has its own schema" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"", "it is empty, so there is nothing to show"),
        (gzip.compress(b"x"), "as gzip data does: gunzip -c m | avroforge inspect -"),
        (b"PAR1" + bytes(20), "as a Parquet file does: it is not Avro"),
        (frame(7, b"abc"), "(framed, it would be of schema id 7)"),
        (b"\x01" + bytes(15) + b"\x02abc", "schema GUID 00000000-0000-0000-0000-000000000002)"),
        (TEXT.encode(), "a schema is checked by avroforge lint"),
        (codec.encode_single_object(rows(1)[0]).hex(" ").encode(), "xxd -r -p m | avroforge inspect -"),
        (base64.encodebytes(bytes(range(200))), "base64 -d m | avroforge inspect -"),
        (b"hello world, this is no Avro", "say --framed for Confluent framing, or --schema FILE"),
    ],
    ids=["empty", "gzip", "parquet", "id", "guid", "json", "hex", "base64", "words"],
)
def test_what_has_no_marker_is_refused_with_what_it_may_be(
    data: bytes, hint: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "m").write_bytes(data)
    assert run(["inspect", "m"]) == 2
    assert hint in capsys.readouterr().err


def test_a_text_that_is_read_as_bare_avro_is_named_as_such(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "m").write_text(codec.to_json(rows(1)[0]), encoding="utf-8")
    assert run(["inspect", "m", "--schema", "order.avsc"]) == 100
    assert "it may be JSON" in capsys.readouterr().out


def test_the_schema_alone_can_be_printed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "o.avro").write_bytes(container())
    assert run(["inspect", "o.avro", "--print-schema"]) == 0
    assert capsys.readouterr().out == f"{TEXT}\n"
    (here / "m").write_bytes(codec.encode_single_object(rows(1)[0]))
    assert run(["inspect", "m", "--print-schema", "--schema", "order.avsc"]) == 0
    assert capsys.readouterr().out == f"{TEXT}\n"
    assert run(["inspect", "m", "--print-schema"]) == 1
    (here / "o.avro").write_bytes(bytes(container()).replace(b'"double"', b'"duoble"'))
    assert run(["inspect", "o.avro", "--print-schema"]) == 1
    assert "did you mean 'double'?" in capsys.readouterr().err


@pytest.mark.parametrize(("old", "new"), [(b'"double"', b'"duoble"'), (b"deflate", b"lz4-xyz")])
def test_a_broken_header_is_marked_where_it_is_wrong(
    old: bytes, new: bytes, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = bytes(container("deflate")).replace(old, new)
    (here / "o.avro").write_bytes(data)
    assert run(["inspect", "o.avro", "--json"]) == 100
    assert lines_of(capsys)[1]["offset"] == data.index(new)
