"""The registry file: one JSON document, sorted and indented, made to be reviewed and committed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, NoReturn

from avroforge.errors import RegistryCorruptError
from avroforge.evolution import CompatibilityMode
from avroforge.registry.layout import LAYOUTS, lay_out, restore
from avroforge.registry.state import RegistryState, SubjectState
from avroforge.wire.framing import MAX_SCHEMA_ID

if TYPE_CHECKING:
    from avroforge.schema.model import JsonValue

FORMAT: Final = "avroforge-registry"
FORMAT_VERSION: Final = 1
_CONFLICT: Final = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)
_WAY_OUT: Final = "restore the file from version control; the ids in it are in use"


def dump(state: RegistryState) -> str:
    """The text of the file; equal states give equal texts."""
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "compatibility": state.mode.value,
        "subjects": {name: _dump_subject(state.subjects[name]) for name in sorted(state.subjects)},
        "schemas": {str(key): _dump_schema(state.texts[key]) for key in sorted(state.texts)},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _dump_subject(subject: SubjectState) -> dict[str, JsonValue]:
    mode: dict[str, JsonValue] = {} if subject.mode is None else {"compatibility": subject.mode.value}
    return mode | {"versions": [{"version": number, "id": key} for number, key in subject.versions]}


def _dump_schema(text: str) -> dict[str, JsonValue]:
    return {"sha256": _sha256(text), **lay_out(text)}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def load(text: str, path: str) -> RegistryState:
    """The state that a file's text holds.

    Raises:
        RegistryCorruptError: empty, damaged, of another program, or of a newer format; names the file,
            the line or the place, and the way out.
    """
    document = _Node(_parse(text, path), path, "")
    if not isinstance(document.value, Mapping) or document.value.get("format") != FORMAT:
        raise RegistryCorruptError(
            f'{path}: not a registry file (no "format": "{FORMAT}"); name another path for the registry'
        )
    version = document.child("format_version").integer()
    if version > FORMAT_VERSION:
        raise RegistryCorruptError(
            f"{path}: written in format {version}, this avroforge reads up to {FORMAT_VERSION}; "
            "upgrade avroforge"
        )
    document.only({"format", "format_version", "compatibility", "subjects", "schemas"})
    texts = {_schema_id(name, node): _load_text(node) for name, node in document.child("schemas").items()}
    subjects = {name: _load_subject(node, texts) for name, node in document.child("subjects").items()}
    return RegistryState(document.child("compatibility").mode(), subjects, texts)


def _parse(text: str, path: str) -> JsonValue:
    if not text.strip():
        raise RegistryCorruptError(f"{path}: empty file; {_WAY_OUT}")
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        raise RegistryCorruptError(
            f"{path}:{line}: unresolved merge conflict; take one side and register the other side's "
            "schemas again, which gives them new ids"
        )
    try:
        value: JsonValue = json.loads(text, object_pairs_hook=_distinct)
    except json.JSONDecodeError as error:
        raise RegistryCorruptError(
            f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg.lower()}; {_WAY_OUT}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise RegistryCorruptError(f"{path}: {error}; {_WAY_OUT}") from None
    return value


def _distinct(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    """An object without double keys: a merge that keeps both sides makes them."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {double!r} is there twice")
    return found


class _Node:
    """A value of the document with its place, for messages that name it."""

    def __init__(self, value: JsonValue, path: str, pointer: str) -> None:
        self.value = value
        self.path = path
        self.pointer = pointer

    def fail(self, expected: str) -> NoReturn:
        shown = json.dumps(self.value)
        shown = shown if len(shown) <= 60 else shown[:57] + "..."  # noqa: PLR2004  fits a terminal's line
        raise RegistryCorruptError(
            f"{self.path}: {self.pointer or '/'}: expected {expected}, got {shown}; {_WAY_OUT}"
        )

    def items(self) -> Iterable[tuple[str, _Node]]:
        if not isinstance(self.value, Mapping):
            self.fail("an object")
        return [(key, _Node(each, self.path, f"{self.pointer}/{key}")) for key, each in self.value.items()]

    def elements(self) -> Iterable[_Node]:
        if not isinstance(self.value, list):
            self.fail("an array")
        return [_Node(each, self.path, f"{self.pointer}/{at}") for at, each in enumerate(self.value)]

    def child(self, key: str) -> _Node:
        found = dict(self.items())
        if key not in found:
            self.fail(f"the key {key!r}")
        return found[key]

    def only(self, keys: set[str]) -> None:
        for key, node in self.items():
            if key not in keys:
                node.fail(f"one of the keys {', '.join(sorted(keys))}")

    def integer(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 1:
            self.fail("a number from 1")
        return self.value

    def string(self) -> str:
        if not isinstance(self.value, str):
            self.fail("a string")
        return self.value

    def mode(self) -> CompatibilityMode:
        text = self.string()
        if text not in CompatibilityMode.__members__:
            self.fail(f"one of {', '.join(CompatibilityMode)}")
        return CompatibilityMode(text)


def _schema_id(name: str, node: _Node) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,9}", name) or int(name) > MAX_SCHEMA_ID:
        node.fail(f"a schema id of 1 to {MAX_SCHEMA_ID} as the key")
    return int(name)


def _load_text(node: _Node) -> str:
    children = dict(node.items())
    if "lines" in children:
        node.only({"sha256", "lines"})
        text = "\n".join(line.string() for line in children["lines"].elements())
    else:
        node.only({"sha256", "layout", "schema"})
        layout = node.child("layout")
        if layout.string() not in LAYOUTS:
            layout.fail(f"one of {', '.join(LAYOUTS)}")
        text = restore(layout.string(), node.child("schema").value)
    written = node.child("sha256")
    # A registered schema never changes: consumers may have compiled it by its id.
    if written.string() != _sha256(text):
        written.fail(f"'{_sha256(text)}', which the schema beside it has (was it edited by hand?)")
    return text


def _load_subject(node: _Node, texts: Mapping[int, str]) -> SubjectState:
    node.only({"compatibility", "versions"})
    versions: list[tuple[int, int]] = []
    for entry in node.child("versions").elements():
        entry.only({"version", "id"})
        number, schema_id = entry.child("version"), entry.child("id")
        if versions and number.integer() <= versions[-1][0]:
            number.fail(f"a version above {versions[-1][0]}")
        if schema_id.integer() not in texts:
            schema_id.fail("the id of a schema in this file")
        versions.append((number.integer(), schema_id.integer()))
    children = dict(node.items())
    mode = children["compatibility"].mode() if "compatibility" in children else None
    return SubjectState(tuple(versions), mode)
