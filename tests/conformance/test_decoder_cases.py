"""Malicious and odd messages: what must be read is read, everything else is one `DecodeError`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.codec.harness import ARRAYS

from avroforge import DecodeError
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from avroforge.codec.ir import Storage

SHARED = Path(os.environ.get("AVROFORGE_SHARED", Path(__file__).parents[3] / "shared"))
CASES = SHARED / "conformance" / "decoder_cases.json"

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not CASES.exists(), reason=f"no oracle file {CASES}; set AVROFORGE_SHARED"),
]


def cases() -> list[dict[str, Any]]:
    return list(json.loads(CASES.read_text(encoding="utf-8"))) if CASES.exists() else []


@pytest.mark.parametrize("arrays", ARRAYS)
@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_message_is_read_or_refused(case: dict[str, Any], arrays: Storage) -> None:
    codec = load_interface(json.dumps(case["schema"]), arrays=arrays)()
    data = b"".join(bytes.fromhex(text) * times for text, times in case["data"])
    if case["expect"] == "accept":
        value = codec.decode(data)
        assert codec.decode(codec.encode(value)) is not None or value is None
        return
    with pytest.raises(DecodeError) as caught:
        codec.decode(data)
    assert 0 <= caught.value.offset <= len(data)


def test_there_are_49_cases() -> None:
    assert len(cases()) == 49
