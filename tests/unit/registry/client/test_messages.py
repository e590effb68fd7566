from __future__ import annotations

from avroforge.registry.check import CheckReason
from avroforge.registry.client.messages import read_details, read_messages

MISMATCH = (
    "{errorType:'TYPE_MISMATCH', description:'The type (path '/fields/1/type') of a field in the new schema "
    "does not match with the old schema', additionalInfo:'reader type: STRING not compatible with writer "
    "type: LONG'}"
)
READ = CheckReason(
    "TYPE_MISMATCH",
    "The type (path '/fields/1/type') of a field in the new schema does not match with the old schema "
    "(reader type: STRING not compatible with writer type: LONG)",
    "/fields/1/type",
)
TRAILER = [
    "{oldSchemaVersion: 3}",
    "{oldSchema: '\"long\"'}",
    "{validateFields: 'false', compatibility: 'FULL'}",
]


def test_reasons_get_the_version_that_follows_them() -> None:
    both = read_messages([MISMATCH, *TRAILER, MISMATCH, "{oldSchemaVersion: 1}"])
    assert [each.version for each in both] == [3, 1]
    assert both[0].kind == READ.kind
    assert both[0].message == READ.message
    assert both[0].pointer == READ.pointer


def test_a_reason_without_version() -> None:
    assert read_messages([MISMATCH]) == (READ,)


def test_double_quotes_and_no_additional_info() -> None:
    message = '{errorType:"FIELD_REMOVED", description:"The field a is gone"}'
    assert read_messages([message]) == (CheckReason("FIELD_REMOVED", "The field a is gone"),)


def test_what_has_no_known_form_is_left_out() -> None:
    hostile = ["", "{", "{errorType:'x'}", "Compatibility mode is BACKWARD", "{errorType:'" + "A" * 10**6]
    assert read_messages(hostile) == ()


def test_the_details_of_a_refusal() -> None:
    listed = ", ".join([MISMATCH, *TRAILER])
    said = f'Schema being registered is incompatible with subject "s", details: [{listed}]'
    (reason,) = read_details(said)
    assert (reason.kind, reason.message, reason.version) == (READ.kind, READ.message, 3)


def test_a_refusal_without_details() -> None:
    assert read_details("io.apicurio.registry.rules.violation.RuleViolationException: Incompatible") == ()
