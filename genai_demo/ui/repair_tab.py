"""The tab "Image repair": rooms for pictures that are broken, and for pictures that are not yet art."""

import gradio as gr

from genai_demo.ui import art_room, compose_room, repair_room
from genai_demo.ui.quality import show_repair_quality
from genai_demo.ui.strings import text


def build(demo: gr.Blocks) -> None:
    """Lay out the rooms inside the open ``gr.Tab``."""
    with gr.Tabs(overflow_behavior="wrap"):
        with gr.Tab(text("repair.room"), id="repair"):
            repair_room.build(demo)
            with gr.Accordion(text("quality"), open=False):
                gr.Markdown(text("repair.quality.note"), elem_classes="notice")
                table = gr.HTML()
        with gr.Tab(text("compose.room"), id="compose") as tab:
            compose_room.build(tab)
        with gr.Tab(text("art.room"), id="art") as tab:
            art_room.build(tab)
    demo.load(show_repair_quality, None, table, api_name="repair_quality", show_progress="hidden")
    gr.Markdown(text("repair.honest"), elem_classes="notice")
