"""A page of its own for the tab "Trust"."""

import contextlib
from collections.abc import Iterator

import gradio as gr

from genai_demo.ui import trust_tab
from genai_demo.ui.strings import text, translations
from genai_demo.ui.theme import CSS, HEAD, theme


@contextlib.contextmanager
def served() -> Iterator[str]:
    """Address of a page that holds the tab behind another one."""
    with gr.Blocks(analytics_enabled=False) as demo, gr.Tabs():
        with gr.Tab("Other"):
            gr.Markdown("Another tab.")
        with gr.Tab(text("tab.trust"), id="trust") as tab:
            trust_tab.build(tab)
    _, url, _ = demo.queue(default_concurrency_limit=4).launch(
        server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, theme=theme(), css=CSS, head=HEAD,
        i18n=translations(), ssr_mode=False, show_error=True, footer_links=[],
    )  # fmt: skip
    try:
        yield url
    finally:
        demo.close()
