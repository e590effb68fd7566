"""Write changed schema files in place: each at once, and only over the text that was read."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from avroforge.errors import OutputError
from avroforge.shell.location import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge_codegen.sources import SourceSet


def rewrite(sources: SourceSet, texts: Mapping[str, str]) -> None:
    """Replace files by new texts.

    Args:
        sources: what was read.
        texts: source name -> new text.

    Raises:
        OutputError: a file is another than the one that was read, or cannot be written.
    """
    for name, text in texts.items():
        location = sources.locations[name].resolve()
        try:
            if location.read_bytes() != sources.texts[name].encode():
                raise OutputError(
                    f"{shown(location)}: OUTPUT_CHANGED the file changed meanwhile; run it again"
                )
            _replace(location, text.encode())
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise OutputError(f"{shown(location)}: OUTPUT_WRITE cannot be written: {reason}") from error


def _replace(location: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=location.parent, prefix=f".{location.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        shutil.copymode(location, name)
        Path(name).replace(location)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
