"""What the commands say to the shell."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Findings and failures differ: what could not be looked at is not clean."""

    CLEAN = 0
    FAILED = 1
    USAGE = 2
    FINDINGS = 100
    INTERRUPTED = 130
