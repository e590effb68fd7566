"""Stored results as objects of an S3 bucket."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from vqe_stream.errors import ResultsUnavailableError
from vqe_stream.s3 import make_client

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_AT_A_TIME: Final = 8


class Bucket:
    """The ``.json`` objects of a bucket below a prefix."""

    def __init__(self, bucket: str, prefix: str, *, endpoint_url: str | None = None) -> None:
        """Describe the place; nothing is asked yet.

        Args:
            bucket: its name.
            prefix: what every object's name starts with; may be empty.
            endpoint_url: the server, if it is not Amazon's.

        Raises:
            ConfigurationError: no region is set, or the endpoint is no URL.
        """
        self._bucket = bucket
        self._prefix = prefix
        self._client = make_client(endpoint_url, "--endpoint-url", _AT_A_TIME)

    def names(self) -> list[str]:
        """Every name that ends in ``.json``, sorted."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix
        )
        try:
            found = [each["Key"] for page in pages for each in page.get("Contents", ())]
        except (BotoCoreError, ClientError) as error:
            raise self._unavailable(self._prefix, error) from error
        return sorted(name for name in found if name.endswith(".json"))

    def read(self, names: Sequence[str]) -> Iterator[bytes]:
        """What stands under each name, in this order; several are fetched at a time."""
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            for start in range(0, len(names), _AT_A_TIME):
                yield from pool.map(self._get, names[start : start + _AT_A_TIME])

    def _get(self, name: str) -> bytes:
        try:
            body: Any = self._client.get_object(Bucket=self._bucket, Key=name)["Body"]
            return bytes(body.read())
        except (BotoCoreError, ClientError) as error:
            raise self._unavailable(name, error) from error

    def _unavailable(self, name: str, error: Exception) -> ResultsUnavailableError:
        return ResultsUnavailableError(f"s3://{self._bucket}/{name}: {error}")
