"""The measured curves in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from genai_demo.lab import curves
from tests.browser.lab_visit import visit_lab
from tests.browser.visits import PHONE, check_clean, check_width, download
from tests.lab.made_curves import write
from tests.ui import lab_page


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("measured")
    write(folder, "text", "faces")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curves, "FOLDER", folder)
        with lab_page.served() as address:
            yield address


def visit(browser: Browser, url: str, **settings: object) -> Page:
    """Open the room in a fresh profile and wait for its charts."""
    page = visit_lab(browser, url, "How much data|要多少数据", **settings)
    expect(page.locator("#curves-sheet svg.chart").first).to_be_visible()
    return page


@pytest.fixture(scope="module")
def page(browser: Browser, url: str) -> Iterator[Page]:
    found = visit(browser, url)
    yield found
    found.context.close()


def test_four_questions_with_answers(page: Page) -> None:
    expect(page.locator("#curves-sheet h3")).to_have_count(4)
    expect(page.locator("#curves-sheet .answer").first).to_contain_text("1,000 examples are enough")


def test_a_point_tells_its_numbers_to_mouse_and_keyboard(page: Page) -> None:
    figure = page.locator("#curves-sheet figure").first
    figure.locator(".point").nth(0).hover()
    expect(figure.locator("output")).to_contain_text("100 examples: never seen 2.6")
    figure.locator(".point").nth(1).focus()
    expect(figure.locator("output")).to_contain_text("300 examples")


def test_the_numbers_are_a_table_too(page: Page) -> None:
    page.locator("#curves-sheet summary").first.click()
    expect(page.locator("#curves-sheet table").first).to_contain_text("25,000")


def test_one_question_of_another_model(page: Page) -> None:
    page.locator("#curves-question").get_by_label("size").click()
    expect(page.locator("#curves-sheet h3")).to_have_count(1)
    expect(page.locator("#curves-sheet h3")).to_have_text("How big must it be?")
    page.locator("#curves-medium").get_by_label("VAE of faces").click()
    expect(page.locator("#curves-sheet .answer")).to_contain_text("dB")
    assert download(page, "#curves-csv").name == "curves-faces.csv"


def test_nothing_leaves_the_machine_and_nothing_breaks(page: Page) -> None:
    check_clean(page)


def test_a_phone_shows_it_without_sideways_scrolling(browser: Browser, url: str) -> None:
    page = visit(browser, url, **PHONE)
    figure = page.locator("#curves-sheet figure").first
    expect(page.locator("#curves-sheet h3").first).to_have_text("多少数据才够？")
    figure.locator(".point").nth(0).tap()
    expect(figure.locator("output")).to_contain_text("未见过")
    assert figure.locator("svg text").first.evaluate("t => t.getBoundingClientRect().height") >= 9
    check_width(page)
    page.context.close()
