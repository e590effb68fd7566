"""Assemble one generated module: classes, tables, functions, interfaces, and the imports they asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from avroforge.codec import ir
from avroforge.codec.program import read_function, write_function
from avroforge.schema import model
from avroforge.wire.limits import DEFAULT_LIMITS, DecodeLimits
from avroforge_codegen.annotations import annotation
from avroforge_codegen.emit import literal
from avroforge_codegen.emit.columns import emit_columns, emit_columns_codec
from avroforge_codegen.emit.enums import emit_enum, emit_enum_tables
from avroforge_codegen.emit.interfaces import InterfaceText, emit_interface
from avroforge_codegen.emit.metadata import deprecated_decorator, marked
from avroforge_codegen.emit.records import emit_record, emit_record_codec, emit_record_metadata
from avroforge_codegen.emit.source import RUNTIME, SourceFile, mapping_lines
from avroforge_codegen.naming import columns_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from avroforge.codec.lower import LowerOptions
    from avroforge.codec.shape import Shapes
    from avroforge_codegen.package_text import ForeignFile

ABI = 1


@dataclass(frozen=True, slots=True)
class Root:
    """A schema that gets an interface: a named type, or a root without a name."""

    node: ir.Node
    text: InterfaceText


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """Everything a module holds, with every name decided."""

    path: str
    is_package: bool
    header: Sequence[str]
    doc: str
    types: Mapping[str, tuple[model.NamedType, ir.Node | None, str]]
    """Full name -> schema node, bound type (None for a fixed), class name; in order of definition."""
    roots: Sequence[Root]
    lent: Mapping[str, str]
    """Names re-exported from other modules of the package: name -> module."""
    positional: bool = False
    limits: DecodeLimits = DEFAULT_LIMITS
    foreign: Mapping[str, ForeignFile] = field(default_factory=dict)
    """Full name of a type of another package -> the file that defines it."""

    @property
    def is_empty(self) -> bool:
        """Whether the module would hold nothing."""
        return not (self.types or self.roots or self.lent)


def _own_names(plan: ModulePlan) -> list[str]:
    names: list[str] = []
    for _, bound, name in plan.types.values():
        names.append(name)
        if isinstance(bound, ir.Record):
            names.extend([f"_write_{name}", f"_read_{name}", f"_opened_{name}"])
            if bound.columns is not None:
                columns = columns_name(name)
                names.extend([columns, f"_write_{columns}", f"_read_{columns}"])
        elif isinstance(bound, ir.Enum):
            names.extend([f"_bytes_{name}", f"_members_{name}"])
    for root in plan.roots:
        names.append(root.text.name)
        names.extend([f"_write_{root.text.function}", f"_read_{root.text.function}"])
    return [*names, "AVRO_CLASSES", "AVRO_CONVERSIONS"]


def _attributes(plan: ModulePlan) -> set[str]:
    return {
        field.attribute
        for _, bound, _ in plan.types.values()
        if isinstance(bound, ir.Record)
        for field in bound.fields
    }


def _wrapper(source: SourceFile, node: model.FixedType, name: str) -> list[str]:
    base = source.runtime("Branch")
    dataclass = source.ref("dataclasses", "dataclass")
    text = f"The `{node.fullname}` branch of a union that also holds other bytes."
    return [
        *deprecated_decorator(source, node),
        f"@{dataclass}(frozen=True, slots=True)",
        f"class {name}({base}[{{value}}]):",
        *literal.docstring(marked(text, node.properties)),
    ]


def emit_module(plan: ModulePlan, options: LowerOptions, shapes: Shapes) -> str:
    """The text of one module."""
    own, attributes = _own_names(plan), _attributes(plan)
    source = SourceFile(plan.path, own, attributes, is_package=plan.is_package, arrays=options.arrays)
    bodies = [bound for _, bound, _ in plan.types.values() if isinstance(bound, ir.Record)]
    nameless = [root.node for root in plan.roots if not isinstance(root.node, ir.Record)]
    shapes = shapes.sharing([*bodies, *nameless])
    source.share(shapes.shared)
    classes: list[list[str]] = []
    columns: list[list[str]] = []
    tables: list[list[str]] = []
    functions: list[list[str]] = []
    for node, bound, name in plan.types.values():
        match node, bound:
            case model.RecordType(), ir.Record():
                classes.append(emit_record(source, node, bound, name, positional=plan.positional))
                if bound.frozen:
                    make = source.runtime("opened")
                    tables.append([f"_opened_{name}: {source.runtime('Final')} = {make}({name})"])
                functions.append(emit_record_codec(source, bound, name, shapes))
                if bound.columns is not None:
                    columns.append(emit_columns(source, node, bound, name))
                    functions.append(emit_columns_codec(source, bound, columns_name(name), shapes))
            case model.EnumType(), ir.Enum():
                classes.append(emit_enum(source, node, bound, name))
                tables.append(emit_enum_tables(source, bound, name))
            case model.FixedType(), ir.Logical() | ir.Fixed():
                lines = _wrapper(source, node, name)
                value = annotation(bound, source)
                classes.append([line.replace("{value}", value) for line in lines])
            case _:
                pass
    for shared in shapes.shared.values():
        value_type = annotation(shared, source)
        functions.append(write_function(shared, source.writer(shared), value_type, source, shapes))
        functions.append(read_function(shared, source.reader(shared), value_type, source, shapes))
    metadata: list[list[str]] = []
    for node, bound, name in plan.types.values():
        if isinstance(node, model.RecordType) and isinstance(bound, ir.Record):
            metadata.append(emit_record_metadata(source, node, bound, name))
    interfaces: list[list[str]] = []
    for root in plan.roots:
        function = root.text.function
        if not isinstance(root.node, ir.Record):
            value_type = annotation(root.node, source)
            functions.append(write_function(root.node, f"_write_{function}", value_type, source, shapes))
            functions.append(read_function(root.node, f"_read_{function}", value_type, source, shapes))
        else:
            value_type = annotation(root.node, source)
        interfaces.append(emit_interface(source, root.text, value_type, options, plan.limits))
    return _assemble(plan, source, [classes, columns, tables, functions, interfaces, metadata])


def _known_classes(plan: ModulePlan, source: SourceFile) -> dict[str, str]:
    known = {fullname: name for fullname, (_, bound, name) in plan.types.items() if bound is not None}
    pending: list[ir.Node] = [bound for _, bound, _ in plan.types.values() if bound is not None]
    pending.extend(root.node for root in plan.roots)
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case ir.Record() | ir.Enum() if isinstance(node.target, ir.Symbol):
                known.setdefault(node.fullname, source.symbol(node.target))
                if isinstance(node, ir.Record) and node.target.module == plan.path:
                    pending.extend(field.node for field in node.fields)
            case ir.Array():
                pending.append(node.items)
            case ir.Map():
                pending.append(node.values)
            case ir.Union():
                for branch in node.branches:
                    pending.append(branch.node)
                    if isinstance(branch.wrapper, ir.Symbol) and branch.wrapper.module != RUNTIME:
                        known.setdefault(branch.name, source.symbol(branch.wrapper))
            case _:
                pass
    return dict(sorted(known.items()))


def _assemble(plan: ModulePlan, source: SourceFile, sections: list[list[list[str]]]) -> str:
    final, require = source.runtime("Final"), source.runtime("require_abi")
    classes, columns, tables, functions, interfaces, metadata = sections
    classes_known = _known_classes(plan, source)
    known = mapping_lines("AVRO_CLASSES", classes_known, f"{final}[dict[str, type]]")
    files = dict.fromkeys(plan.foreign[each] for each in classes_known if each in plan.foreign)
    checks = [
        f'{source.runtime("require_schema")}({source.symbol(each.interface)}, "{each.identity}")'
        for each in files
    ]
    own = source.conversion_lines()
    constants, aliases = source.constant_lines(), source.alias_lines()
    late = source.type_alias_lines()
    public = [name for _, bound, name in plan.types.values() if bound is not None]
    public.extend(
        columns_name(name)
        for _, bound, name in plan.types.values()
        if isinstance(bound, ir.Record) and bound.columns is not None
    )
    public.extend(root.text.name for root in plan.roots)
    public.extend(plan.lent)
    for name, module in plan.lent.items():
        source.ref(module, name)
    exported = ["__all__ = [", *(f'    "{name}",' for name in sorted(set(public))), "]"]
    blocks: list[list[str]] = [
        [*plan.header, *literal.docstring(plan.doc, ""), "", "from __future__ import annotations", ""],
        [*source.import_lines(), "", f"{require}({ABI})", *checks, *(["", *constants] if constants else [])],
    ]
    text: list[str] = []
    for block in blocks:
        text.extend(block)
    for lines in classes:
        text.extend(["", "", *lines])
    for lines in (late, *columns, aliases, *tables, source.plan_lines()):
        if lines:
            text.extend(["", "", *lines])
    for lines in (*functions, *interfaces):
        text.extend(["", "", *lines])
    described = [line for lines in metadata for line in lines]
    if described:
        text.extend(["", "", *described])
    if own:
        text.extend(["", "", *own])
    text.extend(["", "", *known, "", *exported])
    return "\n".join(text) + "\n"


def emit_exports(plan: ModulePlan) -> str:
    """The text of a module that only offers names of others."""
    source = SourceFile(plan.path, (), is_package=plan.is_package)
    for name, module in plan.lent.items():
        source.ref(module, name)
    text = [*plan.header, *literal.docstring(plan.doc, ""), "", *source.import_lines(), ""]
    text.extend(["__all__ = [", *(f'    "{name}",' for name in sorted(plan.lent)), "]"])
    return "\n".join(text) + "\n"
