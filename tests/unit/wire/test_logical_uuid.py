"""UUIDs: their text or sixteen bytes, identical both ways but for upper case."""

from __future__ import annotations

import copy
import pickle
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avroforge.wire.logical import read_uuid, read_uuid_fixed, write_uuid, write_uuid_fixed

TEXT = "12345678-90ab-cdef-1234-567890abcdef"


@given(value=st.uuids(allow_nil=True))
def test_every_uuid_comes_back_as_the_standard_library_writes_it(value: UUID) -> None:
    assert write_uuid(value) == str(value)
    assert read_uuid(str(value)) == value
    assert write_uuid_fixed(value) == value.bytes
    assert read_uuid_fixed(value.bytes) == value


@given(raw=st.binary(min_size=16, max_size=16))
def test_all_sixteen_bytes_come_back(raw: bytes) -> None:
    assert write_uuid_fixed(read_uuid_fixed(raw)) == raw


@given(raw=st.text() | st.text("0123456789abcdefABCDEF-_ {}", max_size=40))
def test_a_text_comes_back_in_lower_case_or_is_refused(raw: str) -> None:
    try:
        value = read_uuid(raw)
    except ValueError:
        return
    assert write_uuid(value) == raw.lower()


@pytest.mark.parametrize(
    "raw",
    [
        "",
        TEXT[:-1],
        TEXT + "0",
        TEXT.replace("-", ""),
        f"{{{TEXT}}}",
        f"urn:uuid:{TEXT}",
        f" {TEXT[1:]}",
        TEXT.replace("12345678", "1234_678"),
        TEXT.replace("12345678", "1234567g"),
        TEXT.replace("1", "\N{ARABIC-INDIC DIGIT ONE}"),
        "1234567-890ab-cdef-1234-567890abcdef",
        "12345678-90ab-cdef-1234-5678-0abcdef",
        "12345678-90ab-cdef-1234-5678--abcdef",
        "-2345678-90ab-cdef-1234-567890abcdef",
        TEXT + "\n",
        "\ud800" * 36,
    ],
)
def test_another_spelling_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match='logical_types = "raw" reads the string'):
        read_uuid(raw)


def test_the_error_quotes_the_text_but_not_all_of_a_long_one() -> None:
    with pytest.raises(ValueError, match="8-4-4-4-12 hexadecimal digits, got 'nil';"):
        read_uuid("nil")
    with pytest.raises(ValueError, match="expected a UUID") as caught:
        read_uuid("0" * 1_000_000)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("raw", [TEXT.upper(), TEXT[:18] + TEXT[18:].upper()])
def test_digits_may_be_in_upper_case_and_are_written_in_lower_case(raw: str) -> None:
    assert read_uuid(raw) == UUID(TEXT)
    assert write_uuid(read_uuid(raw)) == TEXT


@pytest.mark.parametrize("size", [0, 15, 17])
def test_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"expected a UUID of 16 bytes, got {size}"):
        read_uuid_fixed(bytes(size))


def test_what_is_read_is_a_whole_uuid() -> None:
    for value in (read_uuid(TEXT), read_uuid_fixed(UUID(TEXT).bytes)):
        assert type(value) is UUID
        assert repr(value) == repr(UUID(TEXT))
        assert hash(value) == hash(UUID(TEXT))
        assert value.is_safe is UUID(TEXT).is_safe
        assert value.version == UUID(TEXT).version
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - its own pickle
        assert copy.copy(value) == value
        with pytest.raises(TypeError):
            value.int = 5  # type: ignore[misc]  # that it fails is the point
