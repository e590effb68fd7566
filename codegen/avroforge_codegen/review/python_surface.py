"""What callers see of the generated Python: taken from the lines that the generator emits."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from avroforge.codec import ir
from avroforge.schema.model import EnumType, RecordType
from avroforge_codegen.emit.records import emit_record
from avroforge_codegen.emit.source import SourceFile
from avroforge_codegen.pipeline import Generation

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from avroforge.schema import NamedType, Schema
    from avroforge_codegen.options import Options


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a generated class: its name, its annotation, whether it has to be given."""

    name: str
    annotation: str
    required: bool


@dataclass(frozen=True, slots=True)
class PythonClass:
    """A generated class: its module inside the package, its name, its attributes or members by Avro name."""

    module: str
    name: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)


class Surface:
    """The classes of one side.

    Args:
        schemas: parsed schemas by source name.
        options: the choices of the generator on that side.

    Raises:
        SchemaError: the generator cannot name everything.
    """

    def __init__(self, schemas: Mapping[str, Schema], options: Options) -> None:
        self._generation = Generation(dict(sorted(schemas.items())), options)
        self._options = options

    @property
    def fullnames(self) -> Iterable[str]:
        """Every named type of this side."""
        return self._generation.types

    def classes(self, without: Container[str]) -> Iterator[tuple[NamedType, PythonClass]]:
        """The types that have a class, with it."""
        for fullname, node in self._generation.types.items():
            found = self.of(node, whole=False) if fullname not in without else None
            if found is not None:
                yield node, found

    def of(self, node: NamedType, *, whole: bool = True) -> PythonClass | None:
        """The class of a record or an enum of this side; None where there is none of this package.

        Args:
            node: the type.
            whole: with attributes and members, not only module and name.
        """
        generation = self._generation
        fullname = node.fullname
        if generation.types.get(fullname) is not node:
            return None
        module, name = generation.layout.module_of[fullname], generation.names[fullname]
        if not whole:
            return PythonClass(module, name) if isinstance(node, RecordType | EnumType) else None
        bound = generation.bound[fullname]
        if isinstance(node, RecordType) and isinstance(bound, ir.Record):
            emitted = self._attributes(node, bound, module, name)
            pairs = zip(node.fields, bound.fields, strict=True)
            found = {each.name: emitted[python.attribute] for each, python in pairs}
            return PythonClass(module, name, found)
        if isinstance(node, EnumType) and isinstance(bound, ir.Enum):
            return PythonClass(module, name, {}, dict(zip(node.symbols, bound.members, strict=True)))
        return None

    def _attributes(self, node: RecordType, bound: ir.Record, module: str, name: str) -> dict[str, Attribute]:
        attributes = [each.attribute for each in bound.fields]
        source = SourceFile(f".{module}", [name], attributes, arrays=self._options.arrays)
        lines = emit_record(source, node, bound, name, positional=self._options.positional)
        found: dict[str, Attribute] = {}
        for statement in ast.walk(ast.parse("\n".join(lines))):
            match statement:
                case ast.AnnAssign(target=ast.Name(id=attribute)) if attribute in attributes:
                    words = ast.unparse(statement.annotation)
                    found[attribute] = Attribute(attribute, words, statement.value is None)
                case _:
                    pass
        return found
