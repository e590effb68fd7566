"""Questions to a registry: every address, repetitions, and answers in the registry's terms."""

from __future__ import annotations

import json
import logging
import random
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_before_delay

from avroforge.errors import RegistryError, SchemaNotFoundError
from avroforge.registry.client.address import is_exposed, path_of
from avroforge.registry.client.authorization import Authorization
from avroforge.registry.client.exchange import Exchange, HttpAnswer, HttpRequest
from avroforge.registry.client.failure import RequestFailed
from avroforge.registry.client.reply import read_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from avroforge.registry.client.question import Question
    from avroforge.registry.client.settings import RegistrySettings
    from avroforge.schema.model import JsonValue

_log: Final = logging.getLogger("avroforge.registry")
_MEDIA: Final = "application/vnd.schemaregistry.v1+json"
_ACCEPT: Final = f"{_MEDIA}, application/vnd.schemaregistry+json, application/json"
_UNAUTHORIZED: Final = 401


class Service:
    """Asks a registry; safe in threads.

    Args:
        settings: how it is reached.
        sleep: waits so many seconds.
    """

    def __init__(self, settings: RegistrySettings, sleep: Callable[[float], None] = time.sleep) -> None:
        self._settings = settings
        self._sleep = sleep
        self._exchange = Exchange(settings)
        self._authorization = Authorization(settings.credentials, self._exchange)
        if self._authorization.given:
            for each in filter(is_exposed, settings.urls):
                _log.warning("registry %s: credentials are sent without TLS; use https:// if it can", each)
        self._place = 0
        """Which address answered last: the next question goes there first."""

    @property
    def addresses(self) -> int:
        """How many addresses there are."""
        return len(self._settings.urls)

    @property
    def clock_offset(self) -> float | None:
        """Seconds by which the server's clock was ahead at its last answer; None where it did not say."""
        return self._exchange.clock_offset

    def close(self) -> None:
        """Close the connections; the next question opens new ones."""
        self._exchange.close()

    def ask(self, question: Question) -> JsonValue:
        """The answer to a question.

        Raises:
            RegistryError: what the registry answered instead, or why it did not.
        """
        settings = self._settings
        inquiry = _Inquiry(self, question, time.monotonic() + settings.total_timeout)
        attempts = (settings.retries + 1) * len(settings.urls)
        retrying = Retrying(
            retry=retry_if_exception(inquiry.may_go_on),
            stop=stop_after_attempt(attempts) | stop_before_delay(settings.total_timeout),
            wait=self._pause,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(inquiry.attempt)
        except RequestFailed as failed:
            raise inquiry.told(failed) from failed.__cause__

    def _pause(self, state: RetryCallState) -> float:
        """Full jitter between rounds, none between the addresses of one."""
        rounds, place = divmod(state.attempt_number, len(self._settings.urls))
        if place:
            return 0.0
        settings = self._settings
        longest = min(settings.longest_retry_delay, settings.retry_delay * 2.0 ** (rounds - 1))
        failure = state.outcome.exception() if state.outcome else None
        wanted = failure.wait if isinstance(failure, RequestFailed) else None
        return max(random.uniform(0, longest), wanted or 0.0)  # noqa: S311 - jitter is no secret

    def try_once(self, question: Question, stop: float) -> JsonValue:
        """Ask the address whose turn it is; a failure gives the turn to the next one.

        Raises:
            RequestFailed: no answer.
            RegistryError: what the registry answered instead.
        """
        place = self._place
        try:
            return read_reply(
                self._exchange_once(self._settings.urls[place], question, stop),
                question.subject,
                f"{question.method} {path_of(question.path)}",
                authorized=self._authorization.given,
            )
        except RequestFailed:
            self._place = (place + 1) % len(self._settings.urls)
            raise

    def _exchange_once(self, address: str, question: Question, stop: float) -> HttpAnswer:
        headers = self._authorization.headers(stop)
        answer = self._exchange.send(_request(address, question, headers), stop)
        if answer.status == _UNAUTHORIZED and self._authorization.renew(headers):
            answer = self._exchange.send(_request(address, question, self._authorization.headers(stop)), stop)
        return answer


class _Inquiry:
    """A question on its way through several attempts."""

    def __init__(self, service: Service, question: Question, stop: float) -> None:
        self._service = service
        self._question = question
        self._stop = stop
        self._attempts = 0
        self._arrived = False

    def attempt(self) -> JsonValue:
        self._attempts += 1
        try:
            if self._arrived and self._question.unless is not None:
                try:
                    return self._service.try_once(self._question.unless, self._stop)
                except SchemaNotFoundError:
                    self._arrived = False
            return self._service.try_once(self._question, self._stop)
        except RequestFailed as failed:
            self._arrived = self._arrived or failed.arrived
            raise

    def may_go_on(self, failure: BaseException) -> bool:
        if not isinstance(failure, RequestFailed) or (self._arrived and not self._question.repeatable):
            return False
        other_address_left = bool(self._attempts % self._service.addresses)
        return failure.again or other_address_left

    def told(self, failed: RequestFailed) -> RegistryError:
        error = failed.error
        if self._arrived and not self._question.repeatable:
            message = f"{error.message}; whether it was done is not known, look before you do it again"
            return type(error)(message, error_code=error.error_code, status=error.status, answer=error.answer)
        return error


def _request(address: str, question: Question, headers: Mapping[str, str]) -> HttpRequest:
    query = f"?{urlencode(question.query)}" if question.query else ""
    kept = {"Accept": _ACCEPT, **headers}
    content = None
    if question.body is not None:
        content = json.dumps(question.body).encode()
        kept["Content-Type"] = _MEDIA
    url = f"{address}{path_of(question.path)}{query}"
    return HttpRequest(f"registry {address}", question.method, url, kept, content)
