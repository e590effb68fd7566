"""What is asked, and what is made of answers in the form of Confluent's registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.registry.client.peer import Peer, Request, answer, answering

from avroforge.errors import (
    DeletionStateError,
    IncompatibleSchemaError,
    InvalidArgumentError,
    InvalidSchemaError,
    NotConfiguredError,
    OperationNotPermittedError,
    ReferenceExistsError,
    RegistryError,
    SchemaNotFoundError,
    SubjectNotFoundError,
    VersionNotFoundError,
)
from avroforge.evolution import CompatibilityMode
from avroforge.registry import (
    CheckReason,
    CheckResult,
    ContextId,
    HttpRegistry,
    Metadata,
    RegisteredSchema,
    RegistryConfig,
    RegistryMode,
    SchemaContent,
    SchemaReference,
    SubjectVersion,
    VersionRef,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from tests.unit.registry.client.conftest import MakeClient, MakePeer

TEXT = '{"type":"record","name":"R","fields":[]}'
FULL = {
    "subject": "s",
    "version": 2,
    "id": 5,
    "guid": "0b62b4a0-0000-4000-8000-000000000000",
    "schemaType": "AVRO",
    "references": [{"name": "n.T", "subject": "t", "version": 1}],
    "metadata": {"tags": {"a.*": ["PII", "A"]}, "properties": {"owner": "me"}, "sensitive": ["z", "a"]},
    "schema": TEXT,
    "unknownKey": [1],
}
KEPT = RegisteredSchema(
    TEXT,
    (SchemaReference("n.T", "t", 1),),
    metadata=Metadata({"owner": "me"}, {"a.*": ("A", "PII")}, ("a", "z")),
    subject="s",
    version=2,
    schema_id=5,
)


@dataclass(frozen=True)
class Call:
    """A call, the request it makes, the answer, and the result."""

    ask: Callable[[HttpRegistry], object]
    asked: str
    said: Any
    result: object
    body: object = None


CALLS = {
    "register": Call(
        lambda r: r.register("s", TEXT), "POST /subjects/s/versions", FULL, KEPT, {"schema": TEXT}
    ),
    "register with everything": Call(
        lambda r: r.register(
            "s",
            TEXT,
            [SchemaReference("n.T", "t", 1)],
            metadata=Metadata({"a": "b"}, {"p": ("t",)}, ("a",)),
            normalize=True,
            schema_id=7,
            version=3,
        ),
        "POST /subjects/s/versions?normalize=true",
        FULL,
        KEPT,
        {
            "schema": TEXT,
            "references": [{"name": "n.T", "subject": "t", "version": 1}],
            "metadata": {"properties": {"a": "b"}, "tags": {"p": ["t"]}, "sensitive": ["a"]},
            "id": 7,
            "version": 3,
        },
    ),
    "lookup": Call(lambda r: r.lookup("s", TEXT), "POST /subjects/s", FULL, KEPT, {"schema": TEXT}),
    "lookup with flags": Call(
        lambda r: r.lookup("s", TEXT, normalize=True, deleted=True),
        "POST /subjects/s?normalize=true&deleted=true",
        FULL,
        KEPT,
        {"schema": TEXT},
    ),
    "by id": Call(lambda r: r.schema_by_id(5), "GET /schemas/ids/5", {"schema": TEXT}, SchemaContent(TEXT)),
    "by id in a context": Call(
        lambda r: r.schema_by_id(5, ":.c:s"),
        "GET /schemas/ids/5?subject=%3A.c%3As",
        {"schema": "x", "schemaType": "PROTOBUF"},
        SchemaContent("x", schema_type="PROTOBUF"),
    ),
    "by GUID": Call(
        lambda r: r.schema_by_guid("0b62"), "GET /schemas/guids/0b62", {"schema": TEXT}, SchemaContent(TEXT)
    ),
    "ids of a GUID": Call(
        lambda r: r.ids_of_guid("0b62"),
        "GET /schemas/guids/0b62/ids",
        [{"context": ".", "id": 5}, {"context": ".c", "id": 1}],
        (ContextId(".", 5), ContextId(".c", 1)),
    ),
    "versions of an id": Call(
        lambda r: r.versions_of_id(5, "s", deleted=True),
        "GET /schemas/ids/5/versions?deleted=true&subject=s",
        [{"subject": "s", "version": 2}],
        (SubjectVersion("s", 2),),
    ),
    "subjects": Call(lambda r: r.subjects(), "GET /subjects", ["b", ":.c:a"], (":.c:a", "b")),
    "subjects by prefix": Call(
        lambda r: r.subjects("a", deleted=True),
        "GET /subjects?deleted=true&subjectPrefix=%3A%2A%3Aa",
        ["ab", "b", ":.c:a"],
        (":.c:a", "ab"),
    ),
    "subjects of the default context": Call(
        lambda r: r.subjects(context="."), "GET /subjects?subjectPrefix=", ["b", ":.c:a"], ("b",)
    ),
    "subjects of a context": Call(
        lambda r: r.subjects("a", context=".c"),
        "GET /subjects?subjectPrefix=%3A.c%3Aa",
        ["a", ":.c:a", ":.c:b"],
        (":.c:a",),
    ),
    "versions": Call(lambda r: r.versions("s"), "GET /subjects/s/versions", [3, 1], (1, 3)),
    "version": Call(lambda r: r.version("s", 2), "GET /subjects/s/versions/2", FULL, KEPT),
    "latest version, deleted too": Call(
        lambda r: r.version("s", deleted=True), "GET /subjects/s/versions/latest?deleted=true", FULL, KEPT
    ),
    "a subject that needs quoting": Call(
        lambda r: r.versions("a/b ?#%é"), "GET /subjects/a%2Fb%20%3F%23%25%C3%A9/versions", [1], (1,)
    ),
    "a subject that is a path": Call(lambda r: r.versions(".."), "GET /subjects/%2E%2E/versions", [1], (1,)),
    "referenced by": Call(
        lambda r: r.referenced_by("s", 1), "GET /subjects/s/versions/1/referencedby", [9, 4], (4, 9)
    ),
    "contexts": Call(lambda r: r.contexts(), "GET /contexts", [".c", "."], (".", ".c")),
    "delete a version": Call(lambda r: r.delete_version("s", 2), "DELETE /subjects/s/versions/2", 2, 2),
    "delete a subject": Call(
        lambda r: r.delete_subject("s", permanent=True), "DELETE /subjects/s?permanent=true", [1, 2], (1, 2)
    ),
    "check": Call(
        lambda r: r.check("s", TEXT),
        "POST /compatibility/subjects/s/versions?verbose=true",
        {"is_compatible": True},
        CheckResult(compatible=True),
        {"schema": TEXT},
    ),
    "check one version": Call(
        lambda r: r.check("s", TEXT, version=4, normalize=True),
        "POST /compatibility/subjects/s/versions/4?normalize=true&verbose=true",
        {"is_compatible": True, "messages": []},
        CheckResult(compatible=True),
        {"schema": TEXT},
    ),
    "global config": Call(
        lambda r: r.config(),
        "GET /config",
        {"compatibilityLevel": "FULL", "normalize": True, "future": {"k": None}},
        RegistryConfig(CompatibilityMode.FULL, {"normalize": True, "future": {"k": None}}),
    ),
    "config in force": Call(
        lambda r: r.config("s", default_to_global=True),
        "GET /config/s?defaultToGlobal=true",
        {"compatibilityLevel": "NONE"},
        RegistryConfig(CompatibilityMode.NONE),
    ),
    "config without a level": Call(
        lambda r: r.config("s"), "GET /config/s", {"alias": "t"}, RegistryConfig(None, {"alias": "t"})
    ),
    "delete config": Call(
        lambda r: r.delete_config("s"),
        "DELETE /config/s",
        {"compatibilityLevel": "FULL"},
        RegistryConfig(CompatibilityMode.FULL),
    ),
    "mode": Call(lambda r: r.mode("s"), "GET /mode/s", {"mode": "IMPORT"}, RegistryMode.IMPORT),
    "set mode": Call(
        lambda r: r.set_mode(RegistryMode.READONLY, force=True),
        "PUT /mode?force=true",
        {"mode": "READONLY"},
        None,
        {"mode": "READONLY"},
    ),
    "delete mode": Call(
        lambda r: r.delete_mode("s"), "DELETE /mode/s", {"mode": "READONLY"}, RegistryMode.READONLY
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_one_request_per_call(peer: MakePeer, client: MakeClient, call: Call) -> None:
    server = peer(answering(answer(200, call.said)))
    assert call.ask(client(f"{server.url}/base/")) == call.result
    method, _, target = call.asked.partition(" ")
    assert server.asked == [f"{method} /base{target}"]
    (request,) = server.requests
    assert "application/vnd.schemaregistry.v1+json" in request.headers["accept"]
    if call.body is not None:
        assert request.json == call.body
        assert request.headers["content-type"] == "application/vnd.schemaregistry.v1+json"


def test_an_answer_with_the_id_alone_is_completed(peer: MakePeer, client: MakeClient) -> None:
    older = peer(answering(answer(200, {"id": 5}), answer(200, FULL)))
    assert client(older.url).register("s", TEXT, normalize=True) == KEPT
    assert older.asked == ["POST /subjects/s/versions?normalize=true", "POST /subjects/s?normalize=true"]


def test_a_guid_is_kept(peer: MakePeer, client: MakeClient) -> None:
    server = peer(answering(answer(200, FULL)))
    assert client(server.url).version("s").guid == FULL["guid"]


def test_a_changed_config_is_read_back(peer: MakePeer, client: MakeClient) -> None:
    server = peer(answering(answer(200, {"normalize": True}), answer(200, {"compatibilityLevel": "FULL"})))
    changes = RegistryConfig(None, {"normalize": True, "alias": None})
    assert client(server.url).update_config(changes, "s") == RegistryConfig(CompatibilityMode.FULL)
    assert server.asked == ["PUT /config/s", "GET /config/s"]
    assert server.requests[0].json == {"normalize": True, "alias": None}


def test_subjects_beyond_one_page(peer: MakePeer, client: MakeClient) -> None:
    everything = [f"s{at:05}" for at in range(2500)]

    def behave(request: Request, connection: socket.socket) -> None:
        at = int(request.target.partition("offset=")[2] or 0)
        connection.sendall(answer(200, everything[at : at + 1000]))

    server = peer(behave)
    assert client(server.url).subjects() == tuple(everything)
    assert len(server.requests) == 3


def test_a_server_without_pages_is_not_asked_for_ever(peer: MakePeer, client: MakeClient) -> None:
    everything = [f"s{at:05}" for at in range(2500)]
    server = peer(answering(answer(200, everything)))
    assert client(server.url).subjects() == tuple(everything)
    assert len(server.requests) == 2


def failing(peer: MakePeer, code: int, message: str = "said") -> Peer:
    return peer(answering(answer(int(str(code)[:3]), {"error_code": code, "message": message})))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (40401, SubjectNotFoundError),
        (40402, VersionNotFoundError),
        (40403, SchemaNotFoundError),
        (40404, DeletionStateError),
        (40407, DeletionStateError),
        (40409, NotConfiguredError),
        (42201, InvalidSchemaError),
        (42202, InvalidArgumentError),
        (42205, OperationNotPermittedError),
        (42206, ReferenceExistsError),
        (42299, RegistryError),
    ],
)
def test_error_codes(peer: MakePeer, client: MakeClient, code: int, kind: type[RegistryError]) -> None:
    server = failing(peer, code)
    with pytest.raises(kind) as caught:
        client(server.url).version("s", 1)
    assert type(caught.value) is kind
    assert (caught.value.error_code, caught.value.answer) == (code, "said")
    assert server.url in str(caught.value)


@pytest.mark.parametrize("code", [40401, 40403])
def test_a_lookup_without_a_match_is_none(peer: MakePeer, client: MakeClient, code: int) -> None:
    assert client(failing(peer, code).url).lookup("s", TEXT) is None


@pytest.mark.parametrize(
    ("code", "version"), [(40401, None), (40401, 1), (40401, "latest"), (40402, None), (40402, "latest")]
)
def test_a_subject_without_versions_allows_everything(
    peer: MakePeer, client: MakeClient, code: int, version: VersionRef | None
) -> None:
    assert client(failing(peer, code).url).check("s", TEXT, version=version).compatible


def test_an_unknown_version_has_no_verdict(peer: MakePeer, client: MakeClient) -> None:
    with pytest.raises(VersionNotFoundError):
        client(failing(peer, 40402).url).check("s", TEXT, version=9)


@pytest.mark.parametrize("code", [40401, 40408])
def test_without_a_level_of_its_own_a_subject_follows_the_global_one(
    peer: MakePeer, client: MakeClient, code: int
) -> None:
    refusal = answer(404, {"error_code": code, "message": "none"})
    server = peer(answering(refusal, refusal, answer(200, {"compatibilityLevel": "FULL"})))
    registry = client(server.url)
    with pytest.raises(NotConfiguredError):
        registry.config("s")
    assert registry.config("s", default_to_global=True) == RegistryConfig(CompatibilityMode.FULL)
    assert server.asked[1:] == ["GET /config/s?defaultToGlobal=true", "GET /config"]


MISSING = (
    "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'x' at path '/fields/1' in the "
    "new schema has no default value and is missing in the old schema', additionalInfo:'x'}"
)
VERDICT = {"is_compatible": False, "messages": [MISSING, "{oldSchemaVersion: 3}", "{compatibility: 'FULL'}"]}


def test_verbose_messages_are_kept_and_read(peer: MakePeer, client: MakeClient) -> None:
    server = peer(answering(answer(200, VERDICT)))
    result = client(server.url).check("s", TEXT)
    assert not result.compatible
    assert result.messages == tuple(VERDICT["messages"])  # type: ignore[arg-type] # it is a list
    (reason,) = result.reasons
    assert (reason.kind, reason.pointer, reason.version) == (
        "READER_FIELD_MISSING_DEFAULT_VALUE",
        "/fields/1",
        3,
    )


def test_a_server_that_checks_single_versions_only(peer: MakePeer, client: MakeClient) -> None:
    """Redpanda's registry is one; the latest alone would ignore a transitive level."""
    said = {
        "/config/s?defaultToGlobal=true": {"compatibilityLevel": "BACKWARD_TRANSITIVE"},
        "/subjects/s/versions": [1, 2],
        "/compatibility/subjects/s/versions/1?verbose=true": {"is_compatible": False, "messages": [MISSING]},
        "/compatibility/subjects/s/versions/2?verbose=true": {"is_compatible": True},
    }

    def behave(request: Request, connection: socket.socket) -> None:
        known = request.target in said
        connection.sendall(answer(200, said[request.target]) if known else answer(404, b"Not found"))

    result = client(peer(behave).url).check("s", TEXT)
    assert not result.compatible
    assert [each.version for each in result.reasons] == [1]


REFUSAL = {
    "error_code": 409,
    "message": 'Schema being registered is incompatible with an earlier schema for subject "s", details: '
    f"[{MISSING}, {{oldSchemaVersion: 1}}, {{oldSchema: '{{}}'}}, {{compatibility: 'BACKWARD'}}]",
}


def test_a_refusal_is_explained_against_the_versions_that_count(peer: MakePeer, client: MakeClient) -> None:
    old = {"subject": "s", "version": 1, "id": 4, "schema": TEXT}
    said = {
        "GET /config/s?defaultToGlobal=true": {"compatibilityLevel": "BACKWARD"},
        "GET /subjects/s/versions": [1],
        "GET /subjects/s/versions/1": old,
    }

    def behave(request: Request, connection: socket.socket) -> None:
        found = said.get(f"{request.method} {request.target}")
        connection.sendall(answer(409, REFUSAL) if found is None else answer(200, found))

    candidate = TEXT.replace("[]", '[{"name":"x","type":"int"}]')
    with pytest.raises(IncompatibleSchemaError) as caught:
        client(peer(behave).url).register("s", candidate)
    (reason,) = caught.value.reasons
    assert "breaks version 1 (id 4)" in reason
    assert reason.startswith("<schema>:1:")
    assert caught.value.answer == REFUSAL["message"]


def test_a_refusal_that_cannot_be_explained_keeps_the_registrys_reasons(
    peer: MakePeer, client: MakeClient
) -> None:
    with pytest.raises(IncompatibleSchemaError) as caught:
        client(peer(answering(answer(409, REFUSAL))).url).register("s", TEXT)
    (reason,) = caught.value.reasons
    assert reason.startswith("READER_FIELD_MISSING_DEFAULT_VALUE The field 'x' at path '/fields/1'")


def test_a_level_that_nobody_knows_is_refused(peer: MakePeer, client: MakeClient) -> None:
    server = peer(answering(answer(200, {"compatibilityLevel": "PERFECT"})))
    with pytest.raises(RegistryError, match="/compatibilityLevel: expected one of NONE, BACKWARD"):
        client(server.url).config()


def test_reasons_print_their_kind() -> None:
    assert str(CheckReason("K", "m")) == "K m"
