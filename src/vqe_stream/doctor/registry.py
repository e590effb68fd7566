"""The registry: reachable, and willing to take or to give the ids of this program's schemas."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from avroforge.errors import (
    RegistryAccessError,
    RegistryCertificateError,
    RegistryError,
    RegistryUnavailableError,
    SubjectNotFoundError,
)
from avroforge.registry import HttpRegistry, RegistryMode
from avroforge.registry.location import is_address
from avroforge.registry.location import open_registry as registry_at
from vqe_records import VQEDecoratedResultInterface, VQEResultClaimInterface
from vqe_stream.check import Check, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.registry import SchemaRegistry
    from vqe_stream.config import ProducerConfig

_UNSAFE: Final = "NONE"
_MOST_SECONDS_APART: Final = 30.0
_NAME: Final = "registry"


def look_at_registry(config: ProducerConfig) -> Iterator[Check]:
    """Ask for both subjects as a producer would, registering nothing."""
    location = config.registry_location
    if not is_address(location) and not Path(location).exists():
        yield Check(_NAME, Verdict.OK, f"{location}: no file yet; the first result makes it")
        return
    subjects = {
        config.subject: VQEDecoratedResultInterface.SELF_CONTAINED,
        config.claims_subject: VQEResultClaimInterface.SELF_CONTAINED,
    }
    with closing(registry_at(location, config.registry_options)) as registry:
        try:
            for subject, text in subjects.items():
                yield _subject(registry, subject, text)
        except RegistryError as error:
            yield Check(_NAME, Verdict.FAILURE, str(error), _advice(error))
            return
        yield Check(_NAME, Verdict.OK, f"{registry.name} answers")
        if isinstance(registry, HttpRegistry) and registry.clock_offset is not None:
            yield _clock(registry.clock_offset)


def _subject(registry: SchemaRegistry, subject: str, text: str) -> Check:
    name = f"subject {subject}"
    level = registry.config(subject, default_to_global=True).compatibility
    found = registry.lookup(subject, text)
    if found is not None:
        where = f"this program's schema is version {found.version}, id {found.schema_id}"
        return _weighed(name, f"{where}, level {level}", str(level))
    try:
        versions = registry.versions(subject)
    except SubjectNotFoundError:
        versions = ()
    answer = registry.check(subject, text)
    if not answer.compatible:
        reasons = [str(each) for each in answer.reasons] or list(answer.messages) or ["without a reason"]
        more = f" (and {len(reasons) - 1} more)" if reasons[1:] else ""
        return Check(
            name,
            Verdict.FAILURE,
            f"level {level} forbids this program's schema: {reasons[0]}{more}",
            "compare with 'avroforge registry plan'; take the program that fits, or change the schema",
        )
    mode = registry.mode(subject, default_to_global=True)
    if mode is not RegistryMode.READWRITE:
        return Check(
            name,
            Verdict.FAILURE,
            f"this program's schema is not registered, and the mode is {mode.value}",
            "register it where that is allowed ('avroforge registry push'), or set the mode READWRITE",
        )
    state = f"{len(versions)} versions, this program's is compatible" if versions else "not there yet"
    return _weighed(name, f"{state}; the first result registers it, level {level}", str(level))


def _weighed(name: str, found: str, level: str) -> Check:
    if level == _UNSAFE:
        return Check(name, Verdict.WARNING, f"{found}: no change is checked", "set BACKWARD")
    return Check(name, Verdict.OK, found)


def _clock(offset: float) -> Check:
    if abs(offset) > _MOST_SECONDS_APART:
        side = "behind" if offset > 0 else "ahead of"
        return Check(
            "registry clock",
            Verdict.FAILURE,
            f"{abs(offset):.0f} s {side} the registry's: certificates, creation times and retention go by it",
            "set the clock (chrony, systemd-timesyncd)",
        )
    return Check("registry clock", Verdict.OK, "as the registry's, to the second")


def _advice(error: RegistryError) -> str:
    match error:
        case RegistryCertificateError():
            return "check ssl.ca.location and the address in registry"
        case RegistryUnavailableError():
            return "start it, or correct registry; results are kept, and sent once it answers"
        case RegistryAccessError():
            return "check basic.auth.user.info and what this user may do"
    return ""
