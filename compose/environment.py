"""Keys and passwords for the compose files, made once: compose/.env, readable by its owner alone.

    python compose/environment.py [FILE]

What stands in the file already is left as it is: the data in the volumes belongs to its keys.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
from pathlib import Path
from typing import Final

DEFAULT: Final = Path(__file__).with_name(".env")
_NAME: Final = re.compile(r"^([A-Z0-9_]+)=", re.MULTILINE)


def environment() -> dict[str, str]:
    """Fresh keys as Garage asks for them, and passwords.

    In hexadecimal no YAML and no shell reads them otherwise.
    """
    return {
        "S3_ACCESS_KEY": f"GK{secrets.token_hex(12)}",
        "S3_SECRET_KEY": secrets.token_hex(32),
        "GARAGE_RPC_SECRET": secrets.token_hex(32),
        "PRODUCER_PASSWORD": secrets.token_hex(16),
        "REGISTRY_PASSWORD": secrets.token_hex(16),
        "SINK_PASSWORD": secrets.token_hex(16),
    }


def write(path: Path) -> list[str]:
    """Write what the file does not have; the names that were missing."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        text = file.read()
        known = set(_NAME.findall(text))
        missing = {name: value for name, value in environment().items() if name not in known}
        if text and not text.endswith("\n"):
            file.write("\n")
        file.writelines(f"{name}={value}\n" for name, value in missing.items())
    return list(missing)


def main() -> None:
    """Write the file named by the first argument, or the one beside the compose files."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    written = write(path)
    print(f"{path}: {', '.join(written)} written" if written else f"{path}: complete, kept as it is")


if __name__ == "__main__":
    main()
