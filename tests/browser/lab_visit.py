"""Visits to the lab in a real browser."""

import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.test_browser import WAIT, open_tab

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "locale": "zh-CN",
}  # fmt: skip
LAB = re.compile("Lab|实验室")


def visit_lab(browser: Browser, url: str, room: str = "", **settings: Any) -> Page:
    """Open the lab in a fresh profile, and one of its rooms. room: its name as a regular expression.

    What goes wrong in the page is noted for ``check_clean``.
    """
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 1000}, "locale": "en-US"} | settings))
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.foreign, page.broken = [], []  # type: ignore[attr-defined]
    page.on("request", lambda r: None if r.url.startswith((url, "data:", "blob:")) else page.foreign.append(r.url))
    page.on("pageerror", lambda error: page.broken.append(str(error)))
    page.on("console", lambda said: page.broken.append(said.text) if said.type == "error" else None)
    page.goto(url)
    open_tab(page, LAB)
    if room:
        open_room(page, room)
    return page


def open_room(page: Page, name: str) -> None:
    """Show a room; where its tab finds no place it is behind the button of the inner row of tabs."""
    page.wait_for_timeout(500)
    tab = page.get_by_role("tab", name=re.compile(name))
    if not tab.count():
        page.locator(".overflow-menu > button:visible").last.click()
        tab = page.locator(".overflow-dropdown button").filter(has_text=re.compile(name))
    tab.first.click()


def check_clean(page: Page) -> None:
    """Nothing left the machine, and nothing broke."""
    assert page.foreign == [] and page.broken == []  # type: ignore[attr-defined]


def check_width(page: Page) -> None:
    """There is no sideways scrolling on a phone."""
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]


def set_slider(page: Page, selector: str, value: str) -> None:
    """Type a number into the box of a slider."""
    box = page.locator(f"{selector} input[type=number]")
    box.fill(value)
    box.press("Enter")
    box.blur()
    expect(box).to_have_value(value)


def points_of(page: Page, selector: str) -> int:
    """How many points the first line of a chart has."""
    lines = page.locator(f"{selector} polyline")
    return len((lines.first.get_attribute("points") or "").split()) if lines.count() else 0


def wait_for_points(page: Page, selector: str, least: int) -> None:
    """Until a chart's first line has so many points."""
    page.wait_for_function(
        "([chart, least]) => (document.querySelector(`${chart} polyline`)?.getAttribute('points') || '')"
        ".split(' ').length >= least",
        arg=[selector, least],
    )
