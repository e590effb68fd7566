"""The choices that change the generated Python and never the bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from avroforge.codec import ir
from avroforge.codec.lower import LogicalMode, LowerOptions
from avroforge.wire.limits import DEFAULT_LIMITS, DecodeLimits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge_codegen.layout import ModulesOption
    from avroforge_codegen.package_text import ForeignClass, PackageText
    from avroforge_codegen.settings import GenerateSettings

EnumsOption: TypeAlias = Literal["enum", "str"]


@dataclass(frozen=True, slots=True)
class Options:
    """Choices of one run; `packages` is what other packages hold, by the namespace whose types they are."""

    package: str
    arrays: ir.Storage = "list"
    logical_types: LogicalMode = "typed"
    modules: ModulesOption = "namespace"
    enums: EnumsOption = "enum"
    frozen: bool = False
    positional: bool = False
    header: tuple[str, ...] = ()
    conversions: ir.OwnConversions = field(default_factory=dict)
    packages: Mapping[str, PackageText] = field(default_factory=dict)
    file_cycles: bool = False
    command: str = "avroforge generate"
    rename: Mapping[str, str] = field(default_factory=dict)
    limits: DecodeLimits = DEFAULT_LIMITS

    @property
    def lowering(self) -> LowerOptions:
        """The part of the choices that bound types depend on."""
        return LowerOptions(self.arrays, self.logical_types, self.conversions)

    def package_of(self, fullname: str) -> PackageText | None:
        """The other package that a type belongs to, by the longest namespace that fits."""
        fitting = [each for each in self.packages if fullname.startswith(f"{each}.")]
        return self.packages[max(fitting, key=len)] if fitting else None

    def foreign(self, fullname: str) -> ForeignClass | None:
        """The class of another package that a type is; None for a type of this package."""
        found = self.package_of(fullname)
        return None if found is None else found.classes.get(fullname)

    @property
    def own_imports(self) -> frozenset[tuple[str, str]]:
        """What generated files may import from outside: pairs of module and name."""
        return frozenset((*self._conversion_imports(), *self._package_imports()))

    def _conversion_imports(self) -> Iterator[tuple[str, str]]:
        for own in self.conversions.values():
            for each in (own.python, own.read, own.write):
                if isinstance(each, ir.Symbol):
                    yield each.module, each.name.partition(".")[0]

    def _package_imports(self) -> Iterator[tuple[str, str]]:
        for package in self.packages.values():
            for each in package.classes.values():
                module, name = each.symbol
                yield module, name
                for table in ("write", "read", "opened", "bytes", "members"):
                    yield module, f"_{table}_{name}"
                if each.columns is not None:
                    yield each.columns
                    yield module, f"_write_{each.columns.name}"
                    yield module, f"_read_{each.columns.name}"
            for file in package.files.values():
                yield file.interface


def options_of(
    settings: GenerateSettings,
    package: str,
    conversions: ir.OwnConversions,
    packages: Mapping[str, PackageText],
    limits: DecodeLimits = DEFAULT_LIMITS,
) -> Options:
    """The choices that settings make.

    Args:
        settings: section ``[generate]``.
        package: the package to generate.
        conversions: conversions of one's own.
        packages: what other packages hold.
        limits: what decoding a message may cost, section ``[limits]``.
    """
    return Options(
        package=package,
        arrays=settings.arrays,
        logical_types=settings.logical_types,
        modules=settings.modules,
        enums=settings.enums,
        frozen=settings.frozen,
        positional=settings.positional,
        header=settings.header,
        conversions=conversions,
        packages=packages,
        file_cycles=settings.file_cycles,
        command=settings.command,
        rename=settings.rename,
        limits=limits,
    )
