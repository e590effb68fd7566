"""Results as records: themselves, or where they are too large a container file and what says where it is."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from avroforge.delivery import OutboxRecord, result_id
from avroforge.delivery.claim import Claim, ClaimDirectory, checked, claim_name, redeem
from avroforge.errors import MissingExtraError, NotDurableError
from avroforge.formats.container import ContainerReader, ContainerWriter
from vqe_records import (
    VQEDecoratedResult,
    VQEDecoratedResultInterface,
    VQEResultClaim,
    VQEResultClaimInterface,
)

if TYPE_CHECKING:
    from pathlib import Path

    from vqe_stream.claim_bucket import ClaimBuckets
    from vqe_stream.config import ProducerConfig

# Beside the value: key, headers and what a batch of one record takes.
_BESIDE: Final = 1024
_SUFFIX: Final = ".avro"
S3_PREFIX: Final = "s3://"


def outgoing_record(
    config: ProducerConfig, result: VQEDecoratedResult, run_id: str | None = None
) -> OutboxRecord:
    """A result as the outbox takes it: itself, or what stands for it when it is too large.

    Args:
        config: names the topics and the limit.
        result: the result.
        run_id: its id; None: its content gives it.

    Raises:
        EncodeError: a value that the schema cannot hold, with its path.
        NotDurableError: it is too large, and the claim directory did not take it.
    """
    interface = VQEDecoratedResultInterface
    bare = interface().encode(result)
    if is_too_large(config, bare):
        return claim_check(config, result, bare, run_id)
    return OutboxRecord(
        topic=config.topic,
        subject=config.subject,
        fullname=interface.FULLNAME,
        schema_key=interface.SCHEMA_KEY,
        schema_text=interface.SELF_CONTAINED,
        bare=bare,
        result_id=run_id,
    )


def is_too_large(config: ProducerConfig, bare: bytes) -> bool:
    """Whether a result has to go by claim check."""
    return len(bare) + _BESIDE > config.max_request_size


def claim_check(
    config: ProducerConfig, result: VQEDecoratedResult, bare: bytes, run_id: str | None
) -> OutboxRecord:
    """Keep a result in its claim directory, and make the record that stands for it.

    The file is on the medium when this returns; to a bucket the relay brings it later. The same result gives
    the same file and the same record.

    Raises:
        NotDurableError: the directory did not take it; the error carries its bytes.
    """
    interface = VQEDecoratedResultInterface
    identity = run_id or result_id(interface.FULLNAME, interface.SCHEMA_KEY, bare)
    file = io.BytesIO()
    with ContainerWriter(file, interface, sync_marker=sha256(bare).digest()[:16]) as writer:
        writer.write(result)
    directory = ClaimDirectory(config.claims_directory)
    try:
        claim = directory.put(file.getvalue(), _SUFFIX)
    except OSError as error:
        raise NotDurableError(
            f"result {identity!r} is on no disk: {directory.directory}: {error.strerror}; free space there, "
            "or save the payload of this error",
            payload=bare,
            result_id=identity,
        ) from error
    pointer = VQEResultClaim(
        result_id=identity,
        topic=config.topic,
        fullname=interface.FULLNAME,
        location=_location(config, claim),
        size=claim.size,
        sha256=claim.sha256,
    )
    return OutboxRecord(
        topic=config.claims_topic,
        subject=config.claims_subject,
        fullname=VQEResultClaimInterface.FULLNAME,
        schema_key=VQEResultClaimInterface.SCHEMA_KEY,
        schema_text=VQEResultClaimInterface.SELF_CONTAINED,
        bare=VQEResultClaimInterface().encode(pointer),
        result_id=identity,
    )


class ClaimReader:
    """Gets the files of claims, wherever they are.

    Args:
        endpoint: the S3 server of those in a bucket; asked for when the first one comes.
    """

    def __init__(self, endpoint: str | None) -> None:
        self._endpoint = endpoint
        self._buckets: ClaimBuckets | None = None

    def result(self, pointer: VQEResultClaim) -> VQEDecoratedResult:
        """The result that a record of the claims topic stands for, whatever version of the schema wrote it.

        Raises:
            ClaimError: the file is not the one that was claimed.
            DecodeError: the file does not hold one result.
            TransportError: the bucket does not answer, or does not have it.
            OSError: the file cannot be read.
        """
        claim = Claim(pointer.location, pointer.size, pointer.sha256)
        if is_in_bucket(claim.location):
            self._buckets = self._buckets or open_buckets(self._endpoint)
            data = checked(claim, self._buckets.read(claim.location))
        else:
            data = redeem(claim)
        with ContainerReader(io.BytesIO(data), VQEDecoratedResultInterface) as reader:
            return next(reader)


def claimed_result(pointer: VQEResultClaim, claims_endpoint: str | None = None) -> VQEDecoratedResult:
    """`ClaimReader.result`, for one.

    Args:
        pointer: the record's value.
        claims_endpoint: as the setting.
    """
    return ClaimReader(claims_endpoint).result(pointer)


def claimed_file(config: ProducerConfig, claim: Claim) -> Path:
    """Where the file of a claim is kept on its way to a bucket."""
    return ClaimDirectory(config.claims_directory).path(claim.sha256, _SUFFIX)


def is_in_bucket(location: str) -> bool:
    """Whether a claim's file, or the place for such files, is on an S3 server."""
    return location.startswith(S3_PREFIX)


def open_buckets(endpoint_url: str | None) -> ClaimBuckets:
    """A client of the S3 server; nothing is asked yet.

    Raises:
        ConfigurationError: no region is set, or the endpoint is no URL.
        MissingExtraError: boto3 is not installed.
    """
    try:
        from vqe_stream.claim_bucket import ClaimBuckets  # noqa: PLC0415 - boto3 is slow, and most do without
    except ModuleNotFoundError as error:
        if error.name not in {"boto3", "botocore"}:
            raise
        raise MissingExtraError("boto3 is not installed; run 'pip install avroforge[s3]'") from error
    return ClaimBuckets(endpoint_url)


def _location(config: ProducerConfig, claim: Claim) -> str:
    """Where consumers find the file: in the directory, or where the relay brings it."""
    if config.claims_bucket is None:
        return claim.location
    return f"{config.claims_bucket}/{claim_name(claim.sha256, _SUFFIX)}"
