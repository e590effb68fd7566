"""What a caller gives, checked before anything is read or written."""

from __future__ import annotations

from io import TextIOBase

from avroforge.errors import ConfigurationError


def require_binary(file: object, verb: str) -> None:
    """Check what was given as a file.

    Args:
        file: what was given.
        verb: what is to be done with it, ``read`` or ``write``.

    Raises:
        ConfigurationError: no file, or one of text.
    """
    if isinstance(file, TextIOBase) or not callable(getattr(file, verb, None)):
        wanted = f"one opened for bytes, such as open(path, '{verb[0]}b')"
        raise ConfigurationError(f"file: expected {wanted}, got {type(file).__name__}")


def require_class(interface: object) -> None:
    """Check what was given as an interface.

    Raises:
        ConfigurationError: no class; an object of one is easily given instead.
    """
    if not isinstance(interface, type):
        got = f"an object of {type(interface).__name__}"
        raise ConfigurationError(f"interface: expected a class such as OrderInterface, got {got}")
