"""The room "Music": new tunes, chords and voices to a melody, and how they sound."""

import os
from typing import Any

import gradio as gr
from gradio.context import Context

from genai_demo.audio.music import generate, synth
from genai_demo.audio.music.accompaniment import PATTERNS
from genai_demo.audio.music.events import MAX_BARS
from genai_demo.audio.music.form import FORMS
from genai_demo.audio.music.leading import MOST_STRICT, STRICTNESS
from genai_demo.audio.music.likeness import LIKENESS
from genai_demo.audio.music.pieces import METRES
from genai_demo.core import limits
from genai_demo.ui import music_actions as actions
from genai_demo.ui import music_links, presses
from genai_demo.ui.audio_pictures import PICTURES_CSS
from genai_demo.ui.common import MODEL_EVENT, at_rest, choice, number, slider
from genai_demo.ui.music_melodies import SOURCES
from genai_demo.ui.music_pieces import earlier
from genai_demo.ui.music_widgets import melody_grid, piano_roll
from genai_demo.ui.strings import TEXTS, text
from genai_demo.ui.write_links import HASH_JS, LINK_JS

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
STREAM: dict[str, Any] = MODEL_EVENT | {"show_progress": "hidden", "time_limit": 120}
FILES = ("wav", "ogg", "midi", "abc", "json", "mp3")


def build(tab: gr.Tab) -> None:
    """Lay out the room inside the open ``tab`` and connect its events."""
    linked = gr.State(None, time_to_live=1800)
    work, history = gr.State(None, time_to_live=1800), gr.State([], time_to_live=1800)
    gr.Markdown(text("music.intro"), elem_classes="notice")
    style, metre, seed, chords, settings, more = _settings()
    strictness = more[0]
    with gr.Row(elem_classes="buttons"):
        go = gr.Button(text("music.compose"), variant="primary", min_width=100, elem_id="music-go")
        another = gr.Button(text("music.another"), min_width=120, elem_id="music-another")
        stop = gr.Button(text("music.stop"), variant="stop", min_width=80, elem_id="music-stop")
    roll = piano_roll()
    status = gr.Markdown(elem_classes="notice", elem_id="music-status")
    player, sound, tempo, manner, close, files, link, address, past = _result()
    look = gr.HTML(css_template=PICTURES_CSS, elem_id="music-pictures", apply_default_css=False)
    source, melody, midi, *others, bars, likeness, accompany, go_on, vary = _own_melody()
    gr.Markdown(text("music.honest"), elem_classes="notice")

    shown = [roll, status, player, close, *files, work, history]
    playing = [sound, tempo, history]
    given = [source, melody, midi, work, *others]
    compose: dict[str, Any] = {
        "fn": actions.compose_music,
        "inputs": [*settings, *playing, *more, *manner],
        "outputs": shown,
    } | STREAM
    compose |= presses.PRESS
    running = [
        go.click(**compose, api_name="compose_piece"),
        another.click(actions.next_seed, seed, seed, queue=False, **QUIET).then(
            **compose, api_visibility="private"
        ),
        accompany.click(
            actions.accompany_melody, [*given, *playing, strictness, *manner], shown, api_name="accompany_melody",
            scroll_to_output=True, **STREAM, **presses.PRESS,
        ),
        go_on.click(
            actions.continue_melody, [*given, bars, *playing, strictness, *manner], shown, api_name="continue_melody",
            scroll_to_output=True, **STREAM, **presses.PRESS,
        ),
        vary.click(
            music_links.vary_melody, [*given, likeness, *playing, strictness, *manner], shown, api_name="vary_melody",
            scroll_to_output=True, **STREAM, **presses.PRESS,
        ),
        linked.change(music_links.play_link, [linked, history], shown, api_visibility="private", **STREAM,
                      **presses.PRESS),
    ]  # fmt: skip
    opening = tab.select(actions.open_music, [work, *playing, *manner], shown, **QUIET, **MODEL_EVENT)
    stopped = presses.stop(stop, [*running, opening]).then(
        actions.stop_music, [work, *playing, *manner], shown, **QUIET, **MODEL_EVENT, **presses.PRESS
    )
    for event in (*running, opening, stopped):
        event.then(earlier, history, past, queue=False, **QUIET)
    gr.on(
        at_rest(sound, tempo, *manner), actions.hear_music, [work, sound, tempo, *manner], [roll, player, *files],
        api_name="hear_music", trigger_mode="always_last", show_progress="hidden", **MODEL_EVENT,
    )  # fmt: skip
    player.change(actions.picture_music, player, look, trigger_mode="always_last", **QUIET)
    picked = past.input(
        actions.take_piece,
        [past, *playing, *manner],
        shown[:-1],
        api_name="take_piece",
        show_progress="hidden",
        **MODEL_EVENT,
        **presses.PRESS,
    )
    presses.replace_each_other([*running, stopped, picked], [opening])
    gr.on([style.input, chords.input], _metres, [style, chords], metre, queue=False, **QUIET)
    melody.input(lambda: "keyboard", None, source, queue=False, **QUIET)
    midi.upload(lambda: "midi", None, source, queue=False, **QUIET)
    link.click(music_links.share, [work, sound, tempo, *manner], address, **QUIET).then(
        None, address, address, js=LINK_JS, **QUIET
    )
    _open_links(linked)


def _open_links(linked: gr.State) -> None:
    """When the page is opened by a link to a piece: show the room, and let the piece be written."""
    page, above, fragment = Context.root_block, music_links.tabs_above(), gr.Textbox(visible="hidden")

    def opened(words: str) -> list[Any]:
        packed = music_links.read_link(words)
        if packed is None:
            return [gr.skip()] * (len(above) + 1)
        return [*(gr.Tabs(selected=name) for _, name in above), packed]

    page.load(opened, fragment, [*(tabs for tabs, _ in above), linked], js=HASH_JS, queue=False, **QUIET)


def _settings() -> tuple[Any, ...]:
    """Style, metre, seed, chords; what a piece is like, in the order of ``compose_music``; the rest of it."""
    first = actions.FIRST
    usual = generate.metres(first["style"], first["chords"])[0]
    with gr.Row(elem_classes=["settings", "narrow"]):
        style = _dropdown("music.style", generate.styles(), first["style"], elem_id="music-style")
        key = _dropdown("music.key", actions.KEYS, first["key"], filterable=True, elem_id="music-key")
        metre = _dropdown("music.metre", list(METRES), usual, elem_id="music-metre")
        form = _dropdown("music.form", list(FORMS), first["form"], elem_id="music-form")
        bars = slider("music.bars", 1, MAX_BARS, first["bars"], 1, min_width=130, elem_id="music-bars")
    with gr.Row(elem_classes=["settings", "narrow"]):
        temperature = slider("music.temperature", 0, limits.MAX_TEMPERATURE, first["temperature"], 0.05, min_width=130)
        top_k = slider("music.top_k", 0, actions.MOST_CANDIDATES, 0, 1, min_width=130)
        seed = number("music.seed", 0, limits.MAX_SEED, first["seed"], min_width=120, elem_id="music-seed")
        chords = gr.Checkbox(True, label=text("music.chords"), info=text("music.chords.info"), min_width=130)
        strictness = slider("music.strictness", 0, MOST_STRICT, STRICTNESS, 0.25, min_width=200)
    return style, metre, seed, chords, [style, key, metre, bars, temperature, seed, chords], [strictness, form, top_k]


def _result() -> tuple[Any, ...]:
    """Player, instruments, tempo, the rest of how it is played, similarity, files, link, its address, earlier
    pieces."""
    sounds = ["", *synth.SOUNDS, *(["soundfont"] if synth.SOUNDFONT in os.environ else [])]
    with gr.Row(equal_height=False):
        with gr.Column(scale=3, min_width=300):
            player = gr.Audio(
                label=text("music.audio"), type="filepath", interactive=False, buttons=[], elem_id="music-audio",
                waveform_options=gr.WaveformOptions(waveform_color="#94a3b8", waveform_progress_color="#0d9488"),
            )  # fmt: skip
            with gr.Row(elem_classes="buttons"):
                files = [
                    gr.DownloadButton(text(f"music.{f}"), size="sm", min_width=70, elem_id=f"music-{f}") for f in FILES
                ]
                link = gr.Button(text("music.link"), size="sm", min_width=70, elem_id="music-link")
            address = gr.Textbox(
                show_label=False, container=False, visible=False, elem_id="music-address", buttons=["copy"]
            )
            close = gr.Markdown(elem_classes="notice", elem_id="music-close")
        with gr.Column(scale=2, min_width=300):
            with gr.Row(elem_classes="settings"):
                sound = _dropdown("music.sound", sounds, "", elem_id="music-sound")
                tempo = slider("music.tempo", 0.5, 1.5, 1, 0.05, min_width=130, elem_id="music-tempo")
            with gr.Row(elem_classes="settings"):
                pattern = _dropdown("music.pattern", ["", *PATTERNS], "", elem_id="music-pattern")
            with gr.Row(elem_classes="settings"):
                drum = gr.Checkbox(
                    False, label=text("music.drum"), info=text("music.drum.info"), min_width=130, elem_id="music-drum"
                )
                life = gr.Checkbox(
                    True, label=text("music.life"), info=text("music.life.info"), min_width=130, elem_id="music-life"
                )
            past = gr.Radio(
                list(range(1, actions.KEPT + 1)),
                label=text("music.history"),
                info=text("music.history.info"),
                visible=False,
                elem_id="music-history",
            )
    return player, sound, tempo, [pattern, drum, life], close, files, link, address, past


def _own_melody() -> tuple[Any, ...]:
    """Source, keyboard, MIDI file, style, key, temperature, seed, bars more, likeness, and the three buttons."""
    gr.Markdown(text("music.own"), elem_classes="subject")
    gr.Markdown(text("music.own.note"), elem_classes="notice")
    melody = melody_grid()
    with gr.Row(equal_height=False):
        source = choice("music.source", SOURCES, "keyboard", min_width=280, elem_id="music-source")
        midi = gr.File(label=text("music.midi.file"), height=140, elem_id="music-file", min_width=240)
    with gr.Row(elem_classes=["settings", "narrow"]):
        style = _dropdown("music.own.style", ["", *generate.styles()], "", elem_id="music-own-style")
        key = _dropdown("music.own.key", ["", *actions.KEYS], "", names="music.key", filterable=True)
        temperature = slider("music.temperature", 0, limits.MAX_TEMPERATURE, 0.8, 0.05, min_width=130)
        seed = number("music.own.seed", 0, limits.MAX_SEED, 1, min_width=120, elem_id="music-own-seed")
        bars = slider("music.own.bars", 1, MAX_BARS - 1, 8, 1, min_width=130)
        likeness = slider("music.likeness", 0, 1, LIKENESS, 0.05, min_width=130, elem_id="music-likeness")
    with gr.Row(elem_classes="buttons"):
        accompany = gr.Button(text("music.accompany"), variant="primary", min_width=110, elem_id="music-accompany")
        go_on = gr.Button(text("music.continue"), min_width=110, elem_id="music-continue")
        vary = gr.Button(text("music.vary"), min_width=110, elem_id="music-vary")
    return source, melody, midi, style, key, temperature, seed, bars, likeness, accompany, go_on, vary


def _metres(style: str, chords: bool) -> gr.Dropdown:
    """The metres of a style."""
    found = generate.metres(style, chords)
    return gr.Dropdown(found, value=found[0])


def _dropdown(key: str, values: list[str], value: str, names: str = "", **settings: Any) -> gr.Dropdown:
    """A dropdown. Names of its values are the texts ``names``.value (else ``key``.value), of "" ``key``.auto."""
    texts = {v: f"{names or key}.{v}" if v else f"{key}.auto" for v in values}
    found = [(text(texts[v]) if texts[v] in TEXTS else v, v) for v in values]
    settings = {"filterable": False} | settings
    return gr.Dropdown(found, value=value, label=text(key), info=text(f"{key}.info"), min_width=130, **settings)
