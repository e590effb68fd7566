"""Remember what was generated from what, so that a run with nothing changed need not generate again.

An entry says: from these inputs (sources, options, generator, Python) came files of these SHA-256. It is used
only where every one of those files is on disk with that very content, so at worst the work is done again. One
small file per output folder and package, in the user's cache folder; checks never ask it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge_codegen.options import Options

_FORMAT: Final = 1


def cache_folder() -> Path:
    """Where the entries are: below ``XDG_CACHE_HOME``, or ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "avroforge"


def digest_of(sources: Mapping[str, str], options: Options) -> str:
    """A digest of everything that generated text depends on."""
    found = sha256()
    for part in (str(_FORMAT), sys.version, repr(options), *_generator()):
        found.update(f"{len(part)}:{part}".encode(errors="surrogatepass"))
    for name, text in sorted(sources.items()):
        found.update(f"{len(name)}:{name}{len(text)}:{text}".encode(errors="surrogatepass"))
    return found.hexdigest()


def _generator() -> Iterator[str]:
    """The state of this generator's own files, and of the run time whose code it writes calls of."""
    import avroforge  # noqa: PLC0415 only its place is wanted

    for package in (Path(__file__).parent, Path(avroforge.__file__).parent):
        for folder, folders, files in os.walk(package):
            folders[:] = sorted(each for each in folders if each != "__pycache__")
            for name in sorted(files):
                if name.endswith(".py"):
                    state = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118 three times as fast
                    yield f"{folder}/{name} {state.st_size} {state.st_mtime_ns}"


def _entry(root: Path, package: str) -> Path:
    name = sha256(f"{root.resolve()}\0{package}".encode(errors="surrogateescape")).hexdigest()
    return cache_folder() / f"{name[:32]}.json"


def recall(root: Path, package: str, digest: str) -> dict[str, str] | None:
    """The files that these inputs gave, read from the disk; None where they are not there just so."""
    try:
        known: Any = json.loads(_entry(root, package).read_text(encoding="utf-8"))
        if known["inputs"] != digest:
            return None
        files: dict[str, str] = {}
        for path, wanted in known["outputs"].items():
            raw = (root / path).read_bytes()
            if sha256(raw).hexdigest() != wanted:
                return None
            files[path] = raw.decode()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return files


def remember(root: Path, package: str, digest: str, files: Mapping[str, str]) -> None:
    """Note what these inputs gave; a cache that cannot be written is no error."""
    entry = _entry(root, package)
    outputs = {path: sha256(text.encode()).hexdigest() for path, text in files.items()}
    draft = entry.with_suffix(f".{os.getpid()}")
    try:
        entry.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.write_text(json.dumps({"inputs": digest, "outputs": outputs}), encoding="utf-8")
        draft.replace(entry)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
