"""The text by which a registry compares schemas, and the GUID made of it.

Confluent Schema Registry compares schemas by the text that Apache Avro for Java prints: compact JSON,
attributes in a fixed order, names as short as their namespace allows. Custom attributes keep their
order. A type that a referenced schema defines inside itself, used directly, is inlined there and stays a
name here.
Source: Apache Avro 1.12, ``Schema.toString``; Confluent Schema Registry, ``Schema.updateHash`` and
``AvroSchemaUtils.toNormalizedString``.
"""

from __future__ import annotations

import hashlib
import json
import math
import uuid
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from avroforge.schema.model import PRIMITIVE_NAMES, namespace_of, simple_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from avroforge.registry.content import Metadata, SchemaReference

LONGEST_CACHED: Final = 100_000
"""Characters of a text that is worth a place in a cache."""
_SCHEMA_WORDS: Final = frozenset(
    {"aliases", "doc", "fields", "items", "name", "namespace", "size", "symbols", "type", "values"}
)
_ENUM_WORDS: Final = _SCHEMA_WORDS | {"default"}
_FIELD_WORDS: Final = frozenset({"aliases", "default", "doc", "name", "order", "type"})
_LOGICAL_WORDS: Final = ("logicalType", "precision", "scale")
_ESCAPES: Final = {code: f"\\u{code:04X}" for code in range(32)} | {
    ord(character): f"\\{letter}" for character, letter in zip('"\\\b\f\n\r\t', '"\\bfnrt', strict=True)
}
_SMALLEST_PLAIN: Final = 1e-3
_LARGEST_PLAIN: Final = 1e7


def canonical_text(text: str, *, normalize: bool = False) -> str:
    """The text of a schema as a registry compares it.

    Args:
        text: a valid schema, which may refer to types that it does not define.
        normalize: aliases and custom attributes sorted too, empty documentation dropped.
    """
    write = _write if len(text) <= LONGEST_CACHED else _write.__wrapped__
    return write(text, normalize=normalize)


@lru_cache(maxsize=4096)
def _write(text: str, *, normalize: bool) -> str:
    out: list[str] = []
    _Writer(out, normalize=normalize).write(json.loads(text), "")
    return "".join(out)


def guid(canonical: str, references: Iterable[SchemaReference], metadata: Metadata | None) -> str:
    """The GUID of a schema: the MD5 of its canonical text, its references and its metadata.

    A reference counts by its place in a Confluent registry, so equal schemas have equal GUIDs everywhere.
    """
    digest = hashlib.md5(canonical.encode("utf-8", "surrogatepass"), usedforsecurity=False)
    for each in references:
        digest.update(each.name.encode())
        digest.update(each.subject.encode())
        digest.update(each.version.to_bytes(4, "big"))
    if metadata is not None:
        digest.update(b"\x01")
        for path, tags in metadata.tags.items():
            digest.update("".join((path, *tags)).encode())
        for key, value in metadata.properties.items():
            digest.update(f"{key}{value}".encode())
        digest.update("".join(metadata.sensitive).encode())
    return str(uuid.UUID(bytes=digest.digest()))


class _Writer:
    """Appends the pieces of a schema's text."""

    def __init__(self, out: list[str], *, normalize: bool) -> None:
        self._out = out
        self._normalize = normalize

    def write(self, node: Any, namespace: str) -> None:  # noqa: ANN401 - JSON of a schema
        out = self._out
        match node:
            case str():
                out.append(_string(node if node in PRIMITIVE_NAMES else _qualified(node, namespace)))
            case list():
                out.append("[")
                for at, branch in enumerate(node):
                    out.append("," if at else "")
                    self.write(branch, namespace)
                out.append("]")
            case {"type": "record" | "error" | "enum" | "fixed"}:
                self._named(node, namespace)
            case {"type": "array", "items": inner} | {"type": "map", "values": inner}:
                word = "items" if node["type"] == "array" else "values"
                out.append(f'{{"type":"{node["type"]}","{word}":')
                self.write(inner, namespace)
                self._attributes(node, _SCHEMA_WORDS)
                out.append("}")
            case {"type": str(name)} if name in PRIMITIVE_NAMES and not node.keys() <= _SCHEMA_WORDS:
                out.append(f'{{"type":"{name}"')
                self._attributes(node, _SCHEMA_WORDS)
                out.append("}")
            case _:
                self.write(node["type"], namespace)

    def _named(self, node: Mapping[str, Any], enclosing: str) -> None:
        out, kind = self._out, node["type"]
        name, inner = _name(node, enclosing)
        out.append(f'{{"type":"{kind}","name":{_string(name)}')
        if inner != enclosing:
            out.append(f',"namespace":{_string(inner)}')
        doc = node.get("doc")
        if isinstance(doc, str) and (doc or not self._normalize):
            out.append(f',"doc":{_string(doc)}')
        if kind == "enum":
            out.append(f',"symbols":{_value(node["symbols"])}')
            if isinstance(node.get("default"), str):
                out.append(f',"default":{_string(node["default"])}')
        elif kind == "fixed":
            out.append(f',"size":{node["size"]}')
        else:
            self._fields(node["fields"], inner)
        self._attributes(node, _ENUM_WORDS if kind == "enum" else _SCHEMA_WORDS)
        self._aliases([_qualified(alias, inner) for alias in node.get("aliases") or ()])
        out.append("}")

    def _fields(self, fields: Sequence[Mapping[str, Any]], namespace: str) -> None:
        out = self._out
        out.append(',"fields":[')
        for at, field in enumerate(fields):
            out.append(f'{"," if at else ""}{{"name":{_string(field["name"])},"type":')
            self.write(field["type"], namespace)
            if isinstance(field.get("doc"), str):
                out.append(f',"doc":{_string(field["doc"])}')
            if "default" in field:
                out.append(f',"default":{_value(field["default"])}')
            if (order := str(field.get("order", "ascending")).lower()) != "ascending":
                out.append(f',"order":"{order}"')
            self._aliases(field.get("aliases") or ())
            self._attributes(field, _FIELD_WORDS)
            out.append("}")
        out.append("]")

    def _aliases(self, aliases: Iterable[str]) -> None:
        distinct = dict.fromkeys(aliases)
        if distinct:
            self._out.append(f',"aliases":{_value(sorted(distinct) if self._normalize else list(distinct))}')

    def _attributes(self, node: Mapping[str, Any], words: frozenset[str]) -> None:
        own = [name for name in node if name not in words]
        if self._normalize:
            logical = [name for name in _LOGICAL_WORDS if name in own and "logicalType" in own]
            own = logical + sorted(name for name in own if name not in logical)
        self._out.extend(f",{_string(name)}:{_value(node[name], ordered=self._normalize)}" for name in own)


def _name(node: Mapping[str, Any], enclosing: str) -> tuple[str, str]:
    """A definition's simple name and its namespace."""
    name: str = node["name"]
    if "." in name:
        return simple_name(name), namespace_of(name)
    namespace = node.get("namespace")
    return name, namespace if isinstance(namespace, str) else enclosing


def _qualified(name: str, namespace: str) -> str:
    """A name as short as it can be inside a namespace."""
    name = name.removeprefix(".")
    if namespace_of(name) == namespace and simple_name(name) not in PRIMITIVE_NAMES:
        return simple_name(name)
    return name


def _string(value: str) -> str:
    return f'"{value.translate(_ESCAPES)}"'


def _value(value: Any, *, ordered: bool = False) -> str:  # noqa: ANN401 - JSON
    """JSON as Java prints it: numbers with a fraction are doubles."""
    match value:
        case str():
            return _string(value)
        case float():
            return _double(value)
        case list():
            return f"[{','.join(_value(each, ordered=ordered) for each in value)}]"
        case dict():
            keys = sorted(value) if ordered else value
            members = (f"{_string(key)}:{_value(value[key], ordered=ordered)}" for key in keys)
            return f"{{{','.join(members)}}}"
        case _:
            return json.dumps(value, ensure_ascii=False)


def _double(value: float) -> str:
    """``Double.toString``: plain between 0.001 and 10,000,000, else with one digit before the point."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    if value == 0 or _SMALLEST_PLAIN <= abs(value) < _LARGEST_PLAIN:
        return repr(value)
    sign, digits, exponent = _decimal(value)
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{exponent}"


def _decimal(value: float) -> tuple[str, str, int]:
    """Sign, shortest digits and the exponent of the first digit."""
    mantissa, _, exponent = f"{value:e}".partition("e")
    shortest = repr(abs(value)).partition("e")[0].replace(".", "").strip("0")
    return "-" if mantissa.startswith("-") else "", shortest, int(exponent)
