"""The TLS context for a registry: certificates and host names are always checked, TLS 1.2 at least."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from avroforge.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from avroforge.registry.client.settings import TlsFiles


def server_certificate(host: str, port: int, timeout: float) -> str:
    """The certificate that a server shows (PEM), whoever made it.

    Raises:
        OSError: no connection, or none by TLS.
    """
    return ssl.get_server_certificate((host, port), timeout=timeout)


def tls_context(files: TlsFiles) -> ssl.SSLContext:
    """The context; without `TlsFiles.ca` the certificates that the system trusts.

    Raises:
        ConfigurationError: a file that is not there or holds something else; the message names it.
    """
    context = _trusting(files.ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if files.certificate is not None:
        _present(context, files)
    return context


def _trusting(ca: Path | None) -> ssl.SSLContext:
    if ca is None:
        return ssl.create_default_context()
    try:
        if ca.is_dir():
            return ssl.create_default_context(capath=ca)
        return ssl.create_default_context(cafile=ca)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"ssl.ca.location: {ca}: expected certificates in PEM: {_said(error)}"
        ) from None


def _present(context: ssl.SSLContext, files: TlsFiles) -> None:
    password = files.key_password
    for setting, path in (("ssl.certificate.location", files.certificate), ("ssl.key.location", files.key)):
        if path is not None and not path.is_file():
            raise ConfigurationError(f"{setting}: {path}: no such file")
    try:
        # Never asked for on the terminal: an empty password fails instead.
        context.load_cert_chain(
            str(files.certificate),
            None if files.key is None else str(files.key),
            password=lambda: "" if password is None else password.reveal(),
        )
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"ssl.certificate.location: {files.certificate}: expected a certificate and its key in PEM: "
            f"{_said(error)}; if the key is encrypted, give ssl.key.password"
        ) from None


def _said(error: OSError | ValueError) -> str:
    reason = error.reason if isinstance(error, ssl.SSLError) else None
    text = reason or (error.strerror if isinstance(error, OSError) else None) or str(error)
    return text.replace("_", " ").lower()
