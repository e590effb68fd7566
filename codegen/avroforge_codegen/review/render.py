"""A report in one of its formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from avroforge_codegen.review.report import Report

FORMATS: Final = ("text", "markdown", "html", "json", "sarif", "github")


def render(report: Report, form: str, *, artifact: str = "") -> str:
    """The text of a report; equal reports give equal bytes.

    Args:
        report: the review.
        form: one of `FORMATS`.
        artifact: address of the whole report, for a comment that must be cut.
    """
    match form:
        case "markdown":
            from avroforge_codegen.review.render_markdown import render_markdown  # noqa: PLC0415 - one of six

            return render_markdown(report, artifact=artifact)
        case "html":
            from avroforge_codegen.review.render_html import render_html  # noqa: PLC0415 - needs jinja2

            return render_html(report)
        case "json" | "sarif" | "github":
            from avroforge_codegen.review import render_machine  # noqa: PLC0415 - one of six

            functions = {
                "json": render_machine.render_json,
                "sarif": render_machine.render_sarif,
                "github": render_machine.render_github,
            }
            return functions[form](report)
        case _:
            from avroforge_codegen.review.render_text import render_text  # noqa: PLC0415 - one of six

            return render_text(report)
