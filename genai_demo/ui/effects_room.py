"""The room "Sound effects": a board of sounds to press, morphs, variations, and what was heard before."""

from typing import Any

import gradio as gr

from genai_demo.audio.effects import generate
from genai_demo.audio.effects.kinds import KINDS, NAMES
from genai_demo.core import limits
from genai_demo.ui import effects_actions as actions
from genai_demo.ui import own_weights, presses
from genai_demo.ui.common import MODEL_EVENT, at_rest, number, slider
from genai_demo.ui.effects_actions import BUTTON, FIRST, VARIATIONS
from genai_demo.ui.effects_sounds import sound_list
from genai_demo.ui.strings import text

GROUPS = {
    "nature": ("rain", "thunder", "wind", "sea_waves", "stream", "fire"),
    "animals": ("birds", "crickets", "dogs", "rooster"),
    "people": ("footsteps", "crowd", "baby_cry", "sneeze"),
    "machines": ("train", "traffic", "helicopter", "airplane", "chainsaw"),
    "things": ("clock", "wind_chimes", "ui_click", "jingle"),
    "game": ("game_coin", "game_jump", "game_laser", "game_hit", "game_powerup", "game_blip", "game_explosion"),
    "drums": ("drum_kick", "drum_snare", "drum_hihat", "drum_clap", "drum_tom", "drum_cymbal"),
}
"""The board, row by row."""
SECOND = "fire"
"""What the first sound can turn into when the room opens."""

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
STOP_JS = "(...values) => { window.soundPlayer?.stop(); return values; }"
"""Silence as soon as something new is asked for."""


def build(tab: gr.Tab) -> None:
    """Lay out the room inside the open ``tab`` and connect its events."""
    recipe, history = gr.State(None, time_to_live=1800), gr.State([], time_to_live=1800)
    own_weights.note(tab, generate.NAME, "effects")
    gr.Markdown(text("effects.intro"), elem_classes="notice")
    with gr.Row(equal_height=False, elem_classes="repair-room"):
        with gr.Column(min_width=320, elem_classes="repair-left"):
            player = sound_list("effects-player", large=True)
            status = gr.Markdown(elem_classes="notice", elem_id="effects-status")
            with gr.Row(elem_classes="buttons"):
                another = gr.Button(
                    text("effects.another"), variant="primary", size="md", min_width=110, elem_id="effects-another"
                )
                stop = gr.Button(text("effects.stop"), variant="stop", size="md", min_width=80, elem_id="effects-stop")
                wav = gr.DownloadButton(text("effects.wav"), size="md", min_width=70, elem_id="effects-wav")
                ogg = gr.DownloadButton(text("effects.ogg"), size="md", min_width=70, elem_id="effects-ogg")
            seconds, seed, brightness, density, loop, guidance, steps = sound = _settings()
        with gr.Column(min_width=320, elem_classes="sound-groups"):
            buttons = _board()
    with gr.Row(equal_height=False):
        with gr.Column(min_width=320):
            kind, second, share, five, between = _morph()
        with gr.Column(min_width=320):
            strength, other_seed, four, others, ways = _variations()
    gr.Markdown(text("effects.history"), elem_classes="subject")
    past = sound_list("effects-history")
    gr.Markdown(text("effects.honest"), elem_classes="notice")

    shown = [player, status, wav, ogg, recipe, history, past]
    settings = [kind, second, share, *sound]
    run: dict[str, Any] = MODEL_EVENT | {"show_progress": "minimal", "show_progress_on": status, "js": STOP_JS}
    gr.on(
        [button.click for button in buttons],
        actions.press_button,
        [seed, brightness, density, guidance, steps, history],
        [kind, share, seconds, loop, *shown],
        trigger_mode="always_last",
        api_visibility="private",
        **run,
    )
    sliders = [seconds, brightness, density, guidance, steps, share]
    gr.on(
        at_rest(*sliders, kind, second, loop, seed),
        actions.make_effect,
        [*settings, history],
        shown,
        trigger_mode="always_last",
        api_name="play_effect",
        **run,
    )
    another.click(actions.make_another, [*settings, history], [seed, *shown], api_visibility="private", **run)
    morphed, varied = gr.State([], time_to_live=1800), gr.State([], time_to_live=1800)
    stream = run | presses.PRESS | {"time_limit": 120}
    steps_between = five.click(
        actions.morph_effects, [kind, second, *sound], [between, morphed, status], api_name="morph_effects", **stream
    )
    vary: dict[str, Any] = {
        "fn": actions.vary_effect,
        "inputs": [recipe, strength, other_seed],
        "outputs": [ways, varied, status],
    }
    first_four = four.click(**vary, api_name="vary_effect", **stream)
    next_four = others.click(
        lambda s: actions.next_seed(s, VARIATIONS), other_seed, other_seed, queue=False, **QUIET
    ).then(**vary, api_visibility="private", **stream)  # fmt: skip
    presses.replace_each_other([first_four, next_four])
    presses.replace_each_other([steps_between])
    presses.stop(stop, [steps_between, first_four, next_four], js=STOP_JS)
    for part, made, name in ((between, morphed, "step"), (ways, varied, "variation"), (past, history, "earlier")):
        picked = gr.Number(1, label=text("effects.picked"), precision=0, visible="hidden")
        part.select(actions.read_use, None, picked, queue=False, **QUIET).then(
            actions.take_sound, [picked, made, history], [*settings, *shown], api_name=f"take_{name}", **run
        )
    tab.select(actions.open_effects, [recipe, history], shown, **QUIET, **MODEL_EVENT)


def _settings() -> tuple[Any, ...]:
    """Length, seed, brightness, density, loop, guidance, steps."""
    look = ["settings", "later"]  # on a phone the board comes first
    with gr.Row(elem_classes=look):
        seconds = slider(
            "effects.seconds", limits.MIN_EFFECT_SECONDS, limits.MAX_EFFECT_SECONDS, KINDS[FIRST].usual, 0.1,
            elem_id="effects-seconds",
        )  # fmt: skip
        seed = number("effects.seed", 0, limits.MAX_SEED, 0, min_width=120, elem_id="effects-seed")
    with gr.Row(elem_classes=look):
        brightness = slider("effects.brightness", -1, 1, 0, 0.05, elem_id="effects-brightness")
        density = slider("effects.density", -1, 1, 0, 0.05, elem_id="effects-density")
    with gr.Row(elem_classes="later"):
        loop = gr.Checkbox(
            KINDS[FIRST].ambient, label=text("effects.loop"), info=text("effects.loop.info"), elem_id="effects-loop"
        )
    with gr.Accordion(text("effects.more"), open=False, elem_classes="later"), gr.Row(elem_classes="settings"):
        guidance = slider("effects.guidance", 1, limits.MAX_EFFECT_GUIDANCE, generate.GUIDANCE, 0.25)
        steps = slider("effects.steps", 1, limits.MAX_EFFECT_STEPS, generate.STEPS, 1)
    return seconds, seed, brightness, density, loop, guidance, steps


def _board() -> list[gr.Button]:
    """One button a kind."""
    found = []
    for group, kinds in GROUPS.items():
        gr.Markdown(text(f"effects.group.{group}"), elem_classes="notice")
        with gr.Row(elem_classes="sound-board"):
            found += [gr.Button(text(f"effect.{k}"), size="sm", min_width=80, elem_id=BUTTON + k) for k in kinds]
    return found


def _kinds(key: str, value: str, elem_id: str) -> gr.Dropdown:
    return gr.Dropdown(
        [(text(f"effect.{k}"), k) for k in NAMES], value=value, label=text(key), info=text(f"{key}.info"),
        filterable=False, min_width=130, elem_id=elem_id,
    )  # fmt: skip


def _morph() -> tuple[Any, ...]:
    """First and second kind, share, button, list."""
    gr.Markdown(text("effects.morph"), elem_classes="subject")
    gr.Markdown(text("effects.morph.note"), elem_classes="notice")
    with gr.Row(elem_classes="settings"):
        kind = _kinds("effects.kind", FIRST, "effects-kind")
        second = _kinds("effects.second", SECOND, "effects-second")
    with gr.Row(elem_classes="settings"):
        share = slider("effects.share", 0, 1, 0, 0.05, elem_id="effects-share")
    five = gr.Button(text("effects.between"), size="md", elem_id="effects-five")
    return kind, second, share, five, sound_list("effects-between")


def _variations() -> tuple[Any, ...]:
    """Strength, seed, two buttons, list."""
    gr.Markdown(text("effects.vary"), elem_classes="subject")
    gr.Markdown(text("effects.vary.note"), elem_classes="notice")
    with gr.Row(elem_classes="settings"):
        strength = slider("effects.strength", 0, 1, 0.5, 0.05, elem_id="effects-strength")
        seed = number("effects.vary.seed", 0, limits.MAX_SEED, 1, min_width=120)
    with gr.Row(elem_classes="buttons"):
        four = gr.Button(text("effects.four"), size="md", min_width=110, elem_id="effects-four")
        others = gr.Button(text("effects.other_four"), size="md", min_width=110, elem_id="effects-others")
    return strength, seed, four, others, sound_list("effects-ways")
