"""The option that names a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    F = TypeVar("F", bound=Callable[..., object])


def target_option(function: F) -> F:
    """``--registry``, and the older ``--file`` that names a file only."""
    return click.option(
        "--registry",
        "--file",
        "target",
        metavar="NAME|URL|FILE",
        envvar="AVROFORGE_REGISTRY",
        help="An environment of avroforge.toml, the address of a server, or a registry file.  "
        "[env var: AVROFORGE_REGISTRY; default: the file of avroforge.toml]",
    )(function)
