"""A page of its own for the room "Sound effects", with small networks of random weights behind it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from genai_demo.audio import vocoder
from genai_demo.audio.effects import generate
from genai_demo.ui import effects_room, effects_sounds
from tests.audio.tiny_effects import publish
from tests.ui.one_tab import serving


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


def served() -> contextlib.AbstractContextManager[str]:
    """As ``serving``."""
    return serving("effects.room", effects_room.build)
