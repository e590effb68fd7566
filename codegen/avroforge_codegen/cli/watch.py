"""``avroforge generate --watch``: run again whenever a schema or the settings change."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from avroforge.shell.exit_code import ExitCode
from avroforge.shell.location import shown
from avroforge.shell.program import explain
from avroforge.shell.terminal import counted, say
from avroforge_codegen.settings import find_settings, load_settings
from avroforge_codegen.sources import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

INTERVAL: Final = 0.5
"""Seconds between two looks: below what a person notices, above what a disk does."""
Look: TypeAlias = dict[Path, tuple[int, int]]
"""File -> time of its last change in nanoseconds, and size in bytes."""


def watch(run: Callable[[], object], look: Callable[[], Look]) -> ExitCode:
    """Run once, and again after every change that `look` sees, until interrupted.

    What a run raises is printed; the next change is another try.
    """
    try:
        while True:
            seen = look()
            _try(run)
            say(f"watching {counted(len(seen), 'file')}; Ctrl-C ends")
            while (now := look()) == seen:
                time.sleep(INTERVAL)
            for path, word in _changes(seen, now):
                say(f"{word:<8} {shown(path)}")
    except KeyboardInterrupt:
        say("stopped")
    return ExitCode.CLEAN


def _try(run: Callable[[], object]) -> None:
    try:
        run()
    except Exception as error:  # noqa: BLE001 the schema is being edited: what is wrong now may be right soon
        explain(error, "avroforge")


def _changes(before: Look, after: Look) -> Iterator[tuple[Path, str]]:
    for path in sorted(before.keys() | after.keys()):
        if path not in after:
            yield path, "gone"
        elif path not in before:
            yield path, "new"
        elif before[path] != after[path]:
            yield path, "edited"


def watched(config: Path | None, schemas: Sequence[Path]) -> Look:
    """The state of the settings file and of every schema that can be found now."""
    file = config or find_settings(Path.cwd().resolve())
    roots = list(schemas)
    result: Look = {}
    if file is not None:
        _note(result, file)
    if not roots:
        try:
            settings = load_settings(config)
        except Exception:  # noqa: BLE001 the run says what is wrong with them
            return result
        roots = [settings.root / each for each in settings.generate.schemas]
    for root in roots:
        for path in [root] if root.is_file() else root.rglob(f"*{SUFFIX}"):
            _note(result, path)
    return result


def _note(result: Look, path: Path) -> None:
    try:
        found = path.stat()
    except OSError:
        return
    result[path] = (found.st_mtime_ns, found.st_size)
