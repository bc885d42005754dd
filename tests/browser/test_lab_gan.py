"""The GAN on a plane in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from genai_demo.lab.gan import PARTS
from genai_demo.ui.gan_lab_actions import HEAD_START
from tests.browser.lab_visit import visit_lab
from tests.browser.visits import PHONE, check_clean, check_width, settled
from tests.ui import lab_page

PLANE = "#gan-plane .plane"
INK = f"""() => {{
  const brush = document.querySelector("{PLANE}").getContext("2d");
  return new Set(Array.from({{length: 85}}, (_, i) => brush.getImageData(340, 8 * i, 1, 1).data.join())).size;
}}"""
"""How many colours there are on a line down the middle of the plane."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with lab_page.served() as address:
        yield address


@pytest.fixture(scope="module")
def page(browser: Browser, url: str) -> Iterator[Page]:
    """One visit in English, shared."""
    found = visit_lab(browser, url)
    wait_for(found, "frames > 0")
    yield found
    found.context.close()


def data(page: Page, name: str) -> Any:
    """What the plane says of itself."""
    return page.locator(PLANE).evaluate("(plane, name) => plane.dataset[name]", name)


def wait_for(page: Page, condition: str) -> None:
    """Wait until a condition on frames, step, part, covered holds."""
    page.wait_for_function(
        f"() => {{const d = document.querySelector('{PLANE}')?.dataset; if (!d) return false;"
        f"const frames = +d.frames, step = +d.step, part = d.part, covered = +d.covered; return {condition}}}"
    )


def pause(page: Page) -> None:
    page.locator("#gan-pause").click()
    expect(page.locator("#gan-status")).to_contain_text("Paused at step")


def test_it_opens_with_untrained_networks(page: Page) -> None:
    assert data(page, "step") == "0"
    assert page.evaluate(INK) > 10, "the field is empty"
    expect(page.locator("#gan-plane [data-loss=non_saturating] math").first).to_be_visible()
    expect(page.locator("#gan-plane [data-loss=hinge]")).to_be_hidden()


def test_one_step_is_one_step(page: Page) -> None:
    page.locator("#gan-step").click()
    wait_for(page, "step === 1")


def test_it_trains_and_the_loss_can_be_switched_on_the_way(page: Page) -> None:
    page.locator("#gan-run").click()
    wait_for(page, "step > 30")
    page.get_by_label("hinge").click()
    expect(page.locator("#gan-plane [data-loss=hinge] math").first).to_be_visible()
    expect(page.locator("#gan-plane [data-loss=non_saturating]")).to_be_hidden()
    before = int(data(page, "step"))
    wait_for(page, f"step > {before + 20}")
    page.get_by_label("grid of sixteen").click()
    expect(page.locator("#gan-plane .meters output").first).to_contain_text("of 16")
    expect(page.locator("#gan-generator-rate input[type=number]")).to_have_value("0.004")


def test_pause_stops_it(page: Page) -> None:
    pause(page)
    assert int(settled(page, lambda: data(page, "step"))) > 0


def test_slow_motion_lights_up_the_five_parts(page: Page) -> None:
    page.get_by_label("slow motion").click()
    page.locator("#gan-again").click()
    wait_for(page, "step === 0 && part === ''")
    for part in PARTS:
        page.locator("#gan-step").click()
        expect(page.locator("#gan-plane .steps .on")).to_have_attribute("data-part", part)
    wait_for(page, "step === 1")
    page.get_by_label("5 steps").click()


def test_the_pad_lies_on_the_plane(page: Page) -> None:
    page.get_by_label("own drawing").click()
    plane, pad = (page.locator(where).bounding_box() for where in (PLANE, "#gan-pad canvas"))
    assert plane and pad
    assert all(abs(plane[side] - pad[side]) < 1 for side in ("x", "y", "width", "height"))


def test_a_drawing_becomes_the_distribution(page: Page) -> None:
    page.get_by_label("own drawing").click()
    box = page.locator("#gan-pad canvas").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 20, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 20, middle, steps=10)
    page.mouse.up()
    expect(page.locator("#gan-pad output")).to_contain_text("points")
    expect(page.locator("#gan-plane .meters output").first).to_contain_text("of 12")


def test_the_keyboard_draws_too(page: Page) -> None:
    page.get_by_label("own drawing").click()
    page.locator("#gan-pad .clear").click()
    expect(page.locator("#gan-pad output")).to_contain_text("Draw on the plane")
    page.locator("#gan-pad canvas").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#gan-pad output")).to_contain_text("pen up at 0.00, 0.05; Draw")
    page.keyboard.press(" ")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#gan-pad output")).to_contain_text("pen down at 0.25, 0.05; 11 points")
    page.keyboard.press(" ")
    expect(page.locator("#gan-plane .meters output").first).to_contain_text("of 3")


def test_one_network_learns_alone(page: Page) -> None:
    page.get_by_label("ring of eight").click()
    page.locator("#gan-again").click()
    wait_for(page, "step === 0")
    page.locator("#gan-step-discriminator").click()
    wait_for(page, "step === 1")
    page.locator("#gan-step-generator").click()
    wait_for(page, "step === 2")
    expect(page.locator("#gan-plane .meters output").nth(2)).to_contain_text("bits")


def test_it_starts_trained(page: Page) -> None:
    page.locator("#gan-ahead").click()
    wait_for(page, f"step === {HEAD_START}")
    expect(page.locator("#gan-plane .verdict")).not_to_be_empty()


def test_nothing_leaves_the_machine_and_nothing_breaks(page: Page) -> None:
    check_clean(page)


def test_a_phone_shows_it_without_sideways_scrolling(browser: Browser, url: str) -> None:
    page = visit_lab(browser, url, **PHONE)
    wait_for(page, "frames > 0")
    expect(page.locator("#gan-run")).to_have_text("▶ 运行")
    page.locator("#gan-step").tap()
    wait_for(page, "step === 1")
    check_width(page)
    page.context.close()
