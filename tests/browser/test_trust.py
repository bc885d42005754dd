"""The tab "Trust" in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from genai_demo.faces import generate
from genai_demo.trust import credentials
from genai_demo.ui import faces_actions
from tests.browser.visits import check_local, download, open_tab, visit
from tests.trust.test_text_mark import green_text
from tests.ui import trust_page


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the tab alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("files")))
        with trust_page.served() as found:
            yield found


@pytest.fixture(scope="module")
def face(url: str) -> Path:
    """A downloaded face."""
    return Path(faces_actions.edit_face(faces_actions.Selected(generate.latent(101)), "all", 0.7, True)[0])


def visit_trust(browser: Browser, url: str, **settings) -> Page:
    """Open the tab in a fresh profile."""
    page = visit(browser, url, **settings)
    open_tab(page, re.compile("Trust|可信"))
    expect(page.locator("#trust-found b[data-state=own]")).to_be_visible()
    return page


@pytest.fixture(scope="module")
def page(browser: Browser, url: str) -> Iterator[Page]:
    """One visit in English, shared."""
    found = visit_trust(browser, url, accept_downloads=True)
    yield found
    found.context.close()


def give(page: Page, path: Path | dict) -> None:
    """Put a file into the box in the place of the one that is there, and wait for what is found in it."""
    page.locator("#trust-file button.icon-button").first.click()
    expect(page.locator("#trust-found b")).to_have_count(0)
    page.locator("#trust-file input[type=file]").set_input_files(path)
    expect(page.locator("#trust-found b").first).to_be_visible()


def test_the_tab_opens_with_an_example(page: Page) -> None:
    expect(page.locator("#trust-file")).to_contain_text("faces-gan")
    check_local(page)


def test_a_dropped_face_is_recognised_at_once(page: Page, face: Path) -> None:
    give(page, face)
    expect(page.locator("#trust-found b[data-state=own]")).to_be_visible()
    expect(page.locator("#trust-found pre")).to_contain_text("truncation: 0.7")
    check_local(page)


def test_it_is_made_again_and_can_be_downloaded(page: Page, face: Path) -> None:
    give(page, face)
    page.locator("#trust-again").click()
    expect(page.locator("#trust-compared")).to_contain_text("byte for byte")
    assert download(page, "#trust-made a >> nth=0").read_bytes() == credentials.without(face.read_bytes())


def test_a_changed_face_is_broken_and_the_old_comparison_gone(page: Page, face: Path) -> None:
    data = bytearray(face.read_bytes())
    data[-40] ^= 1
    give(page, {"name": "changed.png", "mimeType": "image/png", "buffer": bytes(data)})
    expect(page.locator("#trust-found b[data-state=broken]")).to_be_visible()
    expect(page.locator("#trust-compared")).not_to_contain_text("byte for byte")


def test_a_marked_text_is_found(page: Page) -> None:
    open_tab(page, re.compile("A text"))
    page.locator("#trust-words textarea").fill(green_text(120, 0.95))
    page.locator("#trust-look-text").click()
    expect(page.locator("#trust-mark b[data-state=marked]")).to_be_visible()
    expect(page.locator("#trust-mark")).to_contain_text("z =")


def test_after_an_error_no_old_verdict_is_left(page: Page) -> None:
    open_tab(page, re.compile("A text"))
    page.locator("#trust-words textarea").fill(green_text(120, 0.95))
    page.locator("#trust-look-text").click()
    expect(page.locator("#trust-mark b")).to_have_count(1)
    page.locator("#trust-words textarea").fill(" ")
    page.locator("#trust-look-text").click()
    expect(page.get_by_text("Write or paste a text first.")).to_be_visible()
    expect(page.locator("#trust-mark b")).to_have_count(0)


def test_the_cards_unfold(page: Page) -> None:
    open_tab(page, re.compile("Model cards"))
    card = page.locator("#cards details", has=page.locator("code", has_text=re.compile("^faces-gan$"))).first
    card.locator("summary").first.click()
    expect(card.get_by_text("Limits and known faults")).to_be_visible()
    expect(card.get_by_text("python -m genai_demo evaluate faces").first).to_be_visible()


def test_chinese_on_a_phone(browser: Browser, url: str, face: Path) -> None:
    found = visit_trust(browser, url, locale="zh-CN", viewport={"width": 390, "height": 844})
    give(found, face)
    expect(found.locator("#trust-found b[data-state=own]")).to_contain_text("完好")
    assert found.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found.context.close()
