from __future__ import annotations

from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from tests.property.strategies import data_for, mutations, schemas
from tests.unit.codec.harness import ARRAYS, MODES, check_message, check_value, codec_of, same

from avroforge.record import values_equal

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
PROFILE = settings(max_examples=60, deadline=None, suppress_health_check=SLOW)


def codec_and_value(data: DataObject, arrays: str = "list", logical_types: str = "typed") -> tuple[Any, Any]:
    codec = codec_of(data.draw(schemas(), label="schema"), arrays, logical_types)
    return codec, data.draw(data_for(codec), label="value")


@pytest.mark.parametrize(("arrays", "logical_types"), MODES)
@PROFILE
@given(data=st.data())
def test_what_is_encoded_is_decoded_by_the_compiled_function_and_by_the_walk(
    arrays: str, logical_types: str, data: DataObject
) -> None:
    codec, value = codec_and_value(data, arrays, logical_types)
    message = check_value(codec, value)
    assert values_equal(codec.decode(message), value)


@pytest.mark.parametrize("arrays", ARRAYS)
@PROFILE
@given(data=st.data())
def test_a_damaged_message_is_a_value_on_which_all_agree_or_a_decode_error(
    arrays: str, data: DataObject
) -> None:
    codec, value = codec_and_value(data, arrays)
    message = codec.encode(value)
    for _ in range(5):
        check_message(codec, data.draw(mutations(message), label="damaged"))


@pytest.mark.parametrize(("arrays", "logical_types"), MODES)
@PROFILE
@given(data=st.data())
def test_a_plain_datum_becomes_the_value_again(arrays: str, logical_types: str, data: DataObject) -> None:
    codec, value = codec_and_value(data, arrays, logical_types)
    assert same(codec.deserialize(codec.serialize(value)), value)
