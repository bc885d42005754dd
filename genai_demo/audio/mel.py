"""The mel-spectrogram that all of audio shares: models write it, the vocoder reads it.

Frames of 1,024 samples at every 256th, centred, Hann window, magnitudes summed into 100 bands from
0 to 11,025 Hz that are spaced and weighted as Slaney's Auditory Toolbox does (librosa's default),
and the natural logarithm of what is at least 1e-5.
"""

import functools
import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from genai_demo.audio.sounds import RATE

if TYPE_CHECKING:
    from PIL import Image

FFT, HOP, MELS = 1024, 256, 100
FLOOR = 1e-5
"""Smallest magnitude of a band."""
LOWEST = math.log(FLOOR)
"""Value of silence."""
SHORTEST = FFT // 2 + 1
"""Samples without which the ends cannot be mirrored."""


def mel(wave: Tensor) -> Tensor:
    """(..., S) samples in [-1, 1] to (..., 100, 1 + S // 256) log magnitudes, float32.

    Raises ValueError for fewer than 513 samples.
    """
    return log_mel(wave, FFT, HOP, MELS)


def analyse(samples: np.ndarray) -> np.ndarray:
    """``mel`` for NumPy: (S,) to (100, 1 + S // 256), float32."""
    return mel(torch.from_numpy(np.ascontiguousarray(samples, np.float32))).numpy()


def log_mel(wave: Tensor, fft: int, hop: int, bands: int) -> Tensor:
    """(..., S) to (..., bands, 1 + S // hop) with windows of ``fft`` samples, float32 even under autocast."""
    if wave.shape[-1] <= fft // 2:
        raise ValueError(f"A sound of {wave.shape[-1]} samples is too short: it needs {fft // 2 + 1} or more.")
    with torch.autocast(wave.device.type, enabled=False):
        magnitude = stft(wave.float(), fft, hop).abs()
        return (filters(fft, bands, wave.device) @ magnitude).clamp_min(FLOOR).log()


def stft(wave: Tensor, fft: int, hop: int) -> Tensor:
    """(..., S) float32 to (..., 1 + fft / 2, 1 + S // hop) complex: Hann window, centred, mirrored at the ends."""
    flat = wave.reshape(-1, wave.shape[-1])
    found = torch.stft(flat, fft, hop, window=hann(fft, wave.device), center=True, return_complex=True)
    return found.view(*wave.shape[:-1], *found.shape[1:])


@functools.cache
def hann(length: int, device: torch.device) -> Tensor:
    """(length,) periodic Hann window."""
    with torch.inference_mode(False):  # else the first use decides whether gradients can pass later
        return torch.hann_window(length, device=device)


@functools.cache
def filters(fft: int, bands: int, device: torch.device) -> Tensor:
    """(bands, 1 + fft / 2): triangles over the bins whose area is constant (Slaney 1998)."""
    edges = mel_to_hertz(np.linspace(0, hertz_to_mel(np.array(RATE / 2)), bands + 2))
    bins = np.linspace(0, RATE / 2, 1 + fft // 2)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    triangles = np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]
    with torch.inference_mode(False):
        return torch.from_numpy(triangles.astype(np.float32)).to(device)


LINEAR_HERTZ, LINEAR_MELS = 1000.0, 15.0
"""Up to here the scale is linear, 200/3 Hz a mel; above, every mel is a factor of 6.4^(1/27)."""
LOG_STEP = math.log(6.4) / 27


def hertz_to_mel(hertz: np.ndarray) -> np.ndarray:
    """Slaney's scale, any shape."""
    above = LINEAR_MELS + np.log(np.maximum(hertz, LINEAR_HERTZ) / LINEAR_HERTZ) / LOG_STEP
    return np.where(hertz < LINEAR_HERTZ, hertz * 3 / 200, above)


def mel_to_hertz(mels: np.ndarray) -> np.ndarray:
    """The inverse of ``hertz_to_mel``."""
    above = LINEAR_HERTZ * np.exp(LOG_STEP * (np.maximum(mels, LINEAR_MELS) - LINEAR_MELS))
    return np.where(mels < LINEAR_MELS, mels * 200 / 3, above)


# --------------------------------------------------------------------------- pictures

Colour = tuple[int, int, int]
DARK: tuple[Colour, ...] = ((13, 11, 32), (74, 31, 111), (168, 50, 108), (238, 109, 72), (253, 236, 170))
"""Colours from silence to loud, for dark pages; lightness rises evenly."""
LIGHT: tuple[Colour, ...] = ((255, 255, 255), (250, 205, 160), (229, 118, 97), (150, 45, 110), (33, 12, 60))
"""The same for light pages."""
QUIETEST, LOUDEST = -9.5, 1.0
"""Log magnitudes that get the first and the last colour."""


@functools.cache
def _palette(colours: tuple[Colour, ...]) -> np.ndarray:
    """(256, 3) uint8: between the anchors straight in Oklab, where equal steps look equal (Ottosson 2020)."""
    to_cone = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
    to_lab = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])
    linear = (np.array(colours) / 255) ** 2.2
    anchors = np.cbrt(linear @ to_cone.T) @ to_lab.T
    at = np.linspace(0, len(colours) - 1, 256)
    lab = np.stack([np.interp(at, np.arange(len(colours)), column) for column in anchors.T], 1)
    linear = (lab @ np.linalg.inv(to_lab).T) ** 3 @ np.linalg.inv(to_cone).T
    return (linear.clip(0, 1) ** (1 / 2.2) * 255).round().astype(np.uint8)


def picture(
    mel: np.ndarray,
    size: tuple[int, int] | None = None,
    colours: Sequence[Colour] = DARK,
    range: tuple[float, float] = (QUIETEST, LOUDEST),
) -> "Image.Image":
    """A spectrogram (100, T) as an RGB picture: time runs to the right, low notes are at the bottom.

    size: width and height in pixels; by default two pixels a frame, 300 high.
    """
    from PIL import Image

    low, high = range
    levels = ((np.asarray(mel, np.float32)[::-1] - low) / (high - low)).clip(0, 1)
    found = Image.fromarray((levels * 255).round().astype(np.uint8))
    found = found.resize(size or (2 * mel.shape[1], 300), Image.Resampling.BICUBIC)
    return Image.fromarray(_palette(tuple(colours))[np.asarray(found)])


def wave_picture(
    samples: np.ndarray,
    size: tuple[int, int] = (800, 160),
    colour: Colour = (238, 109, 72),
    ground: Colour = DARK[0],
) -> "Image.Image":
    """A waveform (S,) as an RGB picture: in every column the range of the samples, full height for [-1, 1]."""
    from PIL import Image, ImageDraw

    width, height = size
    found = Image.new("RGB", size, ground)
    pen = ImageDraw.Draw(found)
    edges = np.linspace(0, len(samples), width + 1).astype(int)
    for x, (start, end) in enumerate(itertools.pairwise(edges)):
        part = samples[start : max(end, start + 1)]
        if len(part):
            top, bottom = ((1 - float(v)) * (height - 1) / 2 for v in (part.max(), part.min()))
            pen.line((x, round(top), x, round(bottom)), colour)
    return found
