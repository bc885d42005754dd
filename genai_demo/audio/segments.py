"""What the vocoder learns from and is measured on: pieces of recordings, and their pitch."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from genai_demo.audio import clips, source
from genai_demo.audio.clips import Clips
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech.pitch import track
from genai_demo.core.loop import shard, step_seed

SETS = ("speech", "effects")
"""Folders below ``data``; those that are there are learnt from together."""


def load_sets(folders: list[str] | None = None) -> list[Clips]:
    """The sets in these folders; by default those of SETS that are there. Their cards get a ``name``."""
    default = [clips.home() / name for name in SETS if (clips.home() / name).is_dir()]
    found = []
    for folder in [Path(f) for f in folders] if folders else default:
        one = clips.load(folder)
        one.card["name"] = folder.name
        found.append(one)
    return found


class Segments:
    """Pieces of recordings, each second of sound as likely as any other; shorter clips lie amid silence."""

    def __init__(self, sets: list[Clips]):
        self.places = [(s, i) for s, found in enumerate(sets) for i in range(len(found))]
        if not self.places:
            raise ValueError("There is no sound to learn from; run `python -m genai_demo data audio` first.")
        self.sets = sets
        self.ends = np.cumsum([sets[s].rows[i]["length"] for s, i in self.places])

    def draw(self, batch: int, length: int, seed: int, step: int) -> Tensor:
        """This process's share of a step's ``batch`` segments: (B, length) float32."""
        random = torch.Generator().manual_seed(step_seed(seed, step))
        chances = shard(torch.rand(batch, 3, generator=random, dtype=torch.float64)).tolist()
        return torch.stack([self.piece(which, where, gain, length) for which, where, gain in chances])

    def piece(self, which: float, where: float, gain: float, length: int) -> Tensor:
        """The segment (length,) that three numbers from 0 to 1 stand for."""
        s, i = self.places[int(np.searchsorted(self.ends, which * self.ends[-1], "right"))]
        wave = self.sets[s][i]
        spare = len(wave) - length
        if spare >= 0:
            start = int(where * (spare + 1))
            found = wave[start : start + length]
        else:
            before = int(where * (1 - spare))
            found = np.pad(wave, (before, -spare - before))
        # Up to 20 dB softer or 6 dB louder, but never clipped: recordings are normalised, results are not.
        loudest = min(2.0, 1 / max(0.05, float(np.abs(found).max())))
        return torch.from_numpy(found * np.float32(min(loudest, 0.1 * 20**gain)))


def pitch_targets(wave: Tensor) -> tuple[Tensor, Tensor]:
    """The tracker's pitch in hertz (B, T), 0 for none, and as chances of the classes (B, T, 1 + 156).

    A bell of one bin's width around the pitch, so that near misses cost less (Kim et al. 2018).
    """
    hertz = torch.stack([track(w) for w in wave])
    hertz = hertz * ((hertz >= source.LOWEST) & (source.bins_of(hertz) < source.BINS - 1))
    apart = torch.arange(source.BINS, device=wave.device) - source.bins_of(hertz)[..., None]
    bell = (-apart.square() / 2).softmax(-1) * (hertz > 0)[..., None]
    return hertz, torch.cat([(hertz == 0).float()[..., None], bell], -1)


def probes(found: Clips, count: int, seconds: float = 2.0) -> list[Tensor]:
    """The same held-out clips every time, spread evenly: (S,) each, of 0.2 s or more."""
    long = [i for i, row in enumerate(found.rows) if row["length"] >= 0.2 * RATE]
    chosen = [long[int(len(long) * (k + 0.5) / count)] for k in range(min(count, len(long)))]
    return [torch.from_numpy(found[i][: int(seconds * RATE)]) for i in chosen]
