"""What a compose file of this repository must keep, beside what the compose specification demands.

A rule takes the merged document of a project and yields one sentence per breach, with the service it is in.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Document: TypeAlias = dict[str, Any]
_IMAGE: Final = re.compile(r"[a-z0-9./_-]+:(?P<tag>[\w.-]+)(@sha256:[0-9a-f]{64})?")
_SECRET_NAME: Final = re.compile(r"(PASSWORD|SECRET|ACCESS_KEY|TOKEN|CREDENTIALS)", re.IGNORECASE)
_FROM_OUTSIDE: Final = re.compile(r"\$\{[A-Z0-9_]+:\?[^}]+\}|/run/secrets/\S+|.*_FILE")
_PASSWORD_VALUE: Final = re.compile(r"password=\"?(?!\"?\$\{)", re.IGNORECASE)
_LOOPBACK: Final = ("${PUBLISH_ON:-127.0.0.1}:", "127.0.0.1:")
_SECRETS: Final = "${SECRETS_DIR:-./secrets}/"
_OWNER: Final = "1000:1000"


def breaches(document: Document) -> list[str]:
    """Every breach of every rule, in the order of the rules."""
    return [each for rule in RULES for each in rule(document)]


def _services(document: Document) -> Iterator[tuple[str, Document]]:
    for name, service in document["services"].items():
        if service.get("scale") != 0:
            yield name, service


def _awaited(service: Document) -> dict[str, Any]:
    depends = service.get("depends_on", {})
    return depends if isinstance(depends, dict) else {}


def images_are_pinned(document: Document) -> Iterator[str]:
    """A tag that moves gives another stack tomorrow."""
    for name, service in _services(document):
        image = service.get("image", "")
        match = _IMAGE.fullmatch(image)
        if match is None or match["tag"] == "latest" or not re.search(r"\d+\.\d+", match["tag"]):
            yield f"{name}: the image {image!r} has no version"


def services_have_health_checks(document: Document) -> Iterator[str]:
    """What others wait for must say when it is ready; what runs once and ends says that it does."""
    awaited = {
        other: each.get("condition")
        for _, service in _services(document)
        for other, each in _awaited(service).items()
    }
    for name, service in _services(document):
        check = service.get("healthcheck")
        if check is None:
            yield f"{name}: no healthcheck"
        elif check.get("disable"):
            if awaited.get(name, "service_completed_successfully") != "service_completed_successfully":
                yield f"{name}: others wait for its health, and it has none"
            if service.get("restart", "no").split(":")[0] not in {"no", "on-failure"}:
                yield f"{name}: it ends, and is started again and again"
        elif not {"test", "interval", "timeout", "retries"} <= set(check):
            yield f"{name}: a healthcheck needs test, interval, timeout and retries"


def dependencies_exist(document: Document) -> Iterator[str]:
    """A name in depends_on is a service that runs here, waited for by a condition."""
    present = {name for name, _ in _services(document)}
    for name, service in _services(document):
        if isinstance(service.get("depends_on"), list):
            yield f"{name}: depends_on waits for a condition, not for a mere start"
        for other in _awaited(service):
            if other not in present:
                yield f"{name}: depends on {other}, which is not there"


def ports_are_published_on_loopback(document: Document) -> Iterator[str]:
    """Nothing is open to the network unless somebody asks for it."""
    for name, service in _services(document):
        for port in service.get("ports", ()):
            if not str(port).startswith(_LOOPBACK):
                yield f"{name}: the port {port} is published beyond loopback"


def host_ports_differ(document: Document) -> Iterator[str]:
    """Two services cannot have one port of the host."""
    published = [
        (str(port).split(":")[-2], name)
        for name, service in _services(document)
        for port in service.get("ports", ())
    ]
    for (one, a), (other, b) in combinations(published, 2):
        if one == other:
            yield f"{b}: the host's port {one} is taken by {a}"


def secrets_come_from_outside(document: Document) -> Iterator[str]:
    """No password stands in a file; a variable that is missing stops the start and names the remedy."""
    for name, service in _services(document):
        environment = service.get("environment", {})
        if isinstance(environment, list):
            yield f"{name}: environment is a mapping, so that files can be laid over each other"
            continue
        for variable, value in environment.items():
            if _SECRET_NAME.search(variable) and not _FROM_OUTSIDE.fullmatch(str(value)):
                yield f"{name}: {variable} holds a value"
            if _PASSWORD_VALUE.search(str(value)):
                yield f"{name}: {variable} holds a password"


def secret_files_are_declared_and_readable(document: Document) -> Iterator[str]:
    """Files of keys come from the one folder that git ignores; they keep their owner in the container."""
    declared = document.get("secrets", {})
    used = set()
    for name, service in _services(document):
        wanted = service.get("secrets", ())
        used.update(wanted)
        for each in wanted:
            if each not in declared:
                yield f"{name}: the secret {each} is not declared"
        if wanted and service.get("user") != _OWNER:
            yield f"{name}: it may not read its secrets: they belong to the user {_OWNER}"
    for each, body in declared.items():
        if set(body) != {"file"} or not body["file"].startswith(_SECRETS):
            yield f"the secret {each} is not a file of {_SECRETS}"
        if each not in used:
            yield f"the secret {each} is declared and not used"


def services_are_bounded(document: Document) -> Iterator[str]:
    """A service that leaks must not take the machine with it."""
    for name, service in _services(document):
        limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
        if not {"cpus", "memory"} <= set(limits):
            yield f"{name}: no limit of processors and memory"


def volumes_are_declared(document: Document) -> Iterator[str]:
    """A named volume that nobody declares is a typing mistake; a declared one that nobody uses, too."""
    used = set()
    for name, service in _services(document):
        for volume in service.get("volumes", ()):
            source = str(volume).split(":")[0]
            if not source.startswith((".", "/", "$")):
                used.add(source)
                if source not in document.get("volumes", {}):
                    yield f"{name}: the volume {source} is not declared"
    for source in set(document.get("volumes", {})) - used:
        yield f"the volume {source} is declared and not used"


RULES: Final[tuple[Callable[[Document], Iterator[str]], ...]] = (
    images_are_pinned,
    services_have_health_checks,
    dependencies_exist,
    ports_are_published_on_loopback,
    host_ports_differ,
    secrets_come_from_outside,
    secret_files_are_declared_and_readable,
    services_are_bounded,
    volumes_are_declared,
)
