"""Import a generated package from its texts, under a name of its own, and leave no trace of it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.util import spec_from_loader
from itertools import count
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from pathlib import Path
    from types import ModuleType

PREFIX: Final = "avroforge_verified_"
"""How the names of packages that exist in memory only start."""
_NUMBERS: Final = count()


class _Texts(MetaPathFinder, InspectLoader):
    """Finds and loads modules whose texts are in a mapping by module name; tracebacks show these texts."""

    def __init__(self, texts: Mapping[str, str], packages: frozenset[str]) -> None:
        self._texts = texts
        self._packages = packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname not in self._texts:
            return None
        return spec_from_loader(fullname, self, is_package=fullname in self._packages)

    def is_package(self, fullname: str) -> bool:
        return fullname in self._packages

    def get_source(self, fullname: str) -> str:
        return self._texts[fullname]


@contextmanager
def imported(files: Mapping[str, str], places: Sequence[Path] = ()) -> Iterator[dict[str, ModuleType]]:
    """The modules of a package, executed from its texts, by path.

    The package has a name that nobody else uses, so one that is installed under its own name stays
    untouched. Nothing of it can be imported any more when the context ends.

    Args:
        files: path -> text, as the generator gives them; what is no module is left out.
        places: folders to import other packages from, meanwhile.
    """
    prefix = f"{PREFIX}{next(_NUMBERS)}"
    texts, packages = {prefix: ""}, {prefix}
    names: dict[str, str] = {}
    for path, text in files.items():
        if not path.endswith(".py"):
            continue
        parts = (prefix, *PurePosixPath(path).with_suffix("").parts)
        for end in range(1, len(parts)):
            packages.add(".".join(parts[:end]))
        names[path] = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        texts[names[path]] = text
    finder = _Texts({**dict.fromkeys(packages, ""), **texts}, frozenset(packages))
    path_before, modules_before = list(sys.path), set(sys.modules)
    sys.meta_path.insert(0, finder)
    sys.path[:0] = map(str, places)
    try:
        yield {path: import_module(name) for path, name in names.items()}
    finally:
        sys.path[:] = path_before
        sys.meta_path.remove(finder)
        for name in set(sys.modules) - modules_before:
            if name.partition(".")[0] == prefix or _lies_in(sys.modules[name], places):
                del sys.modules[name]


def _lies_in(module: ModuleType, places: Sequence[Path]) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and any(PurePosixPath(file).is_relative_to(each) for each in places)
