"""The room "VAE on a plane of faces" in a real browser, over plain pictures in the place of faces."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from genai_demo.ui import vae_lab_actions
from tests.browser.lab_visit import points_of, visit_lab, wait_for_points
from tests.browser.visits import PHONE, check_clean, check_width, set_slider, settled
from tests.ui import lab_page

ROOM = "VAE on a plane|平面上的 VAE"
CURVES, STATUS, SHEET = "#vae-curves", "#vae-status", "#vae-sheet img.sheet"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with lab_page.plain_faces(), lab_page.served() as address:
        yield address


@pytest.fixture(scope="module")
def page(browser: Browser, url: str) -> Iterator[Page]:
    """One visit in English, shared."""
    found = visit_lab(browser, url, ROOM)
    yield found
    found.context.close()


def nats(page: Page) -> float:
    """What a code tells of its picture, as the chart says it."""
    found = re.search(r"nats in a code ([\d.]+)", page.locator(f"{CURVES} text.second").text_content() or "")
    return float(found[1]) if found else -1.0


def test_it_opens_with_what_an_untrained_network_draws(page: Page) -> None:
    expect(page.locator(SHEET)).to_be_visible()
    expect(page.locator(STATUS)).to_contain_text("nothing learnt yet")
    expect(page.locator("#vae-sheet svg circle")).to_have_count(vae_lab_actions.CODES + 2)
    page.wait_for_function("([sheet, width]) => document.querySelector(sheet).naturalWidth === width", arg=[SHEET, 288])


def test_the_curves_go_on_and_the_plane_changes(page: Page) -> None:
    before = page.locator(SHEET).get_attribute("src")
    set_slider(page, "#vae-beta", "0")
    page.locator("#vae-run").click()
    wait_for_points(page, CURVES, 6)
    expect(page.locator(STATUS)).to_contain_text("Training: step")
    expect(page.locator(SHEET)).not_to_have_attribute("src", str(before))
    page.wait_for_function(
        f"() => +document.querySelector('{CURVES} text.second').textContent.match(/code ([0-9.]+)/)[1] > 3"
    )


def test_another_beta_reaches_the_training_under_way(page: Page) -> None:
    before = nats(page)
    set_slider(page, "#vae-beta", "20")
    page.wait_for_function(
        f"most => +document.querySelector('{CURVES} text.second').textContent.match(/code ([0-9.]+)/)[1] < most",
        arg=before / 2,
    )


def test_stop_stops_it(page: Page) -> None:
    page.locator("#vae-pause").click()
    expect(page.locator(STATUS)).to_contain_text("Paused at step")
    status, points = settled(page, lambda: (page.locator(STATUS).inner_text(), points_of(page, CURVES)))
    assert "Paused at step" in status and points >= 6


def test_nothing_leaves_the_machine_and_nothing_breaks(page: Page) -> None:
    check_clean(page)


def test_a_phone_shows_it_without_sideways_scrolling(browser: Browser, url: str) -> None:
    page = visit_lab(browser, url, ROOM, **PHONE)
    expect(page.locator("#vae-run")).to_have_text("▶ 运行")
    expect(page.locator(SHEET)).to_be_visible()
    page.locator("#vae-run").tap()
    wait_for_points(page, CURVES, 2)
    page.locator("#vae-pause").tap()
    expect(page.locator(STATUS)).to_contain_text("暂停")
    check_width(page)
    check_clean(page)
    page.context.close()
