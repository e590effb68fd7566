"""Failures in words: every exception becomes a message on standard error."""

from __future__ import annotations

import os
import traceback
from typing import Final

from avroforge.errors import AvroforgeError
from avroforge_codegen.cli.terminal import complain

TRACEBACK_VARIABLE: Final = "AVROFORGE_TRACEBACK"


def explain(error: Exception) -> None:
    """Print what went wrong, without a traceback unless the environment asks for one."""
    if os.environ.get(TRACEBACK_VARIABLE):
        complain("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, AvroforgeError):
        complain(str(error))
    elif isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        complain(f"avroforge: {error.filename}: {reason}" if error.filename else f"avroforge: {reason}")
    else:
        name = type(error).__name__
        hint = f"please report it with the output of the same command under {TRACEBACK_VARIABLE}=1"
        complain(f"avroforge: internal error: {name}: {' '.join(str(error).split())}; {hint}")
