"""``avroforge generate --verify``: show how far the verification is, and what it found."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from avroforge.errors import VerificationError
from avroforge.shell.terminal import counted, say
from avroforge_codegen.cli.project import locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from avroforge_codegen.cli.project import Project
    from avroforge_codegen.options import Options
    from avroforge_codegen.verification import Report

_STEP: Final = 200
_SHOWN: Final = 20


def verify(project: Project, options: Options, root: Path, files: Mapping[str, str]) -> None:
    """Verify what is about to be written, and say what came out.

    Raises:
        VerificationError: a defect of avroforge; nothing may be written.
        MissingExtraError: the reference library is not installed.
        ConfigurationError: the generated code cannot be run here.
    """
    from avroforge_codegen.verification import verify_package  # noqa: PLC0415 only for those who verify

    schemas = project.parse()
    foreign = {
        name for each in schemas.values() for name in each.defined if options.foreign(name) is not None
    }
    found = verify_package(files, schemas, elsewhere=foreign, places=[root], progress=_progress)
    if found.mismatches:
        located = (locate(each, project.sources.locations) for each in found.mismatches)
        raise VerificationError(
            replace(each, message=f"{each.message}; nothing was written") for each in located
        )
    _say(found)


def _progress(names: Iterable[str], total: int) -> Iterator[str]:
    """A bar on a terminal; elsewhere a line now and then, for runs that take long."""
    if sys.stderr.isatty():
        try:
            from rich.console import Console  # noqa: PLC0415 only on terminals
            from rich.progress import track  # noqa: PLC0415 as above
        except ModuleNotFoundError:
            pass
        else:
            yield from track(names, "verifying", total, console=Console(stderr=True), transient=True)
            return
    for number, name in enumerate(names):
        if number and number % _STEP == 0:
            say(f"verifying: {number} of {total} types")
        yield name


def _say(found: Report) -> None:
    types, values = counted(found.types, "type"), counted(found.values, "value")
    say(f"verified {types} with {values} against the reference library avro")
    silent = Counter(each.name for each in found.silences)
    if silent:
        say(f"the reference cannot say for {counted(len(silent), 'type')}, where our neutral encoder agrees:")
    for each in found.silences[:_SHOWN]:
        known = each.unsaid.limit
        say(f"  {each.name}: {known.name}: it {known.reason} ({each.unsaid.symptom})")
    if len(found.silences) > _SHOWN:
        say(f"  and {len(found.silences) - _SHOWN} more")
    for name, reason in found.unverified:
        say(f"not verified: {name}: {reason}")
