"""Fundamental frequency by YIN (de Cheveigné & Kawahara 2002), all frames at once.

The frames are those of the mel-spectrogram (``mel.mel``): frame t is centred on sample t * HOP.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.audio.mel import HOP, RATE

LOWEST, HIGHEST = 70.0, 600.0
"""Hertz that are looked for."""
WINDOW = 640
"""Samples that are compared with the same ones a period later."""
SURE, LIKELY = 0.15, 0.30
"""Aperiodicity below which the first dip is the period, and below which the deepest dip still may be."""
QUIET = 0.01
"""Frames below this share of the clip's largest amplitude (-40 dB) have no pitch."""
FRAMES_AT_ONCE = 4_096


def aperiodicity(frames: Tensor, lags: int) -> Tensor:
    """Cumulative mean normalised difference (eqs. 6 and 8): (T, WINDOW + lags) -> (T, lags), 0 for periodic."""
    size = 1 << (frames.shape[1] + WINDOW - 1).bit_length()
    spectrum = torch.fft.rfft(frames, size)
    head = torch.fft.rfft(frames[:, :WINDOW], size)
    correlation = torch.fft.irfft(spectrum * head.conj(), size)[:, :lags]
    energy = F.pad(frames.square().cumsum(1), (1, 0))
    energy = energy[:, WINDOW : WINDOW + lags] - energy[:, :lags]
    difference = (energy[:, :1] + energy - 2 * correlation).clamp_min(0)
    running = difference[:, 1:].cumsum(1).clamp_min(1e-12)
    normalised = difference[:, 1:] * torch.arange(1, lags, device=frames.device) / running
    return F.pad(normalised, (1, 0), value=1.0)


def track(wave: Tensor) -> Tensor:
    """Pitch in Hz of every mel frame, 0 where there is none: (S,) in [-1, 1] -> (1 + S // HOP,)."""
    shortest, lags = int(RATE / HIGHEST), int(RATE / LOWEST) + 2
    length = WINDOW + lags
    frames = F.pad(wave.float(), (length // 2, length)).unfold(0, length, HOP)[: 1 + len(wave) // HOP]
    found = torch.cat([_periods(part, shortest, lags) for part in frames.split(FRAMES_AT_ONCE)])
    hertz = torch.where(found > 0, RATE / found.clamp_min(1), 0.0)
    loud = frames.square().mean(1).sqrt() > QUIET * wave.abs().max()
    return without_outliers(hertz * loud)


def _periods(frames: Tensor, shortest: int, lags: int) -> Tensor:
    """Period in samples, 0 where there is none: (T, L) -> (T,)."""
    curve = aperiodicity(frames - frames.mean(1, keepdim=True), lags)
    inner = curve[:, shortest : lags - 1]
    dip = (inner <= curve[:, shortest - 1 : lags - 2]) & (inner <= curve[:, shortest + 1 : lags])
    depth = inner.where(dip, torch.inf)
    sure = depth < SURE
    place = torch.where(sure.any(1), sure.int().argmax(1), depth.argmin(1))
    voiced = depth.gather(1, place[:, None])[:, 0] < LIKELY
    place = place + shortest
    before, here, after = (curve.gather(1, (place + i)[:, None])[:, 0] for i in (-1, 0, 1))
    bend = (before - 2 * here + after).clamp_min(1e-9)  # the parabola through the dip has its own minimum
    return (place + ((before - after) / (2 * bend)).clamp(-1, 1)) * voiced


def without_outliers(hertz: Tensor, reach: int = 4, ratio: float = 1.25) -> Tensor:
    """Drop voiced frames that are far from the median of the voiced frames around them (octave errors)."""
    around = F.pad(hertz.where(hertz > 0, torch.nan), (reach, reach), value=torch.nan).unfold(0, 2 * reach + 1, 1)
    median = around.nanmedian(1).values
    company = around.isfinite().sum(1) > 2
    near = (hertz < ratio * median) & (median < ratio * hertz)
    return hertz * (near & company)
