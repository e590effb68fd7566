"""The ASGI application: addresses to endpoints, errors to answers."""

from __future__ import annotations

import json
import sys
import traceback
from typing import TYPE_CHECKING, Final, NoReturn
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route as Address

from avroforge.errors import RegistryError, SchemaError
from avroforge.registry.answer import Answer, answer_of
from avroforge.registry.qualified_subject import DEFAULT_CONTEXT
from avroforge.registry.server.call import Call
from avroforge.registry.server.reply import RawText
from avroforge.registry.server.route import ROUTES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from avroforge.registry.interface import SchemaRegistry
    from avroforge.registry.server.route import Route
    from avroforge.schema.model import JsonValue

MEDIA_TYPES: Final = (
    "application/vnd.schemaregistry.v1+json",
    "application/vnd.schemaregistry+json",
    "application/json",
)
"""What is answered, the first one unless the client asks for another."""
_BODY_TYPES: Final = frozenset({*MEDIA_TYPES, "application/octet-stream"})
_ANYTHING: Final = frozenset({"*/*", "application/*"})
_TOLERANT: Final = "confluent-accept-unknown-properties"


class _SegmentConvertor(Convertor[str]):
    """A segment of the path as the client encoded it: a subject may have a slash in it."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        """Decode the segment."""
        return unquote(value)

    def to_string(self, value: str) -> str:
        """Not needed: addresses are not made here."""
        return value


register_url_convertor("segment", _SegmentConvertor())


def application(registry: SchemaRegistry) -> ASGIApp:
    """Confluent's REST API over a registry."""
    by_path: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        by_path.setdefault(route.path, {})[route.method] = route
    addresses = [
        Address(path.replace("}", ":segment}"), _endpoint(registry, methods), methods=list(methods))
        for path, methods in by_path.items()
    ]
    inner = Starlette(routes=addresses, exception_handlers={HTTPException: _http_error})
    inner.router.redirect_slashes = False
    return _Addressed(inner)


class _Addressed:
    """Routes by the path as it was sent, and takes the context off its beginning."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["raw_path"].decode("ascii", "replace").partition("?")[0]
            if not _is_text(path):
                await _refused(Answer(400, 400, "the path is not UTF-8"))(scope, receive, send)
                return
            context = DEFAULT_CONTEXT
            if path.startswith("/contexts/"):
                name, _, rest = path.removeprefix("/contexts/").partition("/")
                context, path = f".{unquote(name).strip(':').lstrip('.')}", f"/{rest}"
            scope = {**scope, "path": path, "state": {**scope.get("state", {}), "context": context}}
        await self._inner(scope, receive, send)


def _is_text(path: str) -> bool:
    try:
        unquote(path, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _endpoint(
    registry: SchemaRegistry, methods: Mapping[str, Route]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        route = methods["GET" if request.method == "HEAD" else request.method]
        media_type = _media_type(request)
        try:
            call = await _call(request)
            if route.waits:
                found = await run_in_threadpool(route.endpoint, registry, call)
            else:
                found = route.endpoint(registry, call)
        except RegistryError as error:
            return _refused(answer_of(error), media_type)
        except (SchemaError, OSError) as error:
            return _refused(Answer(500, 50001, str(error)), media_type)
        except Exception as error:  # noqa: BLE001 - a fault of one request must not look like a dead server
            sys.stderr.write("".join(traceback.format_exception(error)))
            return _refused(Answer(500, 50001, f"internal error: {type(error).__name__}"), media_type)
        text = found.text if isinstance(found, RawText) else _dump(found)
        return Response(text, media_type=media_type)

    return endpoint


async def _call(request: Request) -> Call:
    """The request, decoded.

    Raises:
        RegistryError: the path or the body cannot be decoded.
    """
    query = request.query_params
    body = await request.body()
    return Call(
        request.path_params,
        dict(query),
        {name: tuple(query.getlist(name)) for name in ("key", "value")},
        _json(request, body) if body else None,
        request.scope["state"]["context"],
        request.headers.get(_TOLERANT, "").lower() == "true",
    )


def _json(request: Request, body: bytes) -> JsonValue:
    kind = request.headers.get("content-type", MEDIA_TYPES[0]).partition(";")[0].strip().lower()
    if kind not in _BODY_TYPES:
        raise RegistryError("HTTP 415 Unsupported Media Type", error_code=415)
    try:
        value: JsonValue = json.loads(body, parse_constant=_no_number)
        if b"\\ud" in body.lower():
            # Half a surrogate pair is JSON, but no text that could be stored.
            _dump(value).encode()
    except (ValueError, RecursionError) as error:
        raise RegistryError(f"the body is not JSON: {error}", error_code=400) from None
    return value


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _media_type(request: Request) -> str:
    """The first type in the client's order of preference that is one of ours.

    Raises:
        HTTPException: the client takes none of them.
    """
    ranked = sorted(_accepted(request.headers.get("accept", "*/*")), key=lambda each: each[1], reverse=True)
    for kind, quality in ranked:
        if quality > 0 and kind in MEDIA_TYPES:
            return kind
        if quality > 0 and kind in _ANYTHING:
            return MEDIA_TYPES[0]
    raise HTTPException(406)


def _accepted(header: str) -> list[tuple[str, float]]:
    found = []
    for each in header.split(","):
        kind, *parameters = (part.strip().lower() for part in each.split(";"))
        quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        try:
            found.append((kind, float(quality)))
        except ValueError:
            found.append((kind, 0.0))
    return found


def _dump(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _refused(answer: Answer, media_type: str = MEDIA_TYPES[0]) -> Response:
    body: JsonValue = {"error_code": answer.error_code, "message": answer.message}
    return Response(_dump(body), status_code=answer.status, media_type=media_type)


async def _http_error(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    headers = error.headers if isinstance(error, HTTPException) else None
    response = _refused(Answer(status, status, f"HTTP {status} {detail}"))
    response.headers.update(headers or {})
    return response
