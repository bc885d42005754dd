"""The room "Continue" in a real browser, over a model that writes what a test tells it, when it tells it."""

import re
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import gradio as gr
import pytest
from gradio.context import Context
from playwright.sync_api import Browser, Page, expect

from genai_demo.text import generate
from genai_demo.ui import write_room
from tests.browser.visits import check_clean, open_tab, settled, visit
from tests.ui.one_tab import serving

BOX = "#write-text textarea"
ALLOWED = threading.Event()
"""The second sentence is written once this is set."""
ASKED: list[str] = []


def write(prompt: str, *settings: Any) -> Iterator[generate.Writing]:
    """Two sentences; the second after leave, or at last after two minutes."""
    ASKED.append(prompt)
    seed, count = settings[5], settings[2]
    for sentences in (1, 2):
        texts = [f" First {seed + i}." + " Second." * (sentences - 1) for i in range(count)]
        yield generate.Writing(texts, [sentences == 2] * count, [False] * count, sentences, 0)
        if not ALLOWED.wait(120):
            return


def build(tab: gr.Tab) -> None:
    """The room alone."""
    assert Context.root_block is not None
    write_room.build(Context.root_block, tab.parent)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generate, "write", write)
        with serving("tab.text", build) as address:
            yield address


@pytest.fixture(scope="module")
def shared(browser: Browser, url: str) -> Iterator[Page]:
    found = visit_room(browser, url)
    yield found
    check_clean(found)
    found.context.close()


@pytest.fixture
def page(shared: Page) -> Page:
    ALLOWED.set()
    ASKED.clear()
    shared.locator(BOX).fill("")
    return shared


def visit_room(browser: Browser, address: str) -> Page:
    """The room in a fresh profile."""
    found = visit(browser, address)
    open_tab(found, "Text continuation")
    expect(found.locator("#write-go")).to_be_visible()
    return found


def shows(page: Page, words: str) -> None:
    """The text becomes this."""
    expect(page.locator(BOX)).to_have_value(words)


def put_cursor(page: Page, place: int) -> None:
    page.locator(BOX).evaluate("(box, at) => { box.focus(); box.setSelectionRange(at, at); box.blur(); }", place)


def test_the_middle_of_a_text_is_gone_on_with_and_the_cursor_stays_there(page: Page) -> None:
    end = "\n".join(f"Line {i} of the end." for i in range(60))
    page.locator(BOX).fill("A cat." + end)
    put_cursor(page, 6)
    page.locator("#write-go").click()
    shows(page, f"A cat. First 1. Second. {end}")
    box = page.locator(BOX)
    page.wait_for_function(f"() => document.querySelector('{BOX}').selectionStart === 24")
    assert box.evaluate("box => box.scrollTop") < 60
    page.locator("#write-go").click()
    shows(page, f"A cat. First 1. Second.  First 1. Second. {end}")


def test_undo_and_redo_keep_what_was_typed_since(page: Page) -> None:
    page.locator(BOX).fill("A cat.")
    page.locator("#write-go").click()
    shows(page, "A cat. First 1. Second.")
    page.locator(BOX).press("Control+End")
    page.locator(BOX).type(" Mine.")
    page.locator("#write-undo").click()
    shows(page, "A cat. Mine.")
    page.locator("#write-redo").click()
    shows(page, "A cat. First 1. Second. Mine.")
    page.locator("#write-again").click()
    shows(page, "A cat. First 2. Second. Mine.")
    page.locator("#write-clear").click()
    shows(page, "")
    page.locator("#write-undo").click()
    shows(page, "A cat. First 2. Second. Mine.")


def test_a_preset_is_a_step_that_undo_takes_back(page: Page) -> None:
    page.locator(BOX).fill("My own words.")
    page.get_by_role("button", name="A dragon", exact=True).click()
    expect(page.locator(BOX)).to_have_value(re.compile("shy dragon"))
    dragon = page.locator(BOX).input_value()
    page.locator("#write-undo").click()
    shows(page, "My own words.")
    page.locator("#write-redo").click()
    shows(page, dragon)


def test_taking_a_way_keeps_what_was_typed_since(page: Page) -> None:
    page.locator(BOX).fill("A dog.")
    page.locator("#write-three").click()
    expect(page.locator("#write-way-3 textarea")).to_have_value(re.compile("Second"))
    page.locator(BOX).press("Control+Home")
    page.locator(BOX).type("So: ")
    page.get_by_role("button", name="Take this one").nth(2).click()
    shows(page, "So: A dog. First 4. Second.")
    page.get_by_role("button", name="Take this one").nth(0).click()
    shows(page, "So: A dog. First 2. Second.")


def test_a_new_press_takes_the_place_of_the_writing_and_typing_ends_it(page: Page) -> None:
    ALLOWED.clear()
    page.locator(BOX).fill("One day.")
    page.locator("#write-go").click()
    shows(page, "One day. First 2.")
    page.locator(BOX).fill("Two days.")
    with page.expect_response("**/queue/join*"):
        page.locator("#write-go").click()
    ALLOWED.set()
    shows(page, "Two days. First 2. Second.")
    assert ASKED[-1] == "Two days."
    ALLOWED.clear()
    page.locator("#write-go").click()
    shows(page, "Two days. First 2. Second. First 2.")
    page.locator(BOX).press("Control+End")
    with page.expect_response("**/run/predict*"):
        page.locator(BOX).type(" Mine.")
    ALLOWED.set()
    kept = settled(page, page.locator(BOX).input_value)
    assert kept == "Two days. First 2. Second. First 2. Mine."


def test_what_is_written_while_a_press_ends_it_changes_no_history(page: Page) -> None:
    ALLOWED.clear()
    page.locator(BOX).fill("One day.")
    page.locator("#write-go").click()
    expect(page.locator(BOX)).to_have_value(re.compile("First"))
    first = page.locator(BOX).input_value()
    page.locator("#write-clear").click()
    shows(page, "")
    ALLOWED.set()  # now its second sentence is made, which nobody waits for
    page.locator(BOX).fill("Mine.")
    page.locator("#write-go").click()  # begins once that is done
    expect(page.locator(BOX)).to_have_value(re.compile("Mine.*Second"))
    page.locator("#write-undo").click()
    shows(page, "Mine.")
    page.locator("#write-undo").click()
    shows(page, first + "Mine.")


@pytest.mark.parametrize("begin", ["静夜 & more?", "The cat saw a bird. " * 400])
def test_a_link_of_any_length_brings_the_same_text_again(browser: Browser, url: str, page: Page, begin: str) -> None:
    page.locator(BOX).fill(begin)
    page.locator("#write-go").click()
    expect(page.locator(BOX)).to_have_value(re.compile("Second"))
    text = page.locator(BOX).input_value()
    page.locator("#write-link").click()
    address = page.locator("#write-address input, #write-address textarea")
    expect(address).to_have_value(re.compile(f"^http.*#tab=text&prompt={re.escape(quote_plus(begin))}.*seed="))
    other = visit_room(browser, address.input_value())
    shows(other, text)
    other.context.close()
