"""The tab "Lab": small trainings that run live."""

import gradio as gr

from genai_demo.ui import gan_lab_room
from genai_demo.ui.strings import text


def build(tab: gr.Tab) -> None:
    """Lay out the rooms inside the open ``tab``. The first one opens with it."""
    with gr.Tabs(), gr.Tab(text("gan.room"), id="gan"):
        gan_lab_room.build(tab)
