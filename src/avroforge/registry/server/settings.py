"""Endpoints below ``/config`` and ``/mode``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.evolution import CompatibilityMode
from avroforge.registry import refusal
from avroforge.registry.server import rendering
from avroforge.registry.setting import RegistryConfig, RegistryMode

if TYPE_CHECKING:
    from avroforge.registry.interface import SchemaRegistry
    from avroforge.registry.server.call import Call
    from avroforge.schema.model import JsonValue

_LEVEL_KEYS = ("compatibility", "compatibilityLevel")


def get_config(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /config`` and ``GET /config/{subject}``."""
    return rendering.config(registry.config(_whose(call), default_to_global=call.flag("defaultToGlobal")))


def update_config(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``PUT /config`` and ``PUT /config/{subject}``; answers what it was asked for."""
    body = call.object()
    level = next((body[key] for key in _LEVEL_KEYS if body.get(key) is not None), None)
    if level is not None and str(level).upper() not in CompatibilityMode.__members__:
        raise refusal.invalid_level(level)
    others = {key: value for key, value in body.items() if key not in _LEVEL_KEYS}
    changes = RegistryConfig(None if level is None else CompatibilityMode(str(level).upper()), others)
    registry.update_config(changes, _whose(call))
    return dict(body)


def delete_config(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``DELETE /config`` and ``DELETE /config/{subject}``."""
    return rendering.config(registry.delete_config(_whose(call)))


def get_mode(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /mode`` and ``GET /mode/{subject}``."""
    mode = registry.mode(_whose(call), default_to_global=call.flag("defaultToGlobal"))
    return {"mode": mode.value}


def set_mode(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``PUT /mode`` and ``PUT /mode/{subject}``; answers what it was asked for."""
    body = call.object()
    mode = str(body.get("mode")).upper()
    if mode not in RegistryMode.__members__:
        raise refusal.invalid_mode(body.get("mode"))
    registry.set_mode(RegistryMode(mode), _whose(call), force=call.flag("force"))
    return dict(body)


def delete_mode(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``DELETE /mode`` and ``DELETE /mode/{subject}``."""
    return {"mode": registry.delete_mode(_whose(call)).value}


def _whose(call: Call) -> str | None:
    """The subject of the path, the context of the path, or the whole registry."""
    if "subject" in call.path:
        return call.subject
    return call.within("") or None
