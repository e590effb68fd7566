"""The lint rules as data, in the order of what hurts most."""

from __future__ import annotations

from typing import Final

from avroforge_codegen.rules.basic import BASIC
from avroforge_codegen.rules.docs import DOCS
from avroforge_codegen.rules.minimal import MINIMAL
from avroforge_codegen.rules.rule import Complaint, Example, Finding, Level, Rule
from avroforge_codegen.rules.standard import STANDARD
from avroforge_codegen.rules.strict import STRICT

__all__ = ["RULES", "Complaint", "Example", "Finding", "Level", "Rule"]

RULES: Final = {rule.id: rule for rule in (*MINIMAL, *BASIC, *STANDARD, *DOCS, *STRICT)}
"""Id -> rule. The last one asks after the others."""
