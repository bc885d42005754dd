"""The tab "Audio synthesis": a room for each model whose weights are there."""

import functools
from collections.abc import Callable

import gradio as gr

from genai_demo.core import checkpoint
from genai_demo.ui import effects_room, music_room, speech_room
from genai_demo.ui.health import guarded
from genai_demo.ui.strings import text

ROOMS: dict[str, tuple[tuple[str, ...], Callable[[gr.Tab], None]]] = {
    "speech": (("audio-speech", "audio-letters", "audio-vocoder"), speech_room.build),
    "music": (("audio-music", "audio-music-tunes"), music_room.build),
    "effects": (("audio-effects", "audio-effects-codec", "audio-vocoder"), effects_room.build),
}
"""Checkpoints that a room needs, and what lays it out."""


def rooms() -> list[str]:
    """Those that can be shown."""
    there = checkpoint.names("audio-")
    return [name for name, (needed, _) in ROOMS.items() if all(n in there for n in needed)]


def build(tab: gr.Tab) -> None:
    """Lay out the rooms inside the open ``tab``. The first one opens with it."""
    with gr.Tabs(overflow_behavior="wrap"):
        for number, name in enumerate(rooms()):
            with gr.Tab(text(f"{name}.room"), id=name) as inner:
                needed, lay_out = ROOMS[name]
                guarded(f"audio.{name}", functools.partial(lay_out, tab if number == 0 else inner), needed)
