"""What would change in a registry, and doing exactly that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from avroforge.evolution import CompatibilityMode
from avroforge.registry import LATEST, LocalRegistry, MemoryRegistry, RegistryConfig, RegistryMode
from avroforge.registry.plan import StepKind, make_plan
from avroforge.registry.push import PlanOutdatedError, push
from avroforge.registry.wanted import Wanted, wanted_alone, wanted_with_references
from avroforge.schema import parse_schemas

if TYPE_CHECKING:
    from pathlib import Path

    from avroforge.registry import SchemaRegistry

LINE = (
    '{"type": "record", "name": "Line", "namespace": "shop", "fields": [{"name": "sku", "type": "string"}]}'
)
ORDER = """{"type": "record", "name": "Order", "namespace": "shop", "fields": [
  {"name": "a", "type": {"type": "array", "items": "Line"}}, {"name": "first", "type": ["null", "Line"]}]}"""
FILES = {"shop/Order.avsc": ORDER, "shop/Line.avsc": LINE}


@pytest.fixture(params=["memory", "file"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> SchemaRegistry:
    return MemoryRegistry() if request.param == "memory" else LocalRegistry(tmp_path / "registry.json")


def wanted(
    files: dict[str, str] = FILES, level: CompatibilityMode | None = None, *, references: bool = False
) -> list[Wanted]:
    schemas = parse_schemas(files)
    subjects = {"orders-value": schemas["shop/Order.avsc"]}
    levels = {"orders-value": level}
    if references:
        return wanted_with_references(subjects, levels, schemas)
    return wanted_alone(subjects, levels)


def changed(old: str, new: str) -> dict[str, str]:
    assert old in ORDER
    return {**FILES, "shop/Order.avsc": ORDER.replace(old, new)}


def with_field(name: str) -> dict[str, str]:
    """The files with an optional field more."""
    return changed("]}]}", f']}}, {{"name": "{name}", "type": "int", "default": 0}}]}}')


def pushed(registry: SchemaRegistry, what: list[Wanted]) -> list[str]:
    plan = make_plan(registry, what)
    assert plan.findings == ()
    return [each.step.subject or "" for each in push(registry, plan, what)]


def kinds(registry: SchemaRegistry, what: list[Wanted]) -> list[tuple[StepKind, str | None]]:
    return [(each.kind, each.subject) for each in make_plan(registry, what).steps]


def test_planning_writes_nothing_and_pushing_twice_changes_nothing(registry: SchemaRegistry) -> None:
    assert kinds(registry, wanted()) == [(StepKind.REGISTER, "orders-value")]
    assert list(registry.subjects()) == []
    assert pushed(registry, wanted()) == ["orders-value"]
    assert kinds(registry, wanted()) == [(StepKind.KEEP, "orders-value")]
    assert pushed(registry, wanted()) == []
    assert list(registry.versions("orders-value")) == [1]


def test_what_is_registered_is_the_self_contained_text(registry: SchemaRegistry) -> None:
    pushed(registry, wanted())
    assert registry.version("orders-value").text == wanted()[0].schema.self_contained


def test_references_come_before_what_needs_them(registry: SchemaRegistry) -> None:
    assert pushed(registry, wanted(references=True)) == ["shop.Line", "orders-value"]
    found = registry.version("orders-value")
    assert found.text == ORDER
    assert [(each.name, each.subject, each.version) for each in found.references] == [
        ("shop.Line", "shop.Line", 1)
    ]
    assert make_plan(registry, wanted(references=True)).changes == ()


def test_switching_to_references_is_a_new_id_and_is_said(registry: SchemaRegistry) -> None:
    pushed(registry, wanted())
    before = registry.version("orders-value").schema_id
    plan = make_plan(registry, wanted(references=True))
    assert [(each.subject, each.version, each.same_meaning) for each in plan.changes] == [
        ("shop.Line", 1, False),
        ("orders-value", 2, True),
    ]
    pushed(registry, wanted(references=True))
    assert registry.version("orders-value").schema_id != before


def test_a_changed_type_gives_new_versions_of_what_needs_it(registry: SchemaRegistry) -> None:
    pushed(registry, wanted(references=True))
    longer = LINE.replace('"string"}', '"string"}, {"name": "n", "type": "int", "default": 0}')
    what = wanted({**FILES, "shop/Line.avsc": longer}, references=True)
    steps = make_plan(registry, what).changes
    assert [(each.subject, each.version) for each in steps] == [("shop.Line", 2), ("orders-value", 2)]
    assert steps[1].references[0].version == 2
    pushed(registry, what)
    assert registry.version("orders-value").references[0].version == 2


def test_a_break_is_refused_with_its_place(registry: SchemaRegistry) -> None:
    pushed(registry, wanted())
    what = wanted(changed('"name": "first", "type": ["null", "Line"]', '"name": "total", "type": "long"'))
    (step,) = make_plan(registry, what).findings
    assert step.kind is StepKind.REFUSED
    (reason,) = step.reasons
    assert str(reason).startswith("shop/Order.avsc:2:62: READER_FIELD_MISSING_DEFAULT_VALUE")
    assert list(push(registry, make_plan(registry, what), what)) == []
    assert list(registry.versions("orders-value")) == [1]


def test_a_wanted_level_is_set_before_and_counts_for_the_check(registry: SchemaRegistry) -> None:
    pushed(registry, wanted())
    breaking = changed('"name": "first"', '"name": "other"')
    assert make_plan(registry, wanted(breaking)).findings
    what = wanted(breaking, CompatibilityMode.NONE)
    plan = make_plan(registry, what)
    assert [(each.kind, each.before, each.after) for each in plan.changes] == [
        (StepKind.LEVEL, "BACKWARD", "NONE"),
        (StepKind.REGISTER, None, None),
    ]
    list(push(registry, plan, what))
    assert registry.config("orders-value").compatibility is CompatibilityMode.NONE
    assert list(registry.versions("orders-value")) == [1, 2]


def test_a_stricter_level_refuses_what_the_old_one_allowed(registry: SchemaRegistry) -> None:
    registry.update_config(RegistryConfig(CompatibilityMode.NONE), "orders-value")
    pushed(registry, wanted())
    what = wanted(changed('"name": "first"', '"name": "other"'), CompatibilityMode.FULL)
    assert [each.kind for each in make_plan(registry, what).steps] == [StepKind.LEVEL, StepKind.REFUSED]


def test_another_schema_after_ours_is_drift_and_left_alone(registry: SchemaRegistry) -> None:
    pushed(registry, wanted())
    newer = wanted(with_field("n"))
    pushed(registry, newer)
    plan = make_plan(registry, wanted())
    assert [(each.kind, each.version, each.latest) for each in plan.findings] == [(StepKind.DRIFT, 1, 2)]
    assert list(push(registry, plan, wanted())) == []
    assert registry.version("orders-value", LATEST).version == 2


def test_a_subject_that_is_read_only_is_refused(registry: SchemaRegistry) -> None:
    registry.set_mode(RegistryMode.READONLY, "orders-value")
    (step,) = make_plan(registry, wanted()).findings
    assert "READONLY" in str(step.reasons[0])


def test_a_deleted_version_number_is_not_promised_again(registry: SchemaRegistry) -> None:
    pushed(registry, wanted())
    newer = wanted(with_field("n"))
    pushed(registry, newer)
    registry.delete_version("orders-value", 2)
    plan = make_plan(registry, newer)
    assert [each.version for each in plan.changes] == [3]
    assert [each.registered.version for each in push(registry, plan, newer) if each.registered] == [3]


def test_a_plan_that_is_overtaken_says_so(registry: SchemaRegistry) -> None:
    pushed(registry, wanted())
    what = wanted(with_field("n"))
    plan = make_plan(registry, what)
    other = with_field("m")
    pushed(registry, wanted(other))
    with pytest.raises(PlanOutdatedError, match="plan again"):
        list(push(registry, plan, what))


def test_a_plan_is_the_same_document_each_time(registry: SchemaRegistry) -> None:
    documents = [json.dumps(make_plan(registry, wanted(references=True)).document()) for _ in range(2)]
    assert documents[0] == documents[1]


def test_foreign_subjects_are_not_asked_about() -> None:
    asked: set[str] = set()

    class Watched(MemoryRegistry):
        def __getattribute__(self, name: str) -> object:
            found = super().__getattribute__(name)
            if name not in {"subjects", "versions", "version", "lookup", "check", "config", "mode"}:
                return found

            def call(subject: str | None = None, *arguments: object, **named: object) -> object:
                asked.add(subject or name)
                return found(subject, *arguments, **named)

            return call

    registry = Watched()
    for number in range(20):
        registry.register(f"foreign-{number}", LINE)
    make_plan(registry, wanted())
    assert asked == {"orders-value"}


def test_files_that_need_each_other_cannot_be_references() -> None:
    record = (
        '{{"type": "record", "name": "shop.{}", "fields": [{{"name": "a", "type": ["null", "shop.{}"]}}]}}'
    )
    files = {"shop/Order.avsc": record.format("Order", "B"), "shop/B.avsc": record.format("B", "Order")}
    schemas = parse_schemas(files, file_cycles=True)
    with pytest.raises(ValueError, match="refers to itself"):
        wanted_with_references({"o": schemas["shop/Order.avsc"]}, {"o": None}, schemas)
