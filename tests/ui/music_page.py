"""A page of its own for the audio tab with the room "Music", over a small network of random weights."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from genai_demo.audio.music import generate, tunes
from genai_demo.audio.music.events import ROWS
from genai_demo.audio.music.pieces import Note
from genai_demo.core import checkpoint
from genai_demo.core.transformer import Transformer, TransformerConfig
from genai_demo.ui import audio_tab
from tests.ui.one_tab import serving

STYLES = {"jig": {"6/8": 90}, "reel": {"4/4": 80, "2/4": 20}, "chorale": {"4/4": 60}}
CONFIG = TransformerConfig(ROWS, layers=1, width=32, heads=2, context=512)
KNOWN = [Note(12 * i, 12, 60 + i * i % 19) for i in range(40)]
"""The one training tune of the index."""


def forget() -> None:
    """What was loaded from other weights."""
    for cached in (generate._load, generate._card, tunes.index):
        cached.cache_clear()


def publish() -> None:
    """Network and index into the folder of GENAI_CHECKPOINTS."""
    torch.manual_seed(0)
    data = {"styles": {style: sum(metres.values()) for style, metres in STYLES.items()}}
    card = {"config": vars(CONFIG), "data": data, "metres": STYLES, "metres_with_chords": {}}
    card |= {"out_of_key": {style: {"mean": 0.01, "most": 0.05} for style in STYLES}}
    checkpoint.save_checkpoint(generate.NAME, Transformer(CONFIG), card)
    tunes.publish([("The Known Tune", KNOWN)], "none")


@contextlib.contextmanager
def music(folder: Path) -> Iterator[pytest.MonkeyPatch]:
    """The network in the place of the trained one, and the page's files in a folder of the test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENAI_CHECKPOINTS", str(folder / "checkpoints"))
        patch.setenv("GENAI_DEVICE", "cpu")
        patch.setenv("GRADIO_TEMP_DIR", str(folder / "files"))
        forget()
        publish()
        yield patch
    forget()


def served() -> contextlib.AbstractContextManager[str]:
    """As ``serving``."""
    return serving("tab.audio", audio_tab.build)
