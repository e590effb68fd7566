"""Where the demonstration finds its schemas and results: a checkout of the repository."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from avroforge.delivery.file_system import write_atomically
from avroforge.errors import ConfigurationError
from vqe_stream.adapter import result_from_json

if TYPE_CHECKING:
    from vqe_records import VQEDecoratedResult

SETTINGS: Final = "avroforge.toml"
RESULTS: Final = Path("data", "vqe")
BASELINE: Final = Path("schemas", "registry.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One real result of the repository.

    Attributes:
        name: the file's name without its ending.
        result: read from the JSON file.
        datum: the JSON file, parsed.
        expected: the Avro file that an independent writer made of it.
    """

    name: str
    result: VQEDecoratedResult
    datum: object = field(repr=False)
    expected: bytes = field(repr=False)


def find_repository() -> Path:
    """The checkout around the current folder, else the one this code runs from.

    Raises:
        ConfigurationError: there is none, as in an installation from a wheel.
    """
    here = Path.cwd()
    for folder in (here, *here.parents, *Path(__file__).resolve().parents):
        if (folder / SETTINGS).is_file() and (folder / RESULTS).is_dir():
            return folder
    raise ConfigurationError(
        f"demo: expected {SETTINGS} and {RESULTS} in {here} or above it, got neither: the demonstration "
        "needs a checkout of the repository, because its results are not part of the package; clone it and "
        "run 'make demo' there"
    )


def read_samples(root: Path) -> list[Sample]:
    """The results, by name.

    Raises:
        ResultError: a file is no result.
        OSError: a file cannot be read.
    """
    return [_sample(path) for path in sorted((root / RESULTS).glob("*.json"))]


def provide_registry(root: Path, state: Path) -> tuple[Path, bool]:
    """The registry file of a state folder, and whether it was copied from the repository just now.

    Once there it is kept: ids that stand in the topic log must not change their meaning.

    Raises:
        OSError: the baseline cannot be read, or the copy not written.
    """
    path = state / BASELINE.name
    if path.exists():
        return path, False
    baseline = (root / BASELINE).read_bytes()
    state.mkdir(parents=True, exist_ok=True)
    # In one step: a copy that a kill cut short would be taken for the registry next time.
    write_atomically(path, baseline)
    return path, True


def _sample(path: Path) -> Sample:
    text = path.read_bytes()
    return Sample(
        name=path.stem,
        result=result_from_json(text, path),
        datum=json.loads(text),
        expected=path.with_suffix(".avro").read_bytes(),
    )
