"""The HTML page in a real browser: without a network, by keyboard, on a phone, on paper, in the dark."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from tests.review.cases import Case, one, record, text
from tests.review.harness import review

from avroforge_codegen.review.render import render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

sync_api = pytest.importorskip("playwright.sync_api", reason="install it with: pip install '.[browser]'")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="install it with: apt-get install chromium")


def schemas(count: int, *, new: bool) -> dict[str, str]:
    found = {}
    for number in range(count):
        fields = [one(f"field_{each}", "int", doc="What it holds.") for each in range(10)]
        if new:
            fields[0]["type"] = "double"
            fields[1]["type"] = ["null", "int"]
            fields[2]["name"] = "renamed_field_with_a_name_that_is_rather_long_for_a_narrow_window"
            del fields[5]
            fields.append(one("added", "string"))
        found[f"schemas/shop/Order{number}.avsc"] = text(record(*fields, name=f"Order{number}"))
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("page") / "review.html"
    report = review(Case(schemas(4, new=False), schemas(4, new=True)))
    file.write_text(render(report, "html"), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:  # noqa: ANN401 - playwright is optional
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: complaints.append(request.url) if request.url != address else None)
    opened.goto(address)
    yield opened
    assert complaints == []
    context.close()


def shown(page: Any) -> int:  # noqa: ANN401 - playwright is optional
    return int(page.locator(".change:not([hidden])").count())


def test_filters_show_what_they_say(page: Any) -> None:  # noqa: ANN401 - playwright is optional
    everything = page.locator(".change").count()
    assert page.locator("#count").text_content() == f"{everything} of {everything} changes shown"
    page.get_by_label("note (").uncheck()
    assert shown(page) == page.locator('.change:not([data-level="note"])').count() < everything
    page.get_by_label("Search the changes").fill("null_added order2")
    assert shown(page) == 1
    page.get_by_label("Search the changes").fill("")
    page.get_by_label("Subject", exact=True).select_option("shop.Order1")
    assert 0 < shown(page) < everything
    assert page.locator(".subject:not([hidden])").count() == 1
    page.get_by_label("Class", exact=True).select_option("PROJECTION")
    kinds = page.locator(".change:not([hidden])").evaluate_all("all => all.map(one => one.dataset.classes)")
    assert kinds
    assert all("PROJECTION" in each.split() for each in kinds)


def test_a_field_leads_to_its_change(page: Any) -> None:  # noqa: ANN401 - playwright is optional
    page.locator(".subject > summary").first.click()
    link = page.locator(".subject[open] .tree a", has_text="TYPE_PROMOTED").first
    target = link.get_attribute("href")
    page.get_by_label("breaking (").uncheck()
    link.click()
    card = page.locator(f'[id="{target[1:]}"]')
    assert card.get_attribute("open") is not None
    assert card.is_visible()
    assert card.locator("figure.old .other").first.text_content().strip() == '"type": "int",'
    assert card.locator("figure.new .lines code").first.get_attribute("data-n")


def test_everything_can_be_done_by_keyboard(page: Any) -> None:  # noqa: ANN401 - playwright is optional
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator(".change:not([hidden])").nth(1)
    assert second.evaluate("card => card.firstElementChild === document.activeElement")
    before = second.get_attribute("open")
    page.keyboard.press("Enter")
    assert second.get_attribute("open") != before
    page.keyboard.press("k")
    first = page.locator(".change:not([hidden])").nth(0)
    assert first.evaluate("card => card.firstElementChild === document.activeElement")


def test_a_screen_reader_finds_its_way(page: Any) -> None:  # noqa: ANN401 - playwright is optional
    snapshot = page.locator("body").aria_snapshot()
    assert 'heading "Schema review: breaking" [level=1]' in snapshot
    assert "- main:" in snapshot
    assert '- search "Filter the changes":' in snapshot
    assert '- link "Skip to the changes"' in snapshot
    page.locator(".subject > summary").first.click()
    opened = page.locator(".subject[open]").first.aria_snapshot()
    assert '- img "old cannot read new, new cannot read old"' in opened
    assert "added" in opened
    fields = "[...document.querySelectorAll('input, select')]"
    assert page.evaluate(f"{fields}.every(each => each.labels.length || each.ariaLabel)")


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_sticks_out_on_a_narrow_screen(page: Any, width: int) -> None:  # noqa: ANN401 - playwright is optional
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


CONTRAST = """() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map((c) => c / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    for (let up = node; up; up = up.parentElement) {
      const color = getComputedStyle(up).backgroundColor;
      if (!/, 0\\)$/.test(color) && color !== "transparent") return color;
    }
    return "rgb(255, 255, 255)";
  };
  const worst = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((each) => each.nodeType === 3 && each.textContent.trim());
    if (!own || node.closest("svg,script,style,option,.sr") || !node.checkVisibility()) continue;
    const pair = [light(getComputedStyle(node).color), light(ground(node))].sort((a, b) => b - a);
    worst.push([(pair[0] + 0.05) / (pair[1] + 0.05), node.outerHTML.slice(0, 90)]);
  }
  return worst.sort((a, b) => a[0] - b[0])[0];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_the_light_and_in_the_dark(page: Any, scheme: str) -> None:  # noqa: ANN401 - playwright is optional
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    ratio, where = page.evaluate(CONTRAST)
    assert ratio >= 4.5, where
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")


def test_paper_shows_everything(page: Any, tmp_path: Path) -> None:  # noqa: ANN401 - playwright is optional
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert not page.locator(".filters").is_visible()
    file = tmp_path / "review.pdf"
    page.pdf(path=file, format="A4")
    assert file.read_bytes().startswith(b"%PDF")


def test_two_hundred_changed_subjects_are_a_page_of_three_megabytes_at_most(
    browser: Any,  # noqa: ANN401 - playwright is optional
    tmp_path: Path,
) -> None:
    file = tmp_path / "review.html"
    report = review(Case(schemas(200, new=False), schemas(200, new=True)))
    file.write_text(render(report, "html"), encoding="utf-8")
    assert file.stat().st_size <= 3_000_000
    opened = browser.new_page()
    opened.goto(file.as_uri())
    assert opened.locator(".subject").count() == 200
    opened.close()
