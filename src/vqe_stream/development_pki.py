"""A certificate authority for development and tests, and a certificate with a key for each role."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from avroforge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SERVERS: Final = ("broker", "registry")
CLIENTS: Final = ("producer", "sink")
LOCAL: Final = ("localhost", "127.0.0.1", "::1")
_PRIVATE: Final = 0o600
_USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


class Authority:
    """A certificate authority; its key stays in memory unless `save` writes it."""

    def __init__(self, name: str = "avroforge development CA", days: int = 30) -> None:
        """Make the authority.

        Args:
            name: its common name.
            days: how long its certificates are valid.
        """
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._now = dt.datetime.now(dt.UTC)
        self._days = days
        self._name = _named(name)
        self.certificate = (
            self._builder(self._name, self._key.public_key(), None)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def save(self, folder: Path, name: str = "ca") -> list[Path]:
        """Write ``NAME.crt`` and ``NAME.key``; returns their paths."""
        return [
            _write(folder / f"{name}.crt", _pem(self.certificate)),
            _write(folder / f"{name}.key", _key_pem(self._key, None)),
        ]

    def issue(
        self,
        folder: Path,
        role: str,
        hosts: Sequence[str] = (),
        *,
        end: dt.datetime | None = None,
        password: str | None = None,
    ) -> list[Path]:
        """Write ``ROLE.crt``, ``ROLE.key`` and ``ROLE.pem`` (key and chain in one); returns their paths.

        Args:
            folder: where.
            role: common name, and name of the files.
            hosts: names and addresses of a server; none: a client.
            end: when it expires; None: with the authority.
            password: of the key; None: it is not encrypted.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        purposes = [ExtendedKeyUsageOID.CLIENT_AUTH]
        if hosts:
            purposes.insert(0, ExtendedKeyUsageOID.SERVER_AUTH)
        builder = (
            self._builder(_named(role), key.public_key(), end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage("digital_signature"), critical=True)
            .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        )
        names = [_host(each) for each in hosts] or [x509.DNSName(role)]
        made = builder.add_extension(x509.SubjectAlternativeName(names), critical=False).sign(
            self._key, hashes.SHA256()
        )
        private = _key_pem(key, password)
        return [
            _write(folder / f"{role}.crt", _pem(made)),
            _write(folder / f"{role}.key", private),
            _write(folder / f"{role}.pem", private + _pem(made) + _pem(self.certificate)),
        ]

    def revoke(self, path: Path, certificates: Sequence[Path] = ()) -> Path:
        """Write a list of revoked certificates."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._name)
            .last_update(self._now - dt.timedelta(hours=1))
            .next_update(self._now + dt.timedelta(days=self._days))
        )
        for each in certificates:
            number = x509.load_pem_x509_certificate(each.read_bytes()).serial_number
            entry = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(self._now)
            builder = builder.add_revoked_certificate(entry.build())
        made = builder.sign(self._key, hashes.SHA256())
        return _write(path, made.public_bytes(serialization.Encoding.PEM))

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, end: dt.datetime | None
    ) -> x509.CertificateBuilder:
        end = end or self._now + dt.timedelta(days=self._days)
        # An hour for clocks that differ; an expired certificate began before it ended.
        begin = min(self._now, end) - dt.timedelta(hours=1)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )


def generate(folder: Path, hosts: Sequence[str] = LOCAL, days: int = 30) -> list[Path]:
    """Make an authority, and a certificate with a key of its own for each role.

    Args:
        folder: receives the files; made where it is not there, for its owner only.
        hosts: names and addresses of broker and registry.
        days: how long they are valid.

    Returns:
        The files, readable by their owner only.

    Raises:
        ConfigurationError: a host that is no name, or one of the files is there already; nothing is written.
    """
    for each in hosts:
        _host(each)
    for role in ("ca", *SERVERS, *CLIENTS):
        for kind in ("crt", "key", "pem"):
            if (folder / f"{role}.{kind}").exists():
                raise ConfigurationError(
                    f"{folder / f'{role}.{kind}'}: expected no such file; remove it, or name another folder"
                )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = Authority(days=days)
    written = authority.save(folder)
    for role in SERVERS:
        written += authority.issue(folder, role, hosts)
    for role in CLIENTS:
        written += authority.issue(folder, role)
    return written


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*purposes: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{each: each in purposes for each in _USAGES})


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    if not name or not name.isascii() or " " in name:
        raise ConfigurationError(f"host: expected a name or an address in ASCII, got {name!r}")
    return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey, password: str | None) -> bytes:
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        encryption = serialization.BestAvailableEncryption(password.encode())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def _write(path: Path, data: bytes) -> Path:
    # Never readable by others, not even for a moment; never over a file that is there.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as file:
        file.write(data)
    return path
