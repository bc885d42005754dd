"""How much of a text stands in the training text word for word: the memorisation audit."""

import numpy as np

LENGTHS = (4, 8, 12, 16, 24, 32, 48, 64, 96, 128)
"""Runs of tokens that are looked for; a finding is rounded down to one of them."""
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


class Overlap:
    """Finds the longest run that a text shares with the training text."""

    def __init__(self, training: np.ndarray, lengths: tuple[int, ...] = LENGTHS):
        self.known = {length: np.unique(run_hashes(training, length)) for length in lengths}

    def longest(self, tokens: np.ndarray) -> int:
        """Length in tokens, rounded down to one of ``lengths``; 0 where even the shortest is new."""
        best = 0
        for length, known in self.known.items():
            mine = run_hashes(tokens, length)
            if not len(mine) or not len(known):
                break
            places = np.searchsorted(known, mine).clip(max=len(known) - 1)
            if not (known[places] == mine).any():
                break
            best = length
        return best
