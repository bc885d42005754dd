"""Made-up recordings of four kinds, and small networks for the sound effects."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from genai_demo.audio import clips, vocoder
from genai_demo.audio.effects.classifier import ClassifierConfig
from genai_demo.audio.effects.codec import Codec, CodecConfig
from genai_demo.audio.effects.kinds import NAMES
from genai_demo.audio.effects.model import Effects, EffectsConfig
from genai_demo.audio.mel import RATE
from genai_demo.core import checkpoint

KINDS = ("rain", "helicopter", "dogs", "game_coin")
CODEC = CodecConfig(latent=6, width=16, deep_width=24, blocks=1, deep_blocks=1)
CLASSIFIER = ClassifierConfig(NAMES, width=4, features=8)
EFFECTS = EffectsConfig(NAMES, latent=6, width=24, blocks=2, attention_every=2, heads=2)


def sound(kind: str, seed: int) -> np.ndarray:
    """Hiss, hiss in pulses, falling bursts, two notes: (S,) float32."""
    rng = np.random.default_rng((KINDS.index(kind), seed))
    seconds = {"rain": 1.6, "helicopter": 1.6, "dogs": 0.5, "game_coin": 0.25}[kind] * rng.uniform(0.9, 1.1)
    time = np.arange(int(seconds * RATE)) / RATE
    noise = rng.standard_normal(len(time))
    pitch = rng.uniform(400, 500)
    wave = {
        "rain": noise,
        "helicopter": np.cumsum(noise - noise.mean()) * (np.sin(2 * np.pi * 8 * time) > 0.3) / 30,
        "dogs": np.sin(2 * np.pi * pitch * time * (1 - time / 2)) * np.exp(-5 * time),
        "game_coin": np.sign(np.sin(2 * np.pi * pitch * (2 + (time > 0.1)) * time)),
    }[kind]
    return (0.3 * wave / np.abs(wave).max()).astype(np.float32)


def write_set(home: Path, count: int = 8) -> None:
    """``data/effects`` as ``data audio`` leaves it: every fourth clip is held out."""

    def made() -> Iterator[tuple[np.ndarray, clips.Row]]:
        for kind in KINDS:
            for i in range(count):
                row = {"id": f"{kind}/{i}.ogg", "class": kind, "source": f"{kind}{i}", "licence": "CC0"}
                yield sound(kind, i), row

    def split(rows: list[clips.Row]) -> None:
        for i, row in enumerate(rows):
            row["split"] = clips.SPLITS[i % 4 == 3]

    clips.store(made(), home / "data" / "effects", clips.Checks(), split, "class")


def lively(network: nn.Module, seed: int = 0) -> nn.Module:
    """Random weights without the zeros that training starts from."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in network.parameters():
            p.add_(0.1 * torch.randn(p.shape, generator=generator))
    return network.requires_grad_(False).eval()


def publish() -> None:
    """Small networks with random weights, vocoder included, into the folder of GENAI_CHECKPOINTS."""
    torch.manual_seed(0)
    config = vocoder.VocoderConfig(width=32, hidden=48, blocks=3)
    networks = {
        "audio-vocoder": (vocoder.Vocoder(config), config),
        "audio-effects-codec": (lively(Codec(CODEC)), CODEC),
        "audio-effects": (lively(Effects(EFFECTS)), EFFECTS),
    }
    for name, (network, settings) in networks.items():
        checkpoint.save_checkpoint(name, network, {"config": dataclasses.asdict(settings)})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for data and checkpoints; the first device is the CPU."""
    monkeypatch.setenv("GENAI_HOME", str(tmp_path))
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    return tmp_path
