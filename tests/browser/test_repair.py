"""The tab "Image repair" in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.visits import PHONE, check_local, check_width, download, open_tab, settled, visit
from tests.repair import tiny

TAB = re.compile("Image repair|图像修复")
SIZE = (300, 200)


def visit_repair(browser: Browser, url: str, **settings) -> Page:
    """Open the page in a fresh profile and show the repair tab with its example."""
    page = visit(browser, url, **settings)
    open_tab(page, TAB)
    expect(page.locator("#repair-slider img").first).to_be_visible()
    wait_for_picture(page, 128)
    return page


@pytest.fixture(scope="module")
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    """One visit in English, shared."""
    found = visit_repair(browser, app_url, accept_downloads=True)
    yield found
    found.context.close()


@pytest.fixture(scope="module")
def upload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture that is no square."""
    path = tmp_path_factory.mktemp("upload") / "holiday.png"
    Image.fromarray(tiny.picture(SIZE[0], height=SIZE[1])).save(path)
    return path


def canvas_of(page: Page) -> Locator:
    """Where the picture is painted over."""
    return page.locator("#repair-editor canvas").first


def wait_for_picture(page: Page, width: int) -> None:
    """Wait until the canvas holds a picture of this width. Gradio's editor hangs itself on the window."""
    page.wait_for_function("w => window.editor && window.editor.width === w", arg=width)
    settled(page, lambda: canvas_of(page).screenshot())


def put_in(page: Page, path: Path) -> None:
    """Empty the editor and upload a picture."""
    page.locator("#repair-editor button[aria-label='Clear canvas']").click()
    page.locator("#repair-editor input[type=file]").first.set_input_files(path)
    wait_for_picture(page, SIZE[0])


def paint(page: Page) -> None:
    """Draw a stroke over the middle with the mouse."""
    canvas = canvas_of(page)
    before = canvas.screenshot()
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 60, y - 20)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=8)
    page.mouse.up()
    assert settled(page, canvas.screenshot) != before


def repair(page: Page, words: str) -> None:
    """Press Repair and wait for a status with these words."""
    page.locator("#repair-go").click()
    expect(page.locator("#repair-status")).to_contain_text(words)


def pixels(page: Page) -> np.ndarray:
    """The pixels of the file."""
    path = download(page, "#repair-download")
    assert path.suffix == ".png"
    return np.asarray(Image.open(path).convert("RGB"))


def test_the_tab_opens_with_a_repaired_picture(page: Page) -> None:
    expect(page.locator("#repair-slider img")).to_have_count(2)
    expect(page.locator("#repair-status")).to_contain_text("PSNR")
    expect(page.locator("#repair-original img")).to_be_visible()
    expect(page.locator("#repair-measures tr")).to_have_count(6)
    check_local(page)


def test_outside_the_strokes_the_download_is_the_upload(page: Page, upload: Path) -> None:
    put_in(page, upload)
    paint(page)
    repair(page, f"{SIZE[0]} × {SIZE[1]}")
    before, after = np.asarray(Image.open(upload)), pixels(page)
    assert after.shape == before.shape
    changed = (before != after).any(2)
    assert 0.003 < changed.mean() < 0.4
    rows, columns = np.nonzero(changed)
    middle = rows.mean() / SIZE[1], columns.mean() / SIZE[0]
    assert all(0.3 < m < 0.7 for m in middle)  # where the stroke went
    assert not changed[:15].any() and not changed[-15:].any()


def test_a_damaged_face_comes_with_its_mask_and_its_original(page: Page) -> None:
    page.locator("#damage-kind input").click()
    page.get_by_role("option", name="holes").click()
    page.locator("#damage-face").click()
    wait_for_picture(page, 128)
    repair(page, "PSNR")
    expect(page.locator("#repair-history .thumbnail-item").first).to_be_visible()
    after = pixels(page)
    assert after.shape == (128, 128, 3)


def test_one_of_four_fillings_becomes_the_result(page: Page) -> None:
    page.locator("#repair-four").click()
    fillings = page.locator("#repair-fillings .thumbnail-item")
    expect(fillings).to_have_count(4)
    fillings.nth(2).click()
    expect(page.locator("#repair-status")).to_contain_text("seed 2")


def test_a_painting_and_its_next_seed(page: Page) -> None:
    page.get_by_role("tab", name="Art", exact=True).click()
    painting = page.locator("#painting img")
    expect(painting).to_be_visible()
    first = painting.get_attribute("src")
    page.locator("#painting-next").click()
    page.wait_for_function("b => document.querySelector('#painting img').src !== b", arg=first)
    expect(page.locator("#art-styles .thumbnail-item").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_every_room_without_sideways_scrolling(
    browser: Browser,
    app_url: str,
    scheme: str,
) -> None:
    page = visit_repair(browser, app_url, color_scheme=scheme, **PHONE)
    expect(page.locator("#repair-go")).to_have_text("修复")
    for name in ("修复", "合成", "艺术"):
        page.get_by_role("tab", name=name, exact=True).click()
        settled(page, lambda: page.locator("body").bounding_box())
        check_width(page)
    page.context.close()
