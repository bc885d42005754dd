"""A page of its own for the lab tab."""

import contextlib
from collections.abc import Iterator

import gradio as gr
import torch

from genai_demo.ui import lab_tab
from genai_demo.ui.strings import text, translations
from genai_demo.ui.theme import CSS, HEAD, theme


@contextlib.contextmanager
def served() -> Iterator[str]:
    """Address of a page that holds the lab tab behind another one. One thread: several wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with gr.Blocks(analytics_enabled=False) as demo, gr.Tabs():
        with gr.Tab("Other"):
            gr.Markdown("Another tab.")
        with gr.Tab(text("tab.lab"), id="lab") as tab:
            lab_tab.build(tab)
    _, url, _ = demo.queue(default_concurrency_limit=4).launch(
        server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, theme=theme(), css=CSS, head=HEAD,
        i18n=translations(), ssr_mode=False, show_error=True, footer_links=[], _frontend=False,
    )  # fmt: skip
    try:
        yield url
    finally:
        demo.close()
        torch.set_num_threads(threads)
