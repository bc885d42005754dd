"""The tab "Trust": what is this file, what is this text, can it be made again, and what are the models made of."""

import gradio as gr

from genai_demo.core import limits
from genai_demo.ui.common import MODEL_EVENT
from genai_demo.ui.strings import add_texts, text
from genai_demo.ui.texts_trust import TRUST
from genai_demo.ui.trust_actions import FOUND_CSS, inspect_file, inspect_text, open_trust, remake_file
from genai_demo.ui.trust_cards import CARDS_CSS, show_cards

add_texts(TRUST)


def build(tab: gr.Tab) -> None:
    """Lay out the rooms inside the open ``tab`` and connect their events."""
    opened = gr.State(False, time_to_live=1800)
    with gr.Tabs(overflow_behavior="wrap"):
        with gr.Tab(text("trust.file.room"), id="file"):
            upload, found = _file_room()
        with gr.Tab(text("trust.text.room"), id="mark"):
            _text_room()
        with gr.Tab(text("cards.room"), id="cards") as inner:
            gr.Markdown(text("cards.note"), elem_classes="notice")
            page = gr.HTML(css_template=CARDS_CSS, html_template="${value}", apply_default_css=False, elem_id="cards")
    gr.Markdown(text("trust.honest"), elem_classes="notice")
    tab.select(
        open_trust, opened, [opened, upload, found], api_visibility="private", show_progress="hidden", **MODEL_EVENT
    )
    inner.select(show_cards, None, page, api_name="model_cards", show_progress="hidden")


def _found(elem_id: str) -> gr.HTML:
    return gr.HTML(css_template=FOUND_CSS, html_template="${value}", apply_default_css=False, elem_id=elem_id)


def _file_room() -> tuple[gr.File, gr.HTML]:
    """Its box for a file, and what is found in it."""
    gr.Markdown(text("trust.file.note"), elem_classes="notice")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=260):
            upload = gr.File(label=text("trust.file"), type="filepath", height=180, elem_id="trust-file")
            with gr.Row(elem_classes="buttons"):
                look = gr.Button(text("trust.look"), variant="primary", min_width=110, elem_id="trust-look")
                again = gr.Button(text("trust.again"), min_width=150, elem_id="trust-again")
            gr.Markdown(text("trust.again.note"), elem_classes="notice")
        with gr.Column(min_width=300):
            found = _found("trust-found")
            compared = _found("trust-compared")
            made = gr.File(label=text("trust.made"), interactive=False, visible=False, elem_id="trust-made")
    clear = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
    upload.clear(lambda: ("", "", gr.File(None, visible=False)), None, [found, compared, made], **clear)
    looked = {"fn": inspect_file, "inputs": upload, "outputs": found, "show_progress": "hidden"}
    wipe = {"fn": lambda: "", "inputs": None, "outputs": found} | clear
    look.click(**looked, api_name="inspect_file").failure(**wipe)
    upload.upload(lambda: ("", gr.File(None, visible=False)), None, [compared, made], **clear).then(
        **looked, api_visibility="private"
    ).failure(**wipe)
    remade = again.click(remake_file, upload, [compared, made], api_name="remake_file", **MODEL_EVENT)
    remade.success(lambda: gr.File(visible=True), None, made, **clear)
    remade.failure(lambda: ("", gr.File(None, visible=False)), None, [compared, made], **clear)
    return upload, found


def _text_room() -> None:
    gr.Markdown(text("trust.text.note"), elem_classes="notice")
    words = gr.Textbox(
        label=text("trust.words"), info=text("trust.words.info"), lines=8, max_lines=20,
        max_length=limits.MAX_PROMPT, elem_id="trust-words",
    )  # fmt: skip
    look = gr.Button(text("trust.look"), variant="primary", elem_id="trust-look-text")
    found = _found("trust-mark")
    clear = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
    look.click(inspect_text, words, found, api_name="inspect_text", show_progress="hidden").failure(
        lambda: "", None, found, **clear
    )
