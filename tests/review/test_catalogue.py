"""The catalogue, held against itself, against the differ and against the checker, kind by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.review.cases import (
    CASES,
    COUNT,
    COUNT_0,
    FILE,
    NO_CASE,
    PROJECT,
    PYTHON,
    QTY,
    QTY_0,
    SUBJECT,
    Case,
    case,
    one,
    record,
    text,
)
from tests.review.harness import review

from avroforge.evolution.changes import CATALOGUE, ChangeClass
from avroforge_codegen.review.report import CLOSING, Verdict

if TYPE_CHECKING:
    from avroforge_codegen.review.report import Report

ONE_WAY = {
    # added or removed again: what has to be given, or is gone, depends on the default
    "PYTHON_ATTRIBUTE_REQUIRED",
    "HISTORY_REWRITTEN",
    "WAIVER_EXPIRED",
    "WAIVER_UNUSED",
    # speaks about a version from before both sides
    "FIELD_READDED",
}


def test_every_kind_has_a_case() -> None:
    assert set(CASES) | set(NO_CASE) == set(CATALOGUE)
    assert not set(CASES) & set(NO_CASE)


def test_there_are_about_fifty_kinds_and_more() -> None:
    assert len(CATALOGUE) >= 50
    assert {each for kind in CATALOGUE.values() for each in kind.classes} == set(ChangeClass)


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.id)
def test_the_inverse_of_the_inverse_is_the_kind_and_sees_the_directions_swapped(kind: object) -> None:
    kind = CATALOGUE[kind.id]  # type: ignore[attr-defined]  # parametrised with kinds
    inverse = CATALOGUE[kind.inverse]
    assert inverse.inverse == kind.id
    assert (inverse.backward, inverse.forward) == (kind.forward, kind.backward)


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.id)
def test_texts_are_plain_sentences_whose_words_can_be_filled_in(kind: object) -> None:
    kind = CATALOGUE[kind.id]  # type: ignore[attr-defined]  # parametrised with kinds
    words = {"type": "T", "name": "N", "old": "O", "new": "W"}
    for words_of_kind in (kind.summary, kind.explanation, kind.fix):
        filled = words_of_kind.format_map(words)
        assert "{" not in filled.replace("rename = {", "")
        assert not filled.endswith(".")


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_found_with_the_outcomes_of_its_kind(name: str) -> None:
    found = [change for change in review(CASES[name]).changes if change.kind.id == name]
    assert found, [change.kind.id for change in review(CASES[name]).changes]
    kind = CATALOGUE[name]
    assert {(change.backward, change.forward) for change in found} == {(kind.backward, kind.forward)}


@pytest.mark.parametrize("name", sorted(set(CASES) - ONE_WAY))
def test_the_way_back_is_the_inverse(name: str) -> None:
    there = CASES[name]
    back = Case(there.new, there.old, old_settings=there.new_settings, new_settings=there.old_settings)
    assert CATALOGUE[name].inverse in {change.kind.id for change in review(back).changes}


@pytest.mark.parametrize("name", sorted(name for name in CASES if CATALOGUE[name].fix))
def test_the_fix_leads_to_a_clean_verdict(name: str) -> None:
    """Clean: nothing that closes the gate in either direction, against every version."""
    assert CASES[name].fixed is not None
    report = review(CASES[name], fixed=True)
    assert name not in {change.kind.id for change in report.changes}
    assert report.findings == []
    assert report.verdict is Verdict.COMPATIBLE


@pytest.mark.parametrize("name", sorted(set(CASES) - set(PYTHON)))
def test_only_what_has_a_fix_closes_the_gate(name: str) -> None:
    found = [change for change in review(CASES[name]).changes if change.kind.id == name]
    closes = any(change.level in CLOSING for change in found)
    harmless_now = {"FIELD_DEFAULT_BRANCH_FIRST"}
    assert closes == bool(CATALOGUE[name].fix) or name in harmless_now


def test_project_kinds_are_about_the_project() -> None:
    classes = {CATALOGUE[name].classes[0] for name in PROJECT}
    assert classes == {ChangeClass.GOVERNANCE}


def test_a_field_that_the_last_version_has_is_not_added_again() -> None:
    old, new = record(one("price", "int", default=0)), record(one("price", "long", default=0))
    versions = (text(record()), text(old))
    case = Case(
        {FILE: text(old)}, {FILE: text(new)}, history=versions, old_settings=SUBJECT, new_settings=SUBJECT
    )
    assert "FIELD_READDED" not in {change.kind.id for change in review(case).changes}


def test_every_broken_version_is_listed_with_the_change_that_breaks_it() -> None:
    versions = tuple(text(record(*fields)) for fields in ((), (QTY_0,), (QTY_0, COUNT_0)))
    case = Case(
        {FILE: versions[-1]},
        {FILE: text(record(QTY_0, COUNT))},
        history=versions,
        old_settings=SUBJECT,
        new_settings=SUBJECT,
    )
    report = review(case, mode="BACKWARD_TRANSITIVE")
    (subject,) = report.subjects
    assert [(each.version, each.backward.value) for each in subject.versions] == [
        (1, "fails"),
        (2, "fails"),
        (3, "reads"),
    ]
    broken = {change.kind.id: change.versions for change in report.changes if change.versions}
    assert broken == {"FIELD_ADDED_WITHOUT_DEFAULT": ("orders-value version 1", "orders-value version 2")}
    assert subject.verdict is Verdict.BREAKING
    assert review(case, mode="BACKWARD").verdict is Verdict.COMPATIBLE
    assert subject.matrix is not None
    assert subject.matrix.labels == ("v1", "v2", "v3", "new")
    assert subject.matrix.cells[3] == (False, False, True, True)


@pytest.mark.parametrize(
    ("mode", "added", "removed"),
    [
        ("BACKWARD", Verdict.BREAKING, Verdict.CONSUMERS_FIRST),
        ("FORWARD", Verdict.PRODUCERS_FIRST, Verdict.BREAKING),
        ("FULL", Verdict.BREAKING, Verdict.BREAKING),
        ("NONE", Verdict.NOT_CHECKED, Verdict.NOT_CHECKED),
    ],
)
def test_the_mode_decides_between_an_order_of_deployment_and_a_break(
    mode: str, added: Verdict, removed: Verdict
) -> None:
    without, required = {FILE: text(record())}, {FILE: text(record(QTY))}
    assert review(Case(without, required), mode=mode).verdict is added
    assert review(Case(required, without), mode=mode).verdict is removed


def test_a_risk_counts_in_the_directions_that_the_mode_demands() -> None:
    case = CASES["ENUM_SYMBOL_ADDED_DEFAULTED"]
    assert review(case, mode="BACKWARD").verdict is Verdict.CONSUMERS_FIRST
    assert review(case, mode="FORWARD").verdict is Verdict.SEMANTIC_RISK


def test_fingerprints_do_not_depend_on_what_else_changes() -> None:
    alone = review(case(record(QTY, COUNT), record({**QTY, "type": "long"}, COUNT)))
    among = review(
        case(
            record(QTY, COUNT),
            record({**COUNT, "doc": "How many."}, {**QTY, "type": "long", "doc": "Pieces."}, doc="An order."),
        )
    )

    def promoted(report: Report) -> list[str]:
        return [each.fingerprint for each in report.changes if each.kind.id == "TYPE_PROMOTED"]

    assert promoted(alone) == promoted(among)
    assert len(promoted(alone)) == 1
