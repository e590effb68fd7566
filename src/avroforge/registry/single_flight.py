"""One call for everybody who asks the same at the same time."""

from __future__ import annotations

import os
import threading
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Calls under way, by what they ask; an answer, or a failure, goes to everybody who waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, Future[T]] = {}

    def call(self, question: Hashable, ask: Callable[[], T]) -> T:
        """What `ask` returns or raises, or what the same question under way does.

        An exception that ends the asking thread itself, such as `KeyboardInterrupt`, is not passed on: one of
        those who wait asks instead.
        """
        # A child of a fork has none of its parent's threads, so it waits for none of their calls.
        key = (os.getpid(), question)
        while True:
            with self._lock:
                flight = self._under_way.get(key)
                if flight is None:
                    mine = self._under_way[key] = Future()
            if flight is None:
                return self._fly(key, mine, ask)
            try:
                return flight.result()
            except CancelledError:
                continue

    def _fly(self, key: Hashable, flight: Future[T], ask: Callable[[], T]) -> T:
        try:
            result = ask()
        except Exception as error:
            flight.set_exception(error)
            raise
        except BaseException:
            flight.cancel()
            raise
        else:
            flight.set_result(result)
            return result
        finally:
            with self._lock:
                del self._under_way[key]
