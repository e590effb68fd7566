"""A refused registration explained in the project's own words: place, version and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.errors import IncompatibleSchemaError, RegistryError, SchemaError
from avroforge.registry.client.messages import read_details
from avroforge.registry.findings import check_against

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avroforge.registry.content import SchemaReference
    from avroforge.registry.interface import SchemaRegistry


def explained(
    error: IncompatibleSchemaError,
    registry: SchemaRegistry,
    text: str,
    references: Sequence[SchemaReference],
) -> IncompatibleSchemaError:
    """The same refusal with the best reasons that can be had.

    The verdict is the registry's. Its versions are asked for and compared with the candidate here; where
    that finds nothing, or cannot be done, the reasons are the registry's own.

    Args:
        error: the registry's refusal.
        registry: where the versions are.
        text: the candidate.
        references: of the candidate; with some, the registry's own reasons are all there is.
    """
    reasons = () if references else _own_reasons(registry, error.subject, text)
    reasons = reasons or tuple(map(str, read_details(error.answer))) or error.reasons
    return IncompatibleSchemaError(
        error.subject, reasons, error_code=error.error_code, status=error.status, answer=error.answer
    )


def _own_reasons(registry: SchemaRegistry, subject: str, text: str) -> tuple[str, ...]:
    try:
        return tuple(map(str, check_against(registry, subject, text)))
    except (RegistryError, SchemaError):
        return ()
