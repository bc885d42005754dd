"""What is shown, what the controls say and what is downloaded are one state, however a control is moved."""

import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from genai_demo.ui.interpolation_actions import FIRST_FRAMES
from tests.browser.visits import check_local, download, open_tab, visit

FACE = "#face img"
EDITED = re.compile("-edited")


@pytest.fixture(scope="module")
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    """One visit in English, shared: every test begins with the state that it needs."""
    found = visit(browser, app_url, reduced_motion="reduce", accept_downloads=True)
    expect(found.locator("#verdict")).to_contain_text("%")
    yield found
    check_local(found)
    found.context.close()


@pytest.fixture
def faces(page: Page) -> Page:
    """The first tab, with no edit."""
    open_tab(page, "Face generation")
    page.locator("#reset").click()
    expect(page.locator(FACE)).not_to_have_attribute("src", EDITED)
    return page


def part(page: Page, selector: str, kind: str) -> Locator:
    """The "range", the "number" box or the "reset" arrow of the first slider within a selector."""
    found = page.locator(f"{selector} [data-testid={kind}-{'button' if kind == 'reset' else 'input'}]").first
    found.scroll_into_view_if_needed()
    return found


def move(page: Page, selector: str, how: str) -> None:
    """Move a slider from where it stands, a little to the right."""
    if how == "arrow":
        part(page, selector, "range").press("ArrowRight")
    elif how == "drag":
        box = part(page, selector, "range").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2, steps=3)
        page.mouse.up()
    else:
        number = part(page, selector, "number")
        number.fill(str(float(number.input_value()) + 1).removesuffix(".0"))
        number.press("Enter") if how == "enter" else number.blur()


def number_of(page: Page, selector: str) -> str:
    return part(page, selector, "number").input_value()


def first_seed(page: Page) -> str:
    """The seed of the first face of the gallery, from the name of its file."""
    found = re.search(r"seed(\d+)", page.locator("#gallery img").first.get_attribute("src") or "")
    assert found is not None
    return found[1]


@pytest.mark.parametrize("how", ["arrow", "drag", "enter", "blur"])
def test_a_direction_redraws_and_its_arrow_takes_it_back(faces: Page, how: str) -> None:
    with faces.expect_request(lambda r: "/queue/join" in r.url):
        move(faces, ".sliders", how)
    expect(faces.locator(FACE)).to_have_attribute("src", EDITED)
    part(faces, ".sliders", "reset").click()
    expect(faces.locator(FACE)).not_to_have_attribute("src", EDITED)
    assert number_of(faces, ".sliders") == "0"
    assert "edited" not in download(faces, "#download").name


@pytest.mark.parametrize("how", ["arrow", "enter"])
def test_the_gallery_and_the_zip_follow_how_many(faces: Page, how: str) -> None:
    part(faces, "#count", "reset").click()
    expect(faces.locator("#gallery .thumbnail-item")).to_have_count(8)
    move(faces, "#count", how)
    count = int(number_of(faces, "#count"))
    assert count != 8
    expect(faces.locator("#gallery .thumbnail-item")).to_have_count(count)
    expect(faces.locator("#verdict")).to_contain_text("%")
    assert f"-x{count}" in download(faces, "button:has-text('All as zip')").name


def test_what_is_half_typed_is_not_sent_and_what_cannot_be_is_mended(faces: Page) -> None:
    number = part(faces, ".sliders", "number")
    number.fill("99")
    assert part(faces, ".sliders", "range").input_value() == "0"
    number.press("Enter")
    expect(number).to_have_value("4")
    expect(faces.locator(FACE)).to_have_attribute("src", EDITED)
    number.fill("")
    number.blur()
    expect(number).to_have_value("4")
    assert faces.locator("[data-testid=toast-body]").count() == 0


def test_a_seed_is_a_whole_number_in_its_box_too(faces: Page) -> None:
    seed = faces.locator("#seed input")
    seed.fill("1.5")
    seed.press("Enter")
    expect(seed).to_have_value("2")
    faces.wait_for_function("() => document.querySelector('#gallery img').src.includes('seed2-')")


@pytest.mark.parametrize("once_it_is_shown", [False, True])
def test_new_seeds_in_quick_succession_end_in_one_state(faces: Page, once_it_is_shown: bool) -> None:
    for _ in range(3):
        before = faces.locator("#seed input").input_value()
        faces.locator("#dice").click()
        if once_it_is_shown:  # while its faces are drawn
            expect(faces.locator("#seed input")).not_to_have_value(before)
    faces.wait_for_function(
        "() => document.querySelector('#gallery img').src.includes("
        "'seed' + document.querySelector('#seed input').value + '-')"
    )
    seed = first_seed(faces)
    expect(faces.locator(FACE)).to_have_attribute("src", re.compile(f"seed{seed}-"))
    expect(faces.locator("#gallery .thumbnail-item").first).to_have_class(re.compile(r"\bselected\b"))


def test_a_click_selects_with_a_ring_and_nothing_lies_over_it(faces: Page) -> None:
    faces.locator("#gallery .thumbnail-item").nth(1).click()
    expect(faces.locator("#gallery .thumbnail-item").nth(1)).to_have_class(re.compile(r"\bselected\b"))
    expect(faces.locator("#gallery .preview")).to_have_count(0)
    seed = int(first_seed(faces)) + 1
    expect(faces.locator(FACE)).to_have_attribute("src", re.compile(f"seed{seed}-"))


def open_path(page: Page) -> None:
    """The second tab, with its path drawn and saved."""
    open_tab(page, "Latent interpolation")
    page.wait_for_selector("#scrubber canvas[data-frame]")
    expect(page.locator("#mp4")).to_be_enabled()


def test_the_film_to_be_had_is_the_one_that_is_shown(page: Page) -> None:
    open_path(page)
    page.get_by_label("range slider for Frames", exact=True).press("ArrowRight")
    expect(page.locator("#webp")).to_be_disabled()
    expect(page.locator("#scrubber output")).to_have_text(re.compile(rf"/ {FIRST_FRAMES + 1}$"))
    expect(page.locator("#webp")).to_be_enabled()
    assert Image.open(download(page, "#webp")).n_frames == FIRST_FRAMES + 1


def test_the_ring_is_on_the_key_that_the_buttons_act_on(page: Page) -> None:
    open_path(page)
    keys, picked = page.locator("#keys .thumbnail-item"), page.locator("#picked input")
    last = keys.count()

    def check(number: int) -> None:
        expect(picked).to_have_value(str(number))
        expect(page.locator("#keys .thumbnail-item.selected .caption-label")).to_have_text(re.compile(f"^{number} "))

    keys.nth(last - 2).click()
    check(last - 1)
    page.get_by_role("button", name="Later").click()
    check(last)
    page.locator("#remove-key").click()
    expect(keys).to_have_count(last - 1)
    check(last - 1)
    page.locator("#remove-key").click()
    expect(keys).to_have_count(last - 2)
    check(last - 2)
    picked.fill("1")
    picked.press("Enter")
    check(1)


def test_the_painter_stopped_gives_what_it_shows(page: Page) -> None:
    open_tab(page, "Image repair")
    open_tab(page, re.compile("^Art$"))
    shown = page.locator("#painting img")
    expect(shown).to_have_attribute("src", re.compile("painting-seed"))
    page.locator("#painting-move").click()
    expect(page.locator("#painting-download")).to_be_disabled()
    expect(shown).to_have_attribute("src", re.compile("preview"))
    page.locator("#painting-stop").click()
    expect(shown).to_have_attribute("src", re.compile("painting-seed"))
    expect(page.locator("#painting-download")).to_be_enabled()
    name = download(page, "#painting-download").name
    assert name in (shown.get_attribute("src") or "") and name.endswith(".png")


def test_another_painting_takes_the_place_of_a_motion(page: Page) -> None:
    open_tab(page, "Image repair")
    open_tab(page, re.compile("^Art$"))
    shown, seed = page.locator("#painting img"), page.locator("#painting-seed input")
    expect(shown).to_have_attribute("src", re.compile("painting-seed"))
    page.locator("#painting-move").click()
    expect(shown).to_have_attribute("src", re.compile("preview"))
    after = int(seed.input_value()) + 1
    page.locator("#painting-next").click()
    expect(shown).to_have_attribute("src", re.compile(f"painting-seed{after}.png"))
    expect(page.locator("#painting-download")).to_be_enabled()
    assert download(page, "#painting-download").name == f"painting-seed{after}.png"
