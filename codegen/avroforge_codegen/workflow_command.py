"""Texts inside the commands that a step of a GitHub workflow prints."""

from __future__ import annotations

from avroforge.shell.terminal import visible


def annotation(level: str, message: str, place: tuple[str, int, int], title: str) -> str:
    """One annotation.

    Args:
        level: error, warning or notice.
        message: what it says.
        place: file, line and column; what is empty or 0 is left out.
        title: its headline.
    """
    properties = {**dict(zip(("file", "line", "col"), place, strict=True)), "title": title}
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value)
    return f"::{level} {listed}::{command_data(message)}"


def command_data(text: str) -> str:
    """Text of a workflow command: nothing in it ends the command or starts another."""
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return command_data(text).replace(":", "%3A").replace(",", "%2C")
