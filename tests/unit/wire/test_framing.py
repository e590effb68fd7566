from __future__ import annotations

import pytest

from avroforge import DecodeError
from avroforge.wire.framing import HEADER_SIZE, MAX_SCHEMA_ID, frame, unframe


@pytest.mark.parametrize("schema_id", [1, 255, 256, MAX_SCHEMA_ID])
@pytest.mark.parametrize("bare", [b"", b"\x00", b"\x00\x00\x00\x00\x01x"])
def test_a_framed_record_is_unframed(schema_id: int, bare: bytes) -> None:
    framed = frame(schema_id, bare)
    assert framed == b"\x00" + schema_id.to_bytes(4, "big") + bare
    assert unframe(framed) == (schema_id, bare)


@pytest.mark.parametrize("schema_id", [0, -1, MAX_SCHEMA_ID + 1])
def test_ids_that_no_registry_gives_are_not_framed(schema_id: int) -> None:
    with pytest.raises(ValueError, match="schema id"):
        frame(schema_id, b"")


@pytest.mark.parametrize(
    ("text", "offset", "reason"),
    [
        *(
            ("", 0, "got 0 bytes"),
            ("00000001", 0, "got 4 bytes"),
            ("0100000001", 0, "magic byte 0x00, got 0x01"),
        ),
        *(
            ("0000000000", 1, "got 0"),
            ("0080000000", 1, "got 2147483648"),
            ("00ffffffff", 1, "got 4294967295"),
        ),
    ],
)
def test_what_is_not_framed_is_a_decode_error_that_says_why(text: str, offset: int, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        unframe(bytes.fromhex(text))
    assert (caught.value.path, caught.value.offset) == ("<header>", offset)
    assert reason in caught.value.reason


def test_every_headless_message_is_told_about_decode() -> None:
    for data in (b"", b"\x02" * HEADER_SIZE):
        with pytest.raises(DecodeError, match=r"decode\(\)"):
            unframe(data)
