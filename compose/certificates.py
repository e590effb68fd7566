"""Certificates for docker-compose.secure.yaml, made once, for development.

    python compose/certificates.py [HOST ...]

The servers' certificates are for their names inside, for this machine, and for the HOSTs named.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from avroforge.errors import ConfigurationError
from vqe_stream.development_pki import LOCAL, generate

FOLDER: Final = Path(__file__).with_name("secrets")
INSIDE: Final = ("kafka", "schema-registry")
# The containers run as this user, and see the files with the owner that they have here.
_USER: Final = 1000


def main() -> int:
    """0 once the certificates are there and the containers may read them."""
    if (FOLDER / "ca.crt").exists():
        print(f"{FOLDER}: kept as it is")
    else:
        try:
            generate(FOLDER, (*INSIDE, *LOCAL, *sys.argv[1:]))
        except ConfigurationError as error:
            print(error, file=sys.stderr)
            return 1
        print(f"{FOLDER}: written, valid for 30 days")
    strangers = [each for each in (FOLDER, *FOLDER.iterdir()) if each.stat().st_uid != _USER]
    if strangers and os.geteuid() == 0:
        for each in strangers:
            os.chown(each, _USER, _USER)
    elif strangers:
        print(f"the containers read them as user {_USER}: sudo chown -R {_USER}:{_USER} {FOLDER}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
