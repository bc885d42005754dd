"""An n-gram model with interpolated Kneser-Ney smoothing, the classical peer of the text model.

Kneser & Ney 1995 in the interpolated form of Chen & Goodman 1999, section 3: the highest order
counts occurrences, every lower one counts in how many different contexts a run of tokens ends.
"""

import numpy as np

from genai_demo.text.overlap import run_hashes


class KneserNey:
    """Learns from one stream of tokens, all orders at once; tables are sorted arrays of hashes."""

    def __init__(self, tokens: np.ndarray, vocabulary: int, order: int = 5):
        self.vocabulary, self.order = vocabulary, order
        self.tables: list[_Order] = []
        hashes = {n: run_hashes(tokens, n) for n in range(1, order + 1)}
        keys, first, counts = np.unique(hashes[order], return_index=True, return_counts=True)
        for n in range(order, 0, -1):
            contexts = hashes[n - 1][first] if n > 1 else np.zeros(len(first), np.uint64)
            self.tables.insert(0, _Order(keys, counts, contexts))
            if n > 1:  # every different run of n tokens counts once for the n - 1 tokens at its end
                keys, places, counts = np.unique(hashes[n - 1][first + 1], return_index=True, return_counts=True)
                first = (first + 1)[places]

    def probabilities(self, tokens: np.ndarray) -> np.ndarray:
        """p(token | up to order - 1 tokens before it) of every token of a stream: (T,) float64."""
        found = np.full(len(tokens), 1 / self.vocabulary)
        for n, table in enumerate(self.tables, 1):
            keys = run_hashes(tokens, n)
            contexts = run_hashes(tokens, n - 1)[: len(keys)] if n > 1 else np.zeros(len(keys), np.uint64)
            found[n - 1 :] = table.interpolate(keys, contexts, found[n - 1 :])
        return found


class _Order:
    """Counts of all runs of one length, and totals of their contexts."""

    def __init__(self, keys: np.ndarray, counts: np.ndarray, contexts: np.ndarray):
        self.keys, self.counts = keys, counts
        ones, twos = (counts == 1).sum(), (counts == 2).sum()
        self.discount = float(ones / max(1, ones + 2 * twos)) or 0.5
        self.contexts, inverse = np.unique(contexts, return_inverse=True)
        self.totals = np.bincount(inverse, weights=counts)
        self.kinds = np.bincount(inverse)

    def interpolate(self, keys: np.ndarray, contexts: np.ndarray, lower: np.ndarray) -> np.ndarray:
        """max(c - D, 0) / total + D kinds / total * lower; where the context is new, lower alone."""
        counts = _look_up(self.keys, self.counts, keys)
        totals, kinds = _look_up(self.contexts, self.totals, contexts), _look_up(self.contexts, self.kinds, contexts)
        safe = np.maximum(totals, 1)
        mixed = np.maximum(counts - self.discount, 0) / safe + self.discount * kinds / safe * lower
        return np.where(totals > 0, mixed, lower)


def _look_up(keys: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    places = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
    return np.where(keys[places] == wanted, values[places], 0).astype(np.float64)
