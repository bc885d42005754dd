"""How the page's sliders and number boxes are wired."""

import json
import urllib.request
from types import SimpleNamespace

import gradio as gr
import pytest

from genai_demo.ui.common import at_rest, moving, to_press


@pytest.fixture(scope="module")
def config(app_url: str) -> dict:
    """What the browser is told of the page."""
    with urllib.request.urlopen(f"{app_url}/config") as answer:
        return json.load(answer)


def test_each_control_tells_when_it_has_come_to_rest() -> None:
    with gr.Blocks():
        slider, number, words, choice = gr.Slider(), gr.Number(), gr.Textbox(), gr.Radio(["a"])
        found = at_rest(slider, number, words, choice)
        assert [event.event_name for event in found] == ["release", "submit", "submit", "input"]
        assert [event.event_name for event in moving(slider, number)] == ["input", "input"]


def test_the_last_position_of_a_slider_is_never_left_out(config: dict) -> None:
    """Gradio ignores an event while its function runs, unless it is told to do the last one afterwards."""
    sliders = {part["id"]: part["props"].get("label") for part in config["components"] if part["type"] == "slider"}
    wired = [
        (sliders[part], event, function["trigger_mode"])
        for function in config["dependencies"] if function["backend_fn"]
        for part, event in function["targets"] if part in sliders
    ]  # fmt: skip
    assert len(sliders) > 40 and len(wired) > 30
    assert [w for w in wired if w[1] not in ("input", "release") or w[2] != "always_last"] == []


def test_what_is_drawn_after_a_slider_is_never_left_out(config: dict) -> None:
    functions = {function["id"]: function for function in config["dependencies"]}
    sliders = {part["id"] for part in config["components"] if part["type"] == "slider"}
    waiting = [i for i, function in functions.items() if any(part in sliders for part, _ in function["targets"])]
    found = []
    while waiting:
        found += (later := [i for i, f in functions.items() if f["trigger_after"] == waiting[0] and i not in found])
        waiting = [*waiting[1:], *later]
    drawn = [functions[i] for i in found if functions[i]["backend_fn"]]
    assert len(drawn) > 5
    assert [f["api_name"] for f in drawn if f["trigger_mode"] != "always_last"] == []


def test_downloads_can_be_held() -> None:
    with gr.Blocks():
        files = [gr.DownloadButton() for _ in range(2)]
    event = SimpleNamespace(**to_press(*files, ready=False))
    assert event.fn is None and event.outputs == files
    assert "Array(2)" in event.js and "interactive: false" in event.js
    assert "interactive: true" in to_press(*files, ready=True)["js"]
