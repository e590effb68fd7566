"""Compile an interface in memory: the same classes that a generated file would hold."""

from __future__ import annotations

import linecache
import sys
from dataclasses import replace
from hashlib import sha256
from threading import Lock
from types import ModuleType
from typing import Any, Final, get_args

from avroforge.codec.ir import Storage
from avroforge.codec.lower import LogicalMode
from avroforge.errors import ConfigurationError
from avroforge.interface import AvroInterfaceBase
from avroforge.schema import Schema, parse_schema
from avroforge_codegen.options import Options
from avroforge_codegen.pipeline import generate_module

_LOADING: Final = Lock()


def load_interface(
    schema: str | Schema,
    *,
    arrays: Storage = "list",
    logical_types: LogicalMode = "typed",
    options: Options | None = None,
) -> type[AvroInterfaceBase[Any]]:
    """The interface class of a schema, compiled in memory.

    Args:
        schema: a self-contained text, or a parsed schema.
        arrays: what arrays become: ``list``, ``numpy``, ``view`` or ``columns``.
        logical_types: ``typed``, or ``raw`` for their underlying types.
        options: everything else; its `arrays` and `logical_types` win over the arguments.

    Raises:
        SchemaError: everything that is wrong with the schema.
        ConfigurationError: no such arrays or logical types.
    """
    chosen = options or Options(package="loaded", arrays=arrays, logical_types=logical_types)
    chosen = replace(chosen, modules="single")
    parsed = schema if isinstance(schema, Schema) else parse_schema(schema)
    if chosen.arrays not in get_args(Storage) or chosen.logical_types not in get_args(LogicalMode):
        raise ConfigurationError(
            f"expected arrays of {get_args(Storage)} and logical types of {get_args(LogicalMode)}, "
            f"got {chosen.arrays!r} and {chosen.logical_types!r}"
        )
    # the key alone would not do: texts that say the same have one key, and each is embedded verbatim
    digest = sha256(f"{parsed.key}{parsed.text}{chosen}".encode(errors="surrogatepass")).hexdigest()
    name = f"avroforge_loaded_{digest}"
    with _LOADING:
        module = sys.modules.get(name)
        if module is None:
            module = _execute(name, generate_module(parsed, chosen))
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
