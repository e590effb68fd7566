"""Development time: everything that reads schema files and writes text.

The public names load on first use (PEP 562), so that the command line can print its help without them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from avroforge_codegen.loader import load_interface
    from avroforge_codegen.pipeline import generate

__all__ = ["generate", "load_interface"]

_HOME: Final = {"generate": "avroforge_codegen.pipeline", "load_interface": "avroforge_codegen.loader"}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
