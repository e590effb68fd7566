"""The catalogue: every kind of change that the review knows, by id."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from avroforge.evolution.changes import (
    catalogue_fields,
    catalogue_names,
    catalogue_project,
    catalogue_types,
    catalogue_unions,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.evolution.changes.kind import ChangeKind

_KINDS: Final = (
    *catalogue_fields.KINDS,
    *catalogue_types.KINDS,
    *catalogue_unions.KINDS,
    *catalogue_names.KINDS,
    *catalogue_project.KINDS,
)
CATALOGUE: Final[Mapping[str, ChangeKind]] = MappingProxyType({kind.id: kind for kind in _KINDS})
"""Kinds by id, in the order in which documentation lists them."""
