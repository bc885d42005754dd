"""The audio tab alone, over small random models."""

from collections.abc import Iterator

import gradio as gr
import torch

from genai_demo.audio.music import generate, tunes
from genai_demo.audio.music.events import ROWS
from genai_demo.core import checkpoint
from genai_demo.core.transformer import Transformer, TransformerConfig
from genai_demo.ui.strings import translations
from genai_demo.ui.theme import CSS, HEAD, theme

STYLES = {"jig": {"6/8": 90}, "reel": {"4/4": 80, "2/4": 20}, "chorale": {"4/4": 60}}
CONFIG = TransformerConfig(ROWS, layers=1, width=32, heads=2, context=512)


def publish_music() -> None:
    """A model that knows nothing, and an index of one tune that nothing resembles."""
    torch.manual_seed(0)
    data = {"styles": {style: sum(metres.values()) for style, metres in STYLES.items()}}
    card = {"config": vars(CONFIG), "data": data, "metres": STYLES, "metres_with_chords": {}}
    card |= {"out_of_key": {style: {"mean": 0.01, "most": 0.05} for style in STYLES}}
    checkpoint.save_checkpoint(generate.NAME, Transformer(CONFIG), card)
    notes = generate.melody_of([(i / 2, 0.5, 60 + i * i % 19) for i in range(40)]).lead
    tunes.publish([("The Known Tune", notes)], "none")


def forget() -> None:
    """Drop what the doors keep of their checkpoints."""
    for cached in (generate._load, generate._card, tunes.index):
        cached.cache_clear()


def serve() -> Iterator[str]:
    """The tab at an address, until the iterator is closed."""
    from genai_demo.ui import audio_tab

    with gr.Blocks(title="audio", analytics_enabled=False) as demo, gr.Tabs():
        with gr.Tab("First", id="first"):
            gr.Markdown("Nothing here.")
        with gr.Tab("Audio synthesis", id="audio") as tab:
            audio_tab.build(tab)
    _, url, _ = demo.queue(default_concurrency_limit=4).launch(
        prevent_thread_lock=True, quiet=True, theme=theme(), css=CSS, head=HEAD, i18n=translations(), show_error=True,
        ssr_mode=False, run_history=False, enable_monitoring=False, max_file_size="8mb",
    )  # fmt: skip
    try:
        yield url
    finally:
        demo.close()
