"""Visits to the page in a real browser: what all rooms need.

Whatever is waited for is a state, polled for as long as ``WAIT``; a machine that is slow only makes it take longer.
"""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as NotInTime

WAIT = 180_000
"""Milliseconds; a busy machine is slow, a broken page never gets there."""
STILL = 1_000
"""Milliseconds without a change after which something counts as having come to rest."""
TRY = 3_000
"""Milliseconds for one try at a tab that may be moving into the menu."""
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "locale": "zh-CN",
}  # fmt: skip
T = TypeVar("T")


def visit(browser: Browser, address: str, **settings: Any) -> Page:
    """Open an address in a fresh profile. settings: of the profile, beyond those of ``DESKTOP``.

    Requests that leave the machine are noted in ``page.foreign``, errors of scripts in ``page.broken``.
    """
    page = browser.new_context(**(DESKTOP | settings)).new_page()
    page.set_default_timeout(WAIT)
    home = re.match(r"\w+://[^/]+", address)
    assert home is not None
    page.foreign, page.broken = [], []  # type: ignore[attr-defined]
    ours = (home[0], "data:", "blob:")
    page.on("request", lambda r: None if r.url.startswith(ours) else page.foreign.append(r.url))  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.broken.append(str(error)))  # type: ignore[attr-defined]
    page.on("console", lambda said: page.broken.append(said.text) if said.type == "error" else None)  # type: ignore[attr-defined]
    page.goto(address)
    return page


def open_tab(page: Page, name: re.Pattern[str] | str) -> None:
    """Show a tab; one that finds no place in its row is behind the button of the row.

    Which of the two it is changes while the page is laid out, so it is tried until it works.
    """
    name = re.compile(name) if isinstance(name, str) else name
    page.wait_for_selector("button[role=tab]")
    tab = page.get_by_role("tab", name=name)
    hidden = page.locator(".overflow-dropdown button").filter(has_text=name)
    menu = page.locator(".overflow-menu").filter(has=hidden)
    until = time.monotonic() + WAIT / 1000
    while True:
        try:
            if tab.count():
                tab.first.click(timeout=TRY)
            else:
                menu.first.locator("> button").click(timeout=TRY)
                hidden.first.click(timeout=TRY)
            return
        except NotInTime:
            assert time.monotonic() < until, f"There is no tab {name.pattern}."


def settled(page: Page, read: Callable[[], T], most: float = WAIT) -> T:
    """What ``read`` gives once it has not changed for a while; fails where it goes on for ``most`` milliseconds."""
    until, before = time.monotonic() + most / 1000, read()
    while True:
        page.wait_for_timeout(STILL)
        now = read()
        if now == before:
            return now
        assert time.monotonic() < until, f"It does not come to rest: {now}"
        before = now


def check_local(page: Page) -> None:
    """Nothing has left the machine."""
    assert page.foreign == []  # type: ignore[attr-defined]


def check_clean(page: Page) -> None:
    """Nothing has left the machine, and nothing broke."""
    check_local(page)
    assert page.broken == []  # type: ignore[attr-defined]


def check_width(page: Page) -> None:
    """There is no sideways scrolling on a phone."""
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]


def download(page: Page, selector: str) -> Path:
    """Press a download button; the file, under the name that the page gave it."""
    with page.expect_download() as waiting:
        page.locator(selector).click()
    path = Path(waiting.value.path())
    return path.rename(path.with_name(waiting.value.suggested_filename))


def set_slider(page: Page, selector: str, value: str) -> None:
    """Type a number into the box of a slider."""
    box = page.locator(f"{selector} input[type=number]")
    box.fill(value)
    box.press("Enter")
    box.blur()
    expect(box).to_have_value(value)
