"""What the review says about drawn evolutions, held against the checker and against itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.property.evolutions import evolutions, rewordings
from tests.property.strategies import schemas

from avroforge.evolution import Direction, check_compatibility
from avroforge.evolution.changes import Change, Differ, Outcome, judge
from avroforge.schema import parse_schema

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject, SearchStrategy

    from avroforge.schema import Schema

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
PROFILE = settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
UNEXPLAINED = {"TYPE_UNREADABLE", "TYPE_UNREADABLE_BEFORE"}


def later(text: str) -> SearchStrategy[str]:
    """What a schema becomes: in its structure, in its names, or both."""
    return st.one_of(evolutions(text), rewordings(text), evolutions(text).flatmap(rewordings))


def reviewed(old: Schema, new: Schema) -> list[Change]:
    changes = Differ([old.type, new.type]).compare(old.type, new.type).all_changes()
    for direction in Direction:
        judge(old, new, changes, direction)
    return changes


@PROFILE
@given(st.data())
def test_every_finding_of_the_checker_is_a_change_whose_kind_expects_it(data: DataObject) -> None:
    text = data.draw(schemas())
    old, new = parse_schema(text), parse_schema(data.draw(later(text)))
    changes = reviewed(old, new)
    # what stands in a field or a branch that one side does not find under its old name is not read at all
    hidden = any(change.kind.id.startswith(("FIELD_RENAMED", "TYPE_RENAMED")) for change in changes)
    for change in changes:
        assert change.kind.id not in UNEXPLAINED
        for direction, expected in zip(Direction, (change.kind.backward, change.kind.forward), strict=True):
            failed = change.outcome(direction) is Outcome.FAILS
            wrong = failed != (expected is Outcome.FAILS)
            assert not wrong or (hidden and not failed), (change.kind.id, change.path, direction)


@PROFILE
@given(st.data())
def test_a_direction_fails_exactly_where_the_checker_says_so(data: DataObject) -> None:
    text = data.draw(schemas())
    old, new = parse_schema(text), parse_schema(data.draw(later(text)))
    changes = reviewed(old, new)
    for direction, reader, writer in ((Direction.BACKWARD, new, old), (Direction.FORWARD, old, new)):
        failing = [each for each in changes if each.outcome(direction) is Outcome.FAILS]
        assert bool(failing) != check_compatibility(reader, writer).compatible


@PROFILE
@given(st.data())
def test_the_way_back_is_the_inverse(data: DataObject) -> None:
    text = data.draw(schemas())
    old, new = parse_schema(text), parse_schema(data.draw(later(text)))
    there = sorted(change.kind.inverse for change in reviewed(old, new))
    back = sorted(change.kind.id for change in reviewed(new, old))
    assert there == back


@PROFILE
@given(st.data())
def test_nothing_changed_is_no_change(data: DataObject) -> None:
    text = data.draw(schemas())
    assert reviewed(parse_schema(text), parse_schema(text)) == []
