"""From settings of TLS and SASL to what the Kafka clients take."""

from __future__ import annotations

import ssl
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from avroforge.errors import ConfigurationError, MissingExtraError
from avroforge.secret import HiddenText, Secret
from vqe_stream.security import CertConfig, refuse_ignored

if TYPE_CHECKING:
    from vqe_stream.security import SaslSslOpts, SecurityConfig

_PASSWORD_MECHANISMS: Final = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
_MECHANISMS: Final = (*_PASSWORD_MECHANISMS, "GSSAPI")


class KafkaSecurity:
    """The security of connections to Kafka, checked and loaded once."""

    def __init__(self, config: SecurityConfig) -> None:
        """Keep the settings; files are read by `build_security_config`.

        Args:
            config: the settings.
        """
        self.config = config

    def build_security_config(self) -> dict[str, Any]:
        """Settings by kafka-python's names, for every client; ``{}`` when everything is off.

        TLS is given as an `ssl.SSLContext` of version 1.2 or newer, because kafka-python applies neither
        ciphers nor every file itself. A password in it is a text that does not print itself.

        Raises:
            ConfigurationError: a file that is missing or not what it should be, a login that is incomplete,
                or a setting to no purpose.
            MissingExtraError: GSSAPI, and the package ``gssapi`` is not installed.
        """
        refuse_ignored(self.config)
        if not self.config.enabled:
            return {}
        context = tls_context(self.config.cert_config, check_hostname=self.config.ssl_check_hostname)
        if not self.config.sasl_ssl:
            return {"security_protocol": "SSL", "ssl_context": context}
        return {"security_protocol": "SASL_SSL", "ssl_context": context, **_login(self.config.sasl_opts)}


def tls_context(files: CertConfig, *, check_hostname: bool) -> ssl.SSLContext:
    """TLS 1.2 or newer, the broker's certificate always verified.

    Args:
        files: authority, certificate, key and list of revoked certificates.
        check_hostname: whether the certificate has to be for the broker's name.

    Raises:
        ConfigurationError: a file that is missing or not what it should be, or unknown ciphers.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = check_hostname
    _trust(context, files)
    _present(context, files)
    _revoke(context, files)
    if files.ssl_ciphers:
        try:
            context.set_ciphers(files.ssl_ciphers)
        except ssl.SSLError as error:
            raise _wrong(
                "ssl_ciphers", f"expected OpenSSL names of ciphers, got {files.ssl_ciphers!r}"
            ) from error
    return context


def _trust(context: ssl.SSLContext, files: CertConfig) -> None:
    if not files.ssl_cafile:
        context.load_default_certs()
        return
    path = _existing("ssl_cafile", files.ssl_dir, files.ssl_cafile)
    try:
        context.load_verify_locations(path)
    except (ssl.SSLError, OSError) as error:
        raise _wrong("ssl_cafile", f"{path}: expected certificates in PEM: {error}") from error


def _present(context: ssl.SSLContext, files: CertConfig) -> None:
    """Load the client certificate; where both names are the default ones, the files may be absent."""
    if not files.ssl_certfile and not files.ssl_keyfile:
        _refuse_password(files)
        return
    names = (("ssl_certfile", files.ssl_certfile), ("ssl_keyfile", files.ssl_keyfile))
    for (name, value), (_, other) in zip(names, reversed(names), strict=True):
        if not value:
            raise _wrong(name, f"expected the file that belongs to {other!r}, got none")
    default = all(value == CertConfig.__dataclass_fields__[name].default for name, value in names)
    if default and not any((Path(files.ssl_dir).expanduser() / str(value)).exists() for _, value in names):
        _refuse_password(files)
        return
    certificate, key = (_existing(name, files.ssl_dir, str(value)) for name, value in names)
    secret = files.ssl_password
    try:
        # Without a text here OpenSSL would ask for the password on the terminal.
        context.load_cert_chain(
            certificate, key, password=secret.reveal() if isinstance(secret, Secret) else ""
        )
    except (ssl.SSLError, OSError) as error:
        reason = str(error)
        if getattr(error, "reason", None) == "KEY_VALUES_MISMATCH":
            raise _wrong("ssl_keyfile", f"{key}: is not the key of {certificate}") from None
        raise _wrong(
            "ssl_keyfile",
            f"{certificate}, {key}: expected a certificate and its key in PEM, and the key's password in "
            f"security.cert_config.ssl_password: {reason}",
        ) from None


def _refuse_password(files: CertConfig) -> None:
    if files.ssl_password is not None:
        raise _wrong("ssl_password", "set although there is no key, so it would be ignored; remove it")


def _revoke(context: ssl.SSLContext, files: CertConfig) -> None:
    if not files.ssl_crlfile:
        return
    path = _existing("ssl_crlfile", files.ssl_dir, files.ssl_crlfile)
    before = context.cert_store_stats()["crl"]
    try:
        context.load_verify_locations(path)
    except (ssl.SSLError, OSError) as error:
        raise _wrong("ssl_crlfile", f"{path}: expected a revocation list in PEM: {error}") from error
    if context.cert_store_stats()["crl"] == before:
        raise _wrong("ssl_crlfile", f"{path}: expected a revocation list in PEM, got none")
    context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF


def _login(options: SaslSslOpts) -> dict[str, Any]:
    mechanism = (options.sasl_mechanism or "").upper()
    if mechanism not in _MECHANISMS:
        raise ConfigurationError(
            f"security.sasl_opts.sasl_mechanism: expected {', '.join(_MECHANISMS)}, got "
            f"{options.sasl_mechanism!r}"
        )
    if mechanism == "GSSAPI":
        return _ticket(options)
    password = options.sasl_plain_password
    for name in ("sasl_plain_username", "sasl_plain_password"):
        if getattr(options, name) in (None, ""):
            raise ConfigurationError(f"security.sasl_opts.{name}: expected a text for {mechanism}, got none")
    return {
        "sasl_mechanism": mechanism,
        "sasl_plain_username": options.sasl_plain_username,
        "sasl_plain_password": HiddenText(password.reveal() if isinstance(password, Secret) else password),
    }


def _ticket(options: SaslSslOpts) -> dict[str, Any]:
    for name in ("sasl_plain_username", "sasl_plain_password"):
        if getattr(options, name) not in (None, ""):
            raise ConfigurationError(
                f"security.sasl_opts.{name}: set although GSSAPI takes a Kerberos ticket, so it would be "
                "ignored; remove it"
            )
    if find_spec("gssapi") is None:
        raise MissingExtraError("gssapi is not installed; run 'pip install avroforge[kafka,gssapi]'")
    made: dict[str, Any] = {
        "sasl_mechanism": "GSSAPI",
        "sasl_kerberos_service_name": options.sasl_kerberos_service_name or "kafka",
    }
    if options.sasl_kerberos_domain_name:
        made["sasl_kerberos_domain_name"] = options.sasl_kerberos_domain_name
    return made


def _existing(setting: str, directory: str, name: str) -> Path:
    path = Path(directory).expanduser() / Path(name).expanduser()
    try:
        path.open("rb").close()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise _wrong(setting, f"{path}: {reason}; correct it, or security.cert_config.ssl_dir") from error
    return path


def _wrong(setting: str, what: str) -> ConfigurationError:
    return ConfigurationError(f"security.cert_config.{setting}: {what}")
