"""The documentation page of the rules, their list for terminals, and one rule explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge_codegen.rules import RULES, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge_codegen.rules import Rule

_INTRODUCTION: Final = """# Lint rules

What `avroforge lint` knows beside the specification. This page is written from the rules in
`codegen/avroforge_codegen/rules`; `avroforge lint --list` prints them in short, `avroforge lint --explain
RULE` one of them in full.

```toml
# avroforge.toml
[lint]
select = ["STANDARD", "DOCS"]             # levels and rules; this is the default
except = ["STYLE_FIELD"]                  # but these
strict = false                            # whether warnings fail the run too, as --strict does

[lint.severity]
DOC_FIELD = "warning"                     # "error" or "warning"

[lint.ignore]                             # rule, level or "*" -> files, folders, patterns below this folder
DOC_FIELD = ["schemas/imported/**"]
"*" = ["schemas/legacy"]
```

`--select`, `--except` and `--ignore [RULE=]PATH` do the same on the command line: `--select` replaces the
settings', the others add to them. In a schema, on a type or a field, for it and everything inside it:

```json
{"name": "orderId", "type": "string", "x-lint-ignore": {"STYLE_FIELD": "the partner's name for it"}}
```

A rule, a list of rules, or rules with reasons. The attribute speaks to this tool: it is no part of the model,
so of neither the self-contained text nor what is registered; it changes no class and no byte. The file's own
text keeps it, and so does the copy of that text in generated code.

An old repository adopts the rules in a minute: `avroforge lint --error-format config-ignore` prints the
section `[lint.ignore]` that excepts what is there, so that only what is new is found. The other formats are
`text`, `json`, `github` (annotations), `junit` and `sarif`.

`--fix` makes the changes that can only have been meant that way, in place, and leaves the rest of the text as
it is. Before anything is written the new texts are parsed, and have to mean the same but for what the rule
says that it changes.

"""
_LEVELS: Final = {
    Level.MINIMAL: "What was written has no effect, or cannot be used.",
    Level.BASIC: "MINIMAL, and what works today but hurts with the next change or in another language.",
    Level.STANDARD: "BASIC, and what most teams agree on: names, places, types that say what they hold.",
    Level.DOCS: "Documentation that says something. It includes no other level.",
    Level.STRICT: "All of them, and what costs little in a new schema and much in an old one.",
}


def rules_page() -> str:
    """``docs/lint.md``."""
    lines = ["| level | asks for | rules of its own |", "|---|---|---|"]
    for level, text in _LEVELS.items():
        own = ", ".join(f"[{each.id}](#{each.id.lower()})" for each in _rules(level))
        lines.append(f"| {level} | {text} | {own} |")
    sections = "\n".join("\n".join([f"# {level}\n", *map(_entry, _rules(level))]) for level in Level)
    return _INTRODUCTION + "\n".join(lines) + "\n\n" + sections


def _rules(level: Level) -> list[Rule]:
    return [rule for rule in RULES.values() if rule.level is level]


def _entry(rule: Rule) -> str:
    fix = f"\n`--fix` {rule.fix}; {_kept(rule)}.\n" if rule.fix else ""
    return f"""## {rule.id}

{_sentence(rule.what)} ({rule.severity}) {rule.why}
{fix}
```json5
// wrong
{rule.wrong.shown}

// right
{rule.right.shown}
```
"""


def _kept(rule: Rule) -> str:
    return "the schema means the same" if rule.fix_changes == "nothing" else f"only {rule.fix_changes} change"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def rules_list(selected: set[str]) -> Iterator[str]:
    """One line per rule: id, level, severity, what it asks for; a star where it is selected."""
    for rule in RULES.values():
        star = "*" if rule.id in selected else " "
        fix = " (--fix)" if rule.fix else ""
        yield f"{star} {rule.id:<20} {rule.level:<8} {rule.severity:<7} {rule.what}{fix}"


def explained(rule: Rule) -> str:
    """One rule in full, for a terminal."""
    fix = f"\n--fix {rule.fix}; {_kept(rule)}.\n" if rule.fix else ""
    return (
        f"{rule.id} ({rule.level}, {rule.severity})\n\n{_sentence(rule.what)}\n{rule.why}\n{fix}"
        f"\nwrong:\n  {rule.wrong.shown}\n\nright:\n  {rule.right.shown}"
    )
