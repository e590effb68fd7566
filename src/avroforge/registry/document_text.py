"""The registry file: one JSON document, sorted and indented, made to be reviewed and committed.

The text is put together from rendered pieces, which are kept: a registration changes one subject and one
schema of a file that may hold thousands.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from avroforge.registry.canonical_text import LONGEST_CACHED
from avroforge.registry.layout import lay_out
from avroforge.registry.qualified_subject import DEFAULT_CONTEXT
from avroforge.registry.setting import RegistryConfig
from avroforge.registry.state import ContextState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from avroforge.registry.content import SchemaContent
    from avroforge.registry.state import RegistryState, Settings, SubjectState
    from avroforge.schema.model import JsonValue

FORMAT: Final = "avroforge-registry"
FORMAT_VERSION: Final = 2
"""What is written; version 1 had one context, no references and no modes, and is read too."""
_Members: TypeAlias = "Iterator[tuple[str, Iterable[str]]]"
"""The members of an object: key, and the pieces of the value's text."""


def dump(state: RegistryState) -> str:
    """The text of the file; equal states give equal texts."""
    return "".join((*_object(_document(state), 0), "\n"))


def _document(state: RegistryState) -> _Members:
    yield "format", [json.dumps(FORMAT)]
    yield "format_version", [str(FORMAT_VERSION)]
    yield from _context(state.context(DEFAULT_CONTEXT), 1)
    others = [
        name
        for name in sorted(state.contexts)
        if name != DEFAULT_CONTEXT and state.contexts[name] != ContextState()
    ]
    if others:
        yield (
            "contexts",
            _object(((name, _object(_context(state.contexts[name], 3), 2)) for name in others), 1),
        )


def _context(context: ContextState, depth: int) -> _Members:
    for key, value in _settings(context.settings).items():
        yield key, [_render(value, depth)]
    subjects, schemas = context.subjects, context.schemas
    yield (
        "subjects",
        _object(((name, [_subject(subjects[name], depth + 1)]) for name in sorted(subjects)), depth),
    )
    yield (
        "schemas",
        _object(((str(key), [_schema(schemas[key], depth + 1)]) for key in sorted(schemas)), depth),
    )
    if context.last_id > max(schemas, default=0):
        yield "last_id", [str(context.last_id)]


def _settings(settings: Settings) -> dict[str, JsonValue]:
    config = settings.config or RegistryConfig()
    level: dict[str, JsonValue] = (
        {} if config.compatibility is None else {"compatibility": config.compatibility}
    )
    others: dict[str, JsonValue] = {"config": config.others} if config.others else {}
    mode: dict[str, JsonValue] = {} if settings.mode is None else {"mode": settings.mode}
    return level | others | mode


@lru_cache(maxsize=16384)
def _subject(subject: SubjectState, depth: int) -> str:
    versions: list[JsonValue] = [
        {"version": each.number, "id": each.schema_id} | ({"deleted": True} if each.deleted else {})
        for each in subject.versions
    ]
    return _render({**_settings(subject.settings), "versions": versions}, depth)


def _schema(content: SchemaContent, depth: int) -> str:
    render = _rendered_schema if len(content.text) <= LONGEST_CACHED else _rendered_schema.__wrapped__
    return render(content, depth)


@lru_cache(maxsize=4096)
def _rendered_schema(content: SchemaContent, depth: int) -> str:
    document: dict[str, JsonValue] = {"sha256": sha256_of(content.text)}
    if content.references:
        document["references"] = [
            {"name": each.name, "subject": each.subject, "version": each.version}
            for each in content.references
        ]
    if content.metadata is not None:
        document["metadata"] = {
            "properties": content.metadata.properties,
            "tags": {path: list(tags) for path, tags in content.metadata.tags.items()},
            "sensitive": list(content.metadata.sensitive),
        }
    return _render(document | lay_out(content.text), depth)


def sha256_of(text: str) -> str:
    """What stands beside a text, so that an edit by hand is noticed."""
    return hashlib.sha256(text.encode()).hexdigest()


def _render(value: JsonValue, depth: int) -> str:
    """A value's text as it stands `depth` levels deep."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return text.replace("\n", "\n" + "  " * depth)


def _object(members: _Members, depth: int) -> Iterator[str]:
    """The pieces of an object as it stands `depth` levels deep."""
    outer = "\n" + "  " * depth
    before = "{" + outer + "  "
    for key, value in members:
        yield f"{before}{json.dumps(key, ensure_ascii=False)}: "
        yield from value
        before = f",{outer}  "
    yield "{}" if before.startswith("{") else f"{outer}}}"
