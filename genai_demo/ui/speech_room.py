"""The room "Speech": a text that is heard while it is still being made, and can be bent phone by phone."""

import json
from pathlib import Path
from typing import Any

import gradio as gr

from genai_demo.audio.speech import generate
from genai_demo.audio.speech.cast import Cast
from genai_demo.core import limits
from genai_demo.ui import policy, presses, speech_compare
from genai_demo.ui.audio_pictures import PICTURES_CSS
from genai_demo.ui.common import MODEL_EVENT, begin_in_chinese, choice, number, slider
from genai_demo.ui.speech_actions import FIRST, open_room, speak_plan, speak_sample, speak_text, stop_speech
from genai_demo.ui.speech_phonemes import phoneme_view
from genai_demo.ui.strings import add_texts, text
from genai_demo.ui.text_common import presets
from genai_demo.ui.texts_speech import SPEECH

HERE = Path(__file__).parent
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
SPEAK_EVENT: dict[str, Any] = MODEL_EVENT | presses.PRESS | {"show_progress": "hidden", "time_limit": 600}
EXAMPLES: list[tuple[str, str]] = [
    ("The rain has stopped, and the birds are singing again.", "en"),
    ("On May 3rd, 2024, I paid $3.50 for 2 kg of apples: 15% less than last year.", "en"),
    ("Did you read the letter that Dr. Smith read yesterday?", "en"),
    ("I said *you* should go, not your sister.", "en"),
    ("雨停了，鸟儿又唱起歌来。", "zh"),
    ("2024年5月3日，苹果每公斤3.5元，比去年便宜15%。", "zh"),
    ("我今天用 Python 写了一个小 program，运行得很快！", "zh"),
]
"""Texts, and the language whose voice says them."""

COUNT_JS = """(words) => {
  const count = [...words].length, most = MOST, found = WORDS[navigator.language.startsWith("zh") ? 1 : 0];
  const line = found.replace("{count}", count.toLocaleString("en")).replace("{most}", most.toLocaleString("en"));
  return count > most ? `**${line}**` : line;
}"""
HUSH_JS = """(...values) => {
  document.dispatchEvent(new Event("speech:hush"));
  document.querySelectorAll("#speech-room audio").forEach((player) => player.pause());
  return values;
}"""
"""What plays stops at once."""
SPEAKER_HTML = '<div class="speaker"><i></i><output aria-live="polite"></output></div>'
SPEAKER_CSS = """
.speaker {display: flex; gap: 8px; align-items: center; min-height: 1.4em; font-size: .82rem;
  color: var(--body-text-color-subdued)}
i {width: 9px; height: 9px; border-radius: 50%; background: var(--border-color-primary)}
i.on {background: var(--color-accent)}
"""


def build(tab: gr.Tab) -> None:
    """Lay out the room inside the open ``tab`` and connect its events."""
    cast = generate.cast()
    opened, part = gr.State(False, time_to_live=1800), gr.State(None, time_to_live=1800)
    with gr.Column(elem_id="speech-room"):
        gr.Markdown(text("speech.note.recorded" if cast.recorded else "speech.note.taught"), elem_classes="notice")
        gr.Markdown(text(policy.note()), elem_classes="notice")
        with gr.Row(equal_height=False):
            with gr.Column(min_width=300, scale=3):
                words, go, stop, live, status = _text_part()
            with gr.Column(min_width=260, scale=2):
                settings, sample = _settings(cast)
        rows = [[words_, usual_voice(cast, language)] for words_, language in EXAMPLES]
        examples = presets([words, settings[0]], rows, [row[0] for row in rows])
        whole, look, *files = _result_part()
        gr.Markdown(text("speech.phones"), elem_classes="subject")
        gr.Markdown(text("speech.phones.note"), elem_classes="notice")
        phones = phoneme_view()
        with gr.Row(elem_classes="buttons"):
            so = gr.Button(text("speech.so"), min_width=120, elem_id="speech-so")
            everything = gr.Checkbox(
                False, label=text("speech.whole"), info=text("speech.whole.info"), min_width=160,
                elem_id="speech-whole",
            )  # fmt: skip
        voice = settings[0]
        with gr.Accordion(text("speech.compare"), open=False):
            compare = speech_compare.build(voice, settings[4])
    made = [live, status, whole, look, *files, phones, part]
    speak = {"fn": speak_text, "inputs": [words, *settings], "outputs": made, "js": HUSH_JS} | SPEAK_EVENT
    running = [
        go.click(**speak, api_name="speak_text"),
        words.submit(**speak, api_visibility="private"),
        examples.load_input_event.then(**speak, api_visibility="private"),
        sample.click(speak_sample, settings, made, js=HUSH_JS, api_visibility="private", **SPEAK_EVENT),
        so.click(
            speak_plan, [phones, everything, *settings[1:5]], made, js=HUSH_JS, api_name="speak_plan", **SPEAK_EVENT
        ),
    ]
    opening = tab.select(open_room, opened, [opened, status, whole, look, *files, phones], **QUIET, **MODEL_EVENT)
    stopped = presses.stop(stop, [*running, opening, compare], js=HUSH_JS).then(
        stop_speech, part, made[1:], **QUIET, **MODEL_EVENT, **presses.PRESS
    )
    presses.replace_each_other([*running, stopped], [opening])
    presses.replace_each_other([compare])


def _text_part() -> tuple[gr.Textbox, gr.Button, gr.Button, gr.HTML, gr.Markdown]:
    """The text with its count, the buttons, the player, and the status."""
    words = gr.Textbox(
        FIRST, label=text("speech.text"), info=text("speech.text.info"), lines=5, max_lines=14, elem_id="speech-text",
        max_length=limits.MAX_PROMPT,
    )  # fmt: skip
    most = limits.MAX_SPEECH_CHARACTERS
    first = tuple(line.format(count=len(FIRST), most=f"{most:,}") for line in SPEECH["speech.count"])
    add_texts({"speech.count.first": (first[0], first[1])})
    count = gr.Markdown(text("speech.count.first"), elem_classes="notice", elem_id="speech-count")
    counting = COUNT_JS.replace("WORDS", json.dumps(SPEECH["speech.count"])).replace("MOST", str(most))
    words.change(None, words, count, js=counting, queue=False, **QUIET)
    with gr.Row(elem_classes="buttons"):
        go = gr.Button(text("speech.go"), variant="primary", min_width=120, elem_id="speech-go")
        stop = gr.Button(text("speech.stop"), variant="stop", min_width=90, elem_id="speech-stop")
    live = gr.HTML(
        "", html_template=SPEAKER_HTML, css_template=SPEAKER_CSS, elem_id="speech-live", apply_default_css=False,
        js_on_load=(HERE / "speaker.js").read_text(encoding="utf-8"),
    )  # fmt: skip
    status = gr.Markdown(elem_classes="notice", elem_id="speech-status")
    return words, go, stop, live, status


def usual_voice(cast: Cast, language: str) -> str:
    """The usual voice of a language; the usual one where it has none of its own."""
    return next((name for name, own in cast.voices.items() if own == language), next(iter(cast.voices)))


def _settings(cast: Cast) -> tuple[list[Any], gr.Button]:
    """Voice, speed, pitch, energy, seed, the second voice and its share; and the button that lets them be heard."""
    names = list(cast.voices)
    voice = choice("speech.voice", names, usual_voice(cast, "en"), elem_id="speech-voice")
    begin_in_chinese((voice, usual_voice(cast, "zh")))
    sample = gr.Button(text("speech.sample"), size="sm", min_width=120, elem_id="speech-sample")
    with gr.Row(elem_classes="settings"):
        speed = slider("speech.speed", limits.MIN_SPEED, limits.MAX_SPEED, 1, 0.05)
        pitch = slider("speech.pitch", -limits.MAX_PITCH_SHIFT, limits.MAX_PITCH_SHIFT, 0, 0.5)
        energy = slider("speech.energy", -limits.MAX_ENERGY_SHIFT, limits.MAX_ENERGY_SHIFT, 0, 1)
        seed = number("speech.seed", 0, limits.MAX_SEED, 0, min_width=120)
    with gr.Row(elem_classes="settings", visible=not cast.recorded):
        known = [(text(f"speech.voice.{name}"), name) for name in names]
        second = gr.Dropdown(
            [(text("speech.second.none"), ""), *known], value="", label=text("speech.second"),
            info=text("speech.second.info"), elem_id="speech-second", min_width=200, filterable=False,
        )  # fmt: skip
        blend = slider("speech.blend", 0, 1, 0.5, 0.05, min_width=200)
    return [voice, speed, pitch, energy, seed, second, blend], sample


def _result_part() -> list[Any]:
    """The finished sound, its pictures, and its files: WAV, OGG, and when its words are said (SRT, VTT, JSON)."""
    with gr.Row(equal_height=False):
        with gr.Column(min_width=260, scale=2):
            whole = gr.Audio(
                label=text("speech.result"), interactive=False, buttons=[], elem_id="speech-result",
                waveform_options=gr.WaveformOptions(show_recording_waveform=False),
            )  # fmt: skip
            with gr.Row(elem_classes="buttons"):
                sounds = [_download(name) for name in ("wav", "ogg")]
            gr.Markdown(text("speech.timed"), elem_classes="notice")
            with gr.Row(elem_classes="buttons"):
                times = [_download(name) for name in ("srt", "vtt", "json")]
        with gr.Column(min_width=280, scale=3):
            look = gr.HTML(css_template=PICTURES_CSS, elem_id="speech-pictures", apply_default_css=False)
    return [whole, look, *sounds, *times]


def _download(name: str) -> gr.DownloadButton:
    return gr.DownloadButton(text(f"speech.{name}"), min_width=70, elem_id=f"speech-{name}")
