"""Damage to JSON that stays JSON: other values, keys left out, added or renamed, unions unwrapped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from random import Random

_VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, 1, -1, 0.0, -0.0, 1.5, 2**31, -(2**31) - 1, 2**63, 2**64, 1e300, 1e39, 5e-324),
    *(
        "",
        "NaN",
        "Infinity",
        "-Infinity",
        "inf",
        "A",
        "\u00e9",
        "\u0100",
        "\x00",
        "\ud800",
        "2026-01-01",
        "25:00",
    ),
    *(
        "2026-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "1e400",
        "-0",
        "12.345",
        "P1M2DT3.004S",
        "int",
        "x" * 99,
    ),
    *([], {}, [[]], [None], {"null": None}, {"int": 1}, {"string": "s"}, {"a": 1}, {"": {}}),
)
_DEEP: Final = 600


def mutated_json(text: bytes, random: Random) -> bytes:
    """The text with one to three changes to its values; UTF-8, sometimes with escapes."""
    holder = [json.loads(text)]
    for _ in range(random.choice((1, 1, 2, 3))):
        _change(holder, random)
    written = json.dumps(holder[0], ensure_ascii=random.random() < 0.5)
    return written.encode(errors="replace")


def _change(holder: list[Any], random: Random) -> None:
    parent, key = random.choice(_places(holder))
    value = parent[key]
    kind = random.random()
    if kind < 0.5:
        parent[key] = random.choice(_VALUES)
    elif kind < 0.6:
        parent[key] = _near(value, random)
    elif kind < 0.7 and isinstance(parent, dict):
        parent[random.choice(("added", "name", "", f"{key}x"))] = parent.pop(key)
    elif kind < 0.75 and parent is not holder:
        del parent[key]
    elif kind < 0.8:
        parent[key] = {random.choice(("int", "string", "null", "added", "double")): value}
    elif kind < 0.85 and isinstance(value, dict) and value:
        parent[key] = next(iter(value.values()))
    elif kind < 0.9 and isinstance(value, list):
        parent[key] = value * random.choice((2, 10, 60))
    elif kind < 0.91:
        for _ in range(random.choice((3, 60, 70, _DEEP))):
            value = [value]
        parent[key] = value
    else:
        other_parent, other_key = random.choice(_places(holder))
        parent[key] = other_parent[other_key]


def _places(holder: list[Any]) -> list[tuple[Any, Any]]:
    """Every container and key, down to a bounded number; values that were put in twice are met once."""
    found: list[tuple[Any, Any]] = []
    pending: list[Any] = [holder]
    seen: set[int] = set()
    while pending and len(found) < 4000:
        each = pending.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        keys = list(each) if isinstance(each, dict) else range(len(each))
        for key in keys:
            found.append((each, key))
            if isinstance(each[key], dict | list):
                pending.append(each[key])
    return found


def _near(value: Any, random: Random) -> Any:  # noqa: ANN401 - any JSON value
    match value:
        case bool():
            return not value
        case int() | float():
            return value * random.choice((-1, 1000, 2**20)) + random.choice((0, 1, 0.5))
        case str():
            return value + random.choice(("x", "\u20ac", "0", " ", "\n"))
        case _:
            return [value]
