"""What the demonstration checks first, with the command that a user would run."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_AVROFORGE: Final = (sys.executable, "-c", "from avroforge_codegen.cli import main; main()")


@dataclass(frozen=True, slots=True)
class Check:
    """A question and the arguments of ``avroforge`` that answer it."""

    question: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What ``avroforge`` said."""

    check: Check
    exit_code: int
    output: str

    @property
    def last_line(self) -> str:
        """Its summary."""
        lines = self.output.strip().splitlines()
        return lines[-1] if lines else "nothing to say"


CHECKS: Final = (
    Check("generated code is fresh", ("generate", "--check")),
    Check("schemas follow the rules", ("lint",)),
    Check("BACKWARD compatible with the committed baseline", ("breaking",)),
)


def ask_all(root: Path) -> list[Answer]:
    """Run every check in the checkout, side by side.

    Raises:
        OSError: Python cannot be started.
    """
    running = [
        subprocess.Popen(  # noqa: S603 - this interpreter, with arguments from this file
            [*_AVROFORGE, *check.arguments],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for check in CHECKS
    ]
    outputs = [process.communicate()[0] for process in running]
    return [
        Answer(check, process.returncode, output)
        for check, process, output in zip(CHECKS, running, outputs, strict=True)
    ]
