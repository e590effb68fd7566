"""A small schema with something of everything that containers meet, and rows of it."""

from __future__ import annotations

import json
from typing import Any, Final

from avroforge_codegen import load_interface

TEXT: Final = json.dumps(
    {
        "type": "record",
        "name": "shop.Order",
        "fields": [
            {"name": "id", "type": "long"},
            {"name": "note", "type": ["null", "string"], "default": None},
            {"name": "price", "type": {"type": "array", "items": "double"}},
            {"name": "tags", "type": {"type": "map", "values": "int"}},
        ],
    }
)
Interface: Final = load_interface(TEXT)
Order: Final[Any] = Interface.classes()["shop.Order"]


def rows(count: int = 200) -> list[Any]:
    return [
        Order(
            id=number * 1_000_003 - 7,
            note=None if number % 3 else "żółć" * (number % 7),
            price=[number / 4] * (number % 5),
            tags={f"k{each}": each for each in range(number % 3)},
        )
        for number in range(count)
    ]


def datums(count: int = 200) -> list[dict[str, Any]]:
    codec = Interface()
    return [codec.serialize(row) for row in rows(count)]
