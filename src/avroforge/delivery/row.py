"""A row of the outbox: what is stored about a record and how its delivery goes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from avroforge.delivery.payload_file import Place
from avroforge.delivery.record import Durable, RowState, Sealed, headers_from_text, headers_to_text
from avroforge.errors import DuplicateResultError

if TYPE_CHECKING:
    import sqlite3

    from avroforge.delivery.payload_file import Entry, PayloadFiles

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


def insert(connection: sqlite3.Connection, sealed: Sealed, files: PayloadFiles | None) -> Durable:
    """Add a record, or find the row that holds the same one.

    Args:
        connection: inside a transaction.
        sealed: the record.
        files: where payloads go; None: into the database.

    Raises:
        DuplicateResultError: the id is there with other bytes.
        OSError: the file of payloads takes no more.
    """
    if files is not None:
        index_tail(connection, files)
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
    entry = None if files is None else files.append(sealed, payload_end(connection))
    return add_row(connection, sealed, entry)


def add_row(connection: sqlite3.Connection, sealed: Sealed, entry: Entry | None) -> Durable:
    """Add the row of a record; its payload goes into the database unless it lies in a file."""
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
    if entry is None:
        connection.execute("INSERT INTO payload (row_id, bare) VALUES (?, ?)", (row_id, sealed.bare))
    else:
        place = entry.place
        connection.execute("INSERT INTO filed VALUES (?, ?, ?)", (row_id, place.file, place.position))
        set_payload_end(connection, entry.end)
    return Durable(sealed.result_id, row_id)


def payload_end(connection: sqlite3.Connection) -> Place:
    """Where the last indexed entry ends; file 0 before the first."""
    values = connection.execute("SELECT value FROM meta WHERE name = 'payload_end'").fetchone()
    file, _, position = ("0:0" if values is None else str(values[0])).partition(":")
    return Place(int(file), int(position))


def set_payload_end(connection: sqlite3.Connection, end: Place) -> None:
    """Note where the last indexed entry ends."""
    connection.execute(
        "INSERT INTO meta VALUES ('payload_end', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1",
        (f"{end.file}:{end.position}",),
    )


def index_tail(connection: sqlite3.Connection, files: PayloadFiles) -> int:
    """Add the rows of entries behind the last indexed one; how many were new."""
    end = payload_end(connection)
    if not files.tail(end):
        return 0
    added = 0
    for entry in files.entries(end):
        known = connection.execute(
            "SELECT 1 FROM record WHERE topic = ? AND result_id = ?",
            (entry.record.topic, entry.record.result_id),
        ).fetchone()
        if known is None:
            add_row(connection, entry.record, entry)
            added += 1
        set_payload_end(connection, entry.end)
    if files.tail(payload_end(connection)):
        # Torn, or damaged: nothing is cut off, because what lies there may be of use to somebody.
        set_payload_end(connection, files.fresh_end())
    return added


def read_payload(connection: sqlite3.Connection, row_id: int, size: int, files: PayloadFiles) -> bytes | None:
    """The bare Avro of a row, or None when there is none.

    Args:
        connection: to the database.
        row_id: the row.
        size: what its record says.
        files: where payloads are that the database does not have.

    Raises:
        OSError: the file of payloads cannot be read.
    """
    values = connection.execute("SELECT bare FROM payload WHERE row_id = ?", (row_id,)).fetchone()
    if values is not None:
        return bytes(values[0])
    place = connection.execute("SELECT file, position FROM filed WHERE row_id = ?", (row_id,)).fetchone()
    return None if place is None else files.read(Place(*map(_whole, place)), size)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else -1


def _state(value: object, attempt: Attempt | None) -> RowState:
    try:
        return RowState(str(value))
    except ValueError:
        # A damaged state word: what may have been sent is looked for, the rest is sent.
        return RowState.PENDING if attempt is None else RowState.SENDING
