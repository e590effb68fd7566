"""One input of the fuzzer: which reading, of what schema, and the bytes; as JSON it is a seed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, Self, TypeAlias, get_args

if TYPE_CHECKING:
    from pathlib import Path

    from avroforge.codec.ir import Storage
    from avroforge.codec.lower import LogicalMode

Way: TypeAlias = Literal[
    "decode", "resolve", "avro json", "plain json", "single object", "framed", "container", "schema"
]
WAYS: tuple[Way, ...] = get_args(Way)


@dataclass(frozen=True, slots=True)
class Case:
    """One input.

    Attributes:
        way: how the bytes are read.
        schema: the text that they are said to be written by.
        data: the bytes, hostile or not.
        reader: another schema to read them as, else empty.
        arrays: kind of arrays of the interface.
        logical_types: of the interface.
        same_as: bytes that must read as the same value; None for what may be refused.
    """

    way: Way
    schema: str
    data: bytes
    reader: str = ""
    arrays: Storage = "list"
    logical_types: LogicalMode = "typed"
    same_as: bytes | None = None

    def text(self) -> str:
        """The case as JSON, one line per attribute."""
        plain = asdict(self)
        plain["data"] = self.data.hex()
        plain["same_as"] = None if self.same_as is None else self.same_as.hex()
        return json.dumps(plain, indent=1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The case of a JSON text."""
        plain = json.loads(text)
        same_as = plain["same_as"]
        return cls(
            **{
                **plain,
                "data": bytes.fromhex(plain["data"]),
                "same_as": None if same_as is None else bytes.fromhex(same_as),
            }
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """The case of a file."""
        return cls.parse(path.read_text(encoding="utf-8"))
