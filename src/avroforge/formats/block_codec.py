"""The codecs of container blocks: compression, and expansion that stops at a limit.

Null, deflate, bzip2 and xz come with Python; snappy needs `cramjam`, zstandard needs `zstandard`.
Source: Avro 1.12, Object Container Files, Required and Optional Codecs.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from avroforge.errors import ConfigurationError, MissingExtraError
from avroforge.formats.container_limits import ContainerLimits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DICTIONARY: Final = ContainerLimits().dictionary_bytes
_CRC_SIZE: Final = 4
_ZLIB_TRAILER: Final = 4
_ZSTANDARD_WINDOWS: Final = (2**10, 2**31)
"""The smallest and the largest window that the format knows."""
_ZSTANDARD_STEP: Final = 512
"""Input fed at once: four bytes can stand for 128 KiB, so a step expands to 16 MiB at most."""


@dataclass(frozen=True, slots=True)
class BlockCodec:
    """One codec, ready to use.

    Attributes:
        name: as in ``avro.codec``.
        compress: stored bytes of a block's data.
        expand: the data of a block's stored bytes, at most as many as the limit; raises `ValueError` for
            damaged or longer data.
    """

    name: str
    compress: Callable[[bytes], bytes]
    expand: Callable[[bytes, int], bytes]


def block_codec(name: str, level: int | None = None, *, max_dictionary: int = _DICTIONARY) -> BlockCodec:
    """The codec of a name, checked for the level it is to work with.

    Args:
        name: as in ``avro.codec``.
        level: of compression, the codec's own unless given.
        max_dictionary: bytes that an xz or zstandard stream may ask for as its dictionary.

    Raises:
        ConfigurationError: no such codec, or a level that it has not.
        MissingExtraError: its library is not installed.
    """
    if name not in _MAKERS:
        known = ", ".join(_MAKERS)
        raise ConfigurationError(f"codec: expected one of {known}, got {name!r}")
    low, high = _LEVELS.get(name, (0, -1))
    if level is not None and not low <= level <= high:
        expected = f"{low} to {high}" if low <= high else "none"
        raise ConfigurationError(f"level of codec {name!r}: expected {expected}, got {level}")
    return _MAKERS[name](level, max_dictionary)


def _too_large(limit: int) -> ValueError:
    return ValueError(f"the block expands to more than {limit} bytes; ContainerLimits raises that limit")


def _null_expand(data: bytes, limit: int) -> bytes:
    if len(data) > limit:
        raise _too_large(limit)
    return data


def _null(level: int | None, max_dictionary: int) -> BlockCodec:
    del level, max_dictionary
    return BlockCodec("null", lambda data: data, _null_expand)


def _deflate_expand(data: bytes, limit: int) -> bytes:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        result = machine.decompress(data, limit + 1)
    except zlib.error as error:
        raise ValueError(f"deflate: {error}") from None
    if len(result) > limit:
        raise _too_large(limit)
    if not machine.eof:
        raise ValueError("deflate: the compressed data ends early")
    # the reference library for Python leaves a part of zlib's checksum behind the data
    if len(machine.unused_data) > _ZLIB_TRAILER:
        raise ValueError(f"deflate: {len(machine.unused_data)} bytes follow the compressed data")
    return result


def _deflate(level: int | None, max_dictionary: int) -> BlockCodec:
    del max_dictionary

    def compress(data: bytes) -> bytes:
        machine = zlib.compressobj(-1 if level is None else level, zlib.DEFLATED, -zlib.MAX_WBITS)
        return machine.compress(data) + machine.flush()

    return BlockCodec("deflate", compress, _deflate_expand)


def _streams(make: Callable[[], Any], data: bytes, limit: int) -> bytes:
    """The data of one or more bzip2 or xz streams."""
    pieces: list[bytes] = []
    left = limit
    while True:
        machine = make()
        while not machine.eof:
            pieces.append(machine.decompress(data, left + 1))
            left -= len(pieces[-1])
            if left < 0:
                raise _too_large(limit)
            if machine.needs_input and not machine.eof:
                raise ValueError("the compressed data ends early")
            data = b""
        data = machine.unused_data
        if not data:
            return b"".join(pieces)


def _bzip2_expand(data: bytes, limit: int) -> bytes:
    try:
        return _streams(bz2.BZ2Decompressor, data, limit)
    except OSError as error:
        raise ValueError(f"bzip2: {error}") from None


def _bzip2(level: int | None, max_dictionary: int) -> BlockCodec:
    del max_dictionary
    chosen = 9 if level is None else level
    return BlockCodec("bzip2", lambda data: bz2.compress(data, chosen), _bzip2_expand)


def _xz(level: int | None, max_dictionary: int) -> BlockCodec:
    def expand(data: bytes, limit: int) -> bytes:
        try:
            return _streams(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, max_dictionary), data, limit)
        except lzma.LZMAError as error:
            raise ValueError(f"xz: {str(error).lower()}") from None

    return BlockCodec("xz", lambda data: lzma.compress(data, lzma.FORMAT_XZ, preset=level), expand)


def _snappy(level: int | None, max_dictionary: int) -> BlockCodec:
    del level, max_dictionary
    try:
        from cramjam import DecompressionError, snappy  # noqa: PLC0415 - only files with this codec need it
    except ModuleNotFoundError as error:
        raise _missing("snappy", error) from None

    def compress(data: bytes) -> bytes:
        return bytes(snappy.compress_raw(data)) + zlib.crc32(data).to_bytes(_CRC_SIZE, "big")

    def expand(data: bytes, limit: int) -> bytes:
        body, checksum = data[:-_CRC_SIZE], data[-_CRC_SIZE:]
        try:
            if snappy.decompress_raw_len(body) > limit:
                raise _too_large(limit)
            result = bytes(snappy.decompress_raw(body))
        except DecompressionError as error:
            raise ValueError(f"snappy: {error}") from None
        if zlib.crc32(result).to_bytes(_CRC_SIZE, "big") != checksum:
            raise ValueError("snappy: the checksum (CRC-32) differs")
        return result

    return BlockCodec("snappy", compress, expand)


def _zstandard(level: int | None, max_dictionary: int) -> BlockCodec:
    try:
        import zstandard  # noqa: PLC0415 - only files with this codec need it
    except ModuleNotFoundError as error:
        raise _missing("zstandard", error) from None

    def compress(data: bytes) -> bytes:
        chosen = 3 if level is None else level
        return zstandard.ZstdCompressor(level=chosen, write_checksum=True).compress(data)

    low, high = _ZSTANDARD_WINDOWS
    window = min(max(low, max_dictionary), high)

    def expand(data: bytes, limit: int) -> bytes:
        pieces: list[bytes] = []
        left = limit
        machine = zstandard.ZstdDecompressor(max_window_size=window).decompressobj()
        try:
            for start in range(0, len(data), _ZSTANDARD_STEP):
                pieces.append(machine.decompress(data[start : start + _ZSTANDARD_STEP]))
                left -= len(pieces[-1])
                if left < 0:
                    raise _too_large(limit)
                if machine.eof:
                    rest = len(machine.unused_data) + max(0, len(data) - start - _ZSTANDARD_STEP)
                    if rest:
                        raise ValueError(f"zstandard: {rest} bytes follow the compressed data")
                    return b"".join(pieces)
        except zstandard.ZstdError as error:
            raise ValueError(f"zstandard: {error}") from None
        raise ValueError("zstandard: the compressed data ends early")

    return BlockCodec("zstandard", compress, expand)


def _missing(name: str, error: ModuleNotFoundError) -> MissingExtraError:
    found = f"codec {name!r} needs the package {error.name}, which is not installed"
    return MissingExtraError(f"{found}: pip install 'avroforge[container]'")


_MAKERS: Final[Mapping[str, Callable[[int | None, int], BlockCodec]]] = {
    "null": _null,
    "deflate": _deflate,
    "snappy": _snappy,
    "bzip2": _bzip2,
    "xz": _xz,
    "zstandard": _zstandard,
}
_LEVELS: Final[Mapping[str, tuple[int, int]]] = {
    "deflate": (0, 9),
    "bzip2": (1, 9),
    "xz": (0, 9),
    "zstandard": (1, 22),
}
CODEC_NAMES: Final = tuple(_MAKERS)
