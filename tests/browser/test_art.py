"""The room "Art" of the tab "Image repair" in a real browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from genai_demo.core import limits
from genai_demo.trust import metadata
from tests.browser.test_repair import visit_repair
from tests.browser.visits import download, set_slider, settled


@pytest.fixture(scope="module")
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    """One visit in English, shared."""
    found = visit_repair(browser, app_url, accept_downloads=True)
    found.get_by_role("tab", name="Art", exact=True).click()
    yield found
    found.context.close()


def test_a_painting_and_its_next_seed(page: Page) -> None:
    painting = page.locator("#painting img")
    expect(painting).to_be_visible()
    first = painting.get_attribute("src")
    page.locator("#painting-next").click()
    page.wait_for_function("b => document.querySelector('#painting img').src !== b", arg=first)
    expect(page.locator("#art-styles .thumbnail-item").first).to_be_visible()


def test_a_picture_in_a_style_stops_where_it_is_and_can_be_kept(page: Page) -> None:
    status, shown = page.locator("#art-status"), page.locator("#art-result img")
    set_slider(page, "#art-steps", str(limits.MAX_STYLE_STEPS))
    for _ in range(2):  # a press soon after Stop counts
        page.locator("#art-go").click()
        expect(status).to_have_text(re.compile(rf"Step [1-9]\d* of {limits.MAX_STYLE_STEPS} "))
        page.locator("#art-stop").click()
    words = settled(page, status.inner_text)
    file = download(page, "#art-download")
    made = metadata.read(file.read_bytes()).recipe or {}
    assert f"Step {made['steps']} of {limits.MAX_STYLE_STEPS} " in words
    assert made["steps"] < limits.MAX_STYLE_STEPS
    assert shown.evaluate("async (image) => (await (await fetch(image.src)).blob()).size") == file.stat().st_size
