"""Messages in the corner and what lies over the page: in one language, once, and over nothing that is to be seen."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from genai_demo.core import limits
from tests.browser.visits import check_local, open_tab, visit

COVERED = """() => {
  const full = document.querySelector(".block.fullscreen");
  const shown = [...document.querySelectorAll("label, .caption-label, button")].filter((part) => {
    if (full.contains(part)) return false;
    const box = part.getBoundingClientRect();
    const over = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return over && !full.contains(over);
  });
  return shown.map((part) => part.innerText);
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    """One visit in Chinese, shared."""
    found = visit(browser, app_url, locale="zh-CN", reduced_motion="reduce")
    expect(found.locator("#verdict")).to_contain_text("%")
    yield found
    check_local(found)
    found.context.close()


def close_messages(page: Page) -> None:
    """Close what is in the corner."""
    while page.locator("[data-testid=toast-close]").count():
        page.locator("[data-testid=toast-close]").first.click()
        expect(page.locator("[data-testid=toast-body]")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "size", "title", "words"),
    [
        ("large.png", limits.MAX_UPLOAD_BYTES + 1, "出错了", "超过了允许的最大"),
    ],
)
def test_what_gradio_says_of_a_file_is_chinese(
    page: Page, tmp_path: Path, name: str, size: int, title: str, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(bytes(size))
    open_tab(page, "人脸生成")
    if not page.locator("#upload").is_visible():
        page.locator("#upload-panel button").first.click()
    page.locator("#upload input[type=file]").set_input_files(path)
    expect(page.get_by_test_id("toast-text")).to_contain_text(words)
    expect(page.locator(".toast-title")).to_have_text(re.compile(f"^{title}"))
    close_messages(page)


def test_nothing_shows_through_a_picture_in_full_screen(page: Page) -> None:
    open_tab(page, "人脸生成")
    page.evaluate("() => window.scrollTo(0, 0)")
    page.locator("#face button[aria-label]").first.click()
    expect(page.locator("#face.fullscreen")).to_be_visible()
    assert page.evaluate(COVERED) == []
    page.locator("#face button[aria-label]").first.click()
    expect(page.locator("#face.fullscreen")).to_have_count(0)
