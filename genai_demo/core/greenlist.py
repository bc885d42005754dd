"""A mark in generated text: half of the vocabulary is a little more likely, and which half only the key tells.

Kirchenbauer et al. 2023 (2301.10226), algorithm 2: before every token, a hash of a key and the token before it splits
the vocabulary into a green and a red half; green tokens get a bonus. Whoever has the key counts green tokens: by chance
half of them are. Nothing is hidden in the letters, so the mark survives copying, and editing wears it out by and by.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from genai_demo.core import environment

KEY = 15_485_863
"""The key where GENAI_TEXT_KEY names no other. It is public: whoever knows it can also forge or wash off the mark."""
STRENGTH = 1.5
"""Usual bonus of green tokens, in nats. ``docs/trust.md`` says what it costs and what it is worth."""


def key() -> int:
    """The key of this installation. Raises ValueError where GENAI_TEXT_KEY is no whole number."""
    found = environment.text_key()
    return KEY if found is None else found % 2**63


def _mixed(values: np.ndarray) -> np.ndarray:
    """A well-mixed 64-bit number of each (the finaliser of SplitMix64, Steele et al. 2014)."""
    with np.errstate(over="ignore"):
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def is_green(secret: int, before: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """Whether tokens are green behind the tokens before them; arrays of numbers that broadcast -> bool."""
    seeds = _mixed(before.astype(np.uint64) + np.uint64(secret))
    with np.errstate(over="ignore"):
        spread = tokens.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return _mixed(seeds ^ _mixed(spread)) >> np.uint64(63) == 1


@functools.lru_cache(maxsize=4096)
def _green_row(secret: int, before: int, size: int) -> np.ndarray:
    """One bit a token: 1.5 kB a row."""
    return np.packbits(is_green(secret, np.array([before]), np.arange(size)))


@dataclass(frozen=True)
class Mark:
    """What a writer needs: the key and the bonus."""

    key: int
    strength: float = STRENGTH

    def bonus(self, before: Tensor, size: int) -> Tensor:
        """For the logits: (B, size) from the last tokens (B,)."""
        rows = np.stack([_green_row(self.key, token, size) for token in before.tolist()])
        green = np.unpackbits(rows, axis=1, count=size)
        return torch.from_numpy(green).to(before.device) * self.strength

    def share(self, tokens: Sequence[int]) -> float:
        """Of the tokens after the first, those that are green; a half without any."""
        found = np.array(tokens)
        return float(is_green(self.key, found[:-1], found[1:]).mean()) if len(tokens) > 1 else 0.5


@dataclass(frozen=True)
class Count:
    """How green a text is."""

    green: int
    tokens: int
    """Different pairs of a token and the one before it: a pair that comes again says nothing new (section 4)."""

    @property
    def z(self) -> float:
        """Standard deviations above half of the tokens (equation 3 with gamma 1/2); 0 without tokens."""
        return (2 * self.green - self.tokens) / math.sqrt(self.tokens) if self.tokens else 0.0


def count(tokens: Sequence[int], secret: int) -> Count:
    """Green tokens among the different pairs of a text."""
    if len(tokens) < 2:
        return Count(0, 0)
    pairs = np.unique(np.stack([tokens[:-1], tokens[1:]], 1), axis=0)
    return Count(int(is_green(secret, pairs[:, 0], pairs[:, 1]).sum()), len(pairs))
