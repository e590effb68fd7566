"""One TLS handshake and one login of our own: kafka-python does not say why a broker refuses them."""

from __future__ import annotations

import ssl
import struct
from concurrent.futures import Future
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from kafka.net.sasl import get_sasl_mechanism

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

_API_VERSIONS: Final = 18
_SASL_HANDSHAKE: Final = 17
_SASL_AUTHENTICATE: Final = 36
_UNSUPPORTED_MECHANISM: Final = 33
_LONGEST_ANSWER: Final = 1024 * 1024
_LONGEST_LOGIN: Final = 10

_CA: Final = "check security.cert_config.ssl_cafile"
_CRL: Final = "security.cert_config.ssl_crlfile"
# OpenSSL's X509_V_ERR_ numbers.
_UNTRUSTED: Final = (
    f"the broker's certificate is not from an authority that this client trusts ({{text}}); {_CA}"
)
_OF_CERTIFICATE: Final = {
    3: f"{_CRL} has no list of the authority that made the broker's certificate",
    9: "the broker's certificate is not valid yet; check the clocks",
    10: "the broker's certificate has expired; renew it on the broker",
    11: f"{_CRL} is not valid yet; check the clock",
    12: f"{_CRL} has expired; fetch a new one",
    18: _UNTRUSTED,
    19: _UNTRUSTED,
    20: _UNTRUSTED,
    21: _UNTRUSTED,
    23: "the broker's certificate has been revoked",
    62: "the broker's certificate is not for this host name ({text}); correct bootstrap_servers or the "
    "certificate, or switch security.ssl_check_hostname off",
    64: "the broker's certificate is not for this address ({text}); correct bootstrap_servers or the "
    "certificate, or switch security.ssl_check_hostname off",
}
_WANTS_CERTIFICATE: Final = (
    "the broker wants a client certificate; set security.cert_config.ssl_certfile and ssl_keyfile"
)
_FOREIGN: Final = (
    "the broker refuses the client certificate ({text}); check security.cert_config.ssl_certfile"
)
_NO_TLS: Final = (
    "the server does not speak TLS; check the port in bootstrap_servers, security.ssl and security.sasl_ssl"
)
_OF_HANDSHAKE: Final = {
    "BAD_CERTIFICATE": _WANTS_CERTIFICATE,
    "CERTIFICATE_REQUIRED": _WANTS_CERTIFICATE,
    "CERTIFICATE_UNKNOWN": _FOREIGN,
    "CERTIFICATE_EXPIRED": _FOREIGN,
    "CERTIFICATE_REVOKED": _FOREIGN,
    "UNKNOWN_CA": _FOREIGN,
    "WRONG_VERSION_NUMBER": _NO_TLS,
    "RECORD_LAYER_FAILURE": _NO_TLS,
    "HANDSHAKE_FAILURE": "broker and client have no cipher in common; check security.cert_config.ssl_ciphers",
    "PROTOCOL_VERSION": "broker and client have no version of TLS in common; 1.2 or newer is needed",
}
_SERVICE: Final = (
    "check security.sasl_opts.sasl_kerberos_service_name and sasl_kerberos_domain_name, or the host name in "
    "bootstrap_servers"
)
_KDC: Final = "check the realm's addresses in krb5.conf (KRB5_CONFIG)"
_NO_TICKET: Final = "run kinit, or set KRB5_CLIENT_KTNAME to a keytab with the present key"
# MIT Kerberos' words, the first that is found.
_OF_TICKET: Final = {
    "Server ": _SERVICE,
    "Cannot contact any KDC": _KDC,
    "Cannot find KDC": _KDC,
    "credentials": _NO_TICKET,
    "Preauthentication failed": _NO_TICKET,
    "Client ": _NO_TICKET,
    "expired": _NO_TICKET,
}


class AdmissionError(Exception):
    """Why a broker does not let this client in.

    Attributes:
        passing: whether it may pass without anyone's help.
    """

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


def enter(connection: socket.socket, host: str, security: Mapping[str, Any]) -> None:
    """Go as far as the broker asks of every client, if TLS is on; then the connection has served.

    Args:
        connection: to the broker, with a time-out.
        host: the broker's name, for its certificate and its Kerberos principal.
        security: settings by kafka-python's names.

    Raises:
        AdmissionError: the broker, or this client, refuses.
        OSError: the connection does not last.
    """
    if not security:
        return
    context: ssl.SSLContext = security["ssl_context"]
    try:
        with context.wrap_socket(connection, server_hostname=host) as channel:
            # Under TLS 1.3 a broker's refusal arrives only after the handshake.
            _ask(channel, _API_VERSIONS, 0, b"")
            if "sasl_mechanism" in security:
                _log_in(channel, host, security)
    except ssl.SSLCertVerificationError as error:
        known = _OF_CERTIFICATE.get(error.verify_code, "the broker's certificate is refused ({text})")
        raise AdmissionError(known.format(text=error.verify_message)) from error
    except (ConnectionError, EOFError, ssl.SSLEOFError) as error:
        raise AdmissionError(
            "the connection was closed during the TLS handshake or the login; the broker stops, does not "
            "speak TLS at this port, or wants a client certificate: check bootstrap_servers and security",
            passing=True,
        ) from error
    except ssl.SSLError as error:
        reason = error.reason or str(error)
        known = next((text for key, text in _OF_HANDSHAKE.items() if reason.endswith(key)), "")
        text = reason.lower().replace("_", " ")
        raise AdmissionError(known.format(text=text) or f"the TLS handshake failed: {text}") from error


def _log_in(channel: ssl.SSLSocket, host: str, security: Mapping[str, Any]) -> None:
    name: str = security["sasl_mechanism"]
    answer = _ask(channel, _SASL_HANDSHAKE, 1, _text(name))
    if struct.unpack_from(">h", answer)[0] == _UNSUPPORTED_MECHANISM:
        offered = ", ".join(_texts(answer, 2))
        raise AdmissionError(
            f"the broker does not offer {name}; set security.sasl_opts.sasl_mechanism to one of {offered}"
        )
    try:
        mechanism = _start_login(name, host, security, channel.gettimeout())
        for _ in range(_LONGEST_LOGIN):
            token = mechanism.auth_bytes()
            answer = _ask(channel, _SASL_AUTHENTICATE, 0, struct.pack(">i", len(token)) + token)
            _check_login(answer, security)
            mechanism.receive(_after_text(answer))
            if mechanism.is_done():
                return
    except (AdmissionError, OSError, EOFError):
        raise
    except Exception as error:
        # GSSAPI has exceptions of its own, and kafka-python raises ValueError and RuntimeError.
        said = " ".join(str(error).split())
        hint = next((text for key, text in _OF_TICKET.items() if key in said), "") if name == "GSSAPI" else ""
        raise AdmissionError(f"the login by {name} failed: {said}{hint and '; '}{hint}") from error
    raise AdmissionError(f"the login by {name} does not come to an end")


def _start_login(name: str, host: str, security: Mapping[str, Any], patience: float | None) -> Any:  # noqa: ANN401 - kafka-python's class
    """The mechanism; for GSSAPI it holds the ticket, which Kerberos' library would wait for without bound."""
    make = partial(get_sasl_mechanism(name), host=host, **security)
    if name != "GSSAPI":
        return make()
    answer: Future[Any] = Future()

    def ask() -> None:
        try:
            answer.set_result(make())
        except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
            answer.set_exception(error)

    Thread(target=ask, name="avroforge-kerberos", daemon=True).start()
    try:
        return answer.result(patience)
    except TimeoutError as error:
        raise AdmissionError(f"no KDC answered in {patience:g} s; {_KDC}", passing=True) from error


def _check_login(answer: bytes, security: Mapping[str, Any]) -> None:
    if not struct.unpack_from(">h", answer)[0]:
        return
    said = _texts(b"\0\0\0\1" + answer[2:], 0)
    why = f" ({said[0]})" if said else ""
    if security["sasl_mechanism"] == "GSSAPI":
        raise AdmissionError(
            f"the broker refuses the Kerberos ticket{why}; check the ticket and the broker's principal"
        )
    raise AdmissionError(
        f"the broker refuses the login of {security['sasl_plain_username']!r} by "
        f"{security['sasl_mechanism']}{why}; check security.sasl_opts.sasl_plain_username and "
        "sasl_plain_password"
    )


def _ask(channel: ssl.SSLSocket, api: int, version: int, body: bytes) -> bytes:
    request = struct.pack(">hhi", api, version, 0) + _text("avroforge-admission") + body
    channel.sendall(struct.pack(">i", len(request)) + request)
    size = struct.unpack(">i", _read(channel, 4))[0]
    if not 4 <= size <= _LONGEST_ANSWER:  # noqa: PLR2004 - the correlation id
        raise AdmissionError("the server speaks TLS, but not as a Kafka broker; check bootstrap_servers")
    return _read(channel, size)[4:]


def _read(channel: ssl.SSLSocket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        piece = channel.recv(size - len(found))
        if not piece:
            raise EOFError
        found += piece
    return found


def _text(value: str) -> bytes:
    return struct.pack(">h", len(value.encode())) + value.encode()


def _texts(data: bytes, at: int) -> list[str]:
    """An array of texts, null ones left out."""
    (count,), at = struct.unpack_from(">i", data, at), at + 4
    found = []
    for _ in range(count):
        (size,), at = struct.unpack_from(">h", data, at), at + 2
        if size >= 0:
            found.append(data[at : at + size].decode(errors="replace"))
            at += size
    return found


def _after_text(answer: bytes) -> bytes:
    """The token of an answer to a login: it stands behind error code and message."""
    (size,) = struct.unpack_from(">h", answer, 2)
    at = 4 + max(0, size)
    (length,) = struct.unpack_from(">i", answer, at)
    return answer[at + 4 : at + 4 + length]
