"""Typed results from their plain JSON form, and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from avroforge.errors import EncodeError
from vqe_records import VQEDecoratedResultInterface
from vqe_stream.errors import ResultError

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from vqe_records import VQEDecoratedResult

_PLAIN: Final = VQEDecoratedResultInterface()


def result_from_json(
    source: str | bytes | Mapping[str, object], path: str | os.PathLike[str] | None = None
) -> VQEDecoratedResult:
    """The typed result of its plain JSON form: one object, field names as in the schema.

    Args:
        source: the text, or what a JSON parser made of it.
        path: the file it came from, for messages.

    Raises:
        ResultError: no JSON, a key twice, an unknown field, a missing one without default, a value of the
            wrong type; with the place in the file.
    """
    shown = None if path is None else str(path)
    datum = _parse(source, shown) if isinstance(source, str | bytes) else source
    try:
        return _PLAIN.deserialize(datum)
    except EncodeError as error:
        raise as_result_error(error, root="$", source=shown) from error


def result_to_json(result: VQEDecoratedResult, *, indent: int | None = None) -> str:
    """The plain JSON form of a result.

    A double that is no number becomes ``NaN`` or ``Infinity``, as Python's JSON writes and reads it.

    Raises:
        EncodeError: a value that the schema cannot hold, with its path.
    """
    return json.dumps(_PLAIN.serialize(result), ensure_ascii=False, indent=indent)


def as_result_error(error: EncodeError, *, root: str, source: str | None = None) -> ResultError:
    """The codec's error about a value, in the terms of where the value came from.

    Args:
        error: its path starts with the name of the record.
        root: what to call the whole result instead.
        source: the file, if it was one.
    """
    _, dot, rest = error.path.partition(".")
    message = f"expected {error.expected}, got {error.got}"
    return ResultError(error.code, message, path=f"{root}{dot}{rest}", source=source)


def _parse(text: str | bytes, source: str | None) -> Any:  # noqa: ANN401 - whatever the JSON says
    readable = _decode(text, source) if isinstance(text, bytes) else text
    try:
        return json.loads(readable, object_pairs_hook=lambda pairs: _object(pairs, source))
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        raise _syntax(error.lineno, error.colno, f"expected JSON: {reason}", source) from error
    except RecursionError as error:
        raise _syntax(1, 1, "nested too deeply for a result", source) from error
    except ValueError as error:
        # Python refuses integers of more than 4300 digits.
        raise _syntax(1, 1, f"expected JSON: {error}", source) from error


def _decode(data: bytes, source: str | None) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise _syntax(line, column, f"expected UTF-8, got byte 0x{data[error.start]:02x}", source) from error


def _object(pairs: list[tuple[str, object]], source: str | None) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        message = f"the key {twice!r} stands twice in one object; remove one of them"
        raise ResultError("RESULT_KEY_TWICE", message, path=f"$..{twice}", source=source)
    return found


def _syntax(line: int, column: int, message: str, source: str | None) -> ResultError:
    return ResultError("RESULT_SYNTAX", message, path=f"{line}:{column}", source=source)
