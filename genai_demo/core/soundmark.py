"""The invisible mark in sounds: its network, and how it is put in and read.

    marked = embed(samples, bits)
    reading = detect(marked)

    embedder = Embedder(bits)
    marked = [*(embedder.add(piece) for piece in pieces), embedder.finish()]    # the same, while pieces come

The mark is a noise that repeats, shaped by the sound itself: every place of the spectrogram takes as much as it covers.
One small network says how much that is; another says which places are worth listening to. Both, and the patterns, were
trained together through what may happen to a sound on its way (``trust.sound_attacks``).
"""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.core import carriers, checkpoint
from genai_demo.core.carriers import Carriers, Reading

NAME = "trust-sound-mark"
RATE = 22_050
"""Samples a second, of everything here."""
SNR = 30.0
"""dB by which a sound is louder than the mark in it, where nothing else is asked for."""
STRENGTHS = (32.0, 29.0, 26.0, 23.0, 20.0)
"""dB that are tried one after the other, until the mark is ENOUGH: noise hides more than a tone, and needs more."""
ENOUGH, CLEAR = 10.0, 3.5
"""Standard deviations of the pilot, and of every bit on its right side."""
FLOOR = 1e-4
"""Magnitude of a spectrogram that counts as silence."""
BLOCK = 32
"""Tiles (11.9 s) that are marked at a time, each as strongly as it alone needs, so that a mark can be put in before the
end of a sound is known. One tile on either side is looked at, too."""


@dataclass(frozen=True)
class SoundMarkConfig:
    """Sizes of the network."""

    tile: int = 8192
    """Samples; the pattern repeats after so many (0.37 s)."""
    bits: int = 32
    fft: int = 512
    hop: int = 128
    width: int = 8
    """Channels of both networks."""


class SoundMark(nn.Module):
    """Where to put the mark, the patterns, and where to listen."""

    def __init__(self, config: SoundMarkConfig):
        super().__init__()
        self.config = config
        self.carriers = Carriers((config.tile,), config.bits, (0.02, 0.3))
        self.register_buffer("window", torch.hann_window(config.fft), persistent=False)
        self.place, self.listen = self._network(), self._network()

    def _network(self) -> nn.Sequential:
        width = self.config.width
        return nn.Sequential(
            nn.Conv2d(3, width, 3, padding=1), nn.GELU(),
            nn.Conv2d(width, width, 3, padding=1), nn.GELU(),
            nn.Conv2d(width, 1, 1),
        )  # fmt: skip

    def residue(self, wave: Tensor, bits: Tensor, snr: float = SNR) -> Tensor:
        """What is added: sounds (B, S) in [-1, 1], bits (B, bits) -> (B, S)."""
        spectrum = self.spectrum(wave)
        cover = _around(spectrum.abs())
        gain = (1.5 * torch.tanh(self.place(_features(spectrum, cover)))[:, 0]).exp()
        pattern = self.spectrum(carriers.repeated(self.carriers.mixed(bits), (wave.shape[-1],)))
        added = self.wave(pattern * cover * gain, wave.shape[-1])
        size = wave.square().mean(-1, keepdim=True).sqrt() * 10 ** (-snr / 20)
        return added * size / added.square().mean(-1, keepdim=True).sqrt().clamp_min(1e-9)

    def residual(self, wave: Tensor) -> Tensor:
        """The sound with all places of its spectrogram about equally loud, and weighted: (B, S) -> (B, S)."""
        spectrum = self.spectrum(wave)
        cover = _around(spectrum.abs())
        weight = F.softplus(self.listen(_features(spectrum, cover)))[:, 0]
        return self.wave(spectrum / (cover + FLOOR) * weight, wave.shape[-1])

    def sums(self, wave: Tensor) -> Tensor:
        """What ``Carriers`` reads: (B, tile)."""
        return carriers.summed(self.residual(wave), self.carriers.tile)

    def spectrum(self, wave: Tensor) -> Tensor:
        """(B, S) -> (B, fft / 2 + 1, frames), complex."""
        fft, hop = self.config.fft, self.config.hop
        return torch.stft(wave, fft, hop, window=self.window, center=True, pad_mode="constant", return_complex=True)

    def wave(self, spectrum: Tensor, samples: int) -> Tensor:
        """The inverse of ``spectrum``."""
        return torch.istft(spectrum, self.config.fft, self.config.hop, window=self.window, length=samples)


def _around(magnitude: Tensor) -> Tensor:
    """Loudness of a place's surroundings: mean square over 5 frequencies and 3 frames, as a magnitude."""
    power = F.avg_pool2d(magnitude.square()[:, None], (5, 3), 1, (2, 1), count_include_pad=False)[:, 0]
    return (power + FLOOR**2).sqrt()


def _features(spectrum: Tensor, cover: Tensor) -> Tensor:
    """(B, 3, F, T): loudness against the whole sound, how much a place stands out, its frequency."""
    loud = cover.log()
    loud = loud - loud.amax((1, 2), keepdim=True)
    out = (spectrum.abs() + FLOOR).log() - cover.log()
    height = torch.linspace(-1, 1, cover.shape[1], device=cover.device)[None, :, None].expand_as(cover)
    return torch.stack([loud / 4 + 1, out, height], 1)


def load() -> SoundMark:
    """The published network. Raises ValueError where it is missing or broken."""
    return load_from(checkpoint.folder())


@functools.cache
def load_from(folder: Path) -> SoundMark:
    """The network of a folder of checkpoints, which is the one in use. Another folder, another network."""
    config = SoundMarkConfig(**checkpoint.read_card(NAME)["config"])
    return checkpoint.load_weights(NAME, SoundMark(config))  # type: ignore[return-value]


def residue(
    samples: np.ndarray, bits: Tensor, network: SoundMark | None = None, snr: float | None = None
) -> np.ndarray:
    """What is to be added to a sound (S,) float32 at RATE so that it carries the bits (bits,) of 0 and 1: (S,).

    snr: dB; None for the weakest of STRENGTHS that is ENOUGH, in every block.
    """
    network = network or load()
    tile, size = network.config.tile, BLOCK * network.config.tile
    added = np.empty(len(samples), np.float32)
    for start in range(0, len(samples), size):
        before = min(start, tile)
        window = samples[start - before : start + size + tile]
        added[start : start + size] = _residue(window, bits, network, snr)[before : before + size]
    return added


@torch.inference_mode()
def _residue(samples: np.ndarray, bits: Tensor, network: SoundMark, snr: float | None) -> np.ndarray:
    """As ``residue``, of one block with its surroundings; they begin with a tile."""
    wave = torch.from_numpy(np.ascontiguousarray(samples, np.float32))[None]
    signs = (2 * bits - 1).tolist()
    first = network.residue(wave, bits[None].float(), 0.0)
    for strength in STRENGTHS if snr is None else (snr,):
        added = first * 10 ** (-strength / 20)
        if snr is None:
            found = carriers.decide(network.carriers, network.sums((wave + added).clamp(-1, 1)))
            clearest = min(sign * margin for sign, margin in zip(signs, found.margins, strict=True))
            if found.z >= ENOUGH and clearest >= CLEAR:
                break
    return added[0].numpy()


def embed(samples: np.ndarray, bits: Tensor, network: SoundMark | None = None, snr: float | None = None) -> np.ndarray:
    """The sound (S,) float32 at RATE with the mark in it, never beyond full scale; see ``residue``."""
    return np.clip(samples + residue(samples, bits, network, snr), -1, 1)


class Embedder:
    """Puts the mark in while a sound is made; what comes out, joined, is bit for bit what ``embed`` makes of it."""

    def __init__(self, bits: Tensor, network: SoundMark | None = None):
        self.bits = bits
        self.network = network or load()
        self._held = np.zeros(0, np.float32)
        """What comes next, after ``_before`` samples that have been given out."""
        self._before = 0

    def add(self, samples: np.ndarray) -> np.ndarray:
        """Take the next (S,) float32 at RATE; returns what is marked by now, often nothing: whole blocks."""
        self._held = np.concatenate([self._held, samples])
        return self._blocks((BLOCK + 1) * self.network.config.tile)

    def finish(self) -> np.ndarray:
        """The rest, after the last ``add``."""
        return self._blocks(1)

    def _blocks(self, least: int) -> np.ndarray:
        """Marked, as long as so many samples are there that were not given out."""
        tile, size = self.network.config.tile, BLOCK * self.network.config.tile
        marked = [self._held[:0]]
        while len(self._held) - self._before >= least:
            window, block = self._held[: self._before + size + tile], slice(self._before, self._before + size)
            marked.append(np.clip(window[block] + _residue(window, self.bits, self.network, None)[block], -1, 1))
            self._held, self._before = self._held[self._before + size - tile :], tile
        return np.concatenate(marked)


@torch.inference_mode()
def detect(samples: np.ndarray, network: SoundMark | None = None) -> Reading:
    """Look for the mark in a sound (S,) float32 at RATE."""
    network = network or load()
    wave = torch.from_numpy(np.ascontiguousarray(samples, np.float32))[None]
    return carriers.decide(network.carriers, network.sums(wave))
