"""The conversion of a bound logical type: one of the specification's, or one of the user's own."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from avroforge.codec import ir
from avroforge.wire import logical

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Verb: TypeAlias = Literal["read", "write"]
OWN_ERRORS: Final = (MemoryError, RecursionError)
"""What passes through from a conversion of the user's own; everything else it raises is about the value."""


def underlying(node: ir.Logical) -> str:
    """The kind of the underlying type: a primitive's name, or ``fixed``."""
    return node.base.kind if isinstance(node.base, ir.Primitive) else "fixed"


def arguments(node: ir.Logical, verb: Verb) -> tuple[int, ...]:
    """What the function of the specification's conversion takes behind the value."""
    if node.own is not None:
        return ()
    known = {"precision": node.precision, "scale": node.scale}
    if verb == "write":
        known["size"] = node.base.size if isinstance(node.base, ir.Fixed) else 0
    names = logical.CONVERSIONS[node.name, underlying(node)].arguments
    return tuple(known[name] for name in names if name in known)


def function_name(node: ir.Logical, verb: Verb) -> str:
    """The name of the run time's function for a logical type of the specification."""
    return str(getattr(logical.CONVERSIONS[node.name, underlying(node)], verb))


def python_symbol(node: ir.Logical) -> ir.Symbol:
    """Module and name of the Python type."""
    if node.own is None:
        return ir.Symbol(*logical.CONVERSIONS[node.name, underlying(node)].annotation)
    target = node.own.python
    return target if isinstance(target, ir.Symbol) else ir.Symbol(target.__module__, target.__qualname__)


def python_class(node: ir.Logical) -> type | None:
    """The Python type itself, for a type that is bound to classes."""
    if node.own is not None:
        return node.own.python if isinstance(node.own.python, type) else None
    module, name = python_symbol(node)
    found = getattr(import_module(module), name)
    return found if isinstance(found, type) else None


def read(node: ir.Logical, raw: object) -> Any:  # noqa: ANN401 - whatever Python type it becomes
    """The Python value of an underlying value.

    Raises:
        ValueError: Python has no such value.
        ArithmeticError: as above.
    """
    return _call(node, "read", raw)


def write(node: ir.Logical, value: object) -> Any:  # noqa: ANN401 - the underlying value
    """The underlying value of a Python value.

    Raises:
        TypeError: a value of another type.
        ValueError: a value that the logical type cannot hold.
        ArithmeticError: as above.
    """
    return _call(node, "write", value)


def _call(node: ir.Logical, verb: Verb, value: object) -> Any:  # noqa: ANN401 - as above
    if node.own is None:
        return getattr(logical, function_name(node, verb))(value, *arguments(node, verb))
    function = getattr(node.own, verb)
    try:
        return function(value)
    except OWN_ERRORS:
        raise
    except Exception as error:  # foreign code raises what it likes; the caller adds the path
        raise ValueError(f"{type(error).__name__}: {error}") from error


def own_conversions(table: Mapping[tuple[str, str], tuple[type, Any, Any]]) -> ir.OwnConversions:
    """The conversions of a generated module's ``AVRO_CONVERSIONS``."""
    return {key: ir.OwnConversion(*found) for key, found in table.items()}


def then_read(first: Callable[[Any], Any] | None, node: ir.Logical) -> Callable[[Any], Any]:
    """`first`, and then the reading of a logical type."""
    return partial(read, node) if first is None else lambda raw: read(node, first(raw))
