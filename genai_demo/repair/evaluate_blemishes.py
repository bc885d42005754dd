"""Scratches and dust found in held-out photographs that were scratched here, in colour, grey and sepia.

A found pixel is right within NEAR pixels of a scratched one, a scratched pixel found within NEAR of a found one.
"""

from typing import Any

import cv2
import numpy as np

from genai_demo.core.rounding import rounded
from genai_demo.repair.blemishes import blemishes
from genai_demo.repair.damage import as_picture, scratch_layer
from genai_demo.repair.evaluate_holes import photographs
from genai_demo.repair.tone import LUMA

NEAR = 2
VISIBLE = 0.3
"""Share of a pixel that is covered for it to count as scratched."""
SEPIA = np.array([1.0, 0.82, 0.62], np.float32)
TONES = ("colour", "grey", "sepia")
CARES = (0.3, 0.5, 0.8)


def toned(picture: np.ndarray, tone: str) -> np.ndarray:
    """(H, W, 3) in [0, 1] in one of TONES."""
    if tone == "colour":
        return picture
    grey = (picture @ LUMA)[..., None]
    return grey * SEPIA if tone == "sepia" else grey.repeat(3, 2)


def scratched(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The picture with made scratches and dust, and where they are, (H, W) bool."""
    layer = scratch_layer((picture.shape[0], picture.shape[1]), rng.uniform(0.3, 0.9), rng)
    ink = rng.uniform(0.8, 1) if rng.random() < 0.75 else rng.uniform(0, 0.2)
    return picture + layer[..., None] * np.float32(ink) - layer[..., None] * picture, layer > VISIBLE


def right(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Counts (4,): found pixels that are right, all that were found, scratched ones that were found, all of those."""
    square = np.ones((2 * NEAR + 1, 2 * NEAR + 1), np.uint8)
    near_truth, near_found = (cv2.dilate(where.astype(np.uint8), square) > 0 for where in (truth, found))
    return np.array([(found & near_truth).sum(), found.sum(), (truth & near_found).sum(), truth.sum()], float)


def evaluate(count: int) -> dict[str, Any]:
    """Precision and recall over all pixels, for every tone and care."""
    pictures = photographs()
    chosen = [pictures[int(len(pictures) * (i + 0.5) / count)] for i in range(min(count, len(pictures)))]
    figures: dict[str, Any] = {"pictures": len(chosen)}
    for tone in TONES:
        for care in CARES if tone == "colour" else (0.5,):
            total = np.zeros(4)
            for number, picture in enumerate(chosen):
                damaged, truth = scratched(toned(picture, tone), np.random.default_rng((6, number)))
                total += right(blemishes(as_picture(damaged), care), truth)
            precision, recall = total[0] / max(1, total[1]), total[2] / max(1, total[3])
            figures[f"{tone}, care {care:g}"] = {"precision": float(precision), "recall": float(recall)}
    return rounded(figures)
