"""Keys for the compose files, made once: compose/.env, readable by its owner alone.

    python compose/environment.py [FILE]

An existing file is left as it is: the data in the volumes belongs to its keys.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import Final

DEFAULT: Final = Path(__file__).with_name(".env")


def environment() -> dict[str, str]:
    """Fresh keys as Garage asks for them; in hexadecimal no YAML and no shell reads them otherwise."""
    return {
        "S3_ACCESS_KEY": f"GK{secrets.token_hex(12)}",
        "S3_SECRET_KEY": secrets.token_hex(32),
        "GARAGE_RPC_SECRET": secrets.token_hex(32),
    }


def write(path: Path) -> bool:
    """Write fresh keys unless there are some; whether it did."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in environment().items())
    return True


def main() -> None:
    """Write the file named by the first argument, or the one beside the compose files."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    sys.stdout.write(f"{path}: {'written' if write(path) else 'kept as it is'}\n")


if __name__ == "__main__":
    main()
