"""From a text to JSON values, strictly: UTF-8, no key twice, no number that JSON lacks."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any, Final, NoReturn

from avroforge.errors import DecodeError


class _RefusedError(ValueError):
    """What the parser of the standard library would take."""


def parsed(text: str | bytes, root: str) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON value of a text.

    Args:
        text: the whole text; bytes are UTF-8.
        root: what paths in errors start with.

    Raises:
        DecodeError: no JSON; the offset counts bytes of the UTF-8 text, 0 where the place is not known.
    """
    decoded = decoded_text(text, root)
    try:
        return _PARSER.decode(decoded)
    except json.JSONDecodeError as error:
        offset = len(decoded[: error.pos].encode(errors="surrogatepass"))
        reason = f"expected JSON: {error.msg.lower()} (line {error.lineno}, column {error.colno})"
        raise DecodeError(root, offset, reason) from None
    except _RefusedError as error:
        raise DecodeError(root, 0, f"expected JSON: {error}") from None
    except ValueError:
        raise DecodeError(root, 0, "an integer has more digits than Python converts") from None
    except RecursionError:
        raise DecodeError(root, 0, "the text is nested deeper than Python's recursion limit allows") from None


def decoded_text(text: str | bytes, root: str) -> str:
    """The characters of a text.

    Raises:
        DecodeError: bytes that are no UTF-8, or neither text nor bytes.
    """
    if isinstance(text, str):
        return text
    if not isinstance(text, bytes | bytearray | memoryview):
        raise DecodeError(root, 0, f"expected JSON as text or bytes, got {type(text).__name__}")
    try:
        return bytes(text).decode()
    except UnicodeDecodeError as error:
        raise DecodeError(root, error.start, f"expected JSON in UTF-8: {error.reason}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise _RefusedError(f"duplicate key {counts.most_common(1)[0][0]!r}")
    return found


def _constant(name: str) -> NoReturn:
    raise _RefusedError(f'{name} is no number there; as text, "{name}", it is')


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _RefusedError(f"{text} is beyond a double")
    return value


_PARSER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)
