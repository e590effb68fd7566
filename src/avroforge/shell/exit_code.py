"""What the commands say to the shell."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Findings and failures differ: a check that could not run says nothing about the schemas."""

    CLEAN = 0
    FAILED = 1
    USAGE = 2
    FINDINGS = 100
    INTERRUPTED = 130
