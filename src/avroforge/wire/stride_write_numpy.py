"""Put columns together with numpy: each goes to its place in every row with one strided copy.

Imported only by generated code that was asked for ``arrays = "numpy"``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from avroforge.wire.stride_write import packer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from avroforge.wire.stride_write import Column

_CODES: Final = {"d": "<f8", "f": "<f4", "B": "u1"}


def assemble_rows_numpy(laid: list[Column], rows: int, layouts: dict[Any, Any]) -> bytes:
    """Put columns together in one structured array."""
    key = tuple((head, code, size) for head, code, size, _ in laid)
    layout = layouts.get(key)
    if layout is None:
        fields: list[tuple[str, str]] = []
        for number, (head, code, size) in enumerate(key):
            if head:
                fields.append((f"h{number}", f"V{len(head)}"))
            if size:
                fields.append((f"v{number}", _CODES.get(code, f"V{size}")))
        layout = layouts[key] = np.dtype(fields)
    result: NDArray[Any] = np.empty(rows, layout)
    for number, (head, code, size, values) in enumerate(laid):
        if head:
            result[f"h{number}"] = np.void(head)
        if not size:
            continue
        raw = values if isinstance(values, bytes) else packer(rows, code)(*values)
        result[f"v{number}"] = np.frombuffer(raw, layout[f"v{number}"])
    return result.tobytes()
