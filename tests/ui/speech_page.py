"""A page of its own for the room "Speech", with small networks of random weights behind it."""

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import torch

from genai_demo.audio import vocoder
from genai_demo.audio.speech import generate
from genai_demo.audio.speech.features import SPEAKERS
from genai_demo.audio.speech.model import SpeechModel
from genai_demo.audio.speech.phonemes import MARKS, SYMBOLS
from genai_demo.audio.vocoder import Vocoder, VocoderConfig
from genai_demo.core import checkpoint
from genai_demo.ui import speech_actions, speech_room
from tests.audio.tiny_speech import CONFIG
from tests.ui.one_tab import serving

VOCODER = VocoderConfig(width=32, hidden=64, blocks=3, listening=1)


def forget() -> None:
    """What was loaded or made from other weights."""
    for cached in (generate._load, generate._card, vocoder._load, speech_actions._example):
        cached.cache_clear()


TAUGHT = ("af_heart", "am_michael", "zf_xiaoxiao")
"""Voices of a teacher."""


def publish(names: Sequence[str] = SPEAKERS) -> None:
    """Both networks into the folder of GENAI_CHECKPOINTS. names: of three voices."""
    torch.manual_seed(1)
    net = SpeechModel(CONFIG)
    for table in net.encoder.embeddings:
        torch.nn.init.normal_(table.weight)
    torch.nn.init.normal_(net.refiner.out.weight, std=0.3)
    net.mel_mean.fill_(-5.0)
    net.pitch_mean.copy_(torch.tensor([165.0, 270.0, 280.0]).log())
    card = {"config": dataclasses.asdict(CONFIG), "symbols": list(SYMBOLS), "marks": list(MARKS)}
    card["voices"] = list(names)
    checkpoint.save_checkpoint(generate.NAME, net, card)
    checkpoint.save_checkpoint(vocoder.NAME, Vocoder(VOCODER), {"config": dataclasses.asdict(VOCODER)})


@contextlib.contextmanager
def voices(folder: Path, names: Sequence[str] = SPEAKERS) -> Iterator[pytest.MonkeyPatch]:
    """The networks in the place of the trained ones, and the page's files in a folder of the test."""
    with pytest.MonkeyPatch.context() as patch:
        letters = checkpoint.folder()
        patch.setenv("GENAI_CHECKPOINTS", str(folder / "checkpoints"))
        patch.setenv("GENAI_DEVICE", "cpu")
        patch.setenv("GRADIO_TEMP_DIR", str(folder / "files"))
        forget()
        publish(names)
        for path in letters.resolve().glob("audio-letters*"):  # words that no dictionary knows
            (folder / "checkpoints" / path.name).symlink_to(path)
        yield patch
    forget()


def served() -> contextlib.AbstractContextManager[str]:
    """As ``serving``."""
    return serving("speech.room", speech_room.build)
