"""What one message may cost: a budget that nested arrays and recursive types share.

Every item of at least one byte is paid for by the message's own length. Only what costs no bytes needs
counting: items of zero bytes, and the depth of recursive types.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from avroforge.errors import ConfigurationError

MAX_DEPTH: Final = 64
MAX_ZERO_BYTE_ITEMS: Final = 100_000


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What decoding one message may cost beyond its own length.

    A reader that trusts its writers may raise them; Python's own recursion limit stays.

    Attributes:
        depth: levels of recursive types.
        free_items: items and records that take no bytes.

    Raises:
        ConfigurationError: a limit that is no whole number, or is negative.
    """

    depth: int = MAX_DEPTH
    free_items: int = MAX_ZERO_BYTE_ITEMS

    def __post_init__(self) -> None:
        for name, value in (("depth", self.depth), ("free_items", self.free_items)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ConfigurationError(f"DecodeLimits: expected {name} of 0 or more, got {value!r}")


DEFAULT_LIMITS: Final = DecodeLimits()


class Budget:
    """What is left for one message: nested calls (`depth`) and zero-byte items (`items`).

    Every message gets one, and most never touch it: the limits are class attributes, so that making one costs
    nothing but the object.
    """

    limits: DecodeLimits = DEFAULT_LIMITS
    depth: int = MAX_DEPTH
    items: int = MAX_ZERO_BYTE_ITEMS

    def enter(self) -> None:
        """Go one call deeper into a recursive type.

        Raises:
            ValueError: the depth is used up.
        """
        self.depth -= 1
        if self.depth < 0:
            most = self.limits.depth
            raise ValueError(f"expected at most {most} levels of nesting; DecodeLimits(depth=...) sets that")

    def spend(self, items: int) -> None:
        """Pay for items that take no bytes.

        Raises:
            ValueError: the message has used them up.
        """
        self.items -= items
        if self.items < 0:
            raise ValueError(self.too_many_items())

    def too_many_items(self) -> str:
        """What is wrong when the items are used up."""
        most = f"expected at most {self.limits.free_items} items of zero bytes in a message"
        return f"{most}; DecodeLimits(free_items=...) sets that"


@lru_cache(maxsize=64)
def budget_of(limits: DecodeLimits) -> type[Budget]:
    """The class of budgets that start with these limits."""
    if limits == DEFAULT_LIMITS:
        return Budget
    made = {"limits": limits, "depth": limits.depth, "items": limits.free_items}
    return type("Budget", (Budget,), {**made, "__module__": __name__, "__doc__": Budget.__doc__})
