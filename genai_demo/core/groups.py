"""Comparing groups: shares and their distance, differences of means, all with intervals from the bootstrap."""

from collections.abc import Sequence

import numpy as np

ROUNDS = 1_000
"""Draws of the bootstrap."""
LEVEL = 95
"""Per cent of an interval."""


def interval(values: np.ndarray) -> list[float]:
    """The middle LEVEL per cent of bootstrap values."""
    edge = (100 - LEVEL) / 2
    return [float(v) for v in np.percentile(values, (edge, 100 - edge))]


def shares(members: np.ndarray, count: int) -> np.ndarray:
    """Share of each of ``count`` groups, by their numbers (N,)."""
    return np.bincount(members, minlength=count) / max(1, len(members))


def variation(first: np.ndarray, second: np.ndarray) -> float:
    """Total variation distance of two spreads: the share that would have to change its group."""
    return float(np.abs(first - second).sum() / 2)


def spread(made: np.ndarray, real: np.ndarray, names: Sequence[str], seed: int = 0) -> dict[str, object]:
    """How made items spread over groups beside real ones. made, real: numbers of the groups, (N,), (M,).

    ``distance_by_chance`` is what two halves of as many real items would differ by, at the 95th percentile.
    """
    rng, size = np.random.default_rng(seed), len(names)
    a, b = shares(made, size), shares(real, size)
    drawn = rng.multinomial(len(made), a, ROUNDS) / len(made)
    against = rng.multinomial(len(real), b, ROUNDS) / len(real)
    chance = rng.multinomial(len(made), b, ROUNDS) / len(made)
    return {
        "share": {n: float(v) for n, v in zip(names, a, strict=True)},
        "interval": {n: interval(drawn[:, i]) for i, n in enumerate(names)},
        "training_share": {n: float(v) for n, v in zip(names, b, strict=True)},
        "total_variation": variation(a, b),
        "total_variation_interval": interval(np.abs(drawn - against).sum(1) / 2),
        "distance_by_chance": float(np.percentile(np.abs(chance - against).sum(1) / 2, LEVEL)),
    }


def difference(inside: np.ndarray, outside: np.ndarray, seed: int = 0) -> dict[str, object]:
    """Mean inside a group, and how much it is above that of all others."""
    rng = np.random.default_rng(seed)
    inner = inside[rng.integers(0, len(inside), (ROUNDS, len(inside)))].mean(1)
    outer = outside[rng.integers(0, len(outside), (ROUNDS, len(outside)))].mean(1)
    return {
        "mean": float(inside.mean()),
        "above_others": float(inside.mean() - outside.mean()),
        "interval": interval(inner - outer),
        "pictures": len(inside),
    }


def thirds(values: np.ndarray) -> np.ndarray:
    """The two values that cut these into thirds, unknown ones (NaN) aside: (2,)."""
    return np.nanpercentile(values, (100 / 3, 200 / 3))
