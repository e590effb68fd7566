"""Settings of TLS and SASL."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from avroforge.errors import ConfigurationError
from avroforge.secret import Secret
from avroforge.setting import refuse_unknown, table, truth

if TYPE_CHECKING:
    from collections.abc import Mapping

# Other ways in which a caller says "not set"; the names of files stay the default ones in configurations
# that were written by a tool, whether or not TLS is on.
_UNSET: Final = {None, ""}
_ENVIRONMENT: Final = "env:"
_FILE: Final = "file:"
_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True)
class CertConfig:
    """Files in PEM, relative to `ssl_dir`.

    Attributes:
        ssl_dir: the folder.
        ssl_cafile: authorities to trust; None: those of the system.
        ssl_certfile: the client's certificate and its chain. Under its default name it may be absent,
            together with the key; then the client has none.
        ssl_keyfile: its key.
        ssl_password: of the key.
        ssl_crlfile: revoked certificates; the broker's is then looked up in it.
        ssl_ciphers: OpenSSL's names of the ciphers of TLS 1.2, with colons.
    """

    ssl_dir: str = "./secrets/"
    ssl_cafile: str | None = "ca.crt"
    ssl_certfile: str | None = "client.crt"
    ssl_keyfile: str | None = "client.key"
    ssl_password: Secret | str | None = None
    ssl_crlfile: str | None = None
    ssl_ciphers: str | None = None

    def __post_init__(self) -> None:
        _hide(self, "ssl_password")

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Build from a table of settings; a password may be ``env:NAME`` or ``file:PATH``.

        Raises:
            ConfigurationError: an unknown key, or a password that is not where it should be.
        """
        made: Self = _build(cls, data, "security.cert_config.")
        return made


@dataclass(frozen=True, slots=True)
class SaslSslOpts:
    """Who authenticates, and how.

    Attributes:
        sasl_mechanism: ``PLAIN``, ``SCRAM-SHA-256``, ``SCRAM-SHA-512`` or ``GSSAPI``.
        sasl_plain_username: of all but GSSAPI.
        sasl_plain_password: its password.
        sasl_kerberos_service_name: the first part of the broker's Kerberos principal.
        sasl_kerberos_domain_name: the second part; None: the host's name.
    """

    sasl_mechanism: str | None = "PLAIN"
    sasl_plain_username: str | None = None
    sasl_plain_password: Secret | str | None = None
    sasl_kerberos_service_name: str | None = "kafka"
    sasl_kerberos_domain_name: str | None = None

    def __post_init__(self) -> None:
        _hide(self, "sasl_plain_password")

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Build from a table of settings; a password may be ``env:NAME`` or ``file:PATH``.

        Raises:
            ConfigurationError: an unknown key, or a password that is not where it should be.
        """
        made: Self = _build(cls, data, "security.sasl_opts.")
        return made


@dataclass(frozen=True, slots=True)
class SecurityConfig:
    """Security of the connection to Kafka; everything is off by default.

    Attributes:
        ssl: encrypt, and authenticate by certificate.
        sasl_ssl: encrypt, and authenticate by `sasl_opts`, whatever `ssl` is.
        ssl_check_hostname: compare the broker's certificate with its name.
    """

    ssl: bool = False
    sasl_ssl: bool = False
    ssl_check_hostname: bool = True
    cert_config: CertConfig = field(default_factory=CertConfig)
    sasl_opts: SaslSslOpts = field(default_factory=SaslSslOpts)

    def __post_init__(self) -> None:
        for name in ("ssl", "sasl_ssl", "ssl_check_hostname"):
            object.__setattr__(self, name, truth(f"security.{name}", getattr(self, name)))
        for name, kind in (("cert_config", CertConfig), ("sasl_opts", SaslSslOpts)):
            if not isinstance(getattr(self, name), kind):
                got = type(getattr(self, name)).__name__
                raise ConfigurationError(f"security.{name}: expected {kind.__name__}, got {got}")

    @property
    def enabled(self) -> bool:
        """Whether anything is switched on."""
        return self.ssl or self.sasl_ssl

    @classmethod
    def get_default(cls) -> Self:
        """Everything off."""
        return cls()

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Build from a table of settings, ``cert_config`` and ``sasl_opts`` being tables in it.

        Raises:
            ConfigurationError: an unknown key, or a value of the wrong type.
        """
        refuse_unknown(data, (each.name for each in fields(cls)), "security.")
        values: dict[str, Any] = dict(data)
        for name, kind in (("cert_config", CertConfig), ("sasl_opts", SaslSslOpts)):
            if name in values and not isinstance(values[name], kind):
                values[name] = kind.from_dict(table(f"security.{name}", values[name]))
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """The settings as tables; a password stays a `Secret`."""
        return asdict(self)


def refuse_security(security: SecurityConfig, reason: str) -> None:
    """Never ignore a security setting where nothing is there to honour it.

    Args:
        security: the settings.
        reason: why there is not, for the message.

    Raises:
        ConfigurationError: something is switched on, or set to no purpose.
    """
    for name in ("ssl", "sasl_ssl"):
        if getattr(security, name):
            raise ConfigurationError(
                f"security.{name}: expected false, got true: {reason}; remove the setting"
            )
    refuse_ignored(security)


def refuse_ignored(security: SecurityConfig) -> None:
    """Refuse what is set for a mode that is off: the caller believes in a protection that is not there.

    Raises:
        ConfigurationError: a certificate without TLS, or a login without `SecurityConfig.sasl_ssl`.
    """
    if not security.enabled:
        _refuse_set("cert_config", security.cert_config, "security.ssl and security.sasl_ssl are off")
    if not security.sasl_ssl:
        _refuse_set(
            "sasl_opts", security.sasl_opts, "security.sasl_ssl is off, and a login needs TLS around it"
        )


def _refuse_set(group: str, options: CertConfig | SaslSslOpts, why: str) -> None:
    for each in fields(options):
        value = getattr(options, each.name)
        if value not in _UNSET and value != each.default:
            raise ConfigurationError(
                f"security.{group}.{each.name}: set although {why}, so it would be ignored; remove it"
            )


def _hide(owner: object, name: str) -> None:
    value = getattr(owner, name)
    if isinstance(value, str):
        object.__setattr__(owner, name, Secret(value) if value else None)


def _build(cls: type[Any], data: Mapping[str, object], place: str) -> Any:  # noqa: ANN401 - the class that was given
    refuse_unknown(data, (each.name for each in fields(cls)), place)
    values = dict(data)
    for each in fields(cls):
        value = data.get(each.name)
        if not isinstance(value, str | Secret | None):
            # The value itself is not shown: it may be a password.
            raise ConfigurationError(f"{place}{each.name}: expected a text, got {type(value).__name__}")
        if each.name.endswith("_password") and isinstance(value, str):
            values[each.name] = _password(f"{place}{each.name}", value)
    return cls(**values)


def _password(setting: str, value: str) -> Secret | None:
    """A password of a table: itself, or where it stands, as ``env:NAME`` or ``file:PATH``."""
    if value.startswith(_ENVIRONMENT):
        variable = value.removeprefix(_ENVIRONMENT)
        if not os.environ.get(variable):
            raise ConfigurationError(f"{setting}: the environment variable {variable} is not set")
        return Secret(os.environ[variable])
    if not value.startswith(_FILE):
        return Secret(value) if value else None
    path = Path(value.removeprefix(_FILE)).expanduser()
    try:
        with path.open(encoding="utf-8") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise ConfigurationError(
                    f"{setting}: {path}: expected a file that only its owner can read; run chmod 600"
                )
            text = file.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or "").lower() if isinstance(error, OSError) else "expected text in UTF-8"
        raise ConfigurationError(f"{setting}: {path}: {reason}") from None
    if not text:
        raise ConfigurationError(f"{setting}: {path}: expected a password, got an empty file")
    return Secret(text)
