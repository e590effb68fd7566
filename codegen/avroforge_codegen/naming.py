"""Python identifiers for Avro names, by one rule each; a Python name never reaches the schema or the bytes.

The rule: a name that Python cannot use as it is, or that the interface of another type has, gets one
underscore behind it; a name that starts with two underscores (or one, in an enum), which Python treats
specially, or as the functions of a generated module do, gets ``avro`` before it. Two names that still become
one are an error that names both and the setting that resolves it.
"""

from __future__ import annotations

import enum
import keyword
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from avroforge.errors import Diagnostic, SchemaError
from avroforge.schema.model import Position, simple_name
from avroforge_codegen.reserved import BUILTINS

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

_TEXT_NAMES: Final = frozenset(dir(str))
_ENUM_NAMES: Final = frozenset(dir(enum.Enum)) | {"mro", "name", "value", "names", "values"}
MODULE_NAMES: Final = frozenset({"AVRO_CLASSES", "AVRO_CONVERSIONS", "annotations"})
EMITTED_LOCAL: Final = re.compile(r"[a-z]\d*|_|out")
"""What emitted functions call their local variables; a class of such a name is used under an alias there."""
_COLUMNS_NAMES: Final = frozenset({"count", "index", "from_columns"})
"""The methods of columns of records."""
_PRIVATE: Final = re.compile("_(write|read|bytes|members|opened)_")
"""How the functions and tables of a generated module start."""


def attribute(name: str) -> str:
    """The dataclass field of a record field."""
    if name.startswith("__"):
        return f"avro{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def class_name(name: str) -> str:
    """The class of a record, an enum or a fixed's wrapper, from its simple name."""
    if name.startswith("__") or _PRIVATE.match(name):
        name = f"avro{name}"
    taken = keyword.iskeyword(name) or name in BUILTINS or name in MODULE_NAMES
    return f"{name}_" if taken else name


def member(symbol: str, *, text: bool = False) -> str:
    """The enum member of a symbol; `text`: of an enum whose members are strings, and have their methods."""
    if symbol.startswith("_"):
        return f"avro{symbol}"
    taken = keyword.iskeyword(symbol) or symbol in _ENUM_NAMES or (text and symbol in _TEXT_NAMES)
    return f"{symbol}_" if taken else symbol


def module_part(part: str) -> str:
    """One part of a namespace as a module name."""
    if part.startswith("__"):
        part = f"avro{part}"
    return f"{part}_" if keyword.iskeyword(part) else part


def stem_name(stem: str) -> str:
    """A class name prefix from a file stem: ``order-list`` becomes ``OrderList``."""
    words = re.findall(r"[A-Za-z0-9]+", stem)
    joined = "".join(word[0].upper() + word[1:] for word in words) or "Root"
    return joined if joined[0].isalpha() else f"Schema{joined}"


def columns_name(class_name: str) -> str:
    """The class of many records held as columns, from the class of one."""
    return f"{class_name}Columns"


def column(attribute: str) -> str:
    """The column of a field, from its attribute in the record's class."""
    return f"{attribute}_" if attribute in _COLUMNS_NAMES else attribute


def distinct(names: Iterable[tuple[str, str, Position]], what: str) -> None:
    """Check that no two Avro names became one Python name.

    Args:
        names: pairs of Avro name and Python name, with the place of the Avro name.
        what: where they would collide, for the message.

    Raises:
        SchemaError: NAME_COLLISION, with both names, both places and the setting.
    """
    seen: dict[str, tuple[str, Position]] = {}
    diagnostics: list[Diagnostic] = []
    for avro, python, position in names:
        first = seen.setdefault(python, (avro, position))
        if first[0] != avro:
            place = f"{first[1].path}:{first[1].line}:{first[1].column}"
            diagnostics.append(
                Diagnostic(
                    "NAME_COLLISION",
                    f"{avro!r} and {first[0]!r} ({place}) both become {python!r} in {what}; "
                    "give one another Python name in avroforge.toml, "
                    f'[generate]: rename = {{ "{avro}" = "..." }}',
                    position.path,
                    position.line,
                    position.column,
                )
            )
    if diagnostics:
        raise SchemaError(diagnostics)


def class_names(
    fullnames: Iterable[str], renamed: Mapping[str, str], flat: Container[str] = ()
) -> dict[str, str]:
    """The class name of each full name in one module; simple names that recur are qualified by namespace.

    Args:
        fullnames: the types of the module.
        renamed: full name -> the name that the user gave.
        flat: full names of the records that have a class of columns beside them.
    """
    listed = list(fullnames)
    simple = [class_name(simple_name(name)) for name in listed]
    times = Counter(simple)
    result: dict[str, str] = {}
    for name, short in zip(listed, simple, strict=True):
        qualified = class_name(name.replace(".", "_")) if times[short] > 1 else short
        result[name] = renamed.get(name, qualified)
    beside = {f"{name}Interface" for name in result.values()}
    beside.update(columns_name(python) for name, python in result.items() if name in flat)
    return {
        name: f"{python}_" if python in beside and name not in renamed else python
        for name, python in result.items()
    }
