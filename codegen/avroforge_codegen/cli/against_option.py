"""The options by which `breaking` and `review` are told what to compare with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from avroforge_codegen.review.against import Against, parse_against

if TYPE_CHECKING:
    from collections.abc import Callable

    F = TypeVar("F", bound=Callable[..., object])


def against_options(function: F) -> F:
    """``--against``, ``--exact`` and ``--waivers``."""
    for option in (
        click.option(
            "--waivers", type=click.Path(path_type=Path), help="File with approvals of intended changes."
        ),
        click.option("--exact", is_flag=True, help="Compare with a git ref itself, not where HEAD left it."),
        click.option(
            "--against",
            metavar="KIND:VALUE",
            default="baseline:",
            help="git:REF (a bare word is a git ref), dir:FOLDER, archive:FILE, registry:NAME (an "
            "environment of avroforge.toml, or an address), or baseline:FILE, a registry file; default: the "
            "one of avroforge.toml.",
        ),
    ):
        function = option(function)
    return function


def against_of(text: str, *, exact: bool) -> Against:
    """What the options say.

    Raises:
        click.UsageError: nothing that can be compared with.
    """
    try:
        return parse_against(text, exact=exact)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
