"""The client of a registry server; httpx is loaded by the first `HttpRegistry`."""

from avroforge.registry.client.credentials import (
    BasicAuth,
    BearerToken,
    ClientCredentials,
    Credentials,
    Tenant,
    TokenFile,
    TokenFunction,
)
from avroforge.registry.client.registry import HttpRegistry
from avroforge.registry.client.settings import RegistrySettings, TlsFiles

__all__ = [
    "BasicAuth",
    "BearerToken",
    "ClientCredentials",
    "Credentials",
    "HttpRegistry",
    "RegistrySettings",
    "Tenant",
    "TlsFiles",
    "TokenFile",
    "TokenFunction",
]
