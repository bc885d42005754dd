"""The page in a real browser: what people see, drag, upload and download."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from genai_demo.faces.recipe import read_recipe
from genai_demo.ui.faces_actions import FIRST_SEED
from tests.browser.visits import PHONE, check_local, check_width, download, settled, visit


def visit_faces(browser: Browser, url: str, **settings) -> Page:
    """Open the page in a fresh profile and wait for the first faces."""
    page = visit(browser, url, **({"reduced_motion": "reduce"} | settings))
    expect(page.locator("#gallery .thumbnail-item img")).to_have_count(8)
    expect(page.locator("#face img")).to_be_visible()
    expect(page.locator("#verdict")).to_contain_text("%")
    return page


@pytest.fixture(scope="module")
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    """One visit in English, shared: every test leaves the page usable."""
    found = visit_faces(browser, app_url, accept_downloads=True)
    yield found
    found.context.close()


def wait_for_change(page: Page, selector: str, before: str | None) -> str:
    """Wait until the picture at ``selector`` has another address."""
    page.wait_for_function(
        "([s, b]) => {const i = document.querySelector(s); return i && i.src && i.src !== b && i.complete}",
        arg=[selector, before],
    )
    return str(page.locator(selector).get_attribute("src"))


def open_faces(page: Page) -> None:
    """Show the first tab."""
    page.get_by_role("tab").nth(0).click()
    expect(page.locator("#face img")).to_be_visible()


def open_interpolation(page: Page) -> None:
    """Show the second tab with its path drawn."""
    page.get_by_role("tab").nth(1).click()
    page.wait_for_selector("#scrubber canvas[data-frame]")


def test_the_page_opens_with_eight_faces(page: Page) -> None:
    expect(page.locator("#gallery .thumbnail-item img")).to_have_count(8)
    expect(page.locator("#face img")).to_have_attribute("src", re.compile(f"faces-gan-seed{FIRST_SEED}-"))
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_dragging_a_slider_redraws_the_face_before_it_is_let_go(page: Page) -> None:
    open_faces(page)
    handle = page.locator(".sliders input[type=range]").first
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    before = page.locator("#face img").get_attribute("src")
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2, steps=4)
    after = wait_for_change(page, "#face img", before)
    page.mouse.up()
    assert "edited" in after
    page.locator("#reset").click()
    page.wait_for_function("() => !document.querySelector('#face img').src.includes('edited')")


def test_clicking_a_face_selects_it(page: Page) -> None:
    open_faces(page)
    page.locator("#gallery .thumbnail-item").nth(2).click()
    page.wait_for_function(f"() => document.querySelector('#face img').src.includes('seed{FIRST_SEED + 2}-')")
    page.keyboard.press("Escape")


def test_the_download_carries_its_recipe(page: Page) -> None:
    open_faces(page)
    path = download(page, "#download")
    assert path.name.startswith("faces-gan-seed")
    recipe = read_recipe(path.read_bytes())
    assert recipe["model"] == "gan" and recipe["truncation"] == 0.7


def test_uploading_a_face_puts_it_under_the_sliders(page: Page, portrait: Path) -> None:
    open_faces(page)
    page.locator("#upload-panel button").first.click()
    page.locator("#upload input[type=file]").set_input_files(portrait)
    page.wait_for_function("() => document.querySelector('#face img').src.includes('upload')")
    expect(page.locator("#compare img").first).to_be_visible()


def test_a_text_file_gets_a_sentence(page: Page, tmp_path: Path) -> None:
    open_faces(page)
    broken = tmp_path / "letter.png"
    broken.write_text("Dear model")
    if not page.locator("#upload").is_visible():
        page.locator("#upload-panel button").first.click()
    clear = page.locator("#upload button[aria-label='Clear'], #upload button[aria-label='Remove Image']")
    if clear.count():
        clear.first.click()
    page.locator("#upload input[type=file]").set_input_files(broken)
    expect(page.get_by_text("not a picture")).to_be_visible()


def test_scrubbing_needs_no_request(page: Page) -> None:
    open_interpolation(page)
    requests: list[str] = []
    page.on("request", lambda r: requests.append(r.url) if "/queue/join" in r.url else None)
    settled(page, lambda: len(requests))  # what opening the tab asks for
    requests.clear()
    drawn = "() => document.querySelector('#scrubber canvas').toDataURL()"
    before = page.evaluate(drawn)
    handle = page.locator("#scrubber input[type=range]")
    handle.focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#scrubber canvas")).to_have_attribute("data-frame", "9")
    assert page.evaluate(drawn) != before
    page.locator("#scrubber .strip button").last.click()
    expect(page.locator("#scrubber canvas")).to_have_attribute("data-frame", "47")
    assert requests == []


def test_the_animation_downloads_as_mp4(page: Page) -> None:
    open_interpolation(page)
    expect(page.locator("#mp4")).to_be_enabled()
    path = download(page, "#mp4")
    assert path.suffix == ".mp4" and path.read_bytes()[4:8] == b"ftyp"


def test_dragging_on_the_map_redraws_the_face(page: Page) -> None:
    open_interpolation(page)
    pad = page.locator("#map .pad")
    pad.scroll_into_view_if_needed()
    expect(page.locator("#map-face img")).to_be_visible()
    before = page.locator("#map-face img").get_attribute("src")
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 12, box["y"] + 12, steps=5)
    wait_for_change(page, "#map-face img", before)
    page.mouse.up()
    dragged = settled(page, lambda: str(page.locator("#map-face img").get_attribute("src")))
    pad.focus()
    page.keyboard.press("ArrowRight")
    assert wait_for_change(page, "#map-face img", dragged) not in (before, dragged)


def test_the_selected_face_becomes_a_key(page: Page) -> None:
    open_faces(page)
    page.locator("#use-as-key").click()
    expect(page.get_by_text("Added to the tab")).to_be_visible()
    open_interpolation(page)
    expect(page.locator("#keys .thumbnail-item")).to_have_count(5)


def test_nothing_leaves_the_machine(page: Page) -> None:
    check_local(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_in_chinese_without_sideways_scrolling(browser: Browser, app_url: str, scheme: str) -> None:
    page = visit_faces(browser, app_url, color_scheme=scheme, **PHONE)
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    expect(page.get_by_role("tab").nth(0)).to_have_text("人脸生成")
    expect(page.locator("#generate")).to_have_text("生成")
    check_width(page)
    page.locator("#quality-panel").scroll_into_view_if_needed()
    open_interpolation(page)
    check_width(page)
    page.locator("#map-face").scroll_into_view_if_needed()
    expect(page.locator("#map-face img")).to_be_visible()
    check_local(page)
    page.context.close()
