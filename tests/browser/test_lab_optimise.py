"""The room "Optimise" in a real browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from genai_demo.lab import search as lab
from genai_demo.ui import optimise_pictures
from tests.browser.test_browser import WAIT, browser  # noqa: F401
from tests.ui import lab_page

WORDS = "one two three four five six seven. " * 9


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A lab whose networks train in milliseconds."""
    knobs = [lab.KNOBS[0], lab.KNOBS[1], lab.Knob("layers", 1, 2, 1, step=1), lab.Knob("width", 16, 32, 16, step=8)]
    with pytest.MonkeyPatch.context() as patch:
        for module in (lab, optimise_pictures):
            patch.setattr(module, "KNOBS", knobs)
        patch.setattr(lab, "CONTEXT", 12)
        with lab_page.served() as address:
            yield address


def visible_tab(page: Page, name: re.Pattern[str]) -> Locator:
    """A tab, or its entry in the menu of those that find no room."""
    tab = page.get_by_role("tab", name=name)
    if not tab.count():
        page.locator(".overflow-menu > button:visible").last.click()
        tab = page.locator(".overflow-dropdown button").filter(has_text=name)
    return tab.first


def visit_room(browser: Browser, url: str, **settings: object) -> Page:  # noqa: F811
    page = browser.new_context(**settings).new_page()
    page.set_default_timeout(WAIT)
    page.foreign, page.broken = [], []  # type: ignore[attr-defined]
    page.on("request", lambda r: None if r.url.startswith((url, "data:", "blob:")) else page.foreign.append(r.url))
    page.on("pageerror", lambda error: page.broken.append(str(error)))
    page.goto(url)
    for name in ("^(Lab|实验室)$", "^(Optimise|调参)$"):
        page.wait_for_selector("button[role=tab]")
        page.wait_for_timeout(500)
        visible_tab(page, re.compile(name)).click()
    expect(page.locator("#optimise-curves svg")).to_be_visible(timeout=WAIT)
    return page


def test_a_search_runs_to_its_winner(browser: Browser, url: str) -> None:  # noqa: F811
    page = visit_room(browser, url, viewport={"width": 1280, "height": 1000}, locale="en-US")
    expect(page.locator("#optimise-status")).to_contain_text("Nothing tried yet", timeout=WAIT)
    page.locator("#optimise-text textarea").fill(WORDS)
    for name, value in (("Trials", "4"), ("Steps of the first rung", "10"), ("Reduction", "2")):
        page.get_by_label(f"number input for {name}").fill(value)
    status = page.locator("#optimise-status")
    for _ in range(4):  # on a busy machine it makes room for others in between
        page.locator("#optimise-run").click()
        expect(page.locator("#optimise-curves polyline").first).to_be_attached(timeout=WAIT)
        expect(status).to_contain_text(re.compile("Done: trial|others get their turn"), timeout=3 * WAIT)
        if "Done" in status.inner_text():
            break
    expect(status).to_contain_text("Done: trial")
    assert page.locator("#optimise-table tr").count() == 5
    assert page.locator("#optimise-parallel polyline").count() == 4
    expect(page.locator("#optimise-parallel polyline.won")).to_have_count(1)
    expect(page.locator("#optimise-gap polygon")).to_have_count(1)
    assert page.locator("#optimise-sample textarea").input_value()
    assert page.foreign == [] and page.broken == []  # type: ignore[attr-defined]
    page.context.close()


def test_stop_stops_it_and_a_phone_shows_it_without_sideways_scrolling(browser: Browser, url: str) -> None:  # noqa: F811
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "locale": "zh-CN"}
    page = visit_room(browser, url, **phone)
    for name, value in (("试验次数", "16"), ("第一轮步数", "60")):
        page.get_by_label(f"number input for {name}").fill(value)
    page.locator("#optimise-stopping input").uncheck()
    page.locator("#optimise-run").tap()
    expect(page.locator("#optimise-curves polyline.running").first).to_be_attached(timeout=WAIT)
    page.locator("#optimise-stop").tap()
    expect(page.locator("#optimise-status")).to_contain_text("已停止", timeout=WAIT)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    size = page.locator("#optimise-parallel span.name").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 11
    page.context.close()
