"""Read what a git repository holds, in place: no clone, no fetch, no hook, no filter, no prompt.

Objects come from ``git cat-file --batch``, as they are stored. Nothing of the repository's own
configuration is run: blobs pass no filter, and a lazy fetch of a partial clone is refused.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from avroforge.errors import ConfigurationError
from avroforge.shell.location import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TIMEOUT: Final = 60.0
"""Seconds that one call of git may take."""
_ENVIRONMENT: Final = {
    "GIT_NO_LAZY_FETCH": "1",
    # git before 2.45 does not know the line above: without a transport it cannot fetch either
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_ASKPASS": "true",
    "LC_ALL": "C",
}
_SETTINGS: Final = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false")
_GITLINK: Final = "160000"
_LINK: Final = "120000"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a tree: its path from the tree's root, and its object."""

    path: str
    mode: str
    sha: str


class Repository:
    """One work tree (of a clone, a linked worktree or a submodule) and its objects.

    Args:
        folder: a folder inside the work tree.

    Raises:
        ConfigurationError: git is missing, or the folder is in no work tree that git trusts.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        top = self._run("rev-parse", "--show-toplevel", what="find the repository")
        self.root = Path(top.rstrip("\n"))

    def _call(self, arguments: Sequence[str], data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        command = ["git", "--no-pager", *_SETTINGS, "-C", str(self._folder), *arguments]
        try:
            return subprocess.run(  # noqa: S603 - git from PATH; what comes from outside stands behind --end-of-options
                command,
                input=data,
                capture_output=True,
                check=False,
                timeout=TIMEOUT,
                env=kept | _ENVIRONMENT,
            )
        except FileNotFoundError:
            raise ConfigurationError(
                "GIT_MISSING git is not installed; compare with --against dir:FOLDER instead"
            ) from None
        except subprocess.TimeoutExpired:
            raise ConfigurationError(f"GIT_FAILED git {arguments[0]}: no answer in {TIMEOUT:g} s") from None

    def _run(self, *arguments: str, what: str) -> str:
        done = self._call(arguments)
        if done.returncode:
            raise ConfigurationError(f"{shown(self._folder)}: GIT_FAILED cannot {what}: {_reason(done)}")
        return done.stdout.decode(errors="replace")

    def commit(self, ref: str) -> str:
        """The commit that a ref names, here or at ``origin``.

        Raises:
            ConfigurationError: there is none; the message has the fetch that brings it.
        """
        for name in (ref, f"origin/{ref}"):
            arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
            done = self._call(arguments)
            if not done.returncode:
                return done.stdout.decode().strip()
        raise ConfigurationError(
            f"{shown(self.root)}: GIT_REF no commit {ref!r} in this clone; fetch it with: {self._fetch(ref)}"
        )

    def _fetch(self, ref: str) -> str:
        name = ref.removeprefix("origin/")
        depth = "--unshallow" if self.shallow else "--no-tags"
        if all(character in "0123456789abcdef" for character in name):
            return f"git fetch {depth} origin {name}"
        return f"git fetch {depth} origin {name}:refs/remotes/origin/{name}"

    @property
    def shallow(self) -> bool:
        """Whether the clone's history ends somewhere."""
        answer = self._run("rev-parse", "--is-shallow-repository", what="look at the history")
        return answer.strip() == "true"

    def merge_base(self, commit: str, ref: str) -> str:
        """The commit where the checked-out branch left `commit`.

        Raises:
            ConfigurationError: it is not in this clone, or there is none.
        """
        done = self._call(("merge-base", "--end-of-options", "HEAD", commit))
        if not done.returncode:
            return done.stdout.decode().strip()
        if self.shallow:
            message = f"GIT_SHALLOW the clone does not reach the commit where HEAD left {ref!r}"
            way = f"fetch it with: {self._fetch(ref)}; or compare with the ref itself: --exact"
            raise ConfigurationError(f"{shown(self.root)}: {message}; {way}")
        message = f"GIT_UNRELATED HEAD and {ref!r} have no common commit"
        raise ConfigurationError(f"{shown(self.root)}: {message}; compare with the ref itself: --exact")

    def below(self, commit: str, folder: str) -> list[Entry]:
        """Every entry of a commit's tree below a folder (or the one file of that path)."""
        arguments = ["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit]
        if folder not in {"", "."}:
            arguments += ["--", folder]
        done = self._call(arguments)
        if done.returncode:
            raise ConfigurationError(f"{shown(self.root)}: GIT_FAILED cannot list {commit}: {_reason(done)}")
        entries = []
        for line in filter(None, done.stdout.decode(errors="surrogateescape").split("\0")):
            head, _, path = line.partition("\t")
            mode, _, sha = head.split(" ")
            entries.append(Entry(path, mode, sha))
        return entries

    def gitlink(self, commit: str, path: str) -> tuple[str, str] | None:
        """The submodule on the way to a path: its path, and the commit it is at."""
        parts = PurePosixPath(path).parts
        for count in range(1, len(parts) + 1):
            prefix = "/".join(parts[:count])
            entries = self.below(commit, prefix)
            if len(entries) == 1 and entries[0].path == prefix and entries[0].mode == _GITLINK:
                return prefix, entries[0].sha
        return None

    def blobs(self, entries: Iterable[Entry]) -> dict[str, bytes]:
        """The contents of files by path, from one process.

        Raises:
            ConfigurationError: an object is not in this clone.
        """
        listed = [each for each in entries if each.mode not in {_GITLINK, _LINK}]
        if not listed:
            return {}
        asked = "".join(f"{each.sha}\n" for each in listed).encode()
        done = self._call(("cat-file", "--batch", "--buffer"), asked)
        found: dict[str, bytes] = {}
        rest, at = done.stdout, 0
        for each in listed:
            end = rest.find(b"\n", at)
            head = rest[at : max(end, at)].split(b" ")
            if end < 0 or len(head) != 3 or head[1] != b"blob":  # noqa: PLR2004 - name, kind, size
                message = f"GIT_OBJECT {each.path}: its object {each.sha} is not in this clone"
                way = "a partial clone gets it with: git fetch --refetch --filter=blob:limit=16m origin"
                raise ConfigurationError(f"{shown(self.root)}: {message}; {way}")
            size = int(head[2])
            found[each.path] = rest[end + 1 : end + 1 + size]
            at = end + size + 2
        return found


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else f"git ended with {done.returncode}"
