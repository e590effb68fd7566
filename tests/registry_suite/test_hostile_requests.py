"""Whatever is sent, the server answers with a refusal that has a code, and goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.registry_suite.schemas import ADDRESS, COUNTRY, V1

from avroforge.registry import MemoryRegistry
from avroforge.registry.server import serve_in_background
from avroforge.registry.server.route import ROUTES, Route

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
SCHEMAS = st.sampled_from([V1, COUNTRY, ADDRESS, "", " ", "{", "[]", '"int"', '{"type":"int","x":1e400}'])
REFERENCES = st.lists(
    st.fixed_dictionaries(
        {"name": st.text(max_size=3), "subject": st.sampled_from(["a", "b", ":.c:a", ""])},
        optional={"version": st.integers(-2, 2) | JSON},
    ),
    max_size=3,
)
METADATA = st.fixed_dictionaries({}, optional={"tags": JSON, "properties": JSON, "sensitive": JSON})
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "schema": SCHEMAS | JSON,
        "schemaType": st.sampled_from(["AVRO", "JSON", None]) | JSON,
        "references": REFERENCES | JSON,
        "metadata": st.fixed_dictionaries({}, optional={"tags": JSON, "properties": JSON, "sensitive": JSON})
        | JSON,
        "id": JSON,
        "version": JSON,
        "compatibility": st.sampled_from(["FULL", "none", "x"]) | JSON,
        "mode": st.sampled_from(["READONLY", "import", "x"]) | JSON,
        "normalize": JSON,
        "compatibilityGroup": JSON,
    },
)
SEGMENTS = st.sampled_from(
    ["a", "b", ":.c:a", ":.c:", ":*:", "%2F", "%FF", "%00", "1", "-1", "latest", "..", "%2e%2e", "x" * 300]
)
QUERIES = st.dictionaries(
    st.sampled_from(["deleted", "permanent", "normalize", "verbose", "force", "offset", "limit", "subject"]),
    st.sampled_from(["true", "1", "-5", "x", ":.c:", ""]),
    max_size=3,
)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with serve_in_background(MemoryRegistry()) as url, httpx.Client(base_url=url) as made:
        yield made


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(ROUTES), st.data())
def test_no_request_is_answered_with_a_fault_of_the_server(
    client: httpx.Client, route: Route, data: st.DataObject
) -> None:
    path = "/".join(
        data.draw(SEGMENTS) if segment.startswith("{") else segment for segment in route.path.split("/")
    )
    body = data.draw(BODIES | JSON | st.binary(max_size=20)) if route.method in {"POST", "PUT"} else b""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    query = httpx.QueryParams(data.draw(QUERIES))
    target = httpx.URL(str(client.base_url).rstrip("/")).copy_with(raw_path=f"{path}?{query}".encode())
    answer = client.request(route.method, target, content=content)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert set(answer.json()) == {"error_code", "message"}
        assert str(answer.json()["error_code"]).startswith(str(answer.status_code))
    # It still answers, and nothing of what was sent has broken what is kept.
    assert client.get("/schemas?deleted=true").status_code == 200
