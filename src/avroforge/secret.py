"""Passwords and tokens, which show themselves only to whoever asks."""

from __future__ import annotations


class Secret:
    """A password that shows itself only to whoever asks for it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The password."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        raise TypeError("a secret is not pickled: read it again where it is needed")

    def __deepcopy__(self, _: object) -> Secret:
        return self


class HiddenText(str):
    """A secret for a library that takes a `str`: its bytes and joins are real, its printed forms are not."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    def __str__(self) -> str:
        return "***"

    def __format__(self, _: str) -> str:
        return "***"

    def __reduce__(self) -> tuple[type[HiddenText], tuple[str]]:
        raise TypeError("a secret is not pickled: read it again where it is needed")
