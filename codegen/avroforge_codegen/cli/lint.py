"""``avroforge lint``: the specification's rules and the house rules, all findings at once."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avroforge.errors import ConfigurationError, SchemaError
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import counted, say
from avroforge_codegen.cli.project import Project, locate
from avroforge_codegen.rules import RULES, Finding, SchemaFile, check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avroforge_codegen.cli import Invocation
    from avroforge_codegen.settings import LintSettings


@click.command("lint")
@click.argument("schemas", nargs=-1, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Warnings count as findings too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--rules", "list_rules", is_flag=True, help="List the rules with their levels, and exit.")
@click.pass_obj
def command(
    invocation: Invocation, schemas: tuple[Path, ...], *, strict: bool, form: str, list_rules: bool
) -> ExitCode:
    """Check schemas against the specification and the house rules.

    SCHEMAS are files and folders; without them, those of avroforge.toml. A file inside a schema folder
    of avroforge.toml may refer to the others there. Levels are set there:
    [lint.levels] with CODE = "error", "warning" or "off".

    Exits with 100 when there is an error, or with --strict any finding.
    """
    if list_rules:
        for rule in RULES:
            say(f"{rule.code:<20} {rule.level:<8} {rule.purpose}")
        return ExitCode.CLEAN
    project = Project.open_around(invocation, schemas) if schemas else Project.open(invocation)
    _refuse_unknown_codes(project.settings.lint)
    findings = _findings(project)
    _show(findings, form, files=len(project.asked))
    strict = strict or project.settings.lint.strict
    counted = [each for each in findings if strict or each.level == "error"]
    return ExitCode.FINDINGS if counted else ExitCode.CLEAN


def _findings(project: Project) -> list[Finding]:
    try:
        schemas = project.parse()
    except SchemaError as error:
        return [Finding("error", diagnostic) for diagnostic in error.diagnostics]
    below_root, locations = project.sources.below_root, project.sources.locations
    files = [
        SchemaFile(name, below_root[name], schema, frozenset(project.settings.conversions))
        for name, schema in schemas.items()
        if name in project.asked
    ]
    found = check(files, project.settings.lint.levels)
    return [Finding(each.level, locate(each.diagnostic, locations)) for each in found]


def _show(findings: Sequence[Finding], form: str, *, files: int) -> None:
    if form == "json":
        say(json.dumps([{"level": each.level, **asdict(each.diagnostic)} for each in findings], indent=2))
        return
    for each in findings:
        say(f"{each.diagnostic} ({each.level})")
    errors = sum(each.level == "error" for each in findings)
    warnings = len(findings) - errors
    say(f"{counted(files, 'file')}, {counted(errors, 'error')}, {counted(warnings, 'warning')}")


def _refuse_unknown_codes(settings: LintSettings) -> None:
    unknown = sorted(set(settings.levels) - {rule.code for rule in RULES})
    if unknown:
        message = f"avroforge.toml: SETTING_RULE no rule has the code {unknown[0]!r}"
        raise ConfigurationError(f"{message}; `avroforge lint --rules` lists them")
