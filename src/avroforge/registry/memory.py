"""A registry in memory: for tests, and for code that wants a registry without a file."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING, Final

from avroforge.registry.state import RegistryState
from avroforge.registry.stored import Result, StoredRegistry

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBERS: Final = itertools.count(1)


class MemoryStore:
    """A state in memory, changed by one thread at a time."""

    def __init__(self) -> None:
        self._name = f"memory:{next(_NUMBERS)}"
        self._state = RegistryState()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """``memory:`` and a number that no other store of this process has."""
        return self._name

    def read(self) -> RegistryState:
        """The state as it is now."""
        return self._state

    def update(self, change: Callable[[RegistryState], tuple[RegistryState, Result]]) -> Result:
        """Apply a change with nobody else changing."""
        with self._lock:
            self._state, result = change(self._state)
        return result


class MemoryRegistry(StoredRegistry):
    """An empty registry that lives as long as the object."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())
