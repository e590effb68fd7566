"""Verify a whole package before it is written: execute it in memory, and check every interface in it."""

from __future__ import annotations

import warnings
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from avroforge.codec.binding import lowering_of
from avroforge.errors import ConfigurationError
from avroforge.interface import AvroInterfaceBase
from avroforge.schema import Schema, model
from avroforge_codegen.verification.check import Check, MismatchError
from avroforge_codegen.verification.draw import VALUES, Drawing, Sizes
from avroforge_codegen.verification.in_memory import PREFIX, imported
from avroforge_codegen.verification.reference import ReadSchema, Reference, Unsaid
from avroforge_codegen.verification.report import Report, Silence, Unverified, mismatch
from avroforge_codegen.verification.typed import UnheldError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    from avroforge.codec.lower import Lowering
    from avroforge.errors import Diagnostic

_LARGEST: Final = 20_000
_SMALL: Final = 20
"""Of larger types the reference, which is slow on unions in unions, sees the first values only."""


class _Subject(NamedTuple):
    """A type to verify: what messages call it, the type, and the file that defines it."""

    name: str
    node: model.AvroType
    schema: Schema
    is_root: bool


def verify_package(
    files: Mapping[str, str],
    schemas: Mapping[str, Schema],
    *,
    elsewhere: Container[str] = (),
    places: Sequence[Path] = (),
    progress: Callable[[Iterable[str], int], Iterable[str]] | None = None,
) -> Report:
    """Compare the codecs of a generated package with the specification and with the reference library.

    Args:
        files: path -> text, as `generate` gives them.
        schemas: what they were generated from, parsed.
        elsewhere: full names of types that other packages have the code of.
        places: folders that other packages are in, beside those that Python imports from.
        progress: wraps the names of the types, of which there are so many, to show how far it is.

    Raises:
        MissingExtraError: the reference library is not installed.
        ConfigurationError: the generated code imports a conversion of the user's own that is not there.
    """
    reference = Reference()
    subjects = {each.name: each for each in _subjects(schemas) if each.name not in elsewhere}
    run = _Run(reference, Sizes(_records(schemas)))
    names: Iterable[str] = subjects
    with warnings.catch_warnings(), ExitStack() as stack:
        warnings.simplefilter("ignore")  # deprecated classes are used on purpose; the reference warns of data
        try:
            modules = stack.enter_context(imported(files, places))
        except Exception as error:  # noqa: BLE001 - whatever it is, the code cannot be written
            run.refuse(_not_importable(error, next(iter(files))))
            return run.report()
        found = _interfaces(modules)
        for name in names if progress is None else progress(names, len(subjects)):
            run.verify(subjects[name], found)
    return run.report()


def _not_importable(error: Exception, path: str) -> Diagnostic:
    """A defect of ours, unless it is somebody else's module that is not there."""
    if isinstance(error, ImportError) and not (error.name or "").startswith(PREFIX):
        message = "put what [logical_types] and [generate.packages] name on PYTHONPATH"
        raise ConfigurationError(f"--verify runs the generated code: {error}; {message}") from error
    package = path.partition("/")[0]
    at = model.Position(0, 0, package)
    return mismatch(at, package, f"it cannot be imported: {type(error).__name__}: {error}")


def _records(schemas: Mapping[str, Schema]) -> Iterator[model.RecordType]:
    seen: dict[str, model.NamedType] = {}
    for schema in schemas.values():
        for fullname, node in schema.names.items():
            seen.setdefault(fullname, node)
    return (node for node in seen.values() if isinstance(node, model.RecordType))


def _subjects(schemas: Mapping[str, Schema]) -> Iterator[_Subject]:
    """Every type with an interface: the root of every file, and the records inside."""
    seen: set[str] = set()
    for path, schema in schemas.items():
        root = schema.fullname or path
        if root not in seen:
            seen.add(root)
            yield _Subject(root, schema.type, schema, is_root=True)
    for schema in schemas.values():
        for fullname in schema.defined:
            node = schema.names[fullname]
            if fullname not in seen and isinstance(node, model.RecordType):
                seen.add(fullname)
                yield _Subject(fullname, node, schema, is_root=False)


def _interfaces(modules: Mapping[str, ModuleType]) -> dict[str, type[AvroInterfaceBase[Any]]]:
    """The interface classes by full name, and by text where the root has no name."""
    found: dict[str, type[AvroInterfaceBase[Any]]] = {}
    for module in modules.values():
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, AvroInterfaceBase)
                and value.__module__ == module.__name__
            ):
                found[value.FULLNAME] = value
                if not value.PART_OF:
                    found[value.SCHEMA] = value
    return found


class _Run:
    """One verification: what was found so far."""

    def __init__(self, reference: Reference, sizes: Sizes) -> None:
        self._reference = reference
        self._sizes = sizes
        self._read: dict[str, ReadSchema | Unsaid] = {}
        self._lowerings: dict[str, Lowering] = {}
        self._values = 0
        self._types = 0
        self._mismatches: list[Diagnostic] = []
        self._silences: list[Silence] = []
        self._unverified: list[Unverified] = []

    def report(self) -> Report:
        """What was found."""
        return Report(
            self._types,
            self._values,
            tuple(self._mismatches),
            tuple(self._silences),
            tuple(self._unverified),
        )

    def refuse(self, found: Diagnostic) -> None:
        """Note a defect that leaves nothing to verify."""
        self._mismatches.append(found)

    def verify(self, subject: _Subject, found: Mapping[str, type[AvroInterfaceBase[Any]]]) -> None:
        """Verify one type."""
        schema = subject.schema
        key = schema.text if schema.fullname is None and subject.is_root else subject.name
        try:
            if not self._is_drawable(subject):
                return
            _same_schema(found.get(key), subject)
            self._check(subject, self._codecs(found[key], subject.node))
        except MismatchError as error:
            self._mismatches.append(mismatch(subject.node.position, subject.name, str(error)))
        except RecursionError:
            reason = "it nests deeper than Python's recursion limit"
            self._unverified.append(Unverified(subject.name, reason))
        else:
            self._types += 1

    def _codecs(self, interface: type[AvroInterfaceBase[Any]], node: model.AvroType) -> Check:
        """The codecs of an interface. One lowering serves a module: one for each type would be quadratic."""
        module = interface.__module__
        if module not in self._lowerings:
            self._lowerings[module] = lowering_of(interface)
        return Check(interface, node, self._lowerings[module].lower(node))

    def _is_drawable(self, subject: _Subject) -> bool:
        size = self._sizes.of(subject.node)
        if size <= _LARGEST:
            return True
        endless = (
            "it has no finite value" if size == float("inf") else f"its smallest value has {size:.0f} parts"
        )
        self._unverified.append(Unverified(subject.name, endless))
        return False

    def _check(self, subject: _Subject, check: Check) -> None:
        silences: dict[str, Unsaid] = {}
        refused: UnheldError | None = None
        values = 0
        for datum in Drawing(subject.node, self._sizes, subject.name).values():
            try:
                expected = check.value(datum)
            except UnheldError as error:
                refused = error
                continue
            values += 1
            if values > VALUES and self._sizes.of(subject.node) > _SMALL:
                continue
            unsaid = self._judge(subject, datum, expected)
            if unsaid is not None:
                silences.setdefault(unsaid.limit.name, unsaid)
        self._values += values
        self._silences += [Silence(subject.name, each) for each in silences.values()]
        if refused is not None and not values:
            self._unverified.append(Unverified(subject.name, str(refused)))

    def _judge(self, subject: _Subject, datum: Any, expected: bytes) -> Unsaid | None:  # noqa: ANN401 - a datum
        schema = subject.schema
        if schema.path not in self._read:
            self._read[schema.path] = self._reference.read(schema)
        read = self._read[schema.path]
        if isinstance(read, Unsaid):
            return read
        found = read.root if subject.is_root else read.names.get(subject.name)
        return self._reference.judge(found, subject.node, datum, expected)


def _same_schema(interface: type[AvroInterfaceBase[Any]] | None, subject: _Subject) -> None:
    """Compare the embedded schema with the source."""
    if interface is None:
        raise MismatchError("the package has no interface for it")
    if not subject.is_root:
        return  # its schema is a part of its file's, taken out when asked for
    embedded, source = interface.schema(), subject.schema
    for what, expected, got in (
        ("text", source.text, interface.SCHEMA),
        ("canonical form", source.canonical_form, embedded.canonical_form),
        ("key", source.key, embedded.key),
    ):
        if expected != got:
            raise MismatchError(f"the {what} of the embedded schema differs: expected {expected}, got {got}")
