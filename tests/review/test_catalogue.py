"""The catalogue, held against itself, against the differ and against the checker, kind by kind."""

from __future__ import annotations

import pytest
from tests.review.cases import CASES, NO_CASE, PROJECT, PYTHON, Case
from tests.review.harness import review

from avroforge.evolution.changes import CATALOGUE, ChangeClass
from avroforge_codegen.review.report import CLOSING, Verdict

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
    for text in (kind.summary, kind.explanation, kind.fix):
        filled = text.format_map(words)
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
