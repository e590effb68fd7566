"""Why a request got no answer, in words that say what to do."""

from __future__ import annotations

import re
import socket
import ssl
from typing import TYPE_CHECKING, Final

import httpx

from avroforge.errors import (
    RegistryAnswerError,
    RegistryCertificateError,
    RegistryError,
    RegistryTimeoutError,
    RegistryUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.registry.client.settings import RegistrySettings

# X509_V_ERR_* of OpenSSL
_EXPIRED: Final = 10
_NOT_YET_VALID: Final = 9
_WRONG_NAME: Final = frozenset({62, 63, 64})
_TRUST: Final = (
    "the system does not trust who signed it; name the CA's certificate by ssl.ca.location if you do"
)
_NOISE: Final = re.compile(r"^\[[^\]]*\] | \(_ssl\.c:\d+\)$")
_NO_CONNECTION: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class RequestFailed(Exception):  # noqa: N818 - not an error of its own: it carries one
    """A request that got no answer.

    Attributes:
        error: what to tell the caller.
        again: whether the same request may succeed soon without anyone's help.
        arrived: whether the other side may have got, and obeyed, the request.
        wait: seconds after which the other side wants to be asked again; None where it does not say.
    """

    def __init__(
        self, error: RegistryError, *, again: bool = False, arrived: bool = True, wait: float | None = None
    ) -> None:
        self.error = error
        self.again = again
        self.arrived = arrived
        self.wait = wait
        super().__init__(str(error))


def failure_of(peer: str, error: httpx.HTTPError, settings: RegistrySettings) -> RequestFailed:
    """What an exception of httpx means to the caller.

    Args:
        peer: who was asked.
        error: what happened.
        settings: the time-outs that were in force.
    """
    causes = list(_causes(error))
    secure = next((each for each in causes if isinstance(each, ssl.SSLError)), None)
    arrived = not isinstance(error, _NO_CONNECTION)
    if secure is not None and (told := _of_tls(peer, secure)):
        return RequestFailed(told, arrived=False)
    match error:
        case httpx.ConnectTimeout():
            waited = min(settings.connect_timeout, settings.timeout)
            message = f"no connection within {waited:g} s; is the address right, and nothing in between?"
            return RequestFailed(RegistryTimeoutError(f"{peer}: {message}"), again=True, arrived=False)
        case httpx.TimeoutException():
            message = f"no complete answer within {settings.timeout:g} s, though it took the connection"
            return RequestFailed(RegistryTimeoutError(f"{peer}: {message}"), again=True, arrived=arrived)
        case httpx.RemoteProtocolError():
            message = f"the answer is cut off or no HTTP ({_plain(error)})"
            return RequestFailed(RegistryAnswerError(f"{peer}: {message}"), again=True)
        case httpx.ConnectError():
            unknown = any(isinstance(each, socket.gaierror) for each in causes)
            hint = "is the host name right?" if unknown else "is it running, and is the port right?"
            told = RegistryUnavailableError(f"{peer}: no connection ({_plain(error)}); {hint}")
            return RequestFailed(told, again=True, arrived=False)
        case httpx.ProxyError():
            told = RegistryUnavailableError(f"{peer}: the proxy refuses ({_plain(error)})")
            return RequestFailed(told, arrived=False)
        case _:
            told = RegistryUnavailableError(f"{peer}: the connection broke ({_plain(error)})")
            return RequestFailed(told, again=True, arrived=arrived)


def _of_tls(peer: str, error: ssl.SSLError) -> RegistryError | None:
    """A failure of TLS that trying again does not mend; None for others."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return RegistryCertificateError(f"{peer}: its certificate {_fault(error)}")
    reason = (error.reason or "").upper()
    if "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason):
        said = reason.replace("_", " ").lower()
        return RegistryCertificateError(
            f"{peer}: does not accept this client's certificate, or wants one ({said}); "
            "set ssl.certificate.location and ssl.key.location"
        )
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return RegistryUnavailableError(
            f"{peer}: does not speak TLS there; is it http:// instead of https://?"
        )
    return None


def _fault(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == _EXPIRED:
        return "has expired; its owner has to renew it"
    if error.verify_code == _NOT_YET_VALID:
        return "is not valid yet; is the clock right?"
    if error.verify_code in _WRONG_NAME:
        said = error.verify_message.rstrip(".").lower()
        return f"is for another host ({said}); use the name that stands in the certificate"
    return f"cannot be verified ({error.verify_message.lower()}): {_TRUST}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _plain(error: Exception) -> str:
    """The words of a library's exception, without its numbers."""
    text = str(error) or type(error).__name__
    return _NOISE.sub("", text).lower()
