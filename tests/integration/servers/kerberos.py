"""A Kerberos realm of its own: MIT's KDC as a process, with every file in one folder and none in /etc."""

from __future__ import annotations

import os
import secrets
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from tests.integration.servers.cache import UnavailableError, program, run
from tests.integration.servers.process import LOOPBACK, ServerProcess, free_ports

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REALM: Final = "AVROFORGE.TEST"
HOST: Final = "localhost"
USER: Final = "alice"
_SERVICES: Final = (f"kafka/{HOST}", f"other/{HOST}")
_PATIENCE: Final = 30
_WHY: Final = "GSSAPI is tested with it; install krb5-kdc, krb5-admin-server and krb5-user"
# Debian keeps the programs of a KDC out of the path of users.
_PLACES: Final = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"
_CONFIGURATION: Final = """[libdefaults]
  default_realm = {realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  {realm} = {{
    kdc = {host}:{port}
  }}
[domain_realm]
  localhost = {realm}
[logging]
  kdc = STDERR
"""
_KDC_CONFIGURATION: Final = """[kdcdefaults]
  kdc_listen = {host}:{port}
  kdc_tcp_listen = {host}:{port}
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
    acl_file = {folder}/kadm5.acl
    max_life = 1h
    supported_enctypes = aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal
  }}
"""


class Kerberos(ServerProcess):
    """A KDC, a service for the broker, a service that no broker is, and a user.

    Attributes:
        folder: ``krb5.conf``, ``kafka.keytab`` for the broker, ``alice.keytab``, and ``stale.keytab`` with a
            key that the user no longer has.
    """

    def __init__(self, folder: Path) -> None:
        """Make the realm; `start` starts the KDC.

        Raises:
            UnavailableError: the programs, or the Python package, are not installed.
        """
        if find_spec("gssapi") is None:
            raise UnavailableError("the package gssapi is not installed: pip install 'avroforge[gssapi]'")
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (self.port,) = free_ports(1)
        words = {"realm": REALM, "host": LOOPBACK, "port": self.port, "folder": folder}
        (folder / "krb5.conf").write_text(_CONFIGURATION.format(**words))
        (folder / "kdc.conf").write_text(_KDC_CONFIGURATION.format(**words))
        self._own = {"KRB5_CONFIG": str(folder / "krb5.conf"), "KRB5_KDC_PROFILE": str(folder / "kdc.conf")}
        self._run("kdb5_util", "create", "-s", "-r", REALM, "-P", secrets.token_hex(18))
        for service in _SERVICES:
            self._ask(f"addprinc -randkey {service}")
        self._ask(f"ktadd -k {folder}/kafka.keytab {_SERVICES[0]}")
        self._ask(f"addprinc -randkey +requires_preauth {USER}")
        # Each of these gives the user a new key.
        for name in ("stale", USER):
            self._ask(f"ktadd -k {folder}/{name}.keytab {USER}")
        kdc = program("krb5kdc", _WHY, _PLACES)
        super().__init__(
            [kdc, "-n", "-r", REALM], folder / "kdc.log", "commencing operation", environment=self._own
        )

    def client(self, keytab: str | None = USER) -> Mapping[str, str]:
        """The environment of a process that logs in.

        Args:
            keytab: whose key it has; None: nobody's.
        """
        file = self.folder / f"{keytab or 'absent'}.keytab"
        return {
            "KRB5_CONFIG": self._own["KRB5_CONFIG"],
            "KRB5_CLIENT_KTNAME": f"FILE:{file}",
            "KRB5CCNAME": f"FILE:{self.folder / f'{secrets.token_hex(4)}.cache'}",
        }

    def _ask(self, question: str) -> None:
        self._run("kadmin.local", "-r", REALM, "-q", question)

    def _run(self, name: str, *arguments: str) -> None:
        command = [program(name, _WHY, _PLACES), *arguments]
        run(command, f"{name} {arguments[0]}", _PATIENCE, environment=self._own)
