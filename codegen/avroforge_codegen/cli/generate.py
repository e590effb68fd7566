"""``avroforge generate``: from schemas to a typed package, or a look at what it would do."""

from __future__ import annotations

import keyword
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from avroforge.codec.ir import Storage
from avroforge.errors import ConfigurationError
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.location import shown
from avroforge.shell.terminal import counted, say
from avroforge_codegen.cli.project import Project
from avroforge_codegen.cli.watch import watch, watched
from avroforge_codegen.options import options_of
from avroforge_codegen.output import Kind, diff, plan
from avroforge_codegen.packages import check_packages
from avroforge_codegen.recall import digest_of, recall, remember
from avroforge_codegen.setting_value import Enums, LogicalTypes, Modules
from avroforge_codegen.settings import FILE_NAME
from avroforge_codegen.staging import write

if TYPE_CHECKING:
    from avroforge_codegen.cli import Invocation
    from avroforge_codegen.options import Options
    from avroforge_codegen.output import Plan
    from avroforge_codegen.settings import GenerateSettings, Settings

_WORDS = {
    Kind.CREATED: "missing",
    Kind.CHANGED: "changed",
    Kind.ORPHANED: "orphaned",
    Kind.FOREIGN: "foreign",
}
_MODES = ("check", "diff", "dry_run", "watch")
_DEEDS = {Kind.CREATED: "created", Kind.CHANGED: "changed", Kind.ORPHANED: "deleted"}


@click.command("generate")
@click.argument("schemas", nargs=-1, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder that receives the package.")
@click.option("--package", metavar="NAME", help="Import name of the package.")
@click.option("--arrays", type=click.Choice(get_args(Storage)), help="What arrays become.")
@click.option(
    "--logical-types", type=click.Choice(get_args(LogicalTypes)), help="As Python's types, or as they are."
)
@click.option("--modules", type=click.Choice(get_args(Modules)), help="What shares a module.")
@click.option("--enums", type=click.Choice(get_args(Enums)), help="Enums, or enums that are strings too.")
@click.option("--frozen/--no-frozen", default=None, help="Records that cannot be changed.")
@click.option("--positional/--no-positional", default=None, help="Construction by position too.")
@click.option("--header", metavar="LINE", multiple=True, help="Line at the top of every file; repeatable.")
@click.option("--verify/--no-verify", default=None, help="Compare random data with the reference library.")
@click.option("--check", is_flag=True, help="Write nothing; exit 100 if anything differs.")
@click.option("--diff", is_flag=True, help="As --check, and print what differs.")
@click.option("--dry-run", is_flag=True, help="Write nothing; list what would be done.")
@click.option("--watch", is_flag=True, help="Write, and again whenever a schema changes.")
@click.pass_obj
def command(
    invocation: Invocation,
    /,
    schemas: tuple[Path, ...],
    *,
    out: Path | None,
    **choices: Any,  # noqa: ANN401 one per option that is a setting too, or a mode
) -> ExitCode:
    """Write the typed Python package of a schema folder.

    SCHEMAS are files and folders; without them, and without the options, everything comes from the
    section [generate] of avroforge.toml.

    Only files that differ are written. Files that were generated once and are not any more are deleted;
    a file that somebody else wrote is never touched.

    With --watch it goes on until Ctrl-C; errors are printed, and the next change is another try.
    """
    mode = _mode([name for name in _MODES if choices.pop(name)])
    run = partial(_run, invocation, schemas, out, choices)
    if mode == "watch":
        return watch(partial(run, None), partial(watched, invocation.config, schemas))
    return run(mode)


def _mode(asked: list[str]) -> str | None:
    """The one mode that is asked for, None to write; that --diff is a --check makes no second one.

    Raises:
        click.UsageError: several.
    """
    if asked == ["check", "diff"]:
        return "diff"
    if len(asked) > 1:
        first, second, *_ = (f"--{name.replace('_', '-')}" for name in asked)
        raise click.UsageError(f"{first} and {second} contradict each other")
    return asked[0] if asked else None


def _run(
    invocation: Invocation,
    schemas: tuple[Path, ...],
    out: Path | None,
    choices: dict[str, Any],
    mode: str | None,
) -> ExitCode:
    project = Project.open(invocation, schemas)
    given = {name: value for name, value in choices.items() if value not in (None, ())}
    package = _package(project.settings, given.pop("package", None))
    settings = replace(project.settings.generate, package=package, **given)
    options = options_of(
        settings, package, project.settings.conversions, project.packages, project.settings.limits.message
    )
    check_packages(options, shown(project.settings.file or project.settings.root / FILE_NAME))
    root = out or project.settings.root / settings.out
    if mode is None:
        return _written(_write_anew_or_recall(project, options, root, verified=settings.verify))
    files = _generate(project, options, root, verified=settings.verify)
    planned = plan(root, files)
    if mode == "dry_run":
        planned.refuse_foreign()
        return _written(planned, tense="would be ")
    if mode == "diff" and (difference := diff(planned).rstrip("\n")):
        say(difference)
    return _compared(planned, settings)


def _generate(project: Project, options: Options, root: Path, *, verified: bool) -> dict[str, str]:
    from avroforge_codegen.pipeline import generate  # noqa: PLC0415 a run with nothing changed needs no generator

    with project.real_paths():
        files = generate(project.sources.texts, package=options.package, options=options)
    if verified:
        from avroforge_codegen.cli.verification import verify  # noqa: PLC0415 only for those who verify

        verify(project, options, root, files)
    return files


def _write_anew_or_recall(project: Project, options: Options, root: Path, *, verified: bool) -> Plan:
    digest = digest_of(project.sources.texts, options)
    files = None if verified else recall(root, options.package, digest)
    if files is not None:
        return write(root, files)
    files = _generate(project, options, root, verified=verified)
    written = write(root, files)
    remember(root, options.package, digest, files)
    return written


def _package(settings: Settings, given: str | None) -> str:
    package = given or settings.generate.package
    place = "--package" if given else shown(settings.file or settings.root / FILE_NAME)
    if package is None:
        message = 'give --package NAME, or set package = "NAME" in [generate]'
        raise ConfigurationError(f"{place}: PACKAGE_MISSING {message}")
    parts = package.split(".")
    if not all(part.isascii() and part.isidentifier() and not keyword.iskeyword(part) for part in parts):
        message = f"expected a name that Python can import, such as 'my_records', got {package!r}"
        raise ConfigurationError(f"{place}: PACKAGE_NAME {message}")
    if parts[0] in sys.stdlib_module_names:
        message = f"{package!r} would hide a module of the standard library; choose another name"
        raise ConfigurationError(f"{place}: PACKAGE_NAME {message}")
    return package


def _written(planned: Plan, tense: str = "") -> ExitCode:
    for change in planned.of(*_DEEDS):
        say(f"{tense}{_DEEDS[change.kind]:<8} {shown(planned.root / change.path)}")
    unchanged = len(planned.of(Kind.SAME))
    say(f"{counted(len(planned.changes), 'file')} in {shown(planned.root)}, {unchanged} unchanged")
    return ExitCode.CLEAN


def _compared(planned: Plan, settings: GenerateSettings) -> ExitCode:
    if planned.is_fresh:
        say(f"generated code is fresh: {counted(len(planned.changes), 'file')} in {shown(planned.root)}")
        return ExitCode.CLEAN
    differing = planned.of(*_WORDS)
    for change in differing:
        reason = f": {change.reason.partition(' ')[2]}" if change.reason else ""
        say(f"{_WORDS[change.kind]:<8} {shown(planned.root / change.path)}{reason}")
    count = counted(len(differing), "file")
    say(f"generated code is not what the schemas say ({count}); run: {settings.command}")
    return ExitCode.FINDINGS
