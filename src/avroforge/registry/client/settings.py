"""How to reach a registry: addresses, credentials, TLS, time and size."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Final

from avroforge.errors import ConfigurationError
from avroforge.registry.client.address import check_token_url, split_address
from avroforge.registry.client.credentials import ClientCredentials
from avroforge.secret import Secret
from avroforge.setting import seconds, whole

if TYPE_CHECKING:
    from pathlib import Path

    from avroforge.registry.client.credentials import Credentials

MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Files for TLS, in PEM.

    Attributes:
        ca: certificates that are trusted instead of the system's; a file, or a folder made by ``c_rehash``.
        certificate: this client's certificate, with its chain, for registries that ask for one.
        key: its private key, where that is not in `certificate`.
        key_password: what the key is encrypted with.
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    key_password: Secret | None = None


@dataclass(frozen=True, slots=True)
class RegistrySettings:
    """How to reach a registry.

    Attributes:
        urls: its addresses, equals of each other: where one does not answer, the next one is asked. User
            name and password in an address become `credentials`.
        credentials: who asks; None: nobody in particular.
        tls: files for TLS.
        proxy: address of an HTTP proxy; None: what the environment says (``HTTPS_PROXY``, ``NO_PROXY``).
        connect_timeout: seconds for a connection, name look-up not counted.
        timeout: seconds for one request, from the connection to the last byte of the answer.
        total_timeout: seconds for a call with all its repetitions.
        retries: repetitions of a request that failed in passing, on every address; 0 makes one attempt.
        retry_delay: seconds of the longest wait before the first repetition; doubled for each further one.
        longest_retry_delay: seconds of the longest wait before any repetition.
        max_answer_bytes: an answer of more bytes is refused.

    Raises:
        ConfigurationError: a value that cannot be meant; the message names the setting.
    """

    urls: tuple[str, ...]
    _: KW_ONLY
    credentials: Credentials | None = None
    tls: TlsFiles = field(default_factory=TlsFiles)
    proxy: Secret | str | None = None
    connect_timeout: float = 3.0
    timeout: float = 10.0
    total_timeout: float = 20.0
    retries: int = 3
    retry_delay: float = 0.2
    longest_retry_delay: float = 5.0
    max_answer_bytes: int = 16 * MEBIBYTE

    def __post_init__(self) -> None:
        self._take_addresses()
        if self.proxy is not None:
            self._set("proxy", _proxy(self.proxy))
        for name in ("connect_timeout", "timeout", "total_timeout"):
            self._set(name, seconds(name, getattr(self, name), zero=False))
        for name in ("retry_delay", "longest_retry_delay"):
            self._set(name, seconds(name, getattr(self, name), zero=True))
        self._set("retries", whole("retries", self.retries, 0))
        self._set("max_answer_bytes", whole("max_answer_bytes", self.max_answer_bytes, 1))
        if isinstance(self.credentials, ClientCredentials):
            check_token_url(self.credentials.token_url)
        if (self.tls.key or self.tls.key_password) and not self.tls.certificate:
            raise ConfigurationError("tls: a key without a certificate; name the certificate too")

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _take_addresses(self) -> None:
        split = [split_address("url", each) for each in self.urls]
        if not split:
            raise ConfigurationError("url: expected at least one address of a registry")
        self._set("urls", tuple(dict.fromkeys(address for address, _ in split)))
        found = {user for _, user in split if user is not None}
        if not found:
            return
        if self.credentials is not None or len(found) > 1:
            raise ConfigurationError(
                "url: user name and password stand in an address and are given elsewhere too; keep one"
            )
        self._set("credentials", found.pop())

    @property
    def uses_tls(self) -> bool:
        """Whether any address is reached by TLS."""
        proxy = self.proxy.reveal() if isinstance(self.proxy, Secret) else ""
        token = self.credentials.token_url if isinstance(self.credentials, ClientCredentials) else ""
        return any(each.lower().startswith("https:") for each in (*self.urls, proxy, token))

    @property
    def name(self) -> str:
        """The addresses, without anything secret."""
        return ",".join(self.urls)


def _proxy(value: Secret | str) -> Secret:
    """A proxy's address may hold a password."""
    address = value.reveal() if isinstance(value, Secret) else value
    split_address("proxy", address)
    return Secret(address)
