"""Calls of Confluent's REST API and what is answered, as data.

A scenario is a list of calls against one empty server. Of an answer the status counts, and of its body what
is written here: an object's members (further ones are allowed), the length and members of a list, or a text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from tests.registry_suite.schemas import ADDRESS, COUNTRY, MORE, OTHER, V1, V2

V1_TYPE: Final = "application/vnd.schemaregistry.v1+json"
JSON_TYPE: Final = "application/json"
Json: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Call:
    """One request and the answer to it."""

    method: str
    path: str
    status: int
    expected: Json
    body: Json = None
    headers: dict[str, str] = field(default_factory=dict)


class Raw(str):
    """A body that is a text rather than JSON, sent or expected."""

    __slots__ = ()


def get(path: str, expected: Json, status: int = 200, **headers: str) -> Call:
    return Call("GET", path, status, expected, None, _headers(headers))


def post(path: str, body: Json, expected: Json, status: int = 200, **headers: str) -> Call:
    return Call("POST", path, status, expected, body, _headers(headers))


def put(path: str, body: Json, expected: Json, status: int = 200) -> Call:
    return Call("PUT", path, status, expected, body)


def delete(path: str, expected: Json, status: int = 200) -> Call:
    return Call("DELETE", path, status, expected)


def refused(code: int, message: str | None = None) -> dict[str, Json]:
    """The body of a refusal."""
    return {"error_code": code} | ({} if message is None else {"message": message})


def _headers(given: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in given.items()}


def schema(text: str, **more: Json) -> dict[str, Json]:
    """The body that carries a schema."""
    return {"schema": text, **more}


def refers(name: str, subject: str, version: int = 1) -> dict[str, Json]:
    return {"references": [{"name": name, "subject": subject, "version": version}]}


COUNTRY_OF = refers("shop.Country", "country")
V1_GUID = "f3f1ab6e-0784-844b-8a1c-9bfd28c10dcb"
GUID_OF_INT = "ef524ea1-b91e-7317-3d93-8ade36c1db32"
WRONG_VERSION = (
    "The specified version '{}' is not a valid version id. "
    'Allowed values are between [1, 2^31-1] and the string "latest"'
)
WRONG_LEVEL = (
    "Invalid compatibility level. Valid values are none, backward, forward, full, "
    "backward_transitive, forward_transitive, and full_transitive"
)
NO_DEFAULT = (
    "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'price' at path '/fields/1' in "
    "the new schema has no default value and is missing in the old schema', additionalInfo:'price'}"
)
OLD_SCHEMA = (
    "{oldSchema: '"
    '{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"sku","type":"string"}]}'
    "'}"
)
TRAILER = "{validateFields: 'false', compatibility: 'BACKWARD'}"

SCENARIOS: Final[dict[str, list[Call]]] = {
    "an_empty_server": [
        get("/", {}),
        get("/subjects", []),
        get("/schemas", []),
        get("/schemas/types", ["AVRO"]),
        get("/contexts", ["."]),
        get("/config", {"compatibilityLevel": "BACKWARD"}),
        get("/mode", {"mode": "READWRITE"}),
        get("/v1/metadata/id", {"scope": {"path": [], "clusters": {}}}),
        get("/v1/metadata/version", {"commitId": ""}),
    ],
    "registering": [
        post("/subjects/orders/versions", schema(V1), {"id": 1}),
        post("/subjects/orders/versions", schema(V1), {"id": 1}),
        post("/subjects/orders/versions", schema(V2, schemaType="AVRO"), {"id": 2}),
        post("/subjects/other/versions", schema(V2), {"id": 2}),
        get("/subjects", ["orders", "other"]),
        get("/subjects/orders/versions", [1, 2]),
        get(
            "/subjects/orders/versions/1",
            {
                "subject": "orders",
                "version": 1,
                "id": 1,
                "schemaType": "AVRO",
                "guid": V1_GUID,
                "schema": V1,
                "deleted": False,
            },
        ),
        get("/subjects/orders/versions/latest", {"version": 2, "id": 2, "schema": V2}),
        get("/subjects/orders/versions/-1", {"version": 2}),
        get("/subjects/orders/versions/LATEST", {"version": 2}),
        get("/subjects/orders/versions/1/schema", Raw(V1)),
        get("/schemas/ids/2", {"schema": V2}),
        get("/schemas/ids/2/schema", Raw(V2)),
        get("/schemas/ids/2/subjects", ["orders", "other"]),
        get(
            "/schemas/ids/2/versions",
            [{"subject": "orders", "version": 2}, {"subject": "other", "version": 1}],
        ),
        get("/schemas", [{"version": 1}, {"version": 2}, {"subject": "other"}]),
        get("/schemas?latestOnly=true", [{"subject": "orders", "version": 2}, {"subject": "other"}]),
        get("/schemas?subjectPrefix=ot", [{"subject": "other"}]),
        get("/schemas?offset=1&limit=1", [{"subject": "orders", "version": 2}]),
        get("/subjects?subjectPrefix=or", ["orders"]),
        get("/subjects?offset=1", ["other"]),
        get("/subjects?limit=1", ["orders"]),
    ],
    "a_client_that_takes_new_properties_gets_all": [
        post(
            "/subjects/a/versions",
            schema('"int"'),
            {"id": 1, "version": 1, "subject": "a", "guid": GUID_OF_INT, "schema": '"int"'},
            Confluent_Accept_Unknown_Properties="true",
        ),
        get(f"/schemas/guids/{GUID_OF_INT}", {"schema": '"int"', "guid": GUID_OF_INT}),
        get(f"/schemas/guids/{GUID_OF_INT.upper()}/ids", [{"context": ".", "id": 1}]),
        get("/schemas/guids/none", refused(40403, "Schema none not found"), 404),
        get("/schemas/guids/none/ids", refused(40403), 404),
    ],
    "what_is_not_there": [
        get("/subjects/x/versions", refused(40401, "Subject 'x' not found."), 404),
        get("/subjects/x/versions/1", refused(40401, "Subject 'x' not found."), 404),
        get("/subjects/x/versions/1/schema", refused(40401), 404),
        get("/subjects/x/versions/1/referencedby", refused(40401), 404),
        get("/subjects/x/metadata?key=a&value=b", refused(40401), 404),
        post("/subjects/x", schema(V1), refused(40401, "Subject 'x' not found."), 404),
        delete("/subjects/x", refused(40401, "Subject 'x' not found."), 404),
        delete("/subjects/x/versions/1", refused(40401), 404),
        get("/schemas/ids/9", refused(40403, "Schema 9 not found"), 404),
        get("/schemas/ids/9/schema", refused(40403), 404),
        get("/schemas/ids/9/subjects", refused(40403), 404),
        get("/schemas/ids/9/versions", refused(40403), 404),
        get("/schemas/ids/abc", refused(404), 404),
        get(
            "/config/x",
            refused(40408, "Subject 'x' does not have subject-level compatibility configured"),
            404,
        ),
        get("/mode/x", refused(40409, "Subject 'x' does not have subject-level mode configured"), 404),
        delete("/config/x", refused(40401, "Subject 'x' not found."), 404),
        delete("/mode/x", refused(40401, "Subject 'x' not found."), 404),
        get("/nope", refused(404, "HTTP 404 Not Found"), 404),
        get("/subjects/", refused(404), 404),
        get("/subjects/a/b/c/d", refused(404), 404),
    ],
    "versions_that_are_none": [
        post("/subjects/a/versions", schema(V1), {"id": 1}),
        get("/subjects/a/versions/2", refused(40402, "Version 2 not found."), 404),
        get("/subjects/a/versions/0", refused(42202, WRONG_VERSION.format(0)), 422),
        get("/subjects/a/versions/abc", refused(42202, WRONG_VERSION.format("abc")), 422),
        get("/subjects/a/versions/1.5", refused(42202), 422),
        get("/subjects/a/versions/2147483648", refused(42202), 422),
        get("/subjects/a/versions/-2", refused(42202), 422),
        delete("/subjects/a/versions/abc", refused(42202), 422),
        delete("/subjects/a/versions/9", refused(40402, "Version 9 not found."), 404),
        post("/compatibility/subjects/a/versions/abc", schema(V1), refused(42202), 422),
        post("/compatibility/subjects/a/versions/9", schema(V1), refused(40402), 404),
    ],
    "looking_up": [
        post("/subjects/a/versions", schema(V1), {"id": 1}),
        post("/subjects/a", schema(V1), {"subject": "a", "version": 1, "id": 1, "schema": V1}),
        post("/subjects/a", schema(V2), refused(40403, "Schema not found"), 404),
        post("/subjects/a", schema(" "), refused(40403), 404),
        post("/subjects/a", schema("{"), refused(42201), 422),
        delete("/subjects/a/versions/1", 1),
        post("/subjects/a", schema(V1), refused(40401), 404),
        post("/subjects/a?deleted=true", schema(V1), {"version": 1, "deleted": True}),
    ],
    "what_is_no_schema": [
        post("/subjects/a/versions", schema("{"), refused(42201), 422),
        post("/subjects/a/versions", schema('{"type":"record","name":"R"}'), refused(42201), 422),
        post("/subjects/a/versions", schema(""), refused(42201, "Empty schema"), 422),
        post("/subjects/a/versions", {}, refused(42201, "Empty schema"), 422),
        post(
            "/subjects/a/versions",
            schema("{}", schemaType="PROTOBUF"),
            refused(42201, "Invalid schema type PROTOBUF"),
            422,
        ),
        post("/subjects/a/versions", schema(V1, ruleSet={"domainRules": [{}]}), refused(42201), 422),
        post("/subjects/a/versions", {"schema": 5}, refused(422), 422),
        post("/subjects/a/versions", schema(V1, references=[1]), refused(422), 422),
        post("/subjects/a/versions", schema(V1, references=[{"name": "x"}]), refused(422), 422),
        post("/subjects/a/versions", schema(V1, metadata={"properties": {"a": 1}}), refused(422), 422),
        post("/subjects/a%0Ab/versions", schema(V1), refused(42208), 422),
        get("/subjects", []),
    ],
    "bodies_that_are_none": [
        post("/subjects/a/versions", Raw("{"), refused(400), 400),
        post("/subjects/a/versions", Raw("[]"), refused(422), 422),
        post("/subjects/a/versions", Raw(""), refused(422), 422),
        post("/subjects/a/versions", Raw('{"schema": "\\ud800"}'), refused(400), 400),
        post("/subjects/a/versions", Raw("[" * 100_000), refused(400), 400),
        put("/config", Raw('{"x": NaN}'), refused(400), 400),
        post("/subjects/a/versions", schema(V1), refused(415), 415, content_type="text/plain"),
        post("/subjects/a/versions", schema(V1), {"id": 1}, content_type="application/octet-stream"),
        post("/subjects/a/versions", schema(V1), {"id": 1}, content_type=f"{V1_TYPE}; charset=utf-8"),
    ],
    "what_breaks": [
        post("/subjects/a/versions", schema(V1), {"id": 1}),
        post(
            "/subjects/a/versions",
            schema(MORE),
            refused(
                409,
                'Schema being registered is incompatible with an earlier schema for subject "a", details: '
                f"[{NO_DEFAULT}, {{oldSchemaVersion: 1}}, {OLD_SCHEMA}, {TRAILER}]",
            ),
            409,
        ),
        post("/compatibility/subjects/a/versions", schema(V2), {"is_compatible": True}),
        post("/compatibility/subjects/a/versions", schema(MORE), {"is_compatible": False}),
        post("/compatibility/subjects/a/versions/1", schema(MORE), {"is_compatible": False}),
        post(
            "/compatibility/subjects/a/versions/latest?verbose=true",
            schema(MORE),
            {
                "is_compatible": False,
                "messages": [NO_DEFAULT, "{oldSchemaVersion: 1}", OLD_SCHEMA, TRAILER],
            },
        ),
        post(
            "/compatibility/subjects/a/versions?verbose=true",
            schema(V2),
            {"is_compatible": True, "messages": []},
        ),
        post("/compatibility/subjects/x/versions/latest", schema(V2), {"is_compatible": True}),
        post("/compatibility/subjects/x/versions", schema(V2), {"is_compatible": True}),
        post("/compatibility/subjects/a/versions", schema("{"), refused(42201), 422),
        post("/compatibility/subjects/a/versions?verbose=true", schema("{"), {"is_compatible": False}),
        post("/compatibility/subjects/a/versions", schema(""), refused(42201, "Empty schema"), 422),
    ],
    "levels": [
        put("/config", {"compatibility": "full"}, {"compatibility": "full"}),
        get("/config", {"compatibilityLevel": "FULL"}),
        get("/config/a?defaultToGlobal=true", {"compatibilityLevel": "FULL"}),
        put("/config/a", {"compatibility": "NONE", "alias": "b"}, {"compatibility": "NONE"}),
        get("/config/a", {"compatibilityLevel": "NONE", "alias": "b"}),
        put("/config/a", {"normalize": True}, {"normalize": True}),
        get("/config/a", {"compatibilityLevel": "NONE", "alias": "b", "normalize": True}),
        delete("/config/a", {"compatibilityLevel": "NONE"}),
        get("/config/a", refused(40408), 404),
        put("/config", {"compatibility": "SIDEWARD"}, refused(42203, WRONG_LEVEL), 422),
        put("/config/a%0A", {"compatibility": "NONE"}, refused(42208), 422),
        put("/config", None, refused(422), 422),
        delete("/config", {"compatibilityLevel": "FULL"}),
        get("/config", {"compatibilityLevel": "BACKWARD"}),
        get("/subjects", []),
    ],
    "modes": [
        put("/mode", {"mode": "READONLY"}, {"mode": "READONLY"}),
        get("/mode", {"mode": "READONLY"}),
        post(
            "/subjects/a/versions",
            schema(V1),
            refused(42205, "Subject a in context  is in read-only mode"),
            422,
        ),
        put("/mode/a", {"mode": "readwrite"}, {"mode": "readwrite"}),
        get("/mode/a", {"mode": "READWRITE"}),
        post("/subjects/a/versions", schema(V1), {"id": 1}),
        put("/mode", {"mode": "READWRITE"}, {"mode": "READWRITE"}),
        delete("/mode/a", {"mode": "READWRITE"}),
        get("/mode/a", refused(40409), 404),
        get("/mode/a?defaultToGlobal=true", {"mode": "READWRITE"}),
        put(
            "/mode",
            {"mode": "SOMETIMES"},
            refused(42204, "Invalid mode. Valid values are READWRITE, READONLY, and IMPORT."),
            422,
        ),
        put("/mode", {}, refused(42204), 422),
        put("/mode", {"mode": "IMPORT"}, refused(42205, "Cannot import since found existing subjects"), 422),
        put("/mode?force=true", {"mode": "IMPORT"}, {"mode": "IMPORT"}),
        post("/subjects/b/versions", schema(OTHER, id=50, version=4), {"id": 50}),
        get("/subjects/b/versions/4", {"id": 50}),
        post("/subjects/b/versions", schema(V2, id=50), refused(42205), 422),
        delete("/mode", {"mode": "IMPORT"}),
        post("/subjects/b/versions", schema(V1, id=60), refused(42205), 422),
    ],
    "deleting": [
        post("/subjects/a/versions", schema(V1), {"id": 1}),
        post("/subjects/a/versions", schema(V2), {"id": 2}),
        delete(
            "/subjects/a/versions/1?permanent=true",
            refused(40407, "Subject 'a' Version 1 was not deleted first before being permanently deleted"),
            404,
        ),
        delete("/subjects/a/versions/1", 1),
        delete(
            "/subjects/a/versions/1",
            refused(
                40406,
                "Subject 'a' Version 1 was soft deleted.Set permanent=true to delete permanently",
            ),
            404,
        ),
        get("/subjects/a/versions", [2]),
        get("/subjects/a/versions?deleted=true", [1, 2]),
        get("/subjects/a/versions?deletedOnly=true", [1]),
        get("/subjects/a/versions/1", refused(40402), 404),
        get("/subjects/a/versions/1?deleted=true", {"version": 1, "deleted": True}),
        get("/schemas/ids/1", {"schema": V1}),
        get("/schemas/ids/1/versions", []),
        get("/schemas/ids/1/versions?deleted=true", [{"subject": "a", "version": 1}]),
        delete("/subjects/a/versions/1?permanent=true", 1),
        get("/schemas/ids/1", refused(40403), 404),
        delete(
            "/subjects/a?permanent=true",
            refused(40405, "Subject 'a' was not deleted first before being permanently deleted"),
            404,
        ),
        delete("/subjects/a", [2]),
        delete(
            "/subjects/a",
            refused(40404, "Subject 'a' was soft deleted.Set permanent=true to delete permanently"),
            404,
        ),
        get("/subjects", []),
        get("/subjects?deleted=true", ["a"]),
        get("/subjects?deletedOnly=true", ["a"]),
        get("/schemas?deleted=true", [{"subject": "a", "version": 2, "deleted": True}]),
        delete("/subjects/a?permanent=true", [2]),
        get("/subjects?deleted=true", []),
        post("/subjects/a/versions", schema(V1), {"id": 3}),
    ],
    "references": [
        post("/subjects/country/versions", schema(COUNTRY), {"id": 1}),
        post("/subjects/address/versions", schema(ADDRESS, **COUNTRY_OF), {"id": 2}),
        get("/subjects/address/versions/1", {"id": 2, **COUNTRY_OF}),
        get("/schemas/ids/2", {"schema": ADDRESS, **COUNTRY_OF}),
        get("/subjects/country/versions/1/referencedby", [2]),
        get("/subjects/country/versions/latest/referencedby", [2]),
        get("/subjects/address/versions/1/referencedby", []),
        post("/subjects/address", schema(ADDRESS, **COUNTRY_OF), {"version": 1}),
        post("/subjects/b/versions", schema(ADDRESS, **refers("shop.Country", "country", -1)), {"id": 2}),
        post("/subjects/b/versions", schema(ADDRESS, **refers("shop.Country", "x")), refused(42201), 422),
        post("/subjects/b/versions", schema(ADDRESS, **refers("shop.Country", "x", -1)), refused(42201), 422),
        post("/subjects/b/versions", schema(ADDRESS), refused(42201), 422),
        post(
            "/compatibility/subjects/address/versions",
            schema(ADDRESS, **COUNTRY_OF),
            {"is_compatible": True},
        ),
        delete(
            "/subjects/country/versions/1",
            refused(
                42206,
                "One or more references exist to the schema "
                "{magic=1,keytype=SCHEMA,subject=country,version=1}.",
            ),
            422,
        ),
        delete("/subjects/country", refused(42206), 422),
    ],
    "contexts": [
        post("/subjects/:.dev:a/versions", schema(V1), {"id": 1}),
        post("/subjects/a/versions", schema(V2), {"id": 1}),
        get("/contexts", [".", ".dev"]),
        get("/subjects", [":.dev:a", "a"]),
        get("/subjects?subjectPrefix=:.dev:", [":.dev:a"]),
        get("/subjects?subjectPrefix=:*:a", [":.dev:a", "a"]),
        get("/subjects?subjectPrefix=:.:", ["a"]),
        get("/contexts/.dev/subjects", [":.dev:a"]),
        get("/contexts/:.dev:/subjects/a/versions/1", {"subject": ":.dev:a", "schema": V1}),
        post("/contexts/.dev/subjects/b/versions", schema(OTHER), {"id": 2}),
        get("/subjects/:.dev:b/versions", [1]),
        get("/schemas/ids/1?subject=:.dev:", {"schema": V1}),
        get("/schemas/ids/1?subject=:.dev:a", {"schema": V1}),
        get("/contexts/.dev/schemas/ids/1", {"schema": V1}),
        get("/schemas/ids/1", {"schema": V2}),
        get("/schemas/ids/2", refused(40403), 404),
        put("/contexts/.dev/config", {"compatibility": "NONE"}, {"compatibility": "NONE"}),
        get("/config/:.dev:", {"compatibilityLevel": "NONE"}),
        get("/config", {"compatibilityLevel": "BACKWARD"}),
        get("/subjects/b/versions/1", {"subject": ":.dev:b"}),
    ],
    "names": [
        post("/subjects/a%2Fb/versions", schema(V1), {"id": 1}),
        post("/subjects/a%252Fb/versions", schema(V1), {"id": 1}),
        post("/subjects/%C3%A9%20%3F%23/versions", schema(V1), {"id": 1}),
        get("/subjects", ["a%2Fb", "a/b", "é ?#"]),
        get("/subjects/a%2Fb/versions/1", {"subject": "a/b"}),
        get("/subjects/a%2Fb/versions/1/schema", Raw(V1)),
        put("/config/a%2Fb", {"compatibility": "FULL"}, {"compatibility": "FULL"}),
        delete("/subjects/a%2Fb", [1]),
        get("/subjects", ["a%2Fb", "é ?#"]),
    ],
    "metadata": [
        post("/subjects/a/versions", schema(V1, metadata={"properties": {"major": "1"}}), {"id": 1}),
        post("/subjects/a/versions", schema(V2, metadata={"properties": {"major": "2"}}), {"id": 2}),
        get("/subjects/a/versions/1", {"metadata": {"properties": {"major": "1"}}}),
        get("/subjects/a/metadata?key=major&value=1", {"version": 1}),
        get("/subjects/a/metadata?key=major&value=3", refused(40403), 404),
        post("/subjects/a/versions", {"metadata": {"properties": {"major": "3"}}}, {"id": 3}),
        get("/subjects/a/versions/3", {"schema": V2, "metadata": {"properties": {"major": "3"}}}),
    ],
    "negotiation": [
        get("/subjects", [], Accept=JSON_TYPE),
        get("/subjects", [], Accept=f"{V1_TYPE}; q=0.5, */*; q=0.1"),
        get("/subjects", refused(406), 406, Accept="text/html"),
        Call("PATCH", "/subjects", 405, refused(405, "HTTP 405 Method Not Allowed")),
        Call("PUT", "/subjects/a/versions", 405, refused(405)),
        Call("OPTIONS", "/subjects", 405, refused(405)),
    ],
}
CALLS: Final = sum(len(calls) for calls in SCENARIOS.values())


def body_of(call: Call) -> str | None:
    """What is sent."""
    if call.body is None or isinstance(call.body, Raw):
        return call.body
    return json.dumps(call.body)
