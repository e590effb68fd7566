"""Python expressions for field defaults: what the schema's JSON default means for the bound type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from avroforge.codec import conversion, ir
from avroforge.schema import model
from avroforge_codegen.emit import literal

if TYPE_CHECKING:
    from avroforge.schema.model import JsonValue
    from avroforge_codegen.emit.source import SourceFile


class Unheld(ValueError):  # noqa: N818 - a signal between two functions of this module, never raised to a caller
    """A default that Python cannot hold (a uuid that is none, a date beyond year 9999)."""


@dataclass(frozen=True, slots=True)
class Default:
    """An expression, and whether each object needs its own value of it."""

    expression: str
    mutable: bool


def fits(node: ir.Node, source: model.AvroType, value: JsonValue) -> bool:
    """Whether a JSON default belongs to a branch (Avro 1.12, Complex Types, Unions)."""
    match source:
        case model.PrimitiveType():
            return _fits_primitive(source.name, value)
        case model.FixedType():
            return isinstance(value, str) and len(value) == source.size
        case model.EnumType():
            return isinstance(value, str) and value in source.symbols
        case model.ArrayType():
            return isinstance(value, list | tuple)
        case model.MapType():
            return isinstance(value, dict)
        case model.RecordType():
            return isinstance(value, dict) and all(
                field.name in value or field.has_default for field in source.fields
            )
        case model.UnionType():
            return isinstance(node, ir.Union) and any(
                fits(bound.node, branch, value)
                for bound, branch in zip(node.branches, source.branches, strict=True)
            )


def _fits_primitive(kind: str, value: JsonValue) -> bool:
    match kind:
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31
        case "long":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float" | "double":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case _:
            return isinstance(value, str)


def default(node: ir.Node, source: model.AvroType, value: JsonValue, out: SourceFile) -> Default:
    """The default of a field as an expression in the module `out`.

    Raises:
        Unheld: Python has no such value; the field then has no default in Python.
    """
    match source, node:
        case model.UnionType(), ir.Union():
            for bound, branch in zip(node.branches, source.branches, strict=True):
                if fits(bound.node, branch, value):
                    inner = default(bound.node, branch, value, out)
                    if isinstance(bound.wrapper, ir.Symbol):
                        return Default(f"{out.symbol(bound.wrapper)}({inner.expression})", inner.mutable)
                    return inner
            raise Unheld
        case _, ir.Logical():
            return _logical(node, _scalar(node.base, value), out)
        case model.EnumType(), ir.Enum():
            if not isinstance(node.target, ir.Symbol) or value not in source.symbols:
                raise Unheld
            member = node.members[source.symbols.index(str(value))]
            return Default(f"{out.symbol(node.target)}.{member}", mutable=False)
        case model.ArrayType(), ir.Array():
            return _array(node, source, value, out)
        case model.MapType(), ir.Map() if isinstance(value, dict):
            entries = (
                f"{literal.string(key)}: {default(node.values, source.values, each, out).expression}"
                for key, each in value.items()
            )
            return Default(f"{{{', '.join(entries)}}}", mutable=True)
        case model.RecordType(), ir.Record() if isinstance(value, dict):
            return _record(node, source, value, out)
        case _:
            return Default(_literal(_scalar(node, value)), mutable=False)


def _scalar(node: ir.Node, value: JsonValue) -> object:
    """The underlying Python value of a JSON default of a primitive or a fixed."""
    kind = node.kind if isinstance(node, ir.Primitive) else "bytes"
    if kind == "bytes" and isinstance(value, str):
        return value.encode("latin-1")
    if kind in {"float", "double"} and isinstance(value, int):
        return float(value)
    return value


def _literal(value: object) -> str:
    match value:
        case str():
            return literal.string(value)
        case bytes():
            return literal.data(value)
        case float() if value in (float("inf"), float("-inf")):
            return f'float("{value}")'
        case _:
            return repr(value)


def _logical(node: ir.Logical, raw: object, out: SourceFile) -> Default:
    if node.own is not None:
        function = out.conversion(node, "read", in_function=False)
        return Default(f"{function}({_literal(raw)})", mutable=True)
    try:
        conversion.read(node, raw)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise Unheld from error
    listed = ", ".join([_literal(raw), *map(str, conversion.arguments(node, "read"))])
    return Default(f"{out.conversion(node, 'read')}({listed})", mutable=False)


def _array(node: ir.Array, source: model.ArrayType, value: JsonValue, out: SourceFile) -> Default:
    if not isinstance(value, list | tuple):
        raise Unheld
    items = ", ".join(default(node.items, source.items, each, out).expression for each in value)
    if node.table is not None and isinstance(node.table.columns, ir.Symbol):
        return Default(f"{out.symbol(node.table.columns)}([{items}])", mutable=True)
    if node.numbers is not None:
        return Default(f'{out.numeric("array_of")}("{node.numbers}", [{items}])', mutable=True)
    return Default(f"[{items}]", mutable=True)


def _record(
    node: ir.Record, source: model.RecordType, value: dict[str, JsonValue], out: SourceFile
) -> Default:
    if not isinstance(node.target, ir.Symbol):
        raise Unheld
    arguments: list[str] = []
    for bound, field in zip(node.fields, source.fields, strict=True):
        given = value.get(field.name, None if isinstance(field.default, model.Missing) else field.default)
        arguments.append(f"{bound.attribute}={default(bound.node, field.type, given, out).expression}")
    return Default(f"{out.symbol(node.target)}({', '.join(arguments)})", mutable=True)
