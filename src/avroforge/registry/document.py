"""Read the registry file, and say what is wrong with it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from avroforge.errors import RegistryCorruptError
from avroforge.evolution import CompatibilityMode
from avroforge.registry.canonical_text import canonical_text, guid
from avroforge.registry.content import AVRO, Metadata, SchemaContent, SchemaReference
from avroforge.registry.document_text import FORMAT, FORMAT_VERSION, sha256_of
from avroforge.registry.layout import LAYOUTS, restore
from avroforge.registry.node import WAY_OUT, Node
from avroforge.registry.qualified_subject import DEFAULT_CONTEXT
from avroforge.registry.setting import RegistryConfig, RegistryMode
from avroforge.registry.state import ContextState, RegistryState, Settings, SubjectState, Version
from avroforge.wire.framing import MAX_SCHEMA_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.schema.model import JsonValue

_CONFLICT: Final = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)
_SETTINGS: Final = {"compatibility", "config", "mode"}
_CONTEXT: Final = _SETTINGS | {"subjects", "schemas", "last_id"}


def load(text: str, path: str) -> RegistryState:
    """The state that a file's text holds.

    Raises:
        RegistryCorruptError: empty, damaged, of another program, or of a newer format; names the file,
            the line or the place, and the way out.
    """
    document = Node(_parse(text, path), path)
    if not isinstance(document.value, dict) or document.value.get("format") != FORMAT:
        raise RegistryCorruptError(
            f'{path}: not a registry file (no "format": "{FORMAT}"); name another path for the registry'
        )
    version = document.child("format_version").integer()
    if version > FORMAT_VERSION:
        raise RegistryCorruptError(
            f"{path}: written in format {version}, this avroforge reads up to {FORMAT_VERSION}; "
            "upgrade avroforge"
        )
    document.only({"format", "format_version", "contexts"} | _CONTEXT)
    contexts = {DEFAULT_CONTEXT: _load_context(document)}
    others = document.optional("contexts")
    for name, node in others.items() if others else ():
        node.only(_CONTEXT)
        contexts[name] = _load_context(node)
    return RegistryState(contexts)


def _parse(text: str, path: str) -> JsonValue:
    if not text.strip():
        raise RegistryCorruptError(f"{path}: empty file; {WAY_OUT}")
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
            f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg.lower()}; {WAY_OUT}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise RegistryCorruptError(f"{path}: {error}; {WAY_OUT}") from None
    return value


def _distinct(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    """An object without double keys: a merge that keeps both sides makes them."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {double!r} is there twice")
    return found


def _load_context(node: Node) -> ContextState:
    schemas = {_schema_id(name, each): _load_schema(each) for name, each in node.child("schemas").items()}
    subjects = {name: _load_subject(each, schemas) for name, each in node.child("subjects").items()}
    given = node.optional("last_id")
    last_id = max([*schemas, given.integer() if given else 0])
    return ContextState(subjects, schemas, last_id, _load_settings(node))


def _load_settings(node: Node) -> Settings:
    level, others, mode = (node.optional(key) for key in ("compatibility", "config", "mode"))
    config = None
    if level is not None or others is not None:
        config = RegistryConfig(
            level.word(CompatibilityMode) if level else None, others.members() if others else {}
        )
    return Settings(config, mode.word(RegistryMode) if mode else None)


def _schema_id(name: str, node: Node) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,9}", name) or int(name) > MAX_SCHEMA_ID:
        node.fail(f"a schema id of 1 to {MAX_SCHEMA_ID} as the key")
    return int(name)


def _load_schema(node: Node) -> SchemaContent:
    text = _load_text(node)
    references, metadata = node.optional("references"), node.optional("metadata")
    refers = tuple(_load_reference(each) for each in references.elements()) if references else ()
    says = _load_metadata(metadata) if metadata else None
    return SchemaContent(text, refers, AVRO, says, _guid(node, text, refers, says))


def _guid(node: Node, text: str, references: tuple[SchemaReference, ...], metadata: Metadata | None) -> str:
    try:
        return guid(canonical_text(text), references, metadata)
    except (LookupError, TypeError, ValueError, AttributeError):
        # The file's hash is right, so the text was registered as it is by something else.
        node.fail("a schema")


def _load_text(node: Node) -> str:
    if lines := node.optional("lines"):
        node.only({"sha256", "lines", "references", "metadata"})
        text = "\n".join(lines.strings())
    else:
        node.only({"sha256", "layout", "schema", "references", "metadata"})
        layout = node.child("layout")
        if layout.string() not in LAYOUTS:
            layout.fail(f"one of {', '.join(LAYOUTS)}")
        text = restore(layout.string(), node.child("schema").value)
    written = node.child("sha256")
    # A registered schema never changes: consumers may have compiled it by its id.
    if written.string() != sha256_of(text):
        written.fail(f"'{sha256_of(text)}', which the schema beside it has (was it edited by hand?)")
    return text


def _load_reference(node: Node) -> SchemaReference:
    node.only({"name", "subject", "version"})
    return SchemaReference(
        node.child("name").string(), node.child("subject").string(), node.child("version").integer()
    )


def _load_metadata(node: Node) -> Metadata:
    node.only({"properties", "tags", "sensitive"})
    return Metadata(
        {key: each.string() for key, each in node.child("properties").items()},
        {path: each.strings() for path, each in node.child("tags").items()},
        node.child("sensitive").strings(),
    )


def _load_subject(node: Node, schemas: Mapping[int, SchemaContent]) -> SubjectState:
    node.only(_SETTINGS | {"versions"})
    versions: list[Version] = []
    for entry in node.child("versions").elements():
        entry.only({"version", "id", "deleted"})
        number, schema_id, deleted = entry.child("version"), entry.child("id"), entry.optional("deleted")
        if versions and number.integer() <= versions[-1].number:
            number.fail(f"a version above {versions[-1].number}")
        if schema_id.integer() not in schemas:
            schema_id.fail("the id of a schema in this file")
        versions.append(
            Version(number.integer(), schema_id.integer(), deleted.boolean() if deleted else False)
        )
    return SubjectState(tuple(versions), _load_settings(node))
