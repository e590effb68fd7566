from __future__ import annotations

import builtins
import bz2
import lzma
import random
import zlib
from typing import Any

import pytest
import zstandard

from avroforge.errors import ConfigurationError, MissingExtraError
from avroforge.formats.block_codec import CODEC_NAMES, block_codec

NOISE = random.Random(7).randbytes(5000)  # noqa: S311 - no secret
COMPRESSED = [name for name in CODEC_NAMES if name != "null"]


@pytest.mark.parametrize("name", CODEC_NAMES)
@pytest.mark.parametrize("data", [b"", b"a", b"a" * 300_000, NOISE])
def test_what_is_compressed_expands_to_itself(name: str, data: bytes) -> None:
    codec = block_codec(name)
    stored = codec.compress(data)
    assert codec.expand(stored, len(data)) == data
    if data:
        with pytest.raises(ValueError, match=f"expands to more than {len(data) - 1} bytes"):
            codec.expand(stored, len(data) - 1)


@pytest.mark.parametrize("name", COMPRESSED)
def test_damaged_data_is_a_value_error(name: str) -> None:
    codec = block_codec(name)
    stored = codec.compress(NOISE)
    for damaged in (b"", stored[:-1], stored[: len(stored) // 2], stored + b"\xff" * 9, NOISE):
        with pytest.raises(ValueError, match=r"."):
            codec.expand(damaged, 10**6)


@pytest.mark.parametrize("name", ["snappy", "bzip2", "xz", "zstandard"])
def test_codecs_with_a_checksum_notice_every_flipped_byte(name: str) -> None:
    codec = block_codec(name)
    stored = codec.compress(b"abcabcabd" * 9)
    for index in range(len(stored)):
        damaged = bytearray(stored)
        damaged[index] ^= 0x10
        try:
            assert codec.expand(bytes(damaged), 10**6) == b"abcabcabd" * 9  # a header bit that means nothing
        except ValueError:
            continue


def test_several_streams_in_one_block_are_one_block() -> None:
    assert block_codec("bzip2").expand(bz2.compress(b"ab") + bz2.compress(b"c"), 3) == b"abc"
    assert block_codec("xz").expand(lzma.compress(b"ab") + lzma.compress(b"c"), 3) == b"abc"


def test_the_tail_that_the_reference_library_leaves_behind_deflate_is_passed_over() -> None:
    assert block_codec("deflate").expand(zlib.compress(b"abc")[2:-1], 10) == b"abc"


@pytest.mark.parametrize(
    ("name", "bomb"),
    [
        ("deflate", lambda size: block_codec("deflate", 9).compress(bytes(size))),
        ("bzip2", lambda size: bz2.compress(bytes(size))),
        ("xz", lambda size: lzma.compress(bytes(size))),
        ("zstandard", lambda size: zstandard.ZstdCompressor().compress(bytes(size))),
        ("snappy", lambda size: b"\xff\xff\xff\xff\x0f" + bytes(size // 10**6)),
    ],
)
def test_a_bomb_stops_at_the_limit(name: str, bomb: Any) -> None:  # noqa: ANN401 - a function of the size
    stored = bomb(50_000_000)
    assert len(stored) < 100_000
    with pytest.raises(ValueError, match="expands to more than 1000000 bytes"):
        block_codec(name).expand(stored, 10**6)


def test_an_xz_stream_that_asks_for_a_huge_dictionary_is_refused() -> None:
    stored = lzma.compress(b"x", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1024 * 2**20, "preset": 0}])
    with pytest.raises(ValueError, match="xz: memory usage limit"):
        block_codec("xz").expand(stored, 10**6)


@pytest.mark.parametrize(("name", "level"), [("null", 1), ("snappy", 1), ("deflate", 10), ("zstandard", 0)])
def test_a_level_that_a_codec_has_not_is_an_error(name: str, level: int) -> None:
    with pytest.raises(ConfigurationError, match=f"level of codec '{name}'"):
        block_codec(name, level)


@pytest.mark.parametrize(("name", "level"), [("deflate", 0), ("bzip2", 1), ("xz", 0), ("zstandard", 22)])
def test_levels(name: str, level: int) -> None:
    codec = block_codec(name, level)
    assert codec.expand(codec.compress(b"abc"), 3) == b"abc"


def test_an_unknown_codec_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match=r"expected one of null, deflate, .* got 'gzip'"):
        block_codec("gzip")


@pytest.mark.parametrize(("name", "package"), [("snappy", "cramjam"), ("zstandard", "zstandard")])
def test_a_missing_library_is_an_error_that_names_the_extra(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = builtins.__import__

    def without(wanted: str, *rest: Any, **options: Any) -> Any:  # noqa: ANN401 - the import hook's own
        if wanted == package:
            raise ModuleNotFoundError(f"No module named {wanted!r}", name=wanted)
        return original(wanted, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=rf"{package}.*avroforge\[container\]"):
        block_codec(name)
