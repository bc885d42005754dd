"""The tab "Together": rooms in which several models make one thing."""

import functools

import gradio as gr

from genai_demo.ui import cross_room, portrait_room
from genai_demo.ui.faces_tab import FacesTab
from genai_demo.ui.health import guarded
from genai_demo.ui.strings import text

PORTRAIT = ("faces-gan", "faces-finder", "audio-speech", "audio-letters", "audio-vocoder")
"""Checkpoints without which no portrait speaks."""
CROSS = ("audio-music", "audio-music-tunes", "audio-effects", "audio-effects-codec", "audio-vocoder")
"""Checkpoints without which no picture is heard, and no sound of ours seen."""


def build(tab: gr.Tab, faces: FacesTab) -> None:
    """Lay out the rooms inside the open ``tab``. faces: the first tab, whose face may be taken over."""
    with gr.Tabs(overflow_behavior="wrap"):
        with gr.Tab(text("portrait.room"), id="portrait"):
            guarded("portrait", functools.partial(portrait_room.build, tab, faces), PORTRAIT, ("faces-upsampler",))
        with gr.Tab(text("cross.room"), id="cross") as cross:
            guarded("cross", functools.partial(cross_room.build, cross), CROSS, ("faces-classifier", "faces-finder"))
