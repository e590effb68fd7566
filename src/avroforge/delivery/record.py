"""What enters the outbox: a record, its identity, and the rules for everything that travels beside it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from avroforge.errors import InvalidRecordError

if TYPE_CHECKING:
    from pathlib import Path

RESULT_ID_HEADER: Final = "result-id"
CREATED_HEADER: Final = "created-at"
RESERVED_HEADERS: Final = frozenset({RESULT_ID_HEADER, CREATED_HEADER})
# Below SQLite's limit of 10**9 bytes per value, so that what is accepted can also be stored.
MAX_PAYLOAD: Final = 512 * 1024 * 1024
_YEAR_10000_MS: Final = 253_402_300_800_000

_RESULT_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_TOPIC: Final = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,249}")
# RFC 9110, 5.6.2: the S3 sink turns headers into object metadata, which is HTTP.
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PRINTABLE: Final = re.compile(r"|[\x21-\x7e]|[\x21-\x7e][\x20-\x7e]*[\x21-\x7e]")


class RowState(StrEnum):
    """Where a row of the outbox stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRecord:
    """One result to deliver.

    Attributes:
        topic: destination, by Kafka's rules for names.
        subject: the registry subject its schema is registered under.
        fullname: full name of the schema's root.
        schema_key: identity of the schema (SHA-256 of its self-contained text).
        schema_text: the self-contained schema, so that the relay can register it later.
        bare: the Avro body without any header.
        headers: pairs of an HTTP token and printable ASCII; ``result-id`` and ``created-at`` are added
            when the record is sent.
        result_id: the caller's id, or None to derive one from the content (`result_id`).
        created_ms: milliseconds since 1970, or None for the outbox's clock.
    """

    topic: str
    subject: str
    fullname: str
    schema_key: str
    schema_text: str = field(repr=False)
    bare: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = ()
    result_id: str | None = None
    created_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Durable:
    """The promise of `Outbox.append`: the record survives the process and the power supply.

    Attributes:
        result_id: the id it is known by: record key, header and ledger entry.
        row_id: its row in the outbox; None while it waits in a spill file.
        duplicate: True when the same id with the same bytes was there already.
        spilled: the spill file that holds it when the outbox could not.
    """

    result_id: str
    row_id: int | None
    duplicate: bool = False
    spilled: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A checked record with its identity and checksums: exactly what is stored."""

    topic: str
    result_id: str
    subject: str
    fullname: str
    schema_key: str
    schema_text: str = field(repr=False)
    headers: tuple[tuple[str, str], ...]
    created_ms: int
    sha256: str
    bare: bytes = field(repr=False)

    @property
    def seal(self) -> str:
        """SHA-256 over every stored column, so that a flipped bit in any of them is noticed."""
        return seal_of(self)

    @property
    def intact(self) -> bool:
        """Whether the bytes are still those of the checksum."""
        return sha256(self.bare).hexdigest() == self.sha256


def result_id(fullname: str, schema_key: str, bare: bytes) -> str:
    """The id of a result that its caller did not name: the same content gives the same id.

    Returns:
        64 hexadecimal digits: SHA-256 over length-prefixed full name, schema key and SHA-256 of the bytes.
    """
    return _derived_id(fullname, schema_key, sha256(bare).hexdigest())


def seal_of(record: Sealed) -> str:
    """SHA-256 over all columns of a stored record; the payload takes part through its own checksum."""
    return _digest(
        "avroforge outbox row 1",
        record.topic,
        record.result_id,
        record.subject,
        record.fullname,
        record.schema_key,
        record.schema_text,
        headers_to_text(record.headers),
        str(record.created_ms),
        record.sha256,
    )


def seal(record: OutboxRecord, now_ms: int) -> Sealed:
    """Check a record and give it its id and checksums.

    Raises:
        InvalidRecordError: a topic, id, header, text or size that could not travel or be stored.
    """
    check_topic(record.topic)
    _check_headers(record.headers)
    bare = bytes(record.bare)
    if len(bare) > MAX_PAYLOAD:
        raise InvalidRecordError(
            f"payload: expected at most {MAX_PAYLOAD} bytes, got {len(bare)}; store the bulk elsewhere and "
            "send "
            "its address"
        )
    checksum = sha256(bare).hexdigest()
    given = record.result_id
    identity = _derived_id(record.fullname, record.schema_key, checksum) if given is None else given
    if not _RESULT_ID.fullmatch(identity):
        raise InvalidRecordError(f"result id: expected 1 to 64 of A-Z a-z 0-9 '-', got {identity!r}")
    created_ms = max(0, now_ms) if record.created_ms is None else record.created_ms
    if not 0 <= created_ms < _YEAR_10000_MS:
        raise InvalidRecordError(f"created_ms: expected milliseconds from 1970 to 9999, got {created_ms}")
    for name in ("subject", "fullname", "schema_key", "schema_text"):
        _check_text(name, getattr(record, name))
    return Sealed(
        topic=record.topic,
        result_id=identity,
        subject=record.subject,
        fullname=record.fullname,
        schema_key=record.schema_key,
        schema_text=record.schema_text,
        headers=tuple(record.headers),
        created_ms=created_ms,
        sha256=checksum,
        bare=bare,
    )


def description_of(record: Sealed) -> dict[str, object]:
    """Everything about a record but its payload, with its seal: what stands before the payload in a file."""
    return {
        "topic": record.topic,
        "result_id": record.result_id,
        "subject": record.subject,
        "fullname": record.fullname,
        "schema_key": record.schema_key,
        "schema_text": record.schema_text,
        "headers": headers_to_text(record.headers),
        "created_ms": record.created_ms,
        "sha256": record.sha256,
        "seal": record.seal,
        "size": len(record.bare),
    }


def parse_description(text: bytes, bare: bytes) -> Sealed | str:
    """The record of a description and a payload, or the reason why they are none."""
    try:
        about = json.loads(text)
        record = Sealed(
            topic=about["topic"],
            result_id=about["result_id"],
            subject=about["subject"],
            fullname=about["fullname"],
            schema_key=about["schema_key"],
            schema_text=about["schema_text"],
            headers=headers_from_text(about["headers"]),
            created_ms=about["created_ms"],
            sha256=about["sha256"],
            bare=bare,
        )
        if not record.intact:
            return f"expected {about['size']} bytes with sha256 {record.sha256}, got {len(bare)} others"
        if record.seal != about["seal"]:
            return "its description does not match its seal"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return f"unreadable: {type(error).__name__}: {error}"
    return record


def check_topic(topic: str) -> None:
    """Hold a topic to Kafka's rules for names.

    Raises:
        InvalidRecordError: it breaks them.
    """
    if not _TOPIC.fullmatch(topic):
        raise InvalidRecordError(
            f"topic: expected 1 to 249 of A-Z a-z 0-9 '.' '_' '-' other than '.' and '..', got {topic!r}"
        )


def headers_to_text(headers: tuple[tuple[str, str], ...]) -> str:
    """Headers as the JSON text that is stored and sealed."""
    return json.dumps(headers, separators=(",", ":"))


def headers_from_text(text: str) -> tuple[tuple[str, str], ...]:
    """Headers from their stored JSON text.

    Raises:
        ValueError: the text is not a list of pairs.
    """
    return tuple((str(name), str(value)) for name, value in json.loads(text))


def _check_headers(headers: tuple[tuple[str, str], ...]) -> None:
    seen: set[str] = set()
    for name, value in headers:
        if not _TOKEN.fullmatch(name):
            raise InvalidRecordError(f"header name: expected an HTTP token, got {name!r}")
        if name.lower() in RESERVED_HEADERS:
            raise InvalidRecordError(f"header {name!r}: the relay writes it; choose another name")
        if name.lower() in seen:
            raise InvalidRecordError(f"header {name!r}: given twice; HTTP metadata ignores case")
        if not _PRINTABLE.fullmatch(value):
            raise InvalidRecordError(
                f"header {name!r}: expected printable ASCII without outer spaces, got {value!r}"
            )
        seen.add(name.lower())


def _check_text(name: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidRecordError(f"{name}: expected text that UTF-8 can hold, got {error.reason}") from error
    if not text:
        raise InvalidRecordError(f"{name}: expected a text, got ''")


def _derived_id(fullname: str, schema_key: str, checksum: str) -> str:
    return _digest("avroforge result id 1", fullname, schema_key, checksum)


def _digest(*parts: str) -> str:
    """SHA-256 over parts that cannot run into each other: every part has its length before it."""
    total = sha256()
    for part in parts:
        # A flipped bit may have left text that UTF-8 cannot hold; it must still have a (different) digest.
        data = part.encode("utf-8", "surrogatepass")
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()
