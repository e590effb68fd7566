"""Run a review: read both sides, compare them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from avroforge.registry import LocalRegistry
from avroforge.shell.location import shown
from avroforge_codegen.collection import uncollected
from avroforge_codegen.options import options_of
from avroforge_codegen.review.compare import Asked, compare_sides
from avroforge_codegen.review.side import Side
from avroforge_codegen.review.side_history import baseline_side, history_side, read_history
from avroforge_codegen.review.waivers import read_waivers
from avroforge_codegen.settings import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from avroforge.evolution.changes import Change, TypePair
    from avroforge.schema import Schema
    from avroforge_codegen.cli.project import Project
    from avroforge_codegen.review.against import Against
    from avroforge_codegen.review.report import Report


def review_project(
    project: Project, against: Against, *, waivers: Path | None = None, detail: bool = True
) -> Report:
    """Compare a project's schemas with another side.

    Args:
        project: today's schemas and settings.
        against: the other side.
        waivers: the file with approvals; that of the settings by default.
        detail: whether the report is to be read, not only counted.

    Raises:
        AvroforgeError: one side cannot be had, so nothing can be said.
    """
    with uncollected():
        return _review(project, against, waivers, detail=detail)


def _review(project: Project, against: Against, waivers: Path | None, *, detail: bool) -> Report:
    schemas = project.parse()
    settings = project.settings
    needs_subjects = settings.subjects or against.kind in {"baseline", "registry"}
    subjects = project.subject_schemas(schemas) if needs_subjects else {}
    old = other_side(project, against, schemas)
    new = _this_side(project, schemas)
    locations = project.sources.locations
    file = waivers or Path(shown(settings.root / settings.review.waivers))
    asked = Asked(
        against=str(against),
        today=dt.datetime.now(tz=dt.UTC).date(),
        waivers=read_waivers(file),
        detail=detail,
        settings_file=shown(settings.file or settings.root / FILE_NAME),
        show=lambda name: shown(locations[name]) if name in locations else name,
        python=_python(project, new, old) if detail and settings.generate.package else None,
    )
    return compare_sides(new, old, subjects, asked)


def _python(project: Project, new: Side, old: Side) -> Callable[[Iterable[TypePair]], list[Change]]:
    """Finds the effect on the generated Python, with the choices of each side."""
    from avroforge_codegen.review.python_changes import python_changes  # noqa: PLC0415 - loads the generator
    from avroforge_codegen.review.python_surface import Surface  # noqa: PLC0415 - as above

    def surface(side: Side, schemas: Mapping[str, Schema]) -> Surface:
        settings = side.settings or project.settings
        package = settings.generate.package or project.settings.generate.package or ""
        options = options_of(
            settings.generate, package, settings.conversions, project.packages, settings.limits.message
        )
        return Surface(schemas, options)

    def find(pairs: Iterable[TypePair]) -> list[Change]:
        before, after = surface(old, old.latest), surface(new, new.schemas)
        return list(python_changes(before, after, pairs, whole=not old.is_registry))

    return find


def _this_side(project: Project, schemas: Mapping[str, Schema]) -> Side:
    settings = project.settings
    file = Path(shown(settings.root / settings.registry.file))
    history = None
    if file.is_file():
        history = read_history(str(file), LocalRegistry(file), settings.subjects)
    return Side(
        title="the files on disk",
        schemas=schemas,
        below_root=project.sources.below_root,
        settings=settings,
        history=history,
    )


def other_side(project: Project, against: Against, today: Mapping[str, Schema] | None = None) -> Side:
    """What `against` names.

    Args:
        project: today's schemas and settings.
        against: the other side.
        today: today's schemas by source name, where they are parsed.

    Raises:
        AvroforgeError: it cannot be had.
    """
    settings = project.settings
    others = project.foreign_texts()
    match against.kind:
        case "git":
            from avroforge_codegen.review.side_git import git_side  # noqa: PLC0415 - only this needs git

            return git_side(against, settings, others, today or {})
        case "dir":
            from avroforge_codegen.review.side_files import folder_side  # noqa: PLC0415 - as above

            return folder_side(Path(against.value), others, file_cycles=True)
        case "archive":
            from avroforge_codegen.review.side_files import archive_side  # noqa: PLC0415 - as above

            return archive_side(Path(against.value), others, file_cycles=True)
        case "registry":
            from avroforge_codegen.registry_target import target_of  # noqa: PLC0415 - as above

            with target_of(settings, against.value).open() as registry:
                return history_side(registry.name, registry, settings.subjects)
        case _:
            return baseline_side(against.value, settings)
