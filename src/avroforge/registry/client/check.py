"""A registry's verdict about a schema, against every version that counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from avroforge.errors import RegistryAnswerError, SubjectNotFoundError, VersionNotFoundError
from avroforge.registry.answer import Answer, error_of
from avroforge.registry.check import CheckReason, CheckResult
from avroforge.registry.client.messages import read_messages
from avroforge.registry.content import LATEST
from avroforge.registry.findings import compatibility_in_force

if TYPE_CHECKING:
    from collections.abc import Callable

    from avroforge.registry.client.document import Reading
    from avroforge.registry.client.question import Question
    from avroforge.registry.content import VersionRef
    from avroforge.registry.interface import SchemaRegistry

_NO_SUCH_PATH: Final = (404, 405)
_NO_SCHEMA: Final = ("Invalid schema", "Empty schema")


def check_at(
    registry: SchemaRegistry,
    ask: Callable[[Question], Reading],
    subject: str,
    version: VersionRef | None,
    question: Question,
) -> CheckResult:
    """Ask for a verdict.

    ``versions/latest`` ignores transitive levels, so a check against all versions that count is asked for as
    such, and version by version where a server has no such call or does it otherwise.

    Args:
        registry: what the level and the versions are asked of.
        ask: gives the answer to a question.
        subject: whose versions.
        version: one of them, or None for all that count.
        question: the check, without its path.

    Raises:
        VersionNotFoundError: no such version; never for None or the latest.
        InvalidSchemaError: the candidate is no schema.
        RegistryError: no verdict.
    """
    path = ("compatibility", "subjects", subject, "versions")
    try:
        if version is not None:
            return _verdict(ask(replace(question, path=(*path, str(version)))))
        verdict = _of_all(ask, replace(question, path=path))
        return verdict or _one_by_one(registry, ask, subject, question)
    except SubjectNotFoundError:
        return CheckResult(compatible=True)
    except VersionNotFoundError:
        if version in (None, LATEST):
            return CheckResult(compatible=True)
        raise


def _of_all(ask: Callable[[Question], Reading], question: Question) -> CheckResult | None:
    """The verdict against all versions that count, or None from a server whose verdict that is not.

    Some servers have no such call. Apicurio's compares with all versions whatever the level is; it gives no
    reason for a refusal, which Confluent's always does.
    """
    try:
        verdict = _verdict(ask(question))
    except RegistryAnswerError as error:
        if error.status not in _NO_SUCH_PATH:
            raise
        return None
    return verdict if verdict.compatible or verdict.messages else None


def _one_by_one(
    registry: SchemaRegistry, ask: Callable[[Question], Reading], subject: str, question: Question
) -> CheckResult:
    numbers = registry.versions(subject)
    counted = numbers if compatibility_in_force(registry, subject).transitive else numbers[-1:]
    reasons: list[CheckReason] = []
    messages: list[str] = []
    compatible = True
    for number in counted:
        path = ("compatibility", "subjects", subject, "versions", str(number))
        verdict = _verdict(ask(replace(question, path=path)))
        compatible = compatible and verdict.compatible
        reasons += [each if each.version else replace(each, version=number) for each in verdict.reasons]
        messages += verdict.messages
    return CheckResult(compatible, tuple(reasons), tuple(messages))


def _verdict(answer: Reading) -> CheckResult:
    compatible = answer.needed("is_compatible").truth()
    said = answer.child("messages")
    messages = said.texts() if said else ()
    if not compatible and len(messages) == 1 and messages[0].startswith(_NO_SCHEMA):
        # With `verbose` the registry answers like this what it otherwise refuses.
        raise error_of(Answer(422, 42201, messages[0]))
    return CheckResult(compatible, () if compatible else read_messages(messages), messages)
