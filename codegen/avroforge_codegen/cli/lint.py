"""``avroforge lint``: the specification's rules and the house rules, all findings at once."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from avroforge.errors import ConfigurationError, SchemaError
from avroforge.schema import parse_schemas
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.location import shown
from avroforge.shell.terminal import complain, counted, say
from avroforge_codegen.cli.project import Project
from avroforge_codegen.cli.rewriting import rewrite
from avroforge_codegen.collection import uncollected
from avroforge_codegen.rules import RULES, Finding
from avroforge_codegen.rules.check import check
from avroforge_codegen.rules.fixing import changes_of, fixed_texts, meaning
from avroforge_codegen.rules.page import explained, rules_list
from avroforge_codegen.rules.render import ERROR_FORMATS, Outcome, render
from avroforge_codegen.rules.schema_file import SchemaFile, SchemaFolder
from avroforge_codegen.rules.selection import EVERY_RULE, Selection, select
from avroforge_codegen.settings import FILE_NAME, load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from avroforge.schema import Schema
    from avroforge_codegen.cli import Invocation
    from avroforge_codegen.settings import LintSettings, Settings

_MOST_ROUNDS: Final = 20
"""Fixes of one place that wait for each other: far more than any text has."""


@click.command("lint")
@click.argument("schemas", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--select", "selected", metavar="NAME", multiple=True, help="Level or rule to check; repeatable."
)
@click.option("--except", "excepted", metavar="NAME", multiple=True, help="Level or rule to leave out.")
@click.option(
    "--ignore",
    "ignored",
    metavar="[RULE=]PATH",
    multiple=True,
    help="File, folder or pattern to leave out, for one rule or for all.",
)
@click.option("--strict", is_flag=True, help="Warnings count as findings too.")
@click.option("--fix", is_flag=True, help="Put right in place what is certain; the rest is reported.")
@click.option(
    "--error-format",
    "--format",
    "form",
    type=click.Choice(list(ERROR_FORMATS)),
    default="text",
    show_default=True,
    help="config-ignore prints the settings that except everything found.",
)
@click.option("--list", "list_rules", is_flag=True, help="List the rules; a star marks those selected.")
@click.option("--explain", metavar="RULE", help="Explain one rule, with an example of wrong and right.")
@click.pass_obj
def command(  # noqa: PLR0913 - one per option
    invocation: Invocation,
    schemas: tuple[Path, ...],
    *,
    selected: tuple[str, ...],
    excepted: tuple[str, ...],
    ignored: tuple[str, ...],
    strict: bool,
    fix: bool,
    form: str,
    list_rules: bool,
    explain: str | None,
) -> ExitCode:
    """Check schemas against the specification and the house rules.

    SCHEMAS are files and folders; without them, those of avroforge.toml. A file inside a schema folder
    of avroforge.toml may refer to the others there. The rules come from [lint] of avroforge.toml,
    see docs/lint.md.

    Exits with 100 when there is an error, or with --strict any finding.
    """
    if explain is not None:
        return _explain(explain)
    own = load_settings(invocation.config)
    settings = _with_options(own, selected, excepted, ignored)
    selection = _selection(settings, own)
    if list_rules:
        say("\n".join(rules_list({rule.id for rule in selection.rules})))
        return ExitCode.CLEAN
    with uncollected():
        project = Project.open_around(invocation, schemas) if schemas else Project.open(invocation)
        run = _Run(project, selection)
        if fix:
            run.fix()
        findings = run.findings
    outcome = _outcome(project, findings, settings)
    # a document for programs goes out as it is; its own escapes keep a terminal safe
    click.echo(render(outcome, form), nl=False) if form in {"json", "sarif"} else say(
        render(outcome, form).rstrip("\n")
    )
    if form == "config-ignore":
        for each in outcome.findings:
            if each.diagnostic.code not in RULES:
                complain(f"{each.diagnostic} (no rule: it cannot be ignored)")
    strict = strict or settings.strict
    return (
        ExitCode.FINDINGS if any(strict or each.severity == "error" for each in findings) else ExitCode.CLEAN
    )


def _explain(name: str) -> ExitCode:
    if name.upper() in RULES:
        say(explained(RULES[name.upper()]))
        return ExitCode.CLEAN
    near = difflib.get_close_matches(name.upper(), RULES, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "`avroforge lint --list` names them"
    raise click.UsageError(f"no rule is called {name!r}; {hint}")


def _with_options(
    own: Settings, selected: Sequence[str], excepted: Sequence[str], ignored: Sequence[str]
) -> LintSettings:
    """The settings with the command line over them, whose paths start at the current folder."""
    settings = own.lint
    paths = {name: list(listed) for name, listed in settings.ignore.items()}
    for each in ignored:
        rule, found, path = each.partition("=")
        name, path = (rule, path) if found else (EVERY_RULE, each)
        from_root = os.path.relpath(Path.cwd() / path, own.root)
        paths.setdefault(name, []).append(Path(from_root).as_posix())
    return replace(
        settings,
        select=tuple(selected) or settings.select,
        exclude=(*settings.exclude, *excepted),
        ignore=paths,
    )


def _selection(settings: LintSettings, own: Settings) -> Selection:
    try:
        return select(settings.select, settings.exclude, settings.severity, settings.ignore)
    except ValueError as error:
        place = shown(own.file or Path(FILE_NAME))
        raise ConfigurationError(f"{place}: SETTING_RULE {error}") from error


@dataclass
class _Run:
    """The findings of a project, found again after what was fixed."""

    project: Project
    selection: Selection

    def __post_init__(self) -> None:
        self.texts = dict(self.project.sources.texts)
        self.schemas: Mapping[str, Schema] = {}
        self.findings = self.check()

    def check(self) -> list[Finding]:
        """What is wrong with the texts as they are now."""
        project = self.project
        try:
            parsed = parse_schemas(
                project.foreign_texts() | self.texts, file_cycles=project.settings.generate.file_cycles
            )
        except SchemaError as error:
            self.schemas = {}
            return [Finding("error", diagnostic) for diagnostic in error.diagnostics]
        self.schemas = {name: parsed[name] for name in self.texts}
        folder = SchemaFolder(
            frozenset(project.settings.subjects.values()), frozenset(project.settings.conversions)
        )
        folder.files = [
            SchemaFile(name, project.sources.below_root[name], schema, folder)
            for name, schema in self.schemas.items()
        ]
        return check([file for file in folder.files if file.name in project.asked], self.selection)

    def fix(self) -> None:
        """Make every fix, prove that the schemas mean the same, and write the files."""
        before, texts = self.schemas, dict(self.texts)
        allowed: set[str] = set()
        fixes = 0
        for _ in range(_MOST_ROUNDS):
            changed = fixed_texts(self.texts, self.findings)
            if not changed:
                break
            allowed |= changes_of(self.findings)
            fixes += sum(bool(each.edits) for each in self.findings)
            self.texts |= changed
            self.findings = self.check()
        new = {name: text for name, text in self.texts.items() if text != texts[name]}
        for name in new:
            after = self.schemas.get(name)
            if after is None or meaning(before[name], allowed) != meaning(after, allowed):
                raise AssertionError(
                    f"{name}: the fix would change what the schema means; nothing is written"
                )
        rewrite(self.project.sources, new)
        if new:
            complain(f"{counted(fixes, 'finding')} fixed in {counted(len(new), 'file')}")


def _outcome(project: Project, findings: Sequence[Finding], settings: LintSettings) -> Outcome:
    """The findings under the paths that a user can open; the parser may have some outside what was asked."""
    paths = {name: shown(location) for name, location in project.sources.locations.items()}
    located = [
        replace(each, diagnostic=replace(each.diagnostic, path=paths.get(name, name)))
        for each in findings
        for name in [each.diagnostic.path]
    ]
    names = {path: name for name, path in paths.items()}
    return Outcome(located, names, sorted(paths[name] for name in project.asked), settings.ignore)
