"""The room "Optimise" in a real browser."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from genai_demo.lab import search as lab
from genai_demo.ui import optimise_pictures
from tests.browser.lab_visit import visit_lab
from tests.browser.visits import PHONE, WAIT, check_clean, check_width
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


def visit_room(browser: Browser, url: str, **settings: Any) -> Page:
    page = visit_lab(browser, url, "^(Optimise|调参)$", **settings)
    expect(page.locator("#optimise-curves svg")).to_be_visible()
    return page


def test_a_search_runs_to_its_winner(browser: Browser, url: str) -> None:
    page = visit_room(browser, url)
    expect(page.locator("#optimise-status")).to_contain_text("Nothing tried yet")
    page.locator("#optimise-text textarea").fill(WORDS)
    for name, value in (("Trials", "4"), ("Steps of the first rung", "10"), ("Reduction", "2")):
        page.get_by_label(f"number input for {name}").fill(value)
    status = page.locator("#optimise-status")
    for _ in range(4):  # on a busy machine it makes room for others in between
        page.locator("#optimise-run").click()
        expect(page.locator("#optimise-curves polyline").first).to_be_attached()
        expect(status).to_contain_text(re.compile("Done: trial|others get their turn"), timeout=3 * WAIT)
        if "Done" in status.inner_text():
            break
    expect(status).to_contain_text("Done: trial")
    expect(page.locator("#optimise-table tr")).to_have_count(5)
    expect(page.locator("#optimise-parallel polyline")).to_have_count(4)
    expect(page.locator("#optimise-parallel polyline.won")).to_have_count(1)
    expect(page.locator("#optimise-gap polygon")).to_have_count(1)
    expect(page.locator("#optimise-sample textarea")).not_to_have_value("")
    check_clean(page)
    page.context.close()


def test_stop_stops_it_and_a_phone_shows_it_without_sideways_scrolling(browser: Browser, url: str) -> None:
    page = visit_room(browser, url, **PHONE)
    for name, value in (("试验次数", "16"), ("第一轮步数", "60")):
        page.get_by_label(f"number input for {name}").fill(value)
    page.locator("#optimise-stopping input").uncheck()
    page.locator("#optimise-run").tap()
    expect(page.locator("#optimise-curves polyline.running").first).to_be_attached()
    page.locator("#optimise-stop").tap()
    expect(page.locator("#optimise-status")).to_contain_text("已停止")
    check_width(page)
    size = page.locator("#optimise-parallel span.name").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 11
    page.context.close()
