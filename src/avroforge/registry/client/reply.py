"""What a registry's HTTP answer means: its JSON, or the error that it stands for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from avroforge.errors import (
    RegistryAccessError,
    RegistryAnswerError,
    RegistryError,
    RegistryUnavailableError,
)
from avroforge.registry.answer import Answer, error_of
from avroforge.registry.client.failure import RequestFailed

if TYPE_CHECKING:
    from avroforge.registry.client.exchange import HttpAnswer
    from avroforge.schema.model import JsonValue

_SUCCESS: Final = range(200, 300)
_PASSING: Final = frozenset({408, 429})
_SERVER_ERROR: Final = 500
_NO_SUCH_PATH: Final = frozenset({404, 405})
_CODES: Final = range(10_000, 100_000)
"""Confluent's own error codes; a plain HTTP status in the place of one says nothing more."""
_LONGEST_WORDS: Final = 10_000


def read_reply(answer: HttpAnswer, subject: str, asked: str, *, authorized: bool) -> JsonValue:
    """The JSON of an answer.

    Args:
        answer: the HTTP answer.
        subject: what was asked about.
        asked: method and path.
        authorized: whether credentials were sent.

    Raises:
        RequestFailed: the registry cannot answer now.
        RegistryError: what it answered instead.
    """
    if answer.status in _SUCCESS:
        try:
            return parse_json(answer.body)
        except ValueError as error:
            raise RegistryAnswerError(
                f"{answer.peer}: {asked}: expected JSON, got {_shown(answer.body)} ({error}); "
                "is this the address of a registry?",
                status=answer.status,
            ) from None
    told = _told(answer)
    if answer.status in _PASSING or answer.status >= _SERVER_ERROR:
        raise _unavailable(answer, told)
    raise _refusal(answer, told, subject, asked, authorized=authorized)


def parse_json(body: bytes) -> JsonValue:
    """Text as JSON.

    Raises:
        ValueError: it is none.
    """
    try:
        value: JsonValue = json.loads(body.decode())
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(error.msg.lower()) from None
    return value


def _told(answer: HttpAnswer) -> Answer | None:
    """The registry's error, or None where the body is none."""
    try:
        document = parse_json(answer.body)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    code, message = document.get("error_code"), document.get("message")
    if not isinstance(code, int) or isinstance(code, bool):
        return None
    words = message if isinstance(message, str) else ""
    return Answer(answer.status, code, words[:_LONGEST_WORDS])


def _unavailable(answer: HttpAnswer, told: Answer | None) -> RequestFailed:
    words = f": {told.message}" if told and told.message else ""
    wait = "" if answer.retry_after is None else f"; it wants to be asked again in {answer.retry_after:.0f} s"
    error = RegistryUnavailableError(
        f"{answer.peer}: cannot answer now (HTTP status {answer.status}{words}){wait}",
        error_code=told.error_code if told and told.error_code in _CODES else None,
        status=answer.status,
        answer=told.message if told else None,
    )
    return RequestFailed(error, again=True, wait=answer.retry_after)


def _refusal(
    answer: HttpAnswer, told: Answer | None, subject: str, asked: str, *, authorized: bool
) -> RegistryError:
    peer, status = answer.peer, answer.status
    if status in (401, 403):
        return RegistryAccessError(
            f"{peer}: {_access(status, asked, authorized=authorized)}{_words(told)}",
            error_code=told.error_code if told else None,
            status=status,
            answer=told.message if told else None,
        )
    if told is None or (status in _NO_SUCH_PATH and told.error_code not in _CODES):
        what = "knows no such path" if status in _NO_SUCH_PATH else f"answered {status} like no registry"
        return RegistryAnswerError(
            f"{peer}: {asked}: {what}, got {_shown(answer.body)}; is this the address of a registry, "
            "with its path (such as /apis/ccompat/v7)?",
            status=status,
        )
    return error_of(told, subject=subject, prefix=f"{peer}: ")


def _access(status: int, asked: str, *, authorized: bool) -> str:
    if status == 403:  # noqa: PLR2004 - HTTP: forbidden
        return (
            f"these credentials may not do {asked} (403); ask its owner for the right"
            if authorized
            else (f"nobody may do {asked} without credentials (403); configure them")
        )
    if authorized:
        return "the credentials are not accepted (401); check user name and password, or the token"
    return "it wants credentials and none are configured (401); set basic.auth.user.info or a token"


def _words(told: Answer | None) -> str:
    return f"; it says: {told.message}" if told and told.message else ""


def _shown(body: bytes) -> str:
    """The beginning of a body, quoted."""
    if not body:
        return "an empty body"
    start = body[:60].decode("utf-8", "replace")
    return repr(start + ("..." if len(body) > len(start.encode()) else ""))
