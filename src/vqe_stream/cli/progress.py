"""One line at the bottom of a terminal that says how far something is; nothing where there is none."""

from __future__ import annotations

import shutil
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from avroforge.errors import AvroforgeError
from avroforge.shell.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PAUSE: Final = 0.25
_CLEAR: Final = "\r\x1b[K"


@contextmanager
def progress(text: Callable[[], str]) -> Iterator[None]:
    """Show what `text` says again and again while the block runs, if standard error is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    ended = threading.Event()
    thread = threading.Thread(target=_show, args=(text, ended), name="vqe-stream-progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        _write(_CLEAR)


def _show(text: Callable[[], str], ended: threading.Event) -> None:
    while not ended.wait(_PAUSE):
        try:
            line = visible(text()).replace("\n", " ")
        except AvroforgeError:
            # The work itself will say so.
            continue
        width = shutil.get_terminal_size().columns
        _write(_CLEAR + (line if len(line) < width else f"{line[: width - 4]}..."))


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
