"""A review of texts: what the command does, without files and git."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from avroforge.schema import parse_schema, parse_schemas
from avroforge_codegen.options import Options
from avroforge_codegen.review.compare import Asked, compare_sides
from avroforge_codegen.review.python_changes import python_changes
from avroforge_codegen.review.python_surface import Surface
from avroforge_codegen.review.side import History, Side, Version
from avroforge_codegen.review.waivers import parse_waivers
from avroforge_codegen.settings import parse_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.review.cases import Case

    from avroforge.evolution.changes import Change, TypePair
    from avroforge_codegen.review.report import Report

TODAY = dt.date(2026, 6, 1)
SUBJECT = "orders-value"
SETTINGS_FILE = Path("/project/avroforge.toml")


def side(title: str, files: Mapping[str, str], settings: str, versions: Iterable[str] = ()) -> Side:
    numbered = enumerate(versions, 1)
    found = tuple(
        Version(number, number, parse_schema(text, path=f"{SUBJECT} version {number}"))
        for number, text in numbered
    )
    return Side(
        title=title,
        base=title,
        schemas=parse_schemas(files),
        below_root={name: name.removeprefix("schemas/") for name in files},
        settings=parse_settings(settings, path="avroforge.toml", file=Path("/project/avroforge.toml")),
        history=History("schemas/registry.json", {SUBJECT: found} if found else {}),
    )


def review(case: Case, *, fixed: bool = False, mode: str = "FULL_TRANSITIVE", title: str = "old") -> Report:
    """The report of a case: of its new side, or of what the fix makes of it."""
    files = case.new if not fixed or case.fixed is None else case.fixed
    settings, waivers = case.new_settings, case.waivers
    history = case.history
    if fixed:
        settings = settings if case.fixed_settings is None else case.fixed_settings
        waivers = waivers if case.fixed_waivers is None else case.fixed_waivers
    rewritten = case.rewritten and not fixed
    head = f'[registry]\ncompatibility = "{mode}"\n'
    old = side(title, case.old, head + case.old_settings, case.history)
    new = side("new", files, head + settings, () if rewritten else history)

    def python(pairs: Iterable[TypePair]) -> list[Change]:
        before = Surface(old.schemas, Options(package="out"))
        rename = new.settings.generate.rename if new.settings is not None else {}
        after = Surface(new.schemas, Options(package="out", rename=rename))
        return list(python_changes(before, after, pairs, whole=True))

    asked = Asked(
        against="dir:old",
        today=TODAY,
        waivers=parse_waivers(waivers, "avroforge-waivers.toml"),
        python=python,
    )
    by_name = new.by_fullname
    subjects = {subject: by_name[name] for subject, name in new.subjects.items()}
    return compare_sides(new, old, subjects, asked)
