"""A filling and what lies around it: no step in colour at the edge of the hole, nor in grain.

Pictures are float32 (H, W, 3) in [0, 1], holes (H, W) bool.
"""

import cv2
import numpy as np

from genai_demo.repair.holes.classical import grown, membrane, reach_of

RING = 3
"""Pixels on the outer side of the edge where picture and filling are compared."""
GRAIN_REACH = 24
"""Pixels around a hole in which the grain is measured."""
LEAST_REACH = 8
"""Half the width of a hole from which on missing grain is seen."""
LEAST_PIXELS = 60
"""Of flat surroundings, or of a hole, without which no grain is measured."""
LEAST_GRAIN = 1.2 / 255
"""Standard deviation up to which grain is not seen, and not added."""
MOST_GRAIN = 16 / 255
FLAT_SHARE = 0.3
"""Of the surroundings, the flattest, where grain can be told from what is pictured."""
SOFTNESS = (0.0, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0, 1.3)
"""Blurs of grain, in pixels, of which the most like is taken."""
SAMPLE = 96
"""Side of the noise in which they are measured."""


def blended(picture: np.ndarray, filling: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """The picture with the filling in its hole, shifted so that colours go on at the edge.

    filling: also says what it would have around the hole; how far that is off is carried into the hole by a membrane
    (Poisson image editing, Pérez et al. 2003, with Laplace's equation for the difference).
    """
    edge = grown(hole, RING) & ~hole
    if not edge.any():
        return np.where(hole[..., None], filling, picture)
    off = np.where(edge[..., None], picture - filling, 0).astype(np.float32)
    weight = edge.astype(np.float32)
    # A single pixel says little: grain and detail are averaged out along the edge.
    near = cv2.GaussianBlur(weight, (0, 0), 2.0)
    mean = cv2.GaussianBlur(off, (0, 0), 2.0) / np.maximum(near, 1e-4)[..., None]
    rim = grown(hole, 1) & ~hole
    shift = membrane(np.where(rim[..., None], mean, 0).astype(np.float32), ~rim)
    return np.where(hole[..., None], filling + shift, picture).astype(np.float32)


def grain(picture: np.ndarray, where: np.ndarray) -> tuple[np.ndarray, float] | None:
    """Of the flattest part of ``where``: the covariance of red, green and blue, and how alike neighbours are (-1..1).

    None where too little is flat.
    """
    if int(where.sum()) < LEAST_PIXELS:
        return None
    fine = picture - cv2.GaussianBlur(picture, (0, 0), 1.2)
    coarse = cv2.GaussianBlur(picture.mean(2), (0, 0), 2.0)
    slope = np.hypot(cv2.Sobel(coarse, -1, 1, 0), cv2.Sobel(coarse, -1, 0, 1))
    inside = cv2.erode(where.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0  # whose neighbours are known as well
    inside = inside if int(inside.sum()) >= LEAST_PIXELS else where
    flat = inside & (slope <= np.quantile(slope[inside], FLAT_SHARE))
    values = fine[flat]
    strange = np.abs(values).max(1) > 4 * np.median(np.abs(values).max(1)) + 1e-6
    if (~strange).sum() < LEAST_PIXELS / 3:
        return None
    values = values[~strange]
    spread = np.cov(values.T)
    beside = flat[:, 1:] & flat[:, :-1]
    a, b = fine[:, 1:][beside].mean(1), fine[:, :-1][beside].mean(1)
    alike = float((a * b).mean() / max(1e-12, (a * a).mean())) if len(a) else 0.0
    return spread, float(np.clip(alike, -1, 1))


def deviation(found: tuple[np.ndarray, float] | None) -> float:
    """Of a grain, over all channels."""
    return 0.0 if found is None else float(np.sqrt(max(0.0, np.trace(found[0]) / 3)))


def regrained(picture: np.ndarray, hole: np.ndarray, missing: np.ndarray, seed: int) -> np.ndarray:
    """Grain in a wide hole as around it, where there is some and the filling has less.

    missing: (H, W) bool, all that is not known around the hole.
    """
    if reach_of(np.pad(hole, 1)) < LEAST_REACH:
        return picture
    around = grain(picture, grown(hole, GRAIN_REACH) & ~missing)
    wanted, there = deviation(around), deviation(grain(picture, hole))
    if around is None or not LEAST_GRAIN < wanted < MOST_GRAIN or there > 0.8 * wanted:
        return picture
    rng = np.random.default_rng(seed)
    spread, alike = around
    noise, seen = _like(alike, rng, hole.shape)
    values, axes = np.linalg.eigh(spread / (wanted**2))
    noise = noise @ (axes * np.sqrt(values.clip(0))).T.astype(np.float32)
    noise *= np.float32(np.sqrt(wanted**2 - there**2) / seen)
    return np.where(hole[..., None], picture + noise, picture).clip(0, 1)


def _like(alike: float, rng: np.random.Generator, size: tuple[int, ...]) -> tuple[np.ndarray, float]:
    """Noise (H, W, 3) whose neighbours are as alike as ``grain`` says, and the deviation that it would see in it."""

    def soft(sigma: float, height: int, width: int) -> np.ndarray:
        noise = rng.standard_normal((height, width, 3)).astype(np.float32)
        return cv2.GaussianBlur(noise, (0, 0), sigma) if sigma else noise

    measured = []
    for sigma in SOFTNESS:
        found = grain(soft(sigma, SAMPLE, SAMPLE), np.ones((SAMPLE, SAMPLE), bool))
        assert found is not None
        measured.append((abs(found[1] - alike), sigma, deviation(found)))
    _, sigma, seen = min(measured)
    return soft(sigma, size[0], size[1]), seen
