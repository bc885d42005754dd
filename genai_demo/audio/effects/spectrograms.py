"""Recordings as the networks see them: mel-spectrograms of even level, with their measured traits.

Levels are made even in the mel domain, where a gain is a sum. Brightness and density are measured on
every clip and kept as ranks within its kind, so that the sliders mean the same for every kind.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from genai_demo.audio import clips
from genai_demo.audio import mel as spectrogram
from genai_demo.audio.effects import data
from genai_demo.audio.effects.kinds import KINDS, NAMES
from genai_demo.audio.mel import HOP, LOWEST, RATE, SHORTEST

LEVEL = 1.0
"""What ``level`` becomes in every clip."""
QUIET = 6.0
"""Natural logarithm, 52 dB: what lies so far below the loudest frame at the ends of an event is cut off."""
AUDIBLE = 4.0
"""35 dB: onsets further below the level do not count for the density."""
GROUPS = 10
"""Groups of bands in which onsets are looked for."""


@dataclass
class Spectrograms:
    """Clips of one split."""

    mels: list[np.ndarray]
    """(100, T) float16 each."""
    kinds: np.ndarray
    """(N,) int64 into ``kinds.NAMES``."""
    rows: list[clips.Row]
    """What the index says of each clip."""

    def __len__(self) -> int:
        return len(self.mels)

    def mel(self, index: int) -> Tensor:
        """(100, T) float32."""
        return torch.from_numpy(self.mels[index].astype(np.float32))

    @cached_property
    def balanced(self) -> np.ndarray:
        """Clips in which every kind comes equally often, see ``balanced``."""
        return balanced(self.kinds)

    @cached_property
    def traits(self) -> np.ndarray:
        """(N, 2) float32: ranks of brightness and density within the kind, -1..1."""
        measured = np.array([[brightness(m), density(m)] for m in self.mels]).reshape(-1, 2)
        return np.stack([ranks(column, self.kinds) for column in measured.T], 1)


def load(split: str, folder: str | Path | None = None, speed: float = 1.0) -> Spectrograms:
    """One split ("train" or "held_out") of the prepared effects, played ``speed`` times as fast.

    Raises ValueError where there is no prepared set, or it has no such clips.
    """
    found = data.load(folder).chosen(split=split)
    rows = [row for row in found.rows if row["class"] in KINDS]
    if not rows:
        raise ValueError("The prepared effects have no clips of the known kinds; run `... data audio` again.")
    found = clips.Clips(found.samples, rows, found.card)
    mels = [analysed(found[i], KINDS[row["class"]].ambient, speed) for i, row in enumerate(rows)]
    return Spectrograms(mels, np.array([NAMES.index(row["class"]) for row in rows]), rows)


def balanced(kinds: np.ndarray) -> np.ndarray:
    """Indices into ``kinds`` (N,) in which every kind comes as often as the largest: its clips again and again."""
    found = [np.flatnonzero(kinds == kind) for kind in np.unique(kinds)]
    most = max(map(len, found))
    return np.concatenate([np.resize(mine, most) for mine in found])


def analysed(wave: np.ndarray, ambient: bool, speed: float = 1.0) -> np.ndarray:
    """(S,) float32 to a mel-spectrogram (100, T) float16 of even level; the silence around an event is cut off."""
    if speed != 1:
        wave = varied(wave, speed)
    mel = spectrogram.analyse(np.pad(wave, (0, max(0, SHORTEST - len(wave)))))
    if not ambient:
        levels = frame_levels(mel)
        heard = np.flatnonzero(levels > levels.max() - QUIET)
        mel = mel[:, max(0, heard[0] - 1) : heard[-1] + 2]
    return np.maximum(mel + (LEVEL - level(mel)), LOWEST).astype(np.float16)


def varied(wave: np.ndarray, speed: float) -> np.ndarray:
    """(S,) played ``speed`` times as fast, and so higher and shorter: resampled through its spectrum."""
    spectrum = np.fft.rfft(wave)
    length = max(2, round(len(wave) / speed))
    kept = np.zeros(length // 2 + 1, spectrum.dtype)
    shared = min(len(kept), len(spectrum))
    kept[:shared] = spectrum[:shared]
    return (np.fft.irfft(kept, length) * (length / len(wave))).astype(np.float32)


# --------------------------------------------------------------------------- measures


def frame_levels(mel: np.ndarray) -> np.ndarray:
    """Log magnitude over all bands: (100, T) -> (T,)."""
    return 0.5 * np.log(np.exp(2 * mel.astype(np.float64)).sum(0))


def level(mel: np.ndarray) -> float:
    """The frame level that 5 % of the frames of (100, T) exceed."""
    return float(np.quantile(frame_levels(mel), 0.95))


def brightness(mel: np.ndarray) -> float:
    """Centre of the energy of (100, T) on the axis of the bands, 0..1 (spectral centroid)."""
    energy = np.exp(2 * mel.astype(np.float64)).sum(1)
    return float((energy * np.arange(len(energy))).sum() / energy.sum() / len(energy))


def density(mel: np.ndarray) -> float:
    """How much begins: rises of the log magnitude in ten groups of bands, in nepers a second and group.

    The spectral flux of Bello et al. 2005, on a logarithmic scale.
    """
    if mel.shape[1] < 2:
        return 0.0
    energy = np.exp(2 * mel.astype(np.float64)).reshape(GROUPS, -1, mel.shape[1]).sum(1)
    logs = np.maximum(0.5 * np.log(energy), level(mel) - AUDIBLE)
    return float(np.maximum(np.diff(logs, axis=1), 0).mean() * RATE / HOP)


def ranks(values: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """(N,) to places within their kind, spread evenly over -1..1; 0 where a kind has one clip."""
    found = np.zeros(len(values), np.float32)
    for kind in np.unique(kinds):
        mine = np.flatnonzero(kinds == kind)
        if len(mine) > 1:
            found[mine] = values[mine].argsort(kind="stable").argsort(kind="stable") / (len(mine) - 1) * 2 - 1
    return found
