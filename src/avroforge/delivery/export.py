"""Rows of an outbox as Avro container files: for a person, another program, or another outbox."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from avroforge.delivery.file_system import sync_directory, sync_file
from avroforge.errors import OutboxError
from avroforge.formats.container import ContainerWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from avroforge.delivery.outbox import Outbox
    from avroforge.delivery.row import Row

IDS_KEY: Final = "avroforge.result-ids"
TOPIC_KEY: Final = "avroforge.topic"
_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Export:
    """What `export` wrote.

    Attributes:
        files: each with how many records it has.
        missing: rows that are in no file, with the reason.
    """

    files: tuple[tuple[Path, int], ...]
    missing: tuple[tuple[Row, str], ...]


def export(outbox: Outbox, rows: Iterable[Row], folder: Path) -> Export:
    """Write rows into container files, one for each topic and schema; the outbox stays as it is.

    A file is called ``TOPIC-SCHEMA.avro`` (the schema's key, shortened). Its metadata has the topic
    (``avroforge.topic``) and the ids of its records in their order (``avroforge.result-ids``, a JSON list).

    Args:
        outbox: where the payloads are.
        rows: which.
        folder: receives the files; made where there is none.

    Raises:
        OutboxError: the outbox cannot be read, a file is there already, or the folder cannot be written.
    """
    groups: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    missing: list[tuple[Row, str]] = []
    for row in rows:
        reason = row.damage or _lacking(outbox, row)
        if reason is None:
            groups[row.topic, row.schema_key].append(row)
        else:
            missing.append((row, reason))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = [
            (_write(outbox, group, folder / f"{topic}-{key[:_SHOWN]}.avro"), len(group))
            for (topic, key), group in groups.items()
        ]
        sync_directory(folder)
    except FileExistsError as error:
        raise OutboxError(
            f"{error.filename}: expected no such file; remove it, or name another folder"
        ) from error
    except OSError as error:
        raise OutboxError(f"{error.filename or folder}: {error.strerror}") from error
    return Export(tuple(files), tuple(missing))


def _lacking(outbox: Outbox, row: Row) -> str | None:
    bare = outbox.payload(row.row_id)
    if bare is None:
        return "its payload was pruned"
    return None if row.with_payload(bare).intact else "its payload does not match its checksum"


def _write(outbox: Outbox, rows: Sequence[Row], path: Path) -> Path:
    metadata = {TOPIC_KEY: rows[0].topic, IDS_KEY: json.dumps([row.result_id for row in rows])}
    with path.open("xb") as file:
        with ContainerWriter(file, _already_encoded(rows[0].schema_text), metadata=metadata) as writer:
            for row in rows:
                writer.write(outbox.payload(row.row_id) or b"")
        file.flush()
    sync_file(path)
    return path


def _already_encoded(schema_text: str) -> type[_Encoded]:
    """An interface for records that are bytes of this schema."""
    return type("Encoded", (_Encoded,), {"SELF_CONTAINED": schema_text})


class _Encoded:
    """An interface whose records are encoded already."""

    SELF_CONTAINED = ""

    def encode(self, datum: bytes) -> bytes:
        """The bytes as they are."""
        return datum
