"""Run a command line: commands load when called, every failure becomes a message and an exit code."""

from __future__ import annotations

import os
import traceback
from collections import UserDict
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import click

from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import complain, forget_output, prepare_streams

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TRACEBACK_VARIABLE: Final = "AVROFORGE_TRACEBACK"
SETTINGS: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def lazy_group(package: str, commands: Mapping[str, str], extras: Mapping[str, str]) -> type[click.Group]:
    """A click group whose commands are imported when they are called.

    Args:
        package: each command is ``command`` in the module ``<package>.<name>``.
        commands: name -> first line of its help, as in its module, which the list must not import.
        extras: third-party package -> the extra of avroforge that brings it.
    """

    class LateCommands(UserDict[str, click.Command]):
        """The commands by name, each imported when it is asked for."""

        def __getitem__(self, name: str) -> click.Command:
            command = import_module(f"{package}.{name}").command if name in commands else None
            if not isinstance(command, click.Command):
                raise KeyError(name)
            return command

    class LazyGroup(click.Group):
        """A group that knows its commands' names and imports one at a time."""

        def __init__(self, *arguments: Any, **settings: Any) -> None:  # noqa: ANN401 - click's own
            super().__init__(*arguments, **settings)
            not_loaded: dict[str, Any] = dict.fromkeys(commands)
            self.commands = LateCommands(not_loaded)

        def list_commands(self, ctx: click.Context) -> list[str]:
            del ctx
            return list(commands)

        def invoke(self, ctx: click.Context) -> object:
            # What is imported with the command, and what the command imports when it needs it.
            try:
                return super().invoke(ctx)
            except ModuleNotFoundError as error:
                raise _missing_extra(error, extras) from error

        def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
            with formatter.section("Commands"):
                formatter.write_dl([(name, commands[name]) for name in self.list_commands(ctx)])

    return LazyGroup


def run_command_line(
    group: click.Command, name: str, arguments: Sequence[str], exit_code: Callable[[Exception], ExitCode]
) -> int:
    """Run one command line and return its exit code.

    Args:
        group: the program.
        name: what the user calls it.
        arguments: everything behind the name.
        exit_code: the code of a failure of the project's own.
    """
    prepare_streams()
    try:
        return int(group.main(list(arguments), prog_name=name, standalone_mode=False) or 0)
    except click.Abort:
        complain(f"{name}: interrupted")
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        forget_output()
        return ExitCode.FAILED
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback on a user's terminal
        explain(error, name)
        return exit_code(error)


def explain(error: Exception, name: str) -> None:
    """Print what went wrong, without a traceback unless the environment asks for one."""
    from avroforge.errors import AvroforgeError  # noqa: PLC0415 - the help must not wait for it

    if os.environ.get(TRACEBACK_VARIABLE):
        complain("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, AvroforgeError):
        complain(str(error))
    elif isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        complain(f"{name}: {error.filename}: {reason}" if error.filename else f"{name}: {reason}")
    else:
        kind = type(error).__name__
        hint = f"please report it with the output of the same command under {TRACEBACK_VARIABLE}=1"
        complain(f"{name}: internal error: {kind}: {' '.join(str(error).split())}; {hint}")


def _missing_extra(error: ModuleNotFoundError, extras: Mapping[str, str]) -> Exception:
    from avroforge.errors import MissingExtraError  # noqa: PLC0415 - as above

    package = (error.name or "").partition(".")[0]
    if package not in extras:
        return error
    return MissingExtraError(f"{package} is not installed: pip install 'avroforge[{extras[package]}]'")
