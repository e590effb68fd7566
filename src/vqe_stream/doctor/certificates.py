"""Certificates and keys: how long they last, for whom they are, and who can read them."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

from cryptography import x509

from avroforge.registry.client.tls import server_certificate
from vqe_stream.check import Check, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from avroforge.kafka import KafkaOptions
    from vqe_stream.config import ProducerConfig

_SOON: Final = dt.timedelta(days=14)
_OTHERS: Final = 0o077
_TIMEOUT: Final = 3.0
_HTTPS: Final = 443
_CERTIFICATES: Final = ("ssl_cafile", "ssl_certfile")
_KEYS: Final = ("ssl_keyfile",)
_LISTS: Final = ("ssl_crlfile",)
_REGISTRY_CERTIFICATES: Final = ("ssl.ca.location", "ssl.certificate.location")
_REGISTRY_KEYS: Final = ("ssl.key.location",)
_Places: TypeAlias = list[tuple[str, Path]]
_Files: TypeAlias = tuple[_Places, _Places, _Places]
_PEM_CERTIFICATE: Final = b"-----BEGIN CERTIFICATE-----"


def look_at_files(config: ProducerConfig) -> Iterator[Check]:
    """The files of the settings: those for the brokers, and those for the registry."""
    certificates, keys, lists = _files(config)
    for setting, path in certificates:
        yield from _certificates(setting, path)
    for setting, path in lists:
        yield _revocations(setting, path)
    for setting, path in keys:
        yield _key(setting, path)


def look_at_peers(options: KafkaOptions) -> Iterator[Check]:
    """The certificate of each broker, which the TLS handshake has found good for now."""
    from avroforge.kafka.connection import peer_certificate  # noqa: PLC0415 - a file needs no kafka-python

    for address in options.addresses:
        shown = peer_certificate(address, _TIMEOUT, options.security)
        if shown is not None:
            certificate = x509.load_der_x509_certificate(shown)
            yield _validity(f"certificate of {address}", certificate, _names(certificate))


def look_at_registry(addresses: Iterable[str]) -> Iterator[Check]:
    """The certificate of each registry that is reached by TLS."""
    for address in addresses:
        parts = urlsplit(address)
        if parts.scheme == "https" and parts.hostname:
            shown = server_certificate(parts.hostname, parts.port or _HTTPS, _TIMEOUT)
            certificate = x509.load_pem_x509_certificate(shown.encode())
            yield _validity(f"certificate of {address}", certificate, _names(certificate))


def _files(config: ProducerConfig) -> _Files:
    """Certificates, keys and revocation lists that are there, each with its setting."""
    files = config.security.cert_config
    folder = Path(files.ssl_dir).expanduser()
    named: dict[str, object] = {
        name: getattr(files, name) if config.security.enabled else None
        for name in (*_CERTIFICATES, *_KEYS, *_LISTS)
    } | {name: config.registry_options.get(name) for name in (*_REGISTRY_CERTIFICATES, *_REGISTRY_KEYS)}

    def there(*names: str) -> _Places:
        paths = [(name, folder / Path(str(named[name])).expanduser()) for name in names if named[name]]
        return [(name, path) for name, path in paths if path.is_file()]

    return there(*_CERTIFICATES, *_REGISTRY_CERTIFICATES), there(*_KEYS, *_REGISTRY_KEYS), there(*_LISTS)


def _certificates(setting: str, path: Path) -> Iterator[Check]:
    name = f"{setting} {path.name}"
    try:
        data = path.read_bytes()
        found = x509.load_pem_x509_certificates(data[data.find(_PEM_CERTIFICATE) :])
    except ValueError as error:
        yield Check(
            name, Verdict.FAILURE, f"{path}: expected certificates in PEM: {error}", "replace the file"
        )
        return
    for certificate in found:
        yield _validity(name, certificate, certificate.subject.rfc4514_string())


def _validity(name: str, certificate: x509.Certificate, whose: str) -> Check:
    now = dt.datetime.now(dt.UTC)
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if end <= now:
        return Check(name, Verdict.FAILURE, f"{whose}: expired on {end:%Y-%m-%d %H:%M} UTC", "renew it")
    if begin > now:
        return Check(
            name, Verdict.FAILURE, f"{whose}: not valid before {begin:%Y-%m-%d %H:%M} UTC", "check the clock"
        )
    left = f"{whose}: valid until {end:%Y-%m-%d %H:%M} UTC, {(end - now).days} days"
    if end - now < _SOON:
        return Check(name, Verdict.WARNING, left, "renew it, then start producers and relays again")
    return Check(name, Verdict.OK, left)


def _revocations(setting: str, path: Path) -> Check:
    name = f"{setting} {path.name}"
    try:
        end = x509.load_pem_x509_crl(path.read_bytes()).next_update_utc
    except ValueError as error:
        return Check(
            name, Verdict.FAILURE, f"{path}: expected a revocation list in PEM: {error}", "replace it"
        )
    if end is None:
        return Check(name, Verdict.OK, "without an end")
    now = dt.datetime.now(dt.UTC)
    if end <= now:
        return Check(name, Verdict.FAILURE, f"expired on {end:%Y-%m-%d %H:%M} UTC", "fetch a new one")
    verdict = Verdict.WARNING if end - now < _SOON else Verdict.OK
    return Check(
        name,
        verdict,
        f"valid until {end:%Y-%m-%d %H:%M} UTC",
        "fetch a new one in time" if verdict is Verdict.WARNING else "",
    )


def _key(setting: str, path: Path) -> Check:
    name = f"{setting} {path.name}"
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS:
        return Check(
            name, Verdict.FAILURE, f"{path}: others may read the key ({mode:04o})", f"run 'chmod 600 {path}'"
        )
    return Check(name, Verdict.OK, "readable by its owner only")


def _names(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return certificate.subject.rfc4514_string()
    return ", ".join(str(each.value) for each in names)
