"""Which way to fill a hole: the one that does best on known pixels beside it."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from genai_demo.repair.holes.classical import navier_stokes, smooth, telea
from genai_demo.repair.holes.groups import Hole
from genai_demo.repair.holes.patches import patches
from genai_demo.repair.holes.trials import trials_of

Filler = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""A picture (H, W, 3) float32 in [0, 1] and a hole (H, W) bool to the picture with the hole filled."""
CLASSICAL: dict[str, Filler] = {
    "telea": telea,
    "navier-stokes": navier_stokes,
    "smooth": smooth,
    "patches": patches,
}
STRUCTURE = 12.0
"""Decibels that an SSIM of 1 counts for beside the error of the pixels."""
WIDE = 8
"""Reach from which on a hole is wide."""
FLAT_DECIBELS, FLAT_BONUS = 40.0, 2.0
"""Where wide holes would be filled this well by the smooth way it gets a bonus in decibels: a hole in a clear sky is to
have none of the small things beside it."""
OF_WIDE = {"telea": -0.5, "navier-stokes": -0.5, "smooth": 0.5}
"""Decibels: wide holes are tried on smaller copies, which flatters what carries edges on."""
MOST_TRIED = 8
"""Holes of a picture that are tried; the others take what the widest of about their width took."""
THIN = 3
"""Reach up to which a hole is thin."""


def scores(picture: np.ndarray, missing: np.ndarray, hole: Hole, fillers: Mapping[str, Filler]) -> dict[str, float]:
    """How well every way fills places like this hole: PSNR in dB and a share of SSIM, mean over the places."""
    trials = trials_of(picture, missing, hole)
    if not trials.places:
        return dict.fromkeys(fillers, 0.0)
    gone = trials.missing
    start = np.where(gone[..., None], np.float32(0.5), trials.truth)
    found = {}
    for name, filler in fillers.items():
        made = filler(start, gone)
        alike = structure(made, trials.truth)
        decibels = [psnr(made[place], trials.truth[place]) for place in trials.places]
        found[name] = float(np.mean(decibels) + STRUCTURE * np.mean([alike[place].mean() for place in trials.places]))
        if hole.reach >= WIDE:
            found[name] += OF_WIDE.get(name, 0.0)
            found[name] += FLAT_BONUS if name == "smooth" and np.mean(decibels) > FLAT_DECIBELS else 0.0
    return found


def psnr(made: np.ndarray, truth: np.ndarray) -> float:
    """In dB; 70 at most."""
    return float(-10 * np.log10(max(1e-7, np.mean(np.square(made - truth)))))


def structure(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """SSIM of the lightness around every pixel: (H, W). Wang et al. 2004, Gaussian of 1.5 pixels."""

    def blurred(values: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(values, (0, 0), 1.5)

    a, b = a.mean(2), b.mean(2)
    mean_a, mean_b = blurred(a), blurred(b)
    both = blurred(a * b) - mean_a * mean_b
    spread = blurred(a * a) - mean_a**2 + blurred(b * b) - mean_b**2
    return (2 * mean_a * mean_b + 1e-4) * (2 * both + 9e-4) / ((mean_a**2 + mean_b**2 + 1e-4) * (spread + 9e-4))


def chosen(picture: np.ndarray, missing: np.ndarray, holes: list[Hole], fillers: Mapping[str, Filler]) -> list[str]:
    """The way for each of these holes, the widest first. Of many holes only some are tried."""
    found: list[str] = []
    tried: dict[bool, list[tuple[str, int]]] = {False: [], True: []}
    left = dict.fromkeys(tried, MOST_TRIED // 2)
    for hole in holes:
        thin = hole.reach <= THIN
        if left[thin]:
            left[thin] -= 1
            points = scores(picture, missing, hole, fillers)
            tried[thin].append((max(points, key=lambda name: points[name]), hole.reach))
            found.append(tried[thin][-1][0])
        else:
            nearest = min(abs(reach - hole.reach) for _, reach in tried[thin])
            names = [name for name, reach in tried[thin] if abs(reach - hole.reach) == nearest]
            found.append(max(names, key=names.count))
    return found
