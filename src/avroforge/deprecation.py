"""The decorator of deprecated types (PEP 702), for every Python this package runs on.

Type checkers see ``typing_extensions.deprecated`` from their own copy of the standard stubs, so nothing has
to be installed for it. At run time this is a decorator of our own: the standard library has one from 3.13
only, and that one also warns where objects are copied or unpickled.
"""

from __future__ import annotations

from enum import Enum
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar
from warnings import warn

if TYPE_CHECKING:
    from typing_extensions import deprecated
else:
    C = TypeVar("C", bound=type)

    class deprecated:  # noqa: N801 - the name that PEP 702 gives it
        """Mark a generated class: constructing one warns, decoding and copying one does not.

        Args:
            message: what is deprecated, and what to use instead; it becomes ``__deprecated__``.
        """

        def __init__(self, message: str, /) -> None:
            self.message = message

        def __call__(self, cls: C, /) -> C:
            """The class itself, marked."""
            cls.__deprecated__ = self.message
            if not issubclass(cls, Enum):  # members are looked up, not constructed
                cls.__init__ = _warning(cls, self.message)
            return cls


def _warning(cls: type, message: str) -> Any:  # noqa: ANN401 - a method with the signature of the one it wraps
    original: Any = getattr(cls, "__init__")  # noqa: B009 - to be replaced on the class

    @wraps(original)
    def __init__(self: object, /, *args: object, **kwargs: object) -> None:  # noqa: N807 - stands in for it
        if type(self) is cls:
            warn(message, DeprecationWarning, stacklevel=2)
        original(self, *args, **kwargs)

    return __init__


def initialise(value: object, arguments: dict[str, object]) -> None:
    """Run the ``__init__`` of an object made with ``__new__``, without the warning of a deprecated class."""
    method: Any = getattr(type(value), "__init__")  # noqa: B009 - read from the class on purpose
    getattr(method, "__wrapped__", method)(value, **arguments)


__all__ = ["deprecated", "initialise"]
