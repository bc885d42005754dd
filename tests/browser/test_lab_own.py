"""The room "Your own data" in a real browser, over tiny networks."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio import networking
from playwright.sync_api import Browser, Page, expect

from genai_demo.text import generate
from genai_demo.ui import own_room
from tests.browser.lab_visit import visit_lab
from tests.browser.visits import PHONE, check_clean, check_width, settled
from tests.lab.tiny_own import packed, save_face_models, save_text_model, words
from tests.ui import lab_page


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENAI_CHECKPOINTS", str(tmp_path_factory.mktemp("checkpoints")))
        patch.setenv("GENAI_DEVICE", "cpu")
        patch.setattr(networking, "url_ok", lambda *_: True)  # a busy machine answers Gradio's own question too late
        patch.setattr(own_room, "LOOK_SECONDS", 2)
        save_text_model()
        save_face_models()
        with lab_page.served() as address:
            yield address
        generate.load_model.cache_clear()


def visit_own(browser: Browser, url: str, **settings: Any) -> Page:
    """Open the room in a fresh profile."""
    page = visit_lab(browser, url, "Your own data|你自己的数据", **settings)
    page.wait_for_selector("#own-check")
    return page


@pytest.fixture(scope="module")
def page(browser: Browser, url: str) -> Iterator[Page]:
    """One visit in English, shared."""
    found = visit_own(browser, url)
    yield found
    found.context.close()


def test_train_without_data_says_what_to_do(page: Page) -> None:
    page.locator("#own-train").click()
    expect(page.locator(".toast-body").first).to_contain_text("There is no data in this visit yet")
    page.locator(".toast-close").first.click()


def test_a_zip_is_checked_and_the_report_says_what_was_left_out(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "texts.zip"
    path.write_bytes(packed({"a.txt": words(300).encode(), "photo<b>.png": b"\x89PNG"}))
    page.locator("#own-files input[type=file]").set_input_files(path)
    expect(page.locator("#own-files")).to_contain_text("texts")
    page.locator("#own-check").click()
    report = page.locator("#own-report")
    expect(report.locator("strong")).to_contain_text("characters")
    expect(report.locator("td").nth(0)).to_have_text("another kind of file")
    expect(report.locator("td").nth(2)).to_have_text("photo<b>.png")
    expect(page.locator("#own-status")).to_contain_text("Press Train")


def test_it_trains_shows_both_and_stops(page: Page) -> None:
    page.locator("#own-train").click()
    expect(page.locator("#own-status")).to_contain_text("Training: step")
    expect(page.locator("#own-samples blockquote")).to_have_count(2)
    page.wait_for_function("() => document.querySelectorAll('#own-curves polyline').length === 2")
    expect(page.locator("#own-figures")).to_contain_text("Bits per byte")
    page.locator("#own-stop").click()
    expect(page.locator("#own-status")).to_contain_text("Stopped after step")
    stopped = settled(page, lambda: page.locator("#own-status").inner_text())
    assert "Stopped after step" in stopped


def test_the_weights_can_be_used_downloaded_and_deleted(page: Page) -> None:
    page.locator("#own-use input").click()
    expect(page.locator("#own-used")).to_contain_text("in use in this visit")
    page.locator("#own-pack").click()
    expect(page.locator("#own-file a").first).to_have_attribute("href", re.compile(r"own-texts-\w+\.zip"))
    page.locator("#own-delete").click()
    expect(page.locator("#own-status")).to_contain_text("deleted")
    expect(page.locator("#own-file")).to_be_hidden()
    expect(page.locator("#own-report strong")).to_have_count(0)


def test_nothing_leaves_the_machine_and_nothing_breaks(page: Page) -> None:
    check_clean(page)


def test_a_phone_shows_it_without_sideways_scrolling(browser: Browser, url: str) -> None:
    page = visit_own(browser, url, **PHONE)
    expect(page.locator("#own-check")).to_have_text("检查")
    page.locator("#own-example").tap()
    expect(page.locator("#own-report strong")).to_contain_text("个字符")
    check_width(page)
    page.context.close()
