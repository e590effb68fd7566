from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from avroforge.errors import DecodeError
from avroforge.wire.framing import frame, from_record, split, unframe, unframe_guid

GUID = UUID("89791762-2336-4186-9674-299b90a802e2")
HEADER = b"\x01" + GUID.bytes


def test_a_guid_before_the_body_is_split_off() -> None:
    assert unframe_guid(HEADER + b"body") == (GUID, b"body")
    assert from_record(HEADER + b"body") == (GUID, b"body")


def test_an_id_before_the_body_is_still_an_id() -> None:
    assert from_record(frame(7, b"body")) == (7, b"body")


def test_a_kafka_header_leaves_the_value_bare() -> None:
    assert from_record(b"\x00\x00\x00", [("x", b"1"), ("__value_schema_id", HEADER)]) == (
        GUID,
        b"\x00\x00\x00",
    )
    assert from_record(b"body", [("__value_schema_id", frame(9, b""))]) == (9, b"body")


def test_the_last_of_several_headers_counts() -> None:
    headers = [("__value_schema_id", b"\x01" + bytes(16)), ("__value_schema_id", HEADER)]
    assert from_record(b"", headers) == (GUID, b"")


def test_key_and_value_have_their_own_header() -> None:
    headers = [("__key_schema_id", HEADER)]
    assert from_record(b"body", headers, part="key") == (GUID, b"body")
    assert from_record(frame(3, b"body"), headers) == (3, b"body")


@pytest.mark.parametrize("content", [None, b"", b"\x01", HEADER[:-1], HEADER + b"x", b"\x02" + GUID.bytes])
def test_a_kafka_header_of_another_shape_is_an_error(content: bytes | None) -> None:
    with pytest.raises(DecodeError) as caught:
        from_record(b"body", [("__value_schema_id", content)])
    assert caught.value.path == "<header __value_schema_id>"


@pytest.mark.parametrize("data", [b"", b"\x01", HEADER[:-1], b"\x02abcdefghijklmnopqrs"])
def test_a_value_without_any_header_is_an_error(data: bytes) -> None:
    with pytest.raises(DecodeError):
        from_record(data)


def test_no_headers_may_be_none() -> None:
    assert from_record(frame(3, b"body"), None) == (3, b"body")


@pytest.mark.parametrize("value", [None, 5, "text", [0, 0, 0, 0, 1]])
def test_what_is_no_bytes_is_an_error(value: Any) -> None:  # noqa: ANN401 - what is refused
    for headers in ([], [("__value_schema_id", HEADER)]):
        with pytest.raises(DecodeError, match="expected bytes, got"):
            from_record(value, headers)
    with pytest.raises(DecodeError, match="expected bytes, got"):
        split(value)


def test_unframe_says_how_a_guid_is_read() -> None:
    with pytest.raises(DecodeError, match="from_record"):
        unframe(HEADER + b"body")
