"""Ids of parametrised values: the same in every process, so that several may share the tests."""

from __future__ import annotations


def shown(value: object) -> str:
    """The value's ``repr``, or the name of its class where that would be an address."""
    text = repr(value)
    return type(value).__name__ if " at 0x" in text else text
