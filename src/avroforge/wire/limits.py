"""What one message may cost: a budget that nested arrays and recursive types share.

Every item of at least one byte is paid for by the message's own length. Only what costs no bytes needs
counting: items of zero bytes, and the depth of recursive types.
"""

from __future__ import annotations

from typing import Final

MAX_DEPTH: Final = 64
MAX_ZERO_BYTE_ITEMS: Final = 100_000


class Budget:
    """What is left for one message: nested calls (`depth`) and zero-byte items (`items`).

    Every message gets one, and most never touch it: the limits are class attributes, so that making one costs
    nothing but the object.
    """

    depth: int = MAX_DEPTH
    items: int = MAX_ZERO_BYTE_ITEMS

    def enter(self) -> None:
        """Go one call deeper into a recursive type.

        Raises:
            ValueError: the depth is used up.
        """
        self.depth -= 1
        if self.depth < 0:
            raise ValueError(f"expected at most {MAX_DEPTH} levels of nesting")

    def spend(self, items: int) -> None:
        """Pay for items that take no bytes.

        Raises:
            ValueError: the message has used them up.
        """
        self.items -= items
        if self.items < 0:
            raise ValueError(f"expected at most {MAX_ZERO_BYTE_ITEMS} items of zero bytes in a message")
