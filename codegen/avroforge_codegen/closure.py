"""What a schema file refers to, and whether its interface embeds all that it means.

The closure of a file is the file and the closures of those that it refers to. A small one is embedded as one
self-contained text. Of a large one the interface names the files it refers to, and derives its text from
theirs when asked: where a thousand files mean each other, a text in each would be quadratic.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from avroforge.codec.graph import strongly_connected
from avroforge.schema.inline import self_contained
from avroforge.schema.walk import direct_references

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.schema import Schema

EMBEDDED: Final = 1 << 14
"""The most characters that the other files of an embedded closure have together."""


class Closures:
    """The closures of a set of files that share named types.

    Args:
        files: the schemas by path; where several define a type, the first has it.
        identities: what is known already, by path: of files of other packages.
    """

    def __init__(self, files: Mapping[str, Schema], identities: Mapping[str, str]) -> None:
        self._files = files
        self._homes: dict[str, str] = {}
        self._alone: set[str] = set()
        """Files whose text cannot be derived from those of others."""
        for path, schema in files.items():
            for fullname in schema.defined:
                home = self._homes.setdefault(fullname, path)
                if home != path:
                    # which of two definitions is known where depends on the order of all files
                    self._alone |= {home, path}
        self._mentioned = {
            path: tuple(dict.fromkeys(direct_references(schema.type, schema.defined)))
            for path, schema in files.items()
        }
        self._uses = {path: self._used_by(path) for path in files}
        self._identities = dict(identities)
        for group in strongly_connected(self._uses):
            self._note(group)

    def _used_by(self, path: str) -> tuple[str, ...]:
        names = self._mentioned[path]
        if not self._homes.keys() >= set(names):
            self._alone.add(path)
        return tuple(dict.fromkeys(self._homes[each] for each in names if each in self._homes))

    def _note(self, group: tuple[str, ...]) -> None:
        """Note what is known of files with one closure, those that they refer to being noted already."""
        beyond = {each for path in group for each in self._uses[path]} - set(group)
        if not self._alone.isdisjoint((*group, *beyond)):
            self._alone.update(group)
        if group[0] in self._identities or self.is_embedded(group[0]):
            return
        texts = [self_contained(self._files[path].type, self._mentioned[path]) for path in group]
        whole = "\n".join((*sorted(texts), *sorted(map(self.identity, beyond))))
        digest = sha256(whole.encode()).hexdigest()
        self._identities.update(dict.fromkeys(group, digest))

    def uses(self, path: str) -> tuple[str, ...]:
        """The files that a file refers to, in the order of its text."""
        return self._uses[path]

    def refers(self, path: str) -> bool:
        """Whether a file refers to any type of another."""
        return bool(self._mentioned[path])

    def is_embedded(self, path: str) -> bool:
        """Whether what a file refers to is little, or its text cannot be derived from those of files."""
        if path in self._alone:
            return True
        size, seen, pending = 0, {path}, [path]
        while pending and size <= EMBEDDED:
            found = [use for use in self._uses[pending.pop()] if use not in seen]
            size += sum(len(self._files[each].text) for each in found)
            seen.update(found)
            pending.extend(found)
        return size <= EMBEDDED

    def identity(self, path: str) -> str:
        """A digest of all that a file means: its key if embedded, else of its part and others' digests."""
        if path not in self._identities:
            self._identities[path] = self._files[path].key
        return self._identities[path]
