"""Run the demo on a fresh stack and draw what it prints: ``python compose/picture.py FILE.svg``."""

from __future__ import annotations

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

_DEMO: Final = Path(__file__).with_name("demo_stack.sh")
_STACK: Final = Path(__file__).with_name("stack.py")
_WIDTH: Final = 136
_TITLE: Final = "make demo-stack"
# The template would fetch a font from elsewhere when it is looked at.
_FONT: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_ID: Final = re.compile(r"\b[0-9a-f]{64}\b")


def main(path: Path) -> int:
    """0 once the picture is written; else the demo's exit code, with what it printed."""
    subprocess.run([sys.executable, _STACK, "down"], stdout=subprocess.DEVNULL, check=True)
    demo = subprocess.run([_DEMO], stdout=subprocess.PIPE, text=True, check=False)
    if demo.returncode:
        print(demo.stdout)
        return demo.returncode
    console = Console(record=True, width=_WIDTH, file=StringIO())
    # Ids of 64 digits would make every line twice as long.
    shortened = _ID.sub(lambda found: f"{found[0][:12]}…", demo.stdout)
    console.print(Text.from_ansi(shortened))
    path.write_text(_FONT.sub("", console.export_svg(title=_TITLE)))
    print(f"{path}: written")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and its one argument
        sys.exit(f"usage: {sys.argv[0]} FILE.svg")
    sys.exit(main(Path(sys.argv[1])))
