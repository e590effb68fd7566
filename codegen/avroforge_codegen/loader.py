"""Compile an interface in memory: the same classes that a generated file would hold."""

from __future__ import annotations

import linecache
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from avroforge.interface import AvroInterfaceBase
from avroforge.schema import Schema, parse_schema
from avroforge_codegen.pipeline import Options, generate_module

if TYPE_CHECKING:
    from avroforge.codec.ir import Storage
    from avroforge.codec.lower import LogicalMode


def load_interface(
    schema: str | Schema, *, arrays: Storage = "list", logical_types: LogicalMode = "typed"
) -> type[AvroInterfaceBase[Any]]:
    """The interface class of a schema, compiled in memory.

    Args:
        schema: a self-contained text, or a parsed schema.
        arrays: ``list``, or ``numpy`` for arrays of numbers.
        logical_types: ``typed``, or ``raw`` for their underlying types.

    Raises:
        SchemaError: everything that is wrong with the schema.
    """
    parsed = schema if isinstance(schema, Schema) else parse_schema(schema)
    name = f"avroforge_loaded_{parsed.key}_{arrays}_{logical_types}"
    module = sys.modules.get(name)
    if module is None:
        text = generate_module(
            parsed,
            Options(package="loaded", arrays=arrays, logical_types=logical_types, modules="single"),
        )
        module = _execute(name, text)
    wanted = parsed.fullname
    for value in vars(module).values():
        if (
            not isinstance(value, type)
            or not issubclass(value, AvroInterfaceBase)
            or value.__module__ != name
        ):
            continue
        if wanted == value.FULLNAME or (wanted is None and parsed.key == value.SCHEMA_KEY):
            return value
    raise AssertionError(f"no interface for {wanted or 'the root'} in the generated module")


def _execute(name: str, text: str) -> ModuleType:
    """Run generated text as a module that tracebacks can show and pickle can find."""
    module = ModuleType(name)
    filename = f"<{name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    sys.modules[name] = module
    try:
        exec(compile(text, filename, "exec", dont_inherit=True), vars(module))  # noqa: S102 - verified text of our own generator
    except BaseException:
        del sys.modules[name]
        raise
    return module
