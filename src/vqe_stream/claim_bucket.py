"""Claimed files in a bucket: brought there once, read back by whoever has the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from avroforge.errors import TransportError
from vqe_stream.s3 import PREFIX, make_client

if TYPE_CHECKING:
    from pathlib import Path

    from avroforge.delivery.claim import Claim


class ClaimBuckets:
    """Objects by their addresses, ``s3://BUCKET/NAME``.

    Args:
        endpoint_url: the S3 server, if it is not Amazon's.

    Raises:
        ConfigurationError: no region is set, or the endpoint is no URL.
    """

    def __init__(self, endpoint_url: str | None) -> None:
        self._client: Any = make_client(endpoint_url, "claims_endpoint")
        self._kept: set[str] = set()

    def keep(self, claim: Claim, path: Path) -> None:
        """Return once the object is there; once is enough.

        Raises:
            TransportError: the server does not answer, or does not take it.
            OSError: the file cannot be read.
        """
        if claim.location in self._kept:
            return
        bucket, name = _parts(claim.location)
        try:
            with path.open("rb") as file:
                self._client.put_object(Bucket=bucket, Key=name, Body=file)
        except (BotoCoreError, ClientError) as error:
            raise TransportError(f"{claim.location}: {error}", retriable=_passes(error)) from error
        self._kept.add(claim.location)

    def look(self, location: str) -> None:
        """Return when the bucket of an address, or of a prefix in it, answers to this user.

        Raises:
            TransportError: the server does not answer, or does not have it.
        """
        try:
            self._client.head_bucket(Bucket=_parts(location)[0])
        except (BotoCoreError, ClientError) as error:
            raise TransportError(f"{location}: {error}", retriable=_passes(error)) from error

    def read(self, location: str) -> bytes:
        """The bytes of an object.

        Raises:
            TransportError: the server does not answer, or does not have it.
        """
        bucket, name = _parts(location)
        try:
            return bytes(self._client.get_object(Bucket=bucket, Key=name)["Body"].read())
        except (BotoCoreError, ClientError) as error:
            raise TransportError(f"{location}: {error}", retriable=_passes(error)) from error


def _parts(location: str) -> tuple[str, str]:
    bucket, _, name = location.removeprefix(PREFIX).partition("/")
    return bucket, name


def _passes(error: Exception) -> bool:
    """Whether it may pass without anyone's help: everything but a refusal."""
    return not isinstance(error, ClientError) or error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500  # noqa: PLR2004 - the server's fault
