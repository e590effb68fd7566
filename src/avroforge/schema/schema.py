"""A parsed schema: its root type, its text, and the identities derived from them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from avroforge.schema import canonical, inline, walk
from avroforge.schema.model import EnumType, FixedType, RecordType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.schema.canonical import FingerprintAlgorithm
    from avroforge.schema.model import AvroType, NamedType


@dataclass(frozen=True, eq=False)
class Schema:
    """A schema as one text defines it.

    Schemas compare by identity; compare `key` to ask whether two mean the same.

    Attributes:
        type: the root type.
        text: the text, verbatim.
        path: the file as the user named it, or ``<schema>``.
        defined: full names that this very text defines, in order.
    """

    type: AvroType
    text: str
    path: str
    defined: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Schema {self.fullname or self.path}>"

    @property
    def fullname(self) -> str | None:
        """The full name of the root type, `None` if it has none."""
        root = self.type
        return root.fullname if isinstance(root, RecordType | EnumType | FixedType) else None

    @cached_property
    def names(self) -> Mapping[str, NamedType]:
        """Every named type reachable from the root, by full name, in first-use order."""
        return MappingProxyType(walk.named_types(self.type))

    @cached_property
    def canonical_form(self) -> str:
        """The Parsing Canonical Form: how bytes are laid out, without logical types, defaults and aliases."""
        return canonical.canonical_form(self.type)

    @cached_property
    def self_contained(self) -> str:
        """A deterministic text that means the same and needs no other file."""
        return inline.self_contained(self.type)

    @cached_property
    def key(self) -> str:
        """SHA-256 (hex) of `self_contained`: the identity that caches and stored rows use."""
        return hashlib.sha256(self.self_contained.encode()).hexdigest()

    def fingerprint(self, algorithm: FingerprintAlgorithm = "CRC-64-AVRO") -> bytes:
        """The fingerprint of the canonical form.

        Args:
            algorithm: ``CRC-64-AVRO`` (8 bytes, little-endian as in a single-object header), ``MD5`` or
                ``SHA-256``.

        Raises:
            ValueError: another algorithm.
        """
        return canonical.fingerprint(self.canonical_form, algorithm)
