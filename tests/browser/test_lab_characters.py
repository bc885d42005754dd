"""The room "Transformer on your text" in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.lab_visit import points_of, visit_lab, wait_for_points
from tests.browser.visits import PHONE, check_clean, check_width, set_slider, settled
from tests.ui import lab_page

ROOM = "Transformer on your text|用你的文本训练"
CURVES, STATUS, SAMPLE = "#characters-curves", "#characters-status", "#characters-sample textarea"
MATRIX = "document.querySelector('#characters-attention canvas').toDataURL()"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with lab_page.served() as address:
        yield address


@pytest.fixture(scope="module")
def page(browser: Browser, url: str) -> Iterator[Page]:
    """One visit in English, shared."""
    found = visit_lab(browser, url, ROOM)
    yield found
    found.context.close()


def test_it_opens_with_a_text_to_learn(page: Page) -> None:
    assert "Beware the Jabberwock" in page.locator("#characters-text textarea").input_value()
    expect(page.locator(f"{CURVES} polyline")).to_have_count(0)


def test_the_curves_go_on_and_samples_change(page: Page) -> None:
    page.locator("#characters-run").click()
    wait_for_points(page, CURVES, 5)
    expect(page.locator(STATUS)).to_contain_text("Training: step")
    expect(page.locator(SAMPLE)).not_to_have_value("")
    first, before = page.locator(SAMPLE).input_value(), points_of(page, CURVES)
    expect(page.locator(SAMPLE)).not_to_have_value(first)
    assert points_of(page, CURVES) > before


def test_stop_stops_it(page: Page) -> None:
    page.locator("#characters-pause").click()
    expect(page.locator(STATUS)).to_contain_text("Paused at step")
    status, points = settled(page, lambda: (page.locator(STATUS).inner_text(), points_of(page, CURVES)))
    assert "Paused at step" in status and points >= 5


def test_another_head_looks_elsewhere_and_another_shape_starts_over(page: Page) -> None:
    page.wait_for_function(f"() => {MATRIX}.length > 500")
    before = page.evaluate(MATRIX)
    set_slider(page, "#characters-head", "3")
    page.wait_for_function(f"before => {MATRIX} !== before", arg=before)
    steps = points_of(page, CURVES)
    set_slider(page, "#characters-layers", "1")
    page.locator("#characters-run").click()
    page.wait_for_function(
        "most => {const line = document.querySelector('#characters-curves polyline').getAttribute('points');"
        "const count = line.split(' ').filter(Boolean).length; return 0 < count && count < most}",
        arg=steps,
    )
    page.locator("#characters-pause").click()
    expect(page.locator(STATUS)).to_contain_text("Paused at step")


def test_the_layer_that_is_looked_at_ends_with_the_model(page: Page) -> None:
    layer = page.locator("#characters-layer input[type=range]")
    expect(layer).to_have_attribute("max", "1")
    set_slider(page, "#characters-layers", "4")
    expect(layer).to_have_attribute("max", "1")  # the model is still the one before
    page.locator("#characters-step").click()
    expect(page.locator(STATUS)).to_contain_text("Step 1: loss")
    expect(layer).to_have_attribute("max", "4")
    before = page.evaluate(MATRIX)
    set_slider(page, "#characters-layer", "3")
    page.wait_for_function(f"before => {MATRIX} !== before", arg=before)
    set_slider(page, "#characters-layers", "2")
    page.locator("#characters-step").click()
    expect(layer).to_have_attribute("max", "2")
    expect(layer).to_have_value("2")
    expect(page.locator(STATUS)).to_contain_text("Step 1: loss")


def test_a_step_redraws_the_likeliest_characters(page: Page) -> None:
    bars = page.locator("#characters-next tr")
    expect(bars).to_have_count(10)
    before = bars.all_inner_texts()
    page.locator("#characters-step").click()
    expect(page.locator(STATUS)).to_contain_text("Step 2: loss")
    page.wait_for_function(
        "before => [...document.querySelectorAll('#characters-next tr')].some((r, i) => r.innerText !== before[i])",
        arg=before,
    )


def test_both_axes_of_the_attention_are_labelled_cell_by_cell(page: Page) -> None:
    page.locator("#characters-sentence textarea").fill("snicker")
    labels = page.locator("#characters-attention ol")
    for i in range(2):
        expect(labels.nth(i).locator("li")).to_have_text(list("snicker"))
    side = page.locator("#characters-attention canvas").bounding_box()
    column, line = (labels.nth(i).locator("li").nth(4).bounding_box() for i in range(2))
    assert side and column and line
    cell = side["width"] / 7
    assert abs(column["x"] + column["width"] / 2 - side["x"] - 4.5 * cell) < 2
    assert abs(line["y"] + line["height"] / 2 - side["y"] - 4.5 * cell) < 2


def test_nothing_leaves_the_machine_and_nothing_breaks(page: Page) -> None:
    check_clean(page)


def test_a_phone_shows_it_without_sideways_scrolling(browser: Browser, url: str) -> None:
    page = visit_lab(browser, url, ROOM, **PHONE)
    expect(page.locator("#characters-run")).to_have_text("▶ 运行")
    check_width(page)
    page.locator("#characters-run").tap()
    wait_for_points(page, CURVES, 2)
    page.locator("#characters-pause").tap()
    expect(page.locator(STATUS)).to_contain_text("暂停")
    check_width(page)
    check_clean(page)
    page.context.close()
