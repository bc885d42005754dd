"""The text tab in a real browser."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visits import PHONE, check_width, download, open_tab, settled, visit

BOX = "#write-text textarea"


def visit_text(browser: Browser, url: str, query: str = "", **settings) -> Page:
    """Open the page in a fresh profile and show the text tab."""
    page = visit(browser, url + query, **settings)
    if not query:
        open_tab(page, re.compile("Text|文本"))
    expect(page.locator("#write-go")).to_be_visible()
    return page


@pytest.fixture(scope="module")
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    """One visit in English, shared."""
    found = visit_text(browser, app_url, accept_downloads=True)
    found.locator("#write-plain input").check()  # a text that comes token by token is at rest when nothing comes
    yield found
    found.context.close()


def room(page: Page, name: str) -> None:
    """Show a room of the text tab."""
    page.get_by_role("tab", name=name, exact=True).click()


def words(page: Page) -> str:
    """What stands in the text box."""
    return page.locator(BOX).input_value()


def continue_text(page: Page) -> str:
    """Press Continue and wait for the end."""
    before = words(page)
    page.locator("#write-go").click()
    page.wait_for_function("([s, b]) => document.querySelector(s).value !== b", arg=[BOX, before])
    return settled(page, lambda: words(page))


def test_stop_ends_the_stream(page: Page) -> None:
    room(page, "Continue")
    page.locator(BOX).fill("Once upon a time ")
    page.get_by_text("Settings").first.click()
    length = page.locator("input[aria-label='number input for Length']").first
    length.fill("1000")
    length.press("Enter")
    page.locator("#write-go").click()
    page.wait_for_function(f"() => document.querySelector('{BOX}').value.length > 60")
    page.locator("#write-stop").click()
    stopped = settled(page, lambda: words(page))  # how far it had come depends on the machine; see ui/test_text_rooms
    assert stopped.startswith("Once upon a time ")
    length.fill("20")
    length.press("Enter")


def test_it_goes_on_where_the_cursor_stands(page: Page) -> None:
    room(page, "Continue")
    box = page.locator(BOX)
    box.fill("春天 came. The end.")
    box.evaluate("box => { box.focus(); box.setSelectionRange(8, 8); box.blur(); }")
    found = continue_text(page)
    assert found.startswith("春天 came.")
    assert found.endswith(" The end.")
    assert len(found) > 40
    page.locator("#write-undo").click()
    expect(box).to_have_value("春天 came. The end.")


def test_regenerate_writes_something_else_from_the_same_place(page: Page) -> None:
    room(page, "Continue")
    page.locator(BOX).fill("The old house ")
    first = continue_text(page)
    page.locator("#write-again").click()
    page.wait_for_function("([s, b]) => document.querySelector(s).value !== b", arg=[BOX, first])
    second = settled(page, lambda: words(page))
    assert second.startswith("The old house ")
    assert second != first


def test_three_ways_and_taking_one(page: Page) -> None:
    room(page, "Continue")
    page.locator(BOX).fill("A dog ")
    page.locator("#write-three").click()
    third = page.locator("#write-way-3 textarea")
    page.wait_for_function("() => document.querySelector('#write-way-3 textarea')?.value.length > 10")
    settled(page, third.input_value)
    page.get_by_role("button", name="Take this one").nth(2).click()
    expect(page.locator(BOX)).to_have_value("A dog " + third.input_value())


def test_sentences_are_chosen_and_their_candidates_shown(page: Page) -> None:
    room(page, "Continue")
    page.locator("#write-plain input").uncheck()
    page.locator(BOX).fill("The cat saw a bird.")
    page.locator("#write-go").click()
    page.locator("#write-candidates button").first.click()
    rows = page.locator("#write-candidates li")
    expect(rows.first).to_be_visible()
    chosen = page.locator("#write-candidates strong").first.inner_text()
    assert chosen.strip("✓↵ ") in words(page)
    assert rows.count() > 1
    page.locator("#write-plain input").check()


def test_the_text_and_its_recipe_download(page: Page) -> None:
    room(page, "Continue")
    page.locator(BOX).fill("Quiet 夜")
    recipe = json.loads(download(page, "#write-json").read_text(encoding="utf-8"))
    assert recipe["text"] == "Quiet 夜"
    assert recipe["kind"] == "story"
    assert {"seed", "temperature", "length"} <= recipe.keys()


def test_a_link_brings_the_same_text_again(browser: Browser, app_url: str, page: Page) -> None:
    room(page, "Continue")
    page.locator(BOX).fill("静夜 & more?")
    text = continue_text(page)
    page.locator("#write-link").click()
    address = page.locator("#write-address input, #write-address textarea")
    expect(address).to_have_value(re.compile("#tab=text.*prompt=.*seed="))
    other = visit_text(browser, app_url, "#" + address.input_value().split("#", 1)[1])
    expect(other.locator(BOX)).to_have_value(text)
    other.context.close()


def test_older_links_still_open(browser: Browser, app_url: str) -> None:
    other = visit_text(browser, app_url, "?tab=text&text=Hello%20there&seed=5")
    expect(other.locator(BOX)).to_have_value("Hello there")
    other.context.close()


def test_a_translation_connects_its_words(page: Page) -> None:
    room(page, "Translate")
    page.locator("#translate-text textarea").fill("I have a dog.\nIt is small.")
    page.locator("#translate-go").click()
    expect(page.locator("#aligned .pair")).to_have_count(2)
    page.locator("#aligned .pair").first.locator(".to span").first.hover()
    lit = "() => [...document.querySelectorAll('#aligned .from span')].some(s => s.style.background)"
    page.wait_for_function(lit)
    expect(page.locator("#translate-result textarea")).to_have_value(re.compile(r"^[^\n]+\n[^\n]+$"))


def test_a_conversation(page: Page) -> None:
    room(page, "Chat")
    page.locator("#chat-turn textarea, #chat-turn input").first.fill("Hello!")
    page.locator("#chat-send").click()
    expect(page.locator("#chat-box .bot").first).to_be_visible()
    expect(page.locator("#chat-turn textarea, #chat-turn input").first).to_have_value("")


def test_code_keeps_its_indentation(page: Page) -> None:
    room(page, "Code")
    page.get_by_role("button", name="Loop").click()
    page.locator("#code-go").click()
    expect(page.get_by_text(re.compile(r"\d% a token")).first).to_be_visible()
    page.get_by_role("button", name="Insert").first.click()
    page.wait_for_function("() => document.querySelectorAll('#code-editor .cm-line').length > 3")


def test_looking_inside(page: Page) -> None:
    room(page, "Look inside")
    page.locator("#inside-go").click()
    expect(page.locator("#heat .tokens button").first).to_be_visible()
    page.locator("#heat .tokens button").nth(3).click()
    expect(page.locator("#heat .detail code").nth(7)).to_be_visible()  # the token itself and 7 or 8 others
    expect(page.locator("#next-tokens table.next tr")).to_have_count(17)
    page.wait_for_selector("#attention canvas[data-size]:not([data-size='0'])")


def test_a_phone_shows_every_room_without_sideways_scrolling(browser: Browser, app_url: str) -> None:
    page = visit_text(browser, app_url, **PHONE)
    expect(page.locator("#write-go")).to_have_text("续写")
    for name in ("续写", "翻译", "对话", "代码", "看内部"):
        room(page, name)
        settled(page, lambda: page.locator("body").bounding_box())
        check_width(page)
    page.context.close()
