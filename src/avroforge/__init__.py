"""Schema-first Avro: typed classes, specialised codecs, safe evolution, durable delivery.

The public names load on first use (PEP 562): ``import avroforge`` itself does no work.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from avroforge.errors import (
        AvroforgeError,
        DecodeError,
        Diagnostic,
        EncodeError,
        ResolutionError,
        SchemaError,
    )
    from avroforge.evolution import check_compatibility
    from avroforge.interface import AvroInterfaceBase
    from avroforge.schema import Schema, parse_schema, parse_schemas
    from avroforge.wire.limits import DecodeLimits

__all__ = [
    "AvroInterfaceBase",
    "AvroforgeError",
    "DecodeError",
    "DecodeLimits",
    "Diagnostic",
    "EncodeError",
    "ResolutionError",
    "Schema",
    "SchemaError",
    "check_compatibility",
    "parse_schema",
    "parse_schemas",
]

_HOME: Final = {
    "AvroInterfaceBase": "avroforge.interface",
    "DecodeLimits": "avroforge.wire.limits",
    "Schema": "avroforge.schema",
    "check_compatibility": "avroforge.evolution",
    "parse_schema": "avroforge.schema",
    "parse_schemas": "avroforge.schema",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME.get(name, "avroforge.errors")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
