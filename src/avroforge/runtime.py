"""The one surface that generated code imports. Standard library only.

Generated code may use the names in `RUNTIME_SYMBOLS` and nothing else of avroforge. `RUNTIME_ABI` counts the
changes that break generated code; a generated module states the number it was made for.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from avroforge.branches import (
    Branch,
    Bytes,
    Double,
    Float,
    Int,
    Long,
    String,
)
from avroforge.deprecation import (
    deprecated,
)
from avroforge.errors import (
    AbiError,
    DecodeError,
    EncodeError,
)
from avroforge.interface import (
    AvroInterfaceBase,
    SchemaSource,
)
from avroforge.record import (
    AvroFrozenRecordBase,
    AvroRecordBase,
    describe,
    opened,
)
from avroforge.wire.double_list import (
    read_double_list,
    read_float_list,
    write_double_list,
    write_float_list,
)
from avroforge.wire.integer_list import (
    read_int_list,
    read_long_list,
    write_int_list,
    write_long_list,
)
from avroforge.wire.integer_map import (
    read_int_map,
    read_long_map,
    write_int_map,
    write_long_map,
)
from avroforge.wire.limits import (
    Budget,
    DecodeLimits,
)
from avroforge.wire.logical import (
    Duration,
    LocalTimestampNanos,
    TimestampNanos,
    read_big_decimal,
    read_date,
    read_decimal,
    read_duration,
    read_local_timestamp_micros,
    read_local_timestamp_millis,
    read_local_timestamp_nanos,
    read_time_micros,
    read_time_millis,
    read_timestamp_micros,
    read_timestamp_millis,
    read_timestamp_nanos,
    read_uuid,
    read_uuid_fixed,
    write_big_decimal,
    write_date,
    write_decimal,
    write_decimal_fixed,
    write_duration,
    write_local_timestamp_micros,
    write_local_timestamp_millis,
    write_local_timestamp_nanos,
    write_time_micros,
    write_time_millis,
    write_timestamp_micros,
    write_timestamp_millis,
    write_timestamp_nanos,
    write_uuid,
    write_uuid_fixed,
)
from avroforge.wire.scalar import (
    as_bytes,
    as_dict,
    as_double,
    as_fixed,
    as_float,
    as_list,
    unfit,
    unusual,
    write_boolean,
)
from avroforge.wire.stride import Plan, blank, read_columns, unpack_rows
from avroforge.wire.stride_write import WritePlan, alike, write_columns
from avroforge.wire.string_list import write_string_list
from avroforge.wire.varint import (
    BEHIND,
    LENGTH,
    UNZIGZAG,
    ZIGZAG,
    read_block,
    read_int,
    read_length,
    read_long,
    write_int,
    write_length,
    write_long,
)

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from numpy.typing import NDArray

RUNTIME_ABI: Final = 1
BOOLEAN: Final = (False, True)
utf8: Final = str.encode
new: Final = object.__new__
Piece: TypeAlias = "ReadableBuffer | NDArray[Any]"


def require_abi(generated: int) -> None:
    """Stop an import of generated code that this run time cannot serve.

    Raises:
        AbiError: the message says which side to upgrade.
    """
    if generated == RUNTIME_ABI:
        return
    found = f"this code was generated for run-time ABI {generated}, the installed avroforge has {RUNTIME_ABI}"
    if generated > RUNTIME_ABI:
        raise AbiError(f"{found}: upgrade avroforge (pip install -U avroforge)")
    raise AbiError(f"{found}: generate it again (avroforge generate)")


def require_schema(interface: type[AvroInterfaceBase[Any]], identity: str) -> None:
    """Stop an import of generated code whose imported package was generated from another schema since.

    Raises:
        AbiError: the message says what to generate again.
    """
    if identity != (interface.CLOSURE_DIGEST or interface.SCHEMA_KEY):
        raise AbiError(
            f"this code was generated for another version of schema {interface.FULLNAME}, which package "
            f"{interface.__module__.partition('.')[0]} has: generate it again (avroforge generate)"
        )


__all__ = [
    "BEHIND",
    "BOOLEAN",
    "LENGTH",
    "RUNTIME_ABI",
    "RUNTIME_SYMBOLS",
    "UNZIGZAG",
    "ZIGZAG",
    "AbiError",
    "Any",
    "AvroFrozenRecordBase",
    "AvroInterfaceBase",
    "AvroRecordBase",
    "Branch",
    "Budget",
    "Bytes",
    "DecodeError",
    "DecodeLimits",
    "Double",
    "Duration",
    "EncodeError",
    "Final",
    "Float",
    "Int",
    "LocalTimestampNanos",
    "Long",
    "Piece",
    "Plan",
    "SchemaSource",
    "String",
    "Struct",
    "TimestampNanos",
    "WritePlan",
    "alike",
    "as_bytes",
    "as_dict",
    "as_double",
    "as_fixed",
    "as_float",
    "as_list",
    "blank",
    "deprecated",
    "describe",
    "new",
    "opened",
    "read_big_decimal",
    "read_block",
    "read_columns",
    "read_date",
    "read_decimal",
    "read_double_list",
    "read_duration",
    "read_float_list",
    "read_int",
    "read_int_list",
    "read_int_map",
    "read_length",
    "read_local_timestamp_micros",
    "read_local_timestamp_millis",
    "read_local_timestamp_nanos",
    "read_long",
    "read_long_list",
    "read_long_map",
    "read_time_micros",
    "read_time_millis",
    "read_timestamp_micros",
    "read_timestamp_millis",
    "read_timestamp_nanos",
    "read_uuid",
    "read_uuid_fixed",
    "require_abi",
    "require_schema",
    "unfit",
    "unpack_rows",
    "unusual",
    "utf8",
    "write_big_decimal",
    "write_boolean",
    "write_columns",
    "write_date",
    "write_decimal",
    "write_decimal_fixed",
    "write_double_list",
    "write_duration",
    "write_float_list",
    "write_int",
    "write_int_list",
    "write_int_map",
    "write_length",
    "write_local_timestamp_micros",
    "write_local_timestamp_millis",
    "write_local_timestamp_nanos",
    "write_long",
    "write_long_list",
    "write_long_map",
    "write_string_list",
    "write_time_micros",
    "write_time_millis",
    "write_timestamp_micros",
    "write_timestamp_millis",
    "write_timestamp_nanos",
    "write_uuid",
    "write_uuid_fixed",
]
RUNTIME_SYMBOLS: Final = frozenset(__all__)
"""What generated code may import from here; the generator checks its own output against it."""
