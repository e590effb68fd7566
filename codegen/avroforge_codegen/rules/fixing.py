"""Put findings right where only one change can have been meant, and prove that nothing else changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from avroforge.schema.inline import self_contained
from avroforge.schema.syntax import edited
from avroforge_codegen.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from avroforge.schema import Schema
    from avroforge_codegen.rules import Finding


def fixed_texts(texts: Mapping[str, str], findings: Iterable[Finding]) -> dict[str, str]:
    """The texts of the files that findings change, with every edit made that overlaps no other.

    Args:
        texts: source name -> text.
        findings: as `check` gives them, so that their places are source names.
    """
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.edits:
            by_file.setdefault(finding.diagnostic.path, []).append(finding)
    return {
        name: edited(texts[name], [edit for finding in found for edit in finding.edits])
        for name, found in by_file.items()
    }


def meaning(schema: Schema, but: Iterable[str] = ()) -> str:
    """Everything that one file says by itself, in one deterministic text.

    Args:
        schema: the file.
        but: what does not count: ``docs`` (blanks at their ends), ``aliases`` (those without effect).
    """
    text = self_contained(schema.type, [name for name in schema.names if name not in schema.defined])
    left_out = frozenset(but)
    return text if not left_out else json.dumps(_without(json.loads(text), left_out), sort_keys=True)


def changes_of(findings: Iterable[Finding]) -> frozenset[str]:
    """What of the meaning the fixes of these findings change."""
    kinds = {RULES[each.diagnostic.code].fix_changes for each in findings if each.edits}
    return frozenset(kinds - {"nothing"})


def _without(value: object, left_out: frozenset[str]) -> object:
    if isinstance(value, list):
        return [_without(each, left_out) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _without(each, left_out) for key, each in value.items()}
    doc, aliases = kept.get("doc"), kept.get("aliases")
    if "docs" in left_out and isinstance(doc, str):
        kept["doc"] = doc.strip()
    if "aliases" in left_out and isinstance(aliases, list):
        others = [each for each in dict.fromkeys(aliases) if each != kept.get("name")]
        del kept["aliases"]
        kept |= {"aliases": others} if others else {}
    return kept
