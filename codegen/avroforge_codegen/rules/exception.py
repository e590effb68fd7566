"""Rules about the exceptions that a text makes from rules."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from avroforge.schema.syntax import member_removal
from avroforge.schema.tool_attributes import LINT_IGNORE
from avroforge_codegen.rules.rule import Complaint

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from avroforge_codegen.rules.schema_file import SchemaFile


def unknown(ids: Callable[[], Collection[str]]) -> Callable[[SchemaFile], Iterable[Complaint]]:
    """The rule that an exception names rules that there are; `ids` gives them."""

    def check(file: SchemaFile) -> Iterator[Complaint]:
        for each in file.ignores:
            place = file.position(each.member.value.start)
            if each.rules is None:
                wanted = "expected a rule, a list of rules, or an object of rule and reason"
                yield Complaint(place, f"{LINT_IGNORE!r}: {wanted}")
                continue
            for rule in each.rules:
                if rule not in ids():
                    near = difflib.get_close_matches(rule, ids(), n=1)
                    hint = f"did you mean {near[0]!r}?" if near else "`avroforge lint --list` names them"
                    yield Complaint(place, f"{LINT_IGNORE!r}: no rule is called {rule!r}; {hint}")

    return check


def unused(file: SchemaFile) -> Iterator[Complaint]:
    """An exception from a rule that finds nothing there; asks after the other rules have run."""
    for each in file.ignores:
        named = each.rules or ()
        idle = [rule for rule in named if rule in file.ran and rule not in each.used]
        if idle:
            edits = (member_removal(each.holder, each.member),) if len(idle) == len(named) else ()
            message = f"{LINT_IGNORE!r}: {' and '.join(idle)} finds nothing here any more; leave it out"
            yield Complaint(file.position(each.member.start), message, edits)
