"""A page of its own for the room "Sound effects", with small networks of random weights behind it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest

from genai_demo.audio import vocoder
from genai_demo.audio.effects import generate
from genai_demo.ui import effects_room, effects_sounds
from genai_demo.ui.strings import text, translations
from genai_demo.ui.theme import CSS, HEAD, theme
from tests.audio.tiny_effects import publish


def forget() -> None:
    """What was loaded or made from other weights."""
    for cached in (generate._load, generate._drawn, vocoder._load, effects_sounds._made):
        cached.cache_clear()


@contextlib.contextmanager
def networks(folder: Path) -> Iterator[pytest.MonkeyPatch]:
    """The networks in the place of the trained ones, and the page's files in a folder of the test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENAI_CHECKPOINTS", str(folder / "checkpoints"))
        patch.setenv("GENAI_DEVICE", "cpu")
        patch.setenv("GRADIO_TEMP_DIR", str(folder / "files"))
        forget()
        publish()
        yield patch
    forget()


@contextlib.contextmanager
def served() -> Iterator[str]:
    """Address of a page that holds the room behind another tab."""
    with gr.Blocks(analytics_enabled=False) as demo, gr.Tabs():
        with gr.Tab("Other"):
            gr.Markdown("Another tab.")
        with gr.Tab(text("effects.room"), id="effects") as tab:
            effects_room.build(tab)
    _, url, _ = demo.queue(default_concurrency_limit=4).launch(
        server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, theme=theme(), css=CSS, head=HEAD,
        i18n=translations(), ssr_mode=False, show_error=True, footer_links=[],
    )  # fmt: skip
    try:
        yield url
    finally:
        demo.close()
