"""A folder of small random networks in the place of every published one, with the published cards around them."""

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from genai_demo.audio.effects.codec import Codec
from genai_demo.audio.effects.model import Effects
from genai_demo.audio.music.events import ROWS
from genai_demo.audio.speech.features import SPEAKERS
from genai_demo.audio.speech.model import SpeechModel
from genai_demo.audio.vocoder import Vocoder, VocoderConfig
from genai_demo.core import checkpoint
from genai_demo.core.transformer import Transformer, TransformerConfig
from genai_demo.faces.encoders import VAE, Classifier, Encoder
from genai_demo.faces.model import Discriminator, Generator
from genai_demo.faces.upsampler import Upsampler
from genai_demo.repair.model import Restorer
from genai_demo.text.tokenizer import load_tokenizer
from tests.audio.tiny_effects import CODEC, EFFECTS
from tests.audio.tiny_speech import CONFIG as SPEECH
from tests.faces.tiny import ENCODER, GAN, UPSAMPLER, VARIATIONAL, awake
from tests.repair.tiny import CONFIG as REPAIR

VOCODER = VocoderConfig(width=32, hidden=48, blocks=3)
MUSIC = TransformerConfig(ROWS, layers=1, width=32, heads=2, context=256)
AS_PUBLISHED = (
    "audio-letters", "audio-music-tunes", "faces-finder", "policy", "repair-blemishes", "repair-cutout",
    "trust-picture-mark", "trust-sound-mark",
)  # fmt: skip
"""Small enough, or of no use with random weights."""


def decided(network: nn.Module) -> nn.Module:
    """Random weights that know what they want: where two answers are as likely, rounding would choose."""
    awake(network)
    with torch.no_grad():
        if isinstance(network, Transformer):
            network.embedding.weight.mul_(6)
        if isinstance(network, Vocoder):
            network.pitch.bias[40] += 20
    return network


def networks() -> dict[str, tuple[nn.Module, Any]]:
    """Name of checkpoint to network and settings."""
    torch.manual_seed(0)
    text = TransformerConfig(load_tokenizer().size, layers=2, width=32, heads=2, context=64)
    return {
        "faces-gan": (Generator(GAN), GAN),
        "faces-discriminator": (Discriminator(GAN), GAN),
        "faces-vae": (VAE(VARIATIONAL), VARIATIONAL),
        "faces-encoder": (Encoder(ENCODER), ENCODER),
        "faces-classifier": (Classifier(ENCODER), ENCODER),
        "repair": (Restorer(REPAIR), REPAIR),
        "text": (Transformer(text), text),
        "audio-music": (Transformer(MUSIC), MUSIC),
        "audio-speech": (SpeechModel(SPEECH), SPEECH),
        "audio-vocoder": (Vocoder(VOCODER), VOCODER),
        "audio-effects": (Effects(EFFECTS), EFFECTS),
        "audio-effects-codec": (Codec(CODEC), CODEC),
        "faces-upsampler": (Upsampler(UPSAMPLER), UPSAMPLER),
    }


def publish(folder: Path) -> None:
    """Fill a folder for GENAI_CHECKPOINTS, which must name it already."""
    published = Path(checkpoint.__file__).parents[2] / "checkpoints"
    folder.mkdir(parents=True)
    for path in published.iterdir():
        if path.name.split(".")[0] in AS_PUBLISHED:
            shutil.copyfile(path, folder / path.name)
    for name, (network, config) in networks().items():
        card = checkpoint.json.loads((published / f"{name}.json").read_text(encoding="utf-8"))
        directions = [
            {"name": "smile", "group": "learned", "labels": {"en": "Smile"}, "vector": np.eye(16)[0].tolist()}
        ]
        card |= {"config": dataclasses.asdict(config), "directions": directions, "voices": list(SPEAKERS)}
        if "real_faces" in card:
            card["real_faces"] = {"centre": [0.0] * 16, "whitening": np.eye(16)[:4].tolist(), "edge": 1.4}
        checkpoint.save_checkpoint(name, decided(network), card)
