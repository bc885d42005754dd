"""Visits to the lab in a real browser."""

import re
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.visits import open_tab, visit

LAB = re.compile("Lab|实验室")


def visit_lab(browser: Browser, url: str, room: str = "", **settings: Any) -> Page:
    """Open the lab in a fresh profile, and one of its rooms. room: its name as a regular expression."""
    page = visit(browser, url, **({"viewport": {"width": 1280, "height": 1000}} | settings))
    open_tab(page, LAB)
    if room:
        open_tab(page, room)
    return page


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
