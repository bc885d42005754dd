"""The tab "Text continuation": five rooms around one model."""

import contextlib

import gradio as gr

from genai_demo.text import generate
from genai_demo.ui import chat_room, code_room, inside_room, own_weights, policy, translate_room, write_room
from genai_demo.ui.quality import show_text_quality
from genai_demo.ui.strings import text


def _warm_up() -> None:
    with contextlib.suppress(ValueError):  # without a checkpoint the buttons say so
        generate.warm_up()


def build(demo: gr.Blocks, tabs: gr.Tabs, tab: gr.Tab) -> None:
    """Lay out the rooms inside the open ``tab``. ``tabs``: the outer ones, which a link may switch."""
    own_weights.note(tab, generate.NAME, "text")
    with gr.Tabs(overflow_behavior="wrap"):
        with gr.Tab(text("room.write"), id="write"):
            write_room.build(demo, tabs)
        with gr.Tab(text("room.translate"), id="translate"):
            translate_room.build()
        with gr.Tab(text("room.chat"), id="chat"):
            chat_room.build()
        with gr.Tab(text("room.code"), id="code"):
            code_room.build()
        with gr.Tab(text("room.inside"), id="inside"):
            inside_room.build()
    with gr.Accordion(text("text.quality"), open=False):
        table = gr.HTML()
    tab.select(_warm_up, queue=False, show_progress="hidden", api_visibility="private")
    demo.load(show_text_quality, None, table, api_name="text_quality", show_progress="hidden")
    gr.Markdown(text("text.note"), elem_classes="notice")
    gr.Markdown(text(policy.note()), elem_classes="notice", elem_id="policy-note")
