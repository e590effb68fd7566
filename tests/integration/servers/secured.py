"""Listeners with TLS: one for each way to connect, and two with a certificate that no client may accept."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from tests.integration.servers.kerberos import HOST as _HOST
from tests.integration.servers.kerberos import REALM
from tests.integration.servers.process import free_ports

from vqe_stream.development_pki import LOCAL, Authority

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.integration.servers.kerberos import Kerberos

USER: Final = "alice"
PASSWORD: Final = "alice-secret"  # noqa: S105 - of the test's own broker
_MODULE: Final = "org.apache.kafka.common.security"
_PROTOCOLS: Final = {
    "TLS": "SSL",
    "MTLS": "SSL",
    "PLAIN": "SASL_SSL",
    "SCRAM256": "SASL_SSL",
    "SCRAM512": "SASL_SSL",
    "WRONGHOST": "SSL",
    "EXPIRED": "SSL",
    "GSSAPI": "SASL_SSL",
}


class SecuredListeners:
    """Their certificates, ports and settings.

    Attributes:
        folder: ``ca.crt``, ``producer.crt`` and so on; ``other-ca.crt`` and ``foreign.crt`` are of another
            authority.
        authority: made them.
        users: for SCRAM, as the formatting of the storage takes them.
        jvm_options: what the broker's Java is started with.
    """

    def __init__(self, folder: Path, realm: Kerberos | None = None) -> None:
        """Make the certificates.

        Args:
            folder: receives them.
            realm: for the listener with GSSAPI; None: there is none.
        """
        self.folder = folder
        self._realm = realm
        self.jvm_options = [f"-Djava.security.krb5.conf={realm.folder / 'krb5.conf'}"] if realm else []
        self._protocols = {name: each for name, each in _PROTOCOLS.items() if realm or name != "GSSAPI"}
        self.authority = Authority("test CA")
        self.authority.save(folder)
        self.authority.issue(folder, "broker", LOCAL)
        self.authority.issue(folder, "wronghost", ["example.invalid"])
        yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
        self.authority.issue(folder, "expired", LOCAL, end=yesterday)
        self.authority.issue(folder, "producer")
        self.authority.issue(folder, "locked", password=PASSWORD)
        other = Authority("other CA")
        other.save(folder, "other-ca")
        other.issue(folder, "foreign")
        self._ports = dict(zip(self._protocols, free_ports(len(self._protocols)), strict=True))
        self.users = [f"SCRAM-SHA-{size}=[name={USER},password={PASSWORD}]" for size in (256, 512)]

    def address(self, listener: str) -> str:
        """``host:port`` for clients."""
        return f"{_HOST}:{self._ports[listener]}"

    def added_to(self, settings: Mapping[str, object]) -> dict[str, object]:
        """A broker's settings with these listeners."""
        made = dict(settings)
        for name in ("listeners", "advertised.listeners"):
            own = [f"{each}://{_HOST}:{port}" for each, port in self._ports.items()]
            made[name] = ",".join([str(settings[name]), *own])
        protocols = [f"{each}:{protocol}" for each, protocol in self._protocols.items()]
        names = "listener.security.protocol.map"
        made[names] = ",".join([str(settings[names]), *protocols])
        for listener in self._protocols:
            made |= self._certificates(listener)
        return made | _logins() | (_ticket(self._realm) if self._realm else {})

    def _certificates(self, listener: str) -> dict[str, object]:
        start = f"listener.name.{listener.lower()}.ssl."
        name = listener.lower() if listener in {"WRONGHOST", "EXPIRED"} else "broker"
        return {
            f"{start}keystore.type": "PEM",
            f"{start}keystore.location": self.folder / f"{name}.pem",
            f"{start}truststore.type": "PEM",
            f"{start}truststore.location": self.folder / "ca.crt",
            f"{start}client.auth": "required" if listener == "MTLS" else "none",
        }


def _logins() -> dict[str, object]:
    plain = f'{_MODULE}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'
    made: dict[str, object] = {
        "listener.name.plain.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.plain.plain.sasl.jaas.config": plain,
    }
    for size in (256, 512):
        start = f"listener.name.scram{size}."
        made[f"{start}sasl.enabled.mechanisms"] = f"SCRAM-SHA-{size}"
        login = f"{_MODULE}.scram.ScramLoginModule required;"
        made[f"{start}scram-sha-{size}.sasl.jaas.config"] = login
    return made


def _ticket(realm: Kerberos) -> dict[str, object]:
    login = (
        "com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true "
        f'keyTab="{realm.folder / "kafka.keytab"}" principal="kafka/{_HOST}@{REALM}";'
    )
    return {
        "listener.name.gssapi.sasl.enabled.mechanisms": "GSSAPI",
        "listener.name.gssapi.sasl.kerberos.service.name": "kafka",
        "listener.name.gssapi.gssapi.sasl.jaas.config": login,
    }
