"""How a place on disk is named in messages."""

from __future__ import annotations

from pathlib import Path


def shown(path: Path) -> str:
    """A path as a user would type it: relative to the current directory where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
