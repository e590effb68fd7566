"""A row of the outbox: what is stored about a record and how its delivery goes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from avroforge.delivery.record import Durable, RowState, Sealed, headers_from_text, headers_to_text
from avroforge.errors import DuplicateResultError

if TYPE_CHECKING:
    import sqlite3

COLUMNS: Final = (
    "record.row_id, record.topic, record.result_id, record.subject, record.fullname, record.schema_key, "
    "schema_text.text, record.headers, record.created_ms, record.size, record.sha256, record.seal, "
    "record.state, "
    "record.attempts, record.error, record.attempt_partition, record.attempt_end_offset, record.partition, "
    'record."offset"'
)
SELECT_ROW: Final = f"SELECT {COLUMNS} FROM record LEFT JOIN schema_text USING (text_key) "  # noqa: S608 constants only


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was committed before the network was asked to take a record.

    Attributes:
        number: 1 for the first attempt.
        partition: where it was sent; it never goes anywhere else.
        end_offset: the partition's end before the attempt: the record cannot stand before it.
    """

    number: int
    partition: int
    end_offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One stored record without its payload.

    Attributes:
        attempt: set while the outcome of an attempt is not known for certain.
        partition: set once it is sent, as is `offset`.
        damage: why its columns cannot be trusted, or None.
    """

    row_id: int
    topic: str
    result_id: str
    subject: str
    fullname: str
    schema_key: str
    schema_text: str = field(repr=False)
    headers: tuple[tuple[str, str], ...]
    created_ms: int
    size: int
    sha256: str
    seal: str
    state: RowState
    attempts: int
    error: str | None
    attempt: Attempt | None
    partition: int | None
    offset: int | None
    damage: str | None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be delivered."""
        return self.state in (RowState.PENDING, RowState.SENDING)

    def with_payload(self, bare: bytes) -> Sealed:
        """The record as it was sealed."""
        return Sealed(
            topic=self.topic,
            result_id=self.result_id,
            subject=self.subject,
            fullname=self.fullname,
            schema_key=self.schema_key,
            schema_text=self.schema_text,
            headers=self.headers,
            created_ms=self.created_ms,
            sha256=self.sha256,
            bare=bare,
        )


def parse_row(values: tuple[object, ...]) -> Row:
    """A row from the values of `COLUMNS`; damaged values are replaced and reported in `damage`."""
    number, topic, identity, subject, fullname, key, text, headers, created, size, checksum, seal, state = (
        values[:13]
    )
    attempts, error, to_partition, end_offset, partition, offset = values[13:]
    damage = None
    try:
        pairs = headers_from_text(str(headers))
    except (ValueError, TypeError):
        pairs, damage = (), f"headers: expected a JSON list of pairs, got {headers!r}"
    attempt = None
    if to_partition is not None:
        attempt = Attempt(_whole(attempts), _whole(to_partition), _whole(end_offset))
    row = Row(
        row_id=_whole(number),
        topic=str(topic),
        result_id=str(identity),
        subject=str(subject),
        fullname=str(fullname),
        schema_key=str(key),
        schema_text="" if text is None else str(text),
        headers=pairs,
        created_ms=_whole(created),
        size=_whole(size),
        sha256=str(checksum),
        seal=str(seal),
        state=_state(state, attempt),
        attempts=_whole(attempts),
        error=None if error is None else str(error),
        attempt=attempt,
        partition=None if partition is None else _whole(partition),
        offset=None if offset is None else _whole(offset),
        damage=damage,
    )
    if damage is None and row.with_payload(b"").seal != row.seal:
        return replace(row, damage="its columns do not match their seal: a bit flipped in the database")
    return row


def insert(connection: sqlite3.Connection, sealed: Sealed) -> Durable:
    """Add a record, or find the row that holds the same one.

    Raises:
        DuplicateResultError: the id is there with other bytes.
    """
    known = connection.execute(
        "SELECT row_id, sha256 FROM record WHERE topic = ? AND result_id = ?",
        (sealed.topic, sealed.result_id),
    ).fetchone()
    if known is not None:
        row_id, checksum = known
        if checksum != sealed.sha256:
            raise DuplicateResultError(
                f"result {sealed.result_id!r} of {sealed.topic}: expected the bytes of row {row_id} (sha256 "
                f"{checksum}), "
                f"got others (sha256 {sealed.sha256}); give the new result an id of its own"
            )
        return Durable(sealed.result_id, row_id, duplicate=True)
    text_key = sha256(sealed.schema_text.encode()).hexdigest()
    # An existing text is written again, which mends one that a flipped bit damaged.
    connection.execute(
        "INSERT INTO schema_text (text_key, text) VALUES (?1, ?2) "
        "ON CONFLICT (text_key) DO UPDATE SET text = ?2 WHERE text <> ?2",
        (text_key, sealed.schema_text),
    )
    row_id = connection.execute(
        "INSERT INTO record (topic, result_id, subject, fullname, schema_key, text_key, headers, "
        "created_ms, size, "
        "sha256, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            sealed.topic,
            sealed.result_id,
            sealed.subject,
            sealed.fullname,
            sealed.schema_key,
            text_key,
            headers_to_text(sealed.headers),
            sealed.created_ms,
            len(sealed.bare),
            sealed.sha256,
            sealed.seal,
        ),
    ).lastrowid
    connection.execute("INSERT INTO payload (row_id, bare) VALUES (?, ?)", (row_id, sealed.bare))
    return Durable(sealed.result_id, row_id)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else -1


def _state(value: object, attempt: Attempt | None) -> RowState:
    try:
        return RowState(str(value))
    except ValueError:
        # A damaged state word: what may have been sent is looked for, the rest is sent.
        return RowState.PENDING if attempt is None else RowState.SENDING
