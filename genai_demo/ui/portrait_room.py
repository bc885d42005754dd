"""The room "A portrait that speaks": a generated face, a text, a film with sound."""

from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.together import generate
from genai_demo.ui import policy, presses
from genai_demo.ui import portrait_actions as actions
from genai_demo.ui.common import LIVE_EVENT, MODEL_EVENT, at_rest, begin_in_chinese, choice, number, slider
from genai_demo.ui.faces_tab import FacesTab
from genai_demo.ui.strings import TEXTS, text
from genai_demo.ui.text_common import presets

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
SPEAK_EVENT: dict[str, Any] = MODEL_EVENT | presses.PRESS | {"show_progress": "hidden", "time_limit": 600}
EXAMPLES = [
    "The rain has stopped, and the birds are singing again.",
    "Did you know that a face like mine is drawn from 128 numbers?",
    "雨停了，鸟儿又唱起歌来。",
    "今天我用 Python 写了一个小 program，运行得很快！",
]
SIDE = 320
"""Pixels of the pictures in the page."""


def build(tab: gr.Tab, faces: FacesTab) -> None:
    """Lay out the room inside the open ``tab`` and connect its events."""
    opened = gr.State(False, time_to_live=1800)
    sliders = gr.State({}, time_to_live=1800)
    truncation = gr.State(generate.TRUNCATION, time_to_live=1800)
    gr.Markdown(text("portrait.intro"), elem_classes="notice")
    gr.Markdown(text("portrait.never"), elem_classes="notice")
    gr.Markdown(text(policy.note()), elem_classes="notice")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=280, scale=2):
            face = gr.Image(
                label=text("portrait.face"), format="png", interactive=False, buttons=["fullscreen"], height=SIDE,
                alt_text=TEXTS["portrait.alt"][0], elem_id="portrait-face",
            )  # fmt: skip
            seed = number("portrait.seed", 0, limits.MAX_SEED, actions.FIRST_SEED, elem_id="portrait-seed")
            with gr.Row(elem_classes="buttons"):
                dice = gr.Button(text("portrait.dice"), size="sm", min_width=120, elem_id="portrait-dice")
                take = gr.Button(text("portrait.take"), size="sm", min_width=160, elem_id="portrait-take")
        with gr.Column(min_width=280, scale=3):
            words = gr.Textbox(
                actions.FIRST["en"], label=text("portrait.text"), info=text("portrait.text.info"), lines=3,
                max_lines=8, max_length=limits.MAX_FILM_CHARACTERS, elem_id="portrait-text",
            )  # fmt: skip
            voice, settings = _settings()
            with gr.Row(elem_classes="buttons"):
                go = gr.Button(text("portrait.go"), variant="primary", min_width=120, elem_id="portrait-go")
                stop = gr.Button(text("portrait.stop"), variant="stop", min_width=90, elem_id="portrait-stop")
            status = gr.Markdown(elem_classes="notice", elem_id="portrait-status")
            examples = presets([words], [[row] for row in EXAMPLES], EXAMPLES)
        with gr.Column(min_width=280, scale=2):
            film = gr.Video(
                label=text("portrait.film"), interactive=False, buttons=[], height=SIDE, autoplay=False,
                elem_id="portrait-film",
            )  # fmt: skip
            with gr.Row(elem_classes="buttons"):
                mp4 = gr.DownloadButton(text("portrait.mp4"), size="sm", min_width=90, elem_id="portrait-mp4")
                srt = gr.DownloadButton(text("portrait.srt"), size="sm", min_width=90, elem_id="portrait-srt")
            gr.Markdown(text("portrait.download"), elem_classes="notice")
    begin_in_chinese((words, actions.FIRST["zh"]), (voice, _usual("zh")))
    made = [face, status, film, mp4, srt]
    draw = {"fn": actions.show_portrait, "inputs": [seed, sliders, truncation], "outputs": face} | LIVE_EVENT
    speak = {"fn": actions.speak_portrait, "inputs": [seed, sliders, truncation, words, voice, *settings]}
    speak |= {"outputs": made} | SPEAK_EVENT
    rolled = dice.click(actions.another_face, None, [seed, sliders, truncation], **QUIET)
    rolled.then(**draw, api_name="show_portrait")
    typed = gr.on(at_rest(seed), actions.other_seed, None, [sliders, truncation], **QUIET)
    typed.then(**draw, api_visibility="private")
    taken = take.click(
        actions.take_face, [faces.selected, faces.truncation], [seed, sliders, truncation, status],
        inputs_kwargs=faces.sliders, **QUIET,
    )  # fmt: skip
    taken.success(**draw, api_visibility="private")
    running = [
        go.click(**speak, api_name="speak_portrait"),
        words.submit(**speak, api_visibility="private"),
        examples.load_input_event.then(**speak, api_visibility="private"),
    ]
    opening = tab.select(actions.open_room, opened, [opened, *made], **QUIET, **MODEL_EVENT)
    presses.stop(stop, [*running, opening]).then(actions.end_progress, status, status, queue=False, **QUIET)
    presses.replace_each_other(running, [opening])


def _usual(language: str) -> str:
    """The usual voice of a language."""
    voices = generate.voices()
    return next((name for name, own in voices.items() if own == language), next(iter(voices)))


def _settings() -> tuple[gr.Radio, list[Any]]:
    """Voice; and speed, pitch and the seed of the manner."""
    voice = choice("speech.voice", list(generate.voices()), _usual("en"), elem_id="portrait-voice")
    with gr.Row(elem_classes="settings"):
        speed = slider("speech.speed", limits.MIN_SPEED, limits.MAX_SPEED, 1, 0.05, min_width=100)
        pitch = slider("speech.pitch", -limits.MAX_PITCH_SHIFT, limits.MAX_PITCH_SHIFT, 0, 0.5, min_width=100)
    with gr.Row(elem_classes="settings"):
        manner = number("portrait.manner", 0, limits.MAX_SEED, 0, min_width=100)
    return voice, [speed, pitch, manner]
