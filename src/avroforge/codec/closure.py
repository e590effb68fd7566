"""The self-contained text of an interface that embeds none, from the texts of those that it refers to."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from avroforge.schema import parse_schemas
from avroforge.schema.inline import self_contained
from avroforge.schema.walk import named_types_of

if TYPE_CHECKING:
    from avroforge.schema import Schema

_Interface = type[Any]
_parsed: WeakKeyDictionary[_Interface, Schema] = WeakKeyDictionary()
"""The schemas of files as they were written, with references to each other."""


def home_of(interface: _Interface) -> str:
    """The module that an interface was generated in; where it was subclassed does not count."""
    return _generated(interface).__module__


def _generated(interface: _Interface) -> _Interface:
    return next(each for each in interface.__mro__ if "FULLNAME" in each.__dict__)


def sibling(interface: _Interface, place: str) -> _Interface:
    """The interface that another one names: ``module:Name``, the module as its import statements would."""
    module_name, _, name = place.rpartition(":")
    here = sys.modules[home_of(interface)]
    module = import_module(module_name, here.__package__) if module_name else here
    found: _Interface = getattr(module, name)
    return found


def derived_text(interface: _Interface) -> str:
    """The self-contained text of an interface whose file refers to others."""
    return self_contained(_as_written(_generated(interface)).type)


def _as_written(interface: _Interface) -> Schema:
    """The schema of an interface's file, parsed together with all that it refers to, directly or not."""
    known = _parsed.get(interface)
    if known is not None:
        return known
    files = _closure(interface)
    names = named_types_of(_parsed[each].type for each in files if each in _parsed)
    fresh = {f"<{each.__module__}.{each.__name__}>": each for each in files if each not in _parsed}
    texts = {path: each.SCHEMA for path, each in fresh.items()}
    schemas = parse_schemas(texts, names=names, file_cycles=True)
    for path, each in fresh.items():
        _parsed[each] = schemas[path]
    return _parsed[interface]


def _closure(interface: _Interface) -> list[_Interface]:
    found = {interface: None}
    pending = [interface]
    while pending:
        each = pending.pop()
        for place in each.USES:
            other = sibling(each, place)
            if other not in found:
                found[other] = None
                pending.append(other)
    return list(found)
