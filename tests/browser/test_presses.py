"""A press while something runs, and a press soon after Stop, in a real browser."""

import base64
import contextlib
import threading
from collections.abc import Iterator

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from genai_demo.audio import sounds
from genai_demo.ui import presses
from genai_demo.ui.common import MODEL_EVENT
from tests.browser.visits import open_tab, visit
from tests.ui.one_tab import serving

ALLOWED = threading.Event()
"""Steps are made while it is set."""
RUNS: list[str] = []
RUNNING: list[str] = []


def run(name: str) -> Iterator[str]:
    """Counts, and in the end waits in a step that cannot be interrupted."""
    name = f"{name} {RUNS.count(name) + 1}"
    RUNS.append(name.split()[0])
    RUNNING.append(name)
    try:
        for number in range(1, 4):
            yield f"{name}: {number}"
        ALLOWED.wait(120)
        yield f"{name}: done"
    finally:
        RUNNING.remove(name)


def build(tab: gr.Tab) -> None:
    """Two buttons for one box, and Stop, which leaves a word."""
    box, said = gr.Textbox(elem_id="box"), gr.Textbox(elem_id="said")
    one, two = gr.Button("One", elem_id="one"), gr.Button("Two", elem_id="two")
    end = gr.Button("Stop", variant="stop", elem_id="end")
    events = [
        button.click(lambda name=name: (yield from run(name)), None, box, **MODEL_EVENT, **presses.PRESS)
        for name, button in (("one", one), ("two", two))
    ]
    presses.replace_each_other(events)
    presses.stop(end, events).then(lambda: "stopped", None, said)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    ALLOWED.clear()
    RUNS.clear()
    with serving("tab.text", build) as url, contextlib.ExitStack() as stack:
        stack.callback(ALLOWED.set)
        found = visit(browser, url)
        open_tab(found, "Text continuation")
        stack.callback(found.context.close)
        yield found


TONE = """(address) => {
  window.players = [0, 1].map(() => Object.assign(new Audio(address), {loop: true}));
}"""
PLAYING = "() => window.players.map((player) => !player.paused)"


def test_one_sound_plays_at_a_time_and_ends_with_stop_and_with_its_tab(page: Page) -> None:
    silence = sounds.wave_bytes(np.zeros(2 * sounds.RATE, np.float32))
    page.evaluate(TONE, "data:audio/wav;base64," + base64.b64encode(silence).decode())
    page.locator("#end").click()  # a browser plays after a press only
    page.evaluate("() => window.players[0].play()")
    assert page.evaluate(PLAYING) == [True, False]
    page.evaluate("() => window.players[1].play()")
    assert page.evaluate(PLAYING) == [False, True]
    page.evaluate("() => { window.hushed = 0; window.oneSound.begin(() => window.hushed++); }")  # of no player
    assert page.evaluate(PLAYING) == [False, False]
    page.evaluate("() => window.players[1].play()")
    assert page.evaluate("() => window.hushed") == 1
    page.locator("#end").click()
    assert page.evaluate(PLAYING) == [False, False]
    page.evaluate("() => window.players[0].play()")
    open_tab(page, "Other")
    assert page.evaluate(PLAYING) == [False, False]


def box(page: Page, name: str = "box") -> object:
    return expect(page.locator(f"#{name} textarea, #{name} input"))


def test_stop_is_at_once_and_a_press_right_after_it_counts(page: Page) -> None:
    page.locator("#one").click()
    box(page).to_have_value("one 1: 3")  # its step goes on until it is allowed to end
    page.locator("#end").click()
    box(page, "said").to_have_value("stopped")
    box(page).to_have_value("one 1: 3")
    page.locator("#one").click()
    ALLOWED.set()
    box(page).to_have_value("one 2: done")


def test_a_new_press_replaces_the_run_and_what_waits(page: Page) -> None:
    page.locator("#one").click()
    box(page).to_have_value("one 1: 3")
    for button in ("#one", "#two"):
        with page.expect_response("**/queue/join*"):
            page.locator(button).click()
    ALLOWED.set()
    box(page).to_have_value("two 1: done")
    assert RUNS == ["one", "two"]


def test_another_visit_is_left_alone(page: Page, browser: Browser) -> None:
    page.locator("#one").click()
    box(page).to_have_value("one 1: 3")
    other = visit(browser, page.url)
    open_tab(other, "Text continuation")
    other.locator("#two").click()
    other.locator("#end").click()
    box(other, "said").to_have_value("stopped")
    assert RUNNING == ["one 1"]
    ALLOWED.set()
    box(page).to_have_value("one 1: done")
    assert RUNS == ["one"]
    other.context.close()
