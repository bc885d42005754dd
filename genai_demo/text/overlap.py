"""How much of a text stands in the training text word for word: the memorisation audit."""

from collections.abc import Sequence

import numpy as np

LENGTHS = (4, 8, 12, 16, 24, 32, 48, 64, 96, 128)
"""Runs of tokens that are looked for; a finding is rounded down to one of them."""
PIECE = 1 << 22
"""Tokens of the training text that are hashed at a time."""
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def run_hashes(tokens: np.ndarray, length: int) -> np.ndarray:
    """A 64-bit hash of every run of ``length`` tokens: (T - length + 1,) uint64.

    Polynomial in MULTIPLIER modulo 2^64, built by doubling: a run of 2n is two runs of n.
    """
    if len(tokens) < length:
        return np.zeros(0, np.uint64)
    scrambled = (tokens.astype(np.uint64) + np.uint64(1)) * np.uint64(0xD6E8FEB86659FD93)
    scrambled ^= scrambled >> np.uint64(32)
    found, covered = np.zeros(len(tokens) - length + 1, np.uint64), 0
    with np.errstate(over="ignore"):
        powers, power, size = {1: scrambled}, MULTIPLIER, 1
        steps = {1: MULTIPLIER}
        while 2 * size <= length:
            half = powers[size]
            powers[2 * size] = half[: len(half) - size] * power + half[size:]
            power, size = power * power, 2 * size
            steps[size] = power
        for bit in sorted(powers, reverse=True):
            if length & bit:
                part = powers[bit][covered : covered + len(found)]
                found, covered = found * steps[bit] + part, covered + bit
    return found


def among(training: np.ndarray, length: int, wanted: np.ndarray) -> np.ndarray:
    """Which of these hashes belong to a run of the training text. wanted: sorted, (N,) -> (N,) bool.

    The training text is read in pieces; a table of the last 20 bits passes over nearly all of it.
    """
    table = np.zeros(1 << 20, bool)
    bits = np.uint64((1 << 20) - 1)
    table[(wanted & bits).astype(np.int64)] = True
    found = np.zeros(len(wanted), bool)
    for start in range(0, len(training), PIECE):
        hashes = run_hashes(training[start : start + PIECE + length - 1], length)
        hashes = hashes[table[(hashes & bits).astype(np.int64)]]
        places = np.searchsorted(wanted, hashes).clip(max=len(wanted) - 1)
        found[places[wanted[places] == hashes]] = True
    return found


def longest_shared(training: np.ndarray, texts: Sequence[np.ndarray], lengths: Sequence[int] = LENGTHS) -> list[int]:
    """The longest run of tokens that each text shares with the training text, rounded down to one of ``lengths``.

    0 where even the shortest is new.
    """
    best = [0] * len(texts)
    for before, length in zip((0, *lengths), lengths, strict=False):
        mine = [run_hashes(text, length) if b == before else text[:0] for text, b in zip(texts, best, strict=True)]
        wanted = np.unique(np.concatenate([m.astype(np.uint64) for m in mine]))
        if not len(wanted):
            break
        known = wanted[among(training, length, wanted)]
        best = [length if np.isin(m, known).any() else b for m, b in zip(mine, best, strict=True)]
    return best
