"""Log records as lines for programs: one event per line, as ``key=value`` or as JSON.

Loggers: ``vqe_stream``; ``avroforge.delivery`` (outbox, relay), ``avroforge.kafka``, ``avroforge.registry``.
Records say what happened in words, and in attributes that are given as ``extra``: ``event`` first of all.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

LOGGERS: Final = ("vqe_stream", "avroforge")
_OF_EVERY_RECORD: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_BARE: Final = re.compile(r"[\w.:/+@-]+")


class KeyValueFormatter(logging.Formatter):
    """``time=... level=... logger=... event=... message="..."``, and what else a record says."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line."""
        return " ".join(f"{name}={_quoted(value)}" for name, value in _fields(self, record))


class JsonFormatter(logging.Formatter):
    """An object with ``time``, ``level``, ``logger``, ``message``, and what else a record says."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line."""
        # Whatever is no JSON is shown by its `str`, which keeps secrets to themselves.
        return json.dumps(dict(_fields(self, record)), default=str)


FORMATTERS: Final = {
    "text": lambda: logging.Formatter("%(levelname)s %(name)s: %(message)s"),
    "logfmt": KeyValueFormatter,
    "json": JsonFormatter,
}


def log_to(stream: TextIO, form: str, level: str) -> None:
    """Write what this project's loggers say from a level on; nobody else's loggers are touched.

    Args:
        stream: receives the lines.
        form: a key of `FORMATTERS`.
        level: ``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR``.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(FORMATTERS[form]())
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False


def _fields(formatter: logging.Formatter, record: logging.LogRecord) -> Iterator[tuple[str, object]]:
    yield "time", datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    yield "level", record.levelname.lower()
    yield "logger", record.name
    yield "message", record.getMessage()
    for name, value in record.__dict__.items():
        if name not in _OF_EVERY_RECORD and value is not None:
            yield name, value
    if record.exc_info:
        yield "exception", formatter.formatException(record.exc_info)


def _quoted(value: object) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if _BARE.fullmatch(text) else json.dumps(text)
