"""Results as records: themselves, or where they are too large a container file and what says where it is."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from avroforge.delivery import OutboxRecord, result_id
from avroforge.delivery.claim import Claim, ClaimDirectory, redeem
from avroforge.errors import NotDurableError
from avroforge.formats.container import ContainerReader, ContainerWriter
from vqe_records import (
    VQEDecoratedResult,
    VQEDecoratedResultInterface,
    VQEResultClaim,
    VQEResultClaimInterface,
)

if TYPE_CHECKING:
    from vqe_stream.config import ProducerConfig

# Beside the value: key, headers and what a batch of one record takes.
_BESIDE: Final = 1024
_SUFFIX: Final = ".avro"


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

    The file is on the medium when this returns. The same result gives the same file and the same record.

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
        location=claim.location,
        size=claim.size,
        sha256=claim.sha256,
    )
    return OutboxRecord(
        topic=config.claims_topic,
        subject=f"{config.claims_topic}-value",
        fullname=VQEResultClaimInterface.FULLNAME,
        schema_key=VQEResultClaimInterface.SCHEMA_KEY,
        schema_text=VQEResultClaimInterface.SELF_CONTAINED,
        bare=VQEResultClaimInterface().encode(pointer),
        result_id=identity,
    )


def claimed_result(pointer: VQEResultClaim) -> VQEDecoratedResult:
    """The result that a record of the claims topic stands for, whatever version of the schema wrote it.

    Raises:
        DeliveryError: the file is not the one that was claimed.
        DecodeError: the file does not hold one result.
        OSError: the file cannot be read.
    """
    data = redeem(Claim(pointer.location, pointer.size, pointer.sha256))
    with ContainerReader(io.BytesIO(data), VQEDecoratedResultInterface) as reader:
        return next(reader)
