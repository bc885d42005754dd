"""Where in a sound its events lie, and how the end of a loop is joined to its beginning."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from genai_demo.audio.effects.codec import STRIDE
from genai_demo.audio.effects.kinds import Kind
from genai_demo.audio.mel import HOP, RATE

TOKEN = STRIDE * HOP
"""Samples in a token of the codec."""
SEAM = 1024
"""Samples over which the end of a loop is crossfaded into its beginning, 46 ms."""


@dataclass(frozen=True)
class Layout:
    """The plan of a sound."""

    samples: int
    """Wanted in the end."""
    frames: int
    """Of the spectrogram; a loop's are as many as go round."""
    tokens: int
    """Of every event."""
    starts: tuple[int, ...]
    """Frames at which the events begin."""
    event: float
    """0 for a texture without beginning and end, 1 for an event, between for a mixture."""
    circular: bool
    """The one event is drawn as a circle."""


def lay_out(kinds: Mapping[Kind, float], seconds: float, density: float, loop: bool) -> Layout:
    """A texture fills the time. An event that is shorter than the time is repeated, the sooner the denser.

    kinds: with their shares, which sum to 1. density: -1..1.
    """
    samples = round(seconds * RATE)
    event = sum(share for kind, share in kinds.items() if not kind.ambient)
    frames = math.ceil(samples / TOKEN) * STRIDE if loop else 1 + math.ceil(samples / HOP)
    if event == 0:
        return Layout(samples, frames, math.ceil(frames / STRIDE), (0,), 0.0, loop)
    longest = math.exp(sum(share * math.log(kind.longest) for kind, share in kinds.items())) * RATE / HOP
    tokens = math.ceil(min(frames, longest) / STRIDE)
    period = STRIDE * tokens * (1.4 - 0.35 * density) + 0.1 * RATE / HOP
    count = 1 + max(0, math.floor((frames - STRIDE * tokens) / period))
    if loop:
        period = frames / count
    return Layout(samples, frames, tokens, tuple(round(i * period) for i in range(count)), event, False)


def joined(samples: np.ndarray, length: int) -> np.ndarray:
    """A loop of ``length`` from a sound that goes on for SEAM more: the rest fades out over the beginning.

    The last sample kept is then followed by the one that followed it anyway. Powers sum to one.
    """
    found = samples[:length].copy()
    angle = np.linspace(0, np.pi / 2, SEAM, dtype=np.float32)
    found[:SEAM] = np.sin(angle) * samples[:SEAM] + np.cos(angle) * samples[length : length + SEAM]
    return found
