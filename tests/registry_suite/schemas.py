"""Schemas that the suite registers."""

from __future__ import annotations

import json
from typing import Any, Final


def order(*fields: tuple[str, Any] | dict[str, Any], **attributes: Any) -> str:  # noqa: ANN401 - JSON
    """A record ``shop.Order`` with these fields, as text."""
    laid = [each if isinstance(each, dict) else {"name": each[0], "type": each[1]} for each in fields]
    return json.dumps({"type": "record", "name": "Order", "namespace": "shop", **attributes, "fields": laid})


def optional(name: str, kind: str, default: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A field with a default."""
    return {"name": name, "type": kind, "default": default}


SKU: Final = ("sku", "string")
V1: Final = order(SKU)
V2: Final = order(SKU, optional("qty", "int", 0))
V3: Final = order(SKU, optional("qty", "int", 0), optional("price", "double", 0.0))
MORE: Final = order(SKU, ("price", "double"))
"""Cannot read V1 (no default), can be read by it."""
LESS: Final = order()
"""Can read V1, cannot be read by it."""
OTHER: Final = order(("sku", "boolean"))
"""Neither reads V1 nor is read by it."""

COUNTRY: Final = '{"type":"enum","name":"Country","namespace":"shop","symbols":["DE","FR"]}'
ADDRESS: Final = json.dumps(
    {
        "type": "record",
        "name": "Address",
        "namespace": "shop",
        "fields": [{"name": "country", "type": "Country"}],
    }
)
DELIVERY: Final = json.dumps(
    {
        "type": "record",
        "name": "Delivery",
        "namespace": "shop",
        "fields": [{"name": "to", "type": "shop.Address"}, {"name": "via", "type": "Country"}],
    }
)
