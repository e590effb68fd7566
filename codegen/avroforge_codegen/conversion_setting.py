"""Read ``[logical_types]`` of ``avroforge.toml``: one's own conversions, as names only."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any, Final

from avroforge.codec import ir
from avroforge.schema.model import PRIMITIVE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEYS: Final = ("type", "read", "write", "underlying")
_KINDS: Final = (*(name for name in PRIMITIVE_NAMES if name != "null"), "fixed")


def conversions(name: str, table: object) -> Iterator[tuple[tuple[str, str], ir.OwnConversion]]:
    """The conversions of one logical type, one for each of its underlying types.

    Raises:
        ValueError: what was expected, in words that follow "expected".
    """
    if not isinstance(table, dict) or set(table) != set(_KEYS):
        raise ValueError("a table with the keys " + ", ".join(_KEYS))
    own = ir.OwnConversion(_symbol(table["type"]), _symbol(table["read"]), _symbol(table["write"]))
    given = table["underlying"]
    kinds = given if isinstance(given, list) and given else [given]
    for kind in kinds:
        if kind not in _KINDS:
            raise ValueError("underlying to be one or a list of " + ", ".join(_KINDS))
        yield (name, kind), own


def conversion_schema() -> dict[str, Any]:
    """What JSON Schema can say of one conversion."""
    name = {"type": "string", "pattern": r"^[A-Za-z_][A-Za-z0-9_.:]*$"}
    kinds = {"enum": list(_KINDS)}
    return {
        "type": "object",
        "properties": {
            **dict.fromkeys(("type", "read", "write"), name),
            "underlying": {"anyOf": [kinds, {"type": "array", "items": kinds, "minItems": 1}]},
        },
        "required": list(_KEYS),
        "additionalProperties": False,
    }


def _symbol(dotted: object) -> ir.Symbol:
    """``package.module.name``, or ``package.module:Class.method`` where the name has dots itself."""
    if not isinstance(dotted, str):
        raise ValueError("dotted names, such as 'my_package.money.Money'")  # noqa: TRY004 - a value of a setting
    module, _, name = dotted.partition(":") if ":" in dotted else dotted.rpartition(".")
    parts = [*module.split("."), *name.split(".")]
    # it becomes code as it is, so nothing but names may pass
    if not all(part.isascii() and part.isidentifier() and not keyword.iskeyword(part) for part in parts):
        raise ValueError("dotted names, such as 'my_package.money.Money' or 'my_package.money:Money.read'")
    return ir.Symbol(module, name)
