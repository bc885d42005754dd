"""Trainings of the lab whose visit the app has forgotten, in a real browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.lab_visit import visit_lab
from tests.browser.visits import PHONE
from tests.ui import lab_page
from tests.ui.one_tab import forget_visits

RUNS, LOST = re.compile("[Ss]tep [1-9]|第 [1-9]"), re.compile("is lost. Press again|已经丢失，再按一次")
ROOMS = {
    "gan": ("GAN on a plane|平面上的 GAN", "pause"),
    "characters": ("Transformer on your text|用你的文本训练", "pause"),
    "optimise": ("^(Optimise|调参)$", "stop"),
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with lab_page.served() as address:
        yield address


def train(page: Page, room: str) -> None:
    """Until the room says that steps are done, then stop it."""
    page.locator(f"#{room}-run").click()
    expect(page.locator(f"#{room}-status")).to_contain_text(RUNS)
    page.locator(f"#{room}-{ROOMS[room][1]}").click()
    expect(page.locator(f"#{room}-status")).to_contain_text(re.compile("Paused|Stopped|已暂停|已停止"))


@pytest.mark.parametrize("settings", [{}, PHONE], ids=["desktop-en", "phone-zh"])
@pytest.mark.parametrize("room", ROOMS)
def test_a_lost_training_does_not_begin_anew_without_a_word(
    browser: Browser, url: str, room: str, settings: dict[str, object]
) -> None:
    page = visit_lab(browser, url, ROOMS[room][0], **settings)
    train(page, room)
    expect(page.locator(".toast-body")).to_have_count(0)  # the first press is no loss
    forget_visits(url)
    page.locator(f"#{room}-run").click()
    expect(page.locator(".toast-body")).to_contain_text(LOST)
    expect(page.locator(f"#{room}-status")).to_contain_text(RUNS)  # what is to see of it stays
    page.locator(".toast-close").click()
    train(page, room)
    expect(page.locator(".toast-body")).to_have_count(0)
    page.context.close()
