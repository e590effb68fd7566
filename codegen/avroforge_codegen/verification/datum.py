"""Drawn data: what a value is before it is Python or bytes, with nothing left to guess.

A record is a dict by Avro names, an enum its symbol, a map a dict, an array a list. A union says which branch
it holds, and a logical type both its underlying value and the Python value that stands for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Chosen:
    """A union's value in the branch of this index."""

    index: int
    value: Datum


@dataclass(frozen=True, slots=True)
class Converted:
    """A logical type's underlying value, and the Python value that the specification's words mean by it."""

    raw: Any
    value: Any


Datum: TypeAlias = Any
"""A drawn value; its type follows from the schema's node that it is drawn for."""
