"""Where stored results lie: a folder, or a bucket of an S3 server; one JSON object each, as the sink does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from avroforge.errors import ConfigurationError
from vqe_stream.adapter import result_from_json
from vqe_stream.errors import ResultError
from vqe_stream.results.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vqe_records import VQEDecoratedResult

S3_PREFIX: Final = "s3://"


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A result and the name it is stored under.

    Attributes:
        name: path below the place; the hardened sink names objects by result id.
        result: the typed result.
    """

    name: str
    result: VQEDecoratedResult


@dataclass(frozen=True, slots=True)
class UnreadableObject:
    """A stored object that is no result.

    Attributes:
        name: path below the place.
        reason: what was expected and what was there.
    """

    name: str
    reason: str


class ObjectStore(Protocol):
    """Named texts: what a folder and a bucket have in common."""

    def names(self) -> list[str]:
        """Every name that ends in ``.json``, sorted.

        Raises:
            ResultsUnavailableError: the place cannot be listed.
        """
        ...

    def read(self, names: Sequence[str]) -> Iterator[bytes]:
        """What stands under each name, in this order.

        Raises:
            ResultsUnavailableError: a name cannot be read.
        """
        ...


class ResultSource:
    """The results of one place, read when asked for."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def names(self) -> list[str]:
        """The names of all stored objects, sorted.

        Raises:
            ResultsUnavailableError: the place cannot be listed.
        """
        return self._store.names()

    def load(self, names: Sequence[str] | None = None) -> Iterator[StoredResult | UnreadableObject]:
        """The results under these names, or all; an object that is no result does not end the rest.

        Raises:
            ResultsUnavailableError: the place cannot be read.
        """
        chosen = self.names() if names is None else names
        for name, text in zip(chosen, self._store.read(chosen), strict=True):
            try:
                yield StoredResult(name, result_from_json(text))
            except ResultError as error:
                yield UnreadableObject(name, str(error))


def open_source(place: str, *, endpoint_url: str | None = None) -> ResultSource:
    """The results of a folder, or of ``s3://bucket/prefix``.

    Args:
        place: path of a folder, looked through with all below it, or an S3 address.
        endpoint_url: the S3 server, if it is not Amazon's. Keys and region come from where every S3 program
            takes them: ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``, or their files.

    Raises:
        ConfigurationError: the address names no bucket, or the region is missing.
    """
    if not place.startswith(S3_PREFIX):
        return ResultSource(Folder(place))
    from vqe_stream.results.bucket import Bucket  # noqa: PLC0415 - boto3 is slow, and a folder does without

    bucket, _, prefix = place.removeprefix(S3_PREFIX).partition("/")
    if not bucket:
        raise ConfigurationError(f"{place}: expected s3://BUCKET/PREFIX")
    return ResultSource(Bucket(bucket, prefix, endpoint_url=endpoint_url))
