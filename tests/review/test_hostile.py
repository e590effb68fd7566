"""Texts of schemas in every format: what an untrusted pull request writes is shown, and does nothing else."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from tests.review.cases import case, enum, one, record
from tests.review.harness import review

from avroforge_codegen.review.render import render
from avroforge_codegen.review.render_markdown import MOST_CHARACTERS, TAG, render_markdown

TEXTS = [
    "<script>alert(1)</script>",
    "</pre></details><img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "{{ 7 * 7 }} {% raw %} ${{ secrets.TOKEN }}",
    "-->\n<!-- avroforge-review -->\n# heading\n* item",
    "[link](javascript:alert(1)) ![image](https://evil.example/x.png) https://evil.example www.evil.example",
    "@everyone #1 GH-1 owner/repo#1 |cell| `code` ``` ~~~ **bold** _it_ \\",
    "::error file=x::y\r\n::set-output name=x::y%0A::add-mask::z",
    "\x1b[31mred\x1b]8;;https://evil.example\x07 \u202etxet \u2066 \u200b \x00 \x9b",
    "&lt;b&gt; &#60;b&#62; &amp;",
    "line one\nline two\u2028line three",
]
FORMS = ["text", "markdown", "html", "json", "sarif", "github"]
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def hostile(text: str, form: str) -> str:
    """A review with the text in every place that is free: docs, defaults, properties, aliases cannot be."""
    field = one("value", "string", default=text, doc=text, unit=text)
    changed = one("value", "string", default=text + "!", doc=text + "!", unit=text + "!")
    old = record(field, one("color", enum("RED")), doc=text)
    new = record(changed, one("color", enum("RED", "GREEN")), doc=text + "!", **{text: text})
    return render(review(case(old, new)), form)


class _Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links.update(value or "" for name, value in attrs if name in {"href", "src"})


def tags_of(page: str) -> _Tags:
    parser = _Tags()
    parser.feed(page)
    return parser


@pytest.mark.parametrize("text", TEXTS)
def test_html_gets_no_tag_attribute_or_link_from_a_schema(text: str) -> None:
    plain, found = tags_of(hostile("plain", "html")), tags_of(hostile(text, "html"))
    assert set(found.tags) == set(plain.tags)
    assert found.tags.count("script") == 1
    assert found.attributes == plain.attributes
    assert all(link.startswith("#") for link in found.links)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("form", FORMS)
def test_no_control_character_survives(text: str, form: str) -> None:
    assert CONTROL.findall(hostile(text, form)) == []


@pytest.mark.parametrize("text", TEXTS)
def test_markdown_shows_texts_and_obeys_none(text: str) -> None:
    found = hostile(text, "markdown")
    assert found.startswith(TAG)
    assert sum(line.startswith("<!--") for line in found.splitlines()) == 1
    fence = ""
    for line in found.splitlines():
        if fence:
            fence = "" if line == fence else fence
            continue
        if match := re.match("(`{3,})diff$", line):
            fence = match[1]
            continue
        bare = re.sub(r"<!-- avroforge-review -->|</?(code|details|summary)>|\\.|&#\d+;", "", line)
        assert "<" not in bare
        assert "://" not in bare
        assert not re.search(r"(?<!\w)@\w|#\d|\]\(", bare.removeprefix("## ").removeprefix("### "))
    assert fence == ""


@pytest.mark.parametrize("text", TEXTS)
def test_each_annotation_is_one_command_on_one_line(text: str) -> None:
    lines = hostile(text, "github").splitlines()
    commands = [line for line in lines if line.startswith("::")]
    assert lines[-1].startswith("1 schema against old")
    assert len(commands) == len(lines) - 1
    for line in commands:
        properties, _, message = line.removeprefix("::").partition("::")
        assert re.fullmatch(r"(error|warning) file=[^,:]+,line=\d+,col=\d+,title=[A-Z_]+", properties)
        assert message


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("form", ["json", "sarif"])
def test_documents_stay_documents(text: str, form: str) -> None:
    found = hostile(text, form)
    assert found.isascii()
    json.loads(found)


def test_a_comment_that_is_too_long_is_cut_with_a_pointer() -> None:
    fields = [one(f"field_number_{number}", "int") for number in range(400)]
    report = review(case(record(), record(*fields)))
    text = render_markdown(report, artifact="https://ci.example/run/7?a=(1)")
    assert len(text) <= MOST_CHARACTERS
    assert re.search(
        r"\*\*\d+ more entries do not fit here; they are \[in the whole report\]"
        r"\(<https://ci.example/run/7\?a=\(1\)>\)\.\*\*\n$",
        text,
    )
    assert len(render_markdown(report, most=5000)) <= 5000
