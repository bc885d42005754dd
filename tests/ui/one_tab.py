"""A page with one tab of the interface, for tests that need no more of it."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from genai_demo.ui.app import with_queue
from genai_demo.ui.page import Page
from genai_demo.ui.strings import text, translations
from genai_demo.ui.theme import CSS, HEAD, theme


@contextlib.contextmanager
def serving(name: str, build: Callable[[gr.Tab], Any]) -> Iterator[str]:
    """Address of a page that holds the tab behind another one. name: key of its label. build: lays it out."""
    with Page(analytics_enabled=False) as demo, gr.Tabs():
        with gr.Tab("Other"):
            gr.Markdown("Another tab.")
        with gr.Tab(text(name), id=name) as tab:
            build(tab)
    _, url, _ = with_queue(demo).launch(
        server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, theme=theme(), css=CSS, head=HEAD,
        i18n=translations(), ssr_mode=False, show_error=True, footer_links=[], _frontend=False,
    )  # fmt: skip
    try:
        yield url
    finally:
        demo.close()
