"""Generate a package: parse, name, lower, emit, verify. Pure: texts in, texts out."""

from __future__ import annotations

from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from avroforge.codec import ir
from avroforge.codec.flat import FlatRecords
from avroforge.codec.lower import Lowering
from avroforge.codec.shape import Shapes
from avroforge.errors import ConfigurationError, Diagnostic, SchemaError
from avroforge.schema import Schema, model, parse_schemas
from avroforge.schema.tool_attributes import without_tool_attributes
from avroforge.schema.walk import named_types_of
from avroforge_codegen import naming
from avroforge_codegen.class_binding import FileBinding
from avroforge_codegen.closure import Closures
from avroforge_codegen.collection import uncollected
from avroforge_codegen.emit.interfaces import FileText, InterfaceText, Meaning, PartOf
from avroforge_codegen.emit.module import ModulePlan, Root, emit_exports, emit_module
from avroforge_codegen.header import HEADER
from avroforge_codegen.layout import ROOTS, ancestors, lay_out
from avroforge_codegen.options import Options
from avroforge_codegen.verify import verify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge_codegen.package_text import ForeignFile


class Generation:
    """One run over a set of schemas; each method is one step.

    Args:
        schemas: the schemas of this package by path.
        options: the choices.
        foreign: the schemas of other packages by path.
    """

    def __init__(
        self, schemas: Mapping[str, Schema], options: Options, foreign: Mapping[str, Schema] | None = None
    ) -> None:
        self.schemas = schemas
        self.options = options
        self.foreign = foreign or {}
        self.types: dict[str, model.NamedType] = {}
        self._files: dict[str, Schema] = {}
        for schema in schemas.values():
            for fullname in schema.defined:
                self._files.setdefault(fullname, schema)
        for fullname, node in named_types_of(schema.type for schema in schemas.values()).items():
            if options.foreign(fullname) is None:
                self.types[fullname] = node
        self._refuse_missing()
        for fullname in self.types.keys() - self._files.keys():
            # a schema that was parsed together with others, which are not here
            self._files[fullname] = next(iter(schemas.values()))
        self.layout = lay_out(self.types, options.modules)
        self._members: dict[str, list[str]] = {}
        for fullname, module in self.layout.module_of.items():
            self._members.setdefault(module, []).append(fullname)
        self.flat = frozenset[str]()
        """The records that also have a class of columns."""
        if options.arrays == "columns":
            self.flat = FlatRecords(self.types.values()).names
        self.names: dict[str, str] = {}
        self._name_classes()
        self.binding = FileBinding(self.layout, self.names, options, self.flat)
        self.lowering = Lowering(self.binding, options.lowering)
        self.bound = {fullname: self.lowering.lower(node) for fullname, node in self.types.items()}
        self.foreign_files = {
            fullname: file
            for path, file in self._files_of_packages().items()
            for fullname in self.foreign[path].defined
        }
        self.root_names = self._name_roots()

    def _refuse_missing(self) -> None:
        """Every type of another package's namespace must be there; a fixed alone is a class nowhere."""
        missing: list[Diagnostic] = []
        for fullname, node in self.types.items():
            package = self.options.package_of(fullname)
            if package is not None and not isinstance(node, model.FixedType):
                message = (
                    f"{fullname!r} is not in package {package.name!r}, whose namespace [generate.packages] "
                    "gives to it; generate that package again"
                )
                at = node.position
                missing.append(Diagnostic("PACKAGE_TYPE", message, at.path, at.line, at.column))
        if missing:
            raise SchemaError(missing)

    def _name_classes(self) -> None:
        for module, fullnames in self._members.items():
            self.names.update(naming.class_names(fullnames, self.options.rename, self.flat))
            beside = (
                (f"{each} (columns)", naming.columns_name(self.names[each]), self.types[each].position)
                for each in fullnames
                if each in self.flat
            )
            naming.distinct(
                (*((each, self.names[each], self.types[each].position) for each in fullnames), *beside),
                f"module {module or self.options.package}",
            )

    def _name_roots(self) -> dict[str, str]:
        """The interface of each file whose root has no name, by path."""
        single = self.options.modules == "single"
        taken = (
            {*self.names.values(), *(f"{name}Interface" for name in self.names.values())} if single else set()
        )
        result: dict[str, str] = {}
        for path, schema in self.schemas.items():
            if schema.fullname is None:
                stem = naming.stem_name(PurePosixPath(path).stem)
                name = f"{self.options.rename.get(path, stem)}Interface"
                result[schema.path] = f"{name}_" if name in taken else name
        places = ((path, name, model.Position(1, 1, path)) for path, name in result.items())
        naming.distinct(places, f"package {self.options.package}")
        return result

    def _files_of_packages(self) -> dict[str, ForeignFile]:
        """The files of other packages by path, where their schemas are here."""
        packages = self.options.packages.values()
        files = (each for package in packages for each in package.files.items())
        return {path: file for path, file in files if path in self.foreign}

    @cached_property
    def shapes(self) -> Shapes:
        """What may be shared among functions."""
        nameless = [root.node for roots in self.roots.values() for root in roots]
        return Shapes(self.lowering.records, nameless)

    @cached_property
    def roots(self) -> dict[str, list[Root]]:
        """The interfaces of each module: of every record, and of every file whatever its root."""
        identities = {path: file.identity for path, file in self._files_of_packages().items()}
        closures = Closures({**self.schemas, **self.foreign}, identities)
        result: dict[str, list[Root]] = {}
        named: dict[str, str] = {}
        for path, schema in self.schemas.items():
            if schema.fullname is not None:
                named.setdefault(schema.fullname, path)
                continue
            stem = naming.stem_name(PurePosixPath(path).stem)
            node = self.lowering.lower(schema.type)
            module = "" if self.options.modules == "single" else ROOTS
            interface = self.root_names[schema.path]
            properties = {} if isinstance(schema.type, model.UnionType) else schema.type.properties
            source = self._file_text(path, closures)
            text = InterfaceText(interface, stem, interface, source, properties=properties)
            result.setdefault(module, []).append(Root(node, text))
        for fullname, each in self.types.items():
            found = named.get(fullname)
            if found is None and not isinstance(each, model.RecordType):
                continue
            file = self._file_text(found, closures) if found is not None else self._part_of(fullname)
            text = self._text(fullname, each, file)
            result.setdefault(self.layout.module_of[fullname], []).append(Root(self.bound[fullname], text))
        return result

    def _text(self, fullname: str, node: model.NamedType, source: FileText | PartOf) -> InterfaceText:
        name = self.names[fullname]
        function = name if isinstance(node, model.RecordType) else f"{name}Interface"
        return InterfaceText(f"{name}Interface", fullname, function, source, node.aliases, node.properties)

    def _part_of(self, fullname: str) -> PartOf:
        """The interface of the file that defines a type."""
        return PartOf(self._interface_of(self._files[fullname]))

    def _file_text(self, path: str, closures: Closures) -> FileText:
        schema = self.schemas[path]
        others = self._files_of_packages()
        uses = tuple(
            others[each].interface if each in others else self._interface_of(self.schemas[each])
            for each in closures.uses(path)
        )
        if not closures.is_embedded(path):
            return FileText(schema.text, uses, None, closures.identity(path))
        # the file's own text says all of it, unless it refers to others or speaks to tools
        alone = not closures.refers(path) and without_tool_attributes(schema.text) == schema.text
        self_contained = None if alone else schema.self_contained
        meaning = Meaning(self_contained, schema.fingerprint("CRC-64-AVRO"), schema.key)
        return FileText(schema.text, uses, meaning, schema.key)

    def _interface_of(self, file: Schema) -> ir.Symbol:
        if file.fullname is None:
            module = "" if self.options.modules == "single" else ROOTS
            return ir.Symbol(f".{module}", self.root_names[file.path])
        return ir.Symbol(f".{self.layout.module_of[file.fullname]}", f"{self.names[file.fullname]}Interface")

    def modules(self) -> dict[str, ModulePlan]:
        """One plan per module, with the modules that only lend names or hold others."""
        paths = {*self.layout.exports, *self.layout.module_of.values(), *self.roots}
        packages = ancestors(paths) if self.options.modules != "single" else set()
        plans = {path: self._plan(path, path in packages) for path in sorted(paths | packages)}
        return {path: plan for path, plan in plans.items() if plan.is_package or not plan.is_empty}

    def _plan(self, path: str, is_package: bool) -> ModulePlan:
        types: dict[str, tuple[model.NamedType, ir.Node | None, str]] = {}
        for fullname in self._members.get(path, ()):
            node = self.types[fullname]
            if isinstance(node, model.FixedType) and fullname not in self.binding.wrapped:
                continue
            types[fullname] = (node, self.bound[fullname], self.names[fullname])
        lent: dict[str, str] = {}
        for fullname in self.layout.exports.get(path, ()):
            if self.layout.module_of[fullname] != path:
                lent.update(self._offered(fullname))
        what = f"namespace `{path}`" if path and not path.startswith("_") else "schemas"
        return ModulePlan(
            f".{path}",
            is_package,
            self._header(),
            f"Types and codecs of {what}.",
            types,
            self.roots.get(path, ()),
            lent,
            self.options.positional,
            self.options.limits,
            self.foreign_files,
        )

    def _offered(self, fullname: str) -> dict[str, str]:
        """The public names of a type and their module."""
        module = f".{self.layout.module_of[fullname]}"
        names = {
            f"{self.names[fullname]}Interface": module
            for root in self.roots.get(module[1:], ())
            if root.text.fullname == fullname
        }
        node = self.types[fullname]
        if not isinstance(node, model.FixedType) or fullname in self.binding.wrapped:
            names[self.names[fullname]] = module
        if fullname in self.flat:
            names[naming.columns_name(self.names[fullname])] = module
        return names

    def _header(self) -> list[str]:
        return [
            f"{HEADER} from Avro schemas; do not edit.",
            *(line if line.startswith("#") else f"# {line}".rstrip() for line in self.options.header),
            f"# To change it, edit the schema and run: {self.options.command}",
            "# fmt: off",
        ]

    def package_module(self) -> str:
        """The package's ``__init__``: every public name that is one type's alone."""
        offered: dict[str, list[tuple[str, str]]] = {}
        for fullname in self.types:
            for name, module in self._offered(fullname).items():
                offered.setdefault(name, []).append((fullname, module))
        for root in self.roots.get(ROOTS, ()):
            offered.setdefault(root.text.name, []).append((root.text.fullname, f".{ROOTS}"))
        unique = {name: each[0][1] for name, each in offered.items() if len(each) == 1}
        shared = sorted(name for name, each in offered.items() if len(each) > 1)
        doc = f"Typed records and codecs generated from Avro schemas: `{self.options.package}`."
        if shared:
            doc += "\n\nNot here, because more than one namespace has them: " + ", ".join(shared) + "."
        plan = ModulePlan(".", True, self._header(), doc, {}, (), unique)
        return emit_exports(plan)


def generate(
    sources: Mapping[str, str],
    *,
    package: str,
    arrays: ir.Storage = "list",
    options: Options | None = None,
) -> dict[str, str]:
    """Generate a typed package from schema texts.

    Args:
        sources: path -> text of each ``.avsc`` file, in any order.
        package: name of the package to generate.
        arrays: what arrays become: ``list``, ``numpy``, ``view`` or ``columns``.
        options: everything else; its `package` and `arrays` win over the arguments.

    Returns:
        Path relative to the output root (it starts with the package) -> text.

    Raises:
        SchemaError: everything that is wrong with the schemas.
        ConfigurationError: a package name that is none, or no schemas at all.
    """
    chosen = options or Options(package=package, arrays=arrays)
    if not all(part.isidentifier() for part in chosen.package.split(".")):
        raise ConfigurationError(f"package: expected a Python package name, got {chosen.package!r}")
    if not sources:
        raise ConfigurationError("no schemas: expected at least one .avsc file")
    with uncollected():
        return _generate(sources, chosen)


def _generate(sources: Mapping[str, str], chosen: Options) -> dict[str, str]:
    foreign = {
        path: file.schema for package in chosen.packages.values() for path, file in package.files.items()
    }
    parsed = parse_schemas(foreign | dict(sorted(sources.items())), file_cycles=chosen.file_cycles)
    own = {path: parsed[path] for path in sorted(sources)}
    generation = Generation(own, chosen, {path: parsed[path] for path in foreign})
    root = PurePosixPath(*chosen.package.split("."))
    files: dict[str, str] = {str(root / "py.typed"): ""}
    if chosen.modules != "single":
        files[str(root / "__init__.py")] = generation.package_module()
    for path, plan in generation.modules().items():
        parts = path.split(".")
        place = (
            root.joinpath(*parts, "__init__.py")
            if plan.is_package or not path
            else root.joinpath(*parts[:-1], f"{parts[-1]}.py")
        )
        files[str(place)] = emit_module(plan, chosen.lowering, generation.shapes)
    for place_name, text in files.items():
        if place_name.endswith(".py"):
            verify(place_name, text, chosen.own_imports)
    return files


def generate_module(schema: Schema, options: Options) -> str:
    """Generate one schema as a single module, for use in memory."""
    path = schema.path if schema.path != "<schema>" else "root.avsc"
    generation = Generation({path: schema}, options)
    text = emit_module(generation.modules()[""], options.lowering, generation.shapes)
    verify("<module>", text, options.own_imports)
    return text


__all__ = ["Options", "generate", "generate_module"]
