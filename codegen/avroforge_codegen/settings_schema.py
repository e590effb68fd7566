"""The JSON Schema of ``avroforge.toml``, for editors: written from the settings' own definition."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any, Final

from avroforge_codegen.limit_setting import LimitSettings
from avroforge_codegen.rules import RULES, Level
from avroforge_codegen.rules.selection import EVERY_RULE
from avroforge_codegen.settings import (
    FormatSettings,
    GenerateSettings,
    LintSettings,
    RegistrySettings,
    ReviewSettings,
)
from avroforge_codegen.settings_document import ANY_KEY, SECTIONS, TOP

_DOCUMENTED: Final[dict[str, type]] = {
    "generate": GenerateSettings,
    "registry": RegistrySettings,
    "review": ReviewSettings,
    "lint": LintSettings,
    "fmt": FormatSettings,
    "limits": LimitSettings,
}
_TEXTS: Final = {
    "version": "version of this file's keys",
    "subjects": "registry subject -> full name of the schema registered under it",
    "topics": "topic -> full name of its records, or a table of value, key and naming",
    "logical_types": "logical type -> a conversion of one's own: type, read, write, underlying",
}
_ATTRIBUTE: Final = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)
_KEY: Final = re.compile(r"^key ``(\w+)``: ")


def settings_schema() -> str:
    """``docs/avroforge.schema.json``."""
    top = {name: {**value.schema, "description": _TEXTS[name]} for name, value in TOP.items()}
    document = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "avroforge.toml",
        "description": "Settings of avroforge; every command finds the nearest one above its folder.",
        "type": "object",
        "properties": {**top, **{name: _section(name) for name in SECTIONS}},
        "additionalProperties": False,
    }
    return json.dumps(document, indent=2) + "\n"


def _section(name: str) -> dict[str, Any]:
    keys = SECTIONS[name]
    if ANY_KEY in keys:
        schema = {"type": "object", "additionalProperties": keys[ANY_KEY].schema}
        return {"description": _TEXTS[name], **schema}
    texts = _descriptions(_DOCUMENTED[name])
    properties = {key: {"description": texts[key], **value.schema} for key, value in keys.items()}
    if name == "lint":
        _name_rules(properties)
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _descriptions(settings: type) -> dict[str, str]:
    """What the docstring of a section says of each key."""
    found: dict[str, str] = {}
    for name, text in _ATTRIBUTE.findall(inspect.getdoc(settings) or ""):
        plain = " ".join(text.split())
        renamed = _KEY.match(plain)
        plain = _KEY.sub("", plain).replace("``", "`")
        found[renamed[1] if renamed else name] = plain.removesuffix(".")
    return found


def _name_rules(properties: dict[str, Any]) -> None:
    """Say which rules and levels there are, so that an editor offers them."""
    names = [*map(str, Level), *RULES]
    for key in ("select", "except"):
        properties[key] = {**properties[key], "items": {"enum": names}}
    properties["ignore"] = {**properties["ignore"], "propertyNames": {"enum": [EVERY_RULE, *names]}}
    properties["severity"] = {**properties["severity"], "propertyNames": {"enum": list(RULES)}}
