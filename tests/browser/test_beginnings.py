"""How the rooms open: with an example, in the language of the browser."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visits import WAIT

LANGUAGES = ("en-US", "zh-CN")
OPENING = {
    "write-text": ("Once upon a time, in a house", "从前，有一只"),
    "translate-text": ("Where is the", "我们今天晚上"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_to_begin_with(app_url: str, browser: Browser, language: str) -> None:
    context = browser.new_context(locale=language)
    page = context.new_page()
    page.goto(app_url)
    tabs = page.locator(".tab-container").first.get_by_role("tab")
    tabs.nth(3).click(timeout=WAIT)
    rooms = page.locator(".tab-container:visible").nth(1).get_by_role("tab")
    for number, (box, texts) in enumerate(OPENING.items()):
        rooms.nth(number).click()
        words = texts[LANGUAGES.index(language)]
        expect(page.locator(f"#{box} textarea")).to_have_value(re.compile(f"^{words}"))
    rooms.nth(2).click()
    chosen = page.locator("label.selected:visible").first
    expect(chosen).to_have_text("English" if language == "en-US" else "中文")
    context.close()


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "de-DE"])
def test_a_chinese_browser_reads_chinese(app_url: str, browser: Browser, language: str) -> None:
    """The texts are sent once, as "zh"; both kinds of Chinese that Gradio knows lead there."""
    context = browser.new_context(locale=language)
    page = context.new_page()
    page.goto(app_url)
    first = page.locator(".tab-container").first.get_by_role("tab").first
    expect(first).to_have_text("人脸生成" if language.startswith("zh") else "Face generation", timeout=WAIT)
    assert page.evaluate("document.documentElement.lang").startswith(language[:2] if language[:2] == "zh" else "en")
    context.close()
