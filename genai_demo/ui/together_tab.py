"""The tab "Together": rooms in which several models make one thing."""

import functools

import gradio as gr

from genai_demo.ui import portrait_room
from genai_demo.ui.faces_tab import FacesTab
from genai_demo.ui.health import guarded
from genai_demo.ui.strings import text

PORTRAIT = ("faces-gan", "faces-finder", "audio-speech", "audio-letters", "audio-vocoder")
"""Checkpoints without which no portrait speaks."""


def build(tab: gr.Tab, faces: FacesTab) -> None:
    """Lay out the rooms inside the open ``tab``. faces: the first tab, whose face may be taken over."""
    with gr.Tabs(overflow_behavior="wrap"), gr.Tab(text("portrait.room"), id="portrait"):
        guarded("portrait", functools.partial(portrait_room.build, tab, faces), PORTRAIT, ("faces-upsampler",))
