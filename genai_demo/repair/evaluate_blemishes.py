"""Blemishes found in held-out pictures that were blemished here, by the network and by filters on the same ones.

A found pixel is right within NEAR pixels of a blemished one, a blemished pixel found within NEAR of a found one.
- scratched: photographs in colour, grey and sepia with the scratches and dust of ``damage.scratches``;
- drawn: photographs and faces, aged, with all that ``blemish_drawing`` draws, by kind;
- clean: the share of photographs without blemishes that is marked.
"""

import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from PIL import Image

from genai_demo.core.rounding import rounded
from genai_demo.repair import blemish_examples, blemishes
from genai_demo.repair.blemish_examples import Prints
from genai_demo.repair.blemish_filters import by_filters
from genai_demo.repair.blemish_network import KINDS
from genai_demo.repair.damage import as_picture, scratch_layer
from genai_demo.repair.evaluate_holes import photographs
from genai_demo.repair.tone import LUMA

NEAR = 2
VISIBLE = 0.3
"""Share of a pixel that is covered for it to count as scratched."""
SEPIA = np.array([1.0, 0.82, 0.62], np.float32)
TONES = ("colour", "grey", "sepia")
CARES = (0.3, 0.5, 0.8)
DRAWN_SIDE = 256
"""Of the pictures with drawn blemishes."""
SPEED_SIZE = (1632, 1224)
"""Width and height of the picture whose search is timed: two megapixels."""
Finder = Callable[[Image.Image, float], np.ndarray]
"""A picture and a care to what is marked, (H, W) bool."""
FINDERS: dict[str, Finder] = {
    "filters": by_filters,
    "network": lambda picture, care: blemishes.find(picture, blemishes.KINDS, care),
}


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
    """Counts (4,): found pixels that are right, all that were found, blemished ones that were found, all of those."""
    square = np.ones((2 * NEAR + 1, 2 * NEAR + 1), np.uint8)
    near_truth, near_found = (cv2.dilate(where.astype(np.uint8), square) > 0 for where in (truth, found))
    return np.array([(found & near_truth).sum(), found.sum(), (truth & near_found).sum(), truth.sum()], float)


def measured(total: np.ndarray) -> dict[str, float]:
    """Precision and recall of summed counts."""
    return {"precision": float(total[0] / max(1, total[1])), "recall": float(total[2] / max(1, total[3]))}


def evaluate(count: int) -> dict[str, Any]:
    """Precision and recall over all pixels of so many photographs, for every method, tone and care."""
    pictures = photographs()
    chosen = [pictures[int(len(pictures) * (i + 0.5) / count)] for i in range(min(count, len(pictures)))]
    figures: dict[str, Any] = {"pictures": len(chosen)}
    for tone in TONES:
        cases = [scratched(toned(p, tone), np.random.default_rng((6, i))) for i, p in enumerate(chosen)]
        for care in CARES if tone == "colour" else (0.5,):
            for name, finder in FINDERS.items():
                total = sum((right(finder(as_picture(p), care), truth) for p, truth in cases), np.zeros(4))
                figures.setdefault(f"scratched, {tone}, care {care:g}", {})[name] = measured(total)
    held_out = blemish_examples.load("held_out")
    figures |= {f"drawn, {kind}": found for kind, found in drawn(held_out, 3 * count).items()}
    for name, finder in FINDERS.items():
        marks = [float(finder(as_picture(p), 0.5).mean()) for p in chosen]
        figures.setdefault("clean, share marked", {})[name] = float(np.mean(marks))
        figures.setdefault("seconds, 2 megapixels", {})[name] = seconds(finder)
    return rounded(figures)


def drawn(prints: Prints, count: int) -> dict[str, dict[str, dict[str, float]]]:
    """Precision and recall on pictures with drawn blemishes: of the network for every kind that it learnt, of both for
    what is offered.
    """
    cases = []
    for i in range(count):
        picture, truth, _ = blemish_examples.example(prints, DRAWN_SIDE, np.random.default_rng((8, i)))
        cases.append((as_picture(picture), truth))
    likely = [blemishes.likelihoods(picture) for picture, _ in cases]
    found: dict[str, dict[str, dict[str, float]]] = {}
    for k, kind in enumerate(KINDS):
        marks = (blemishes.marked(shares[k], kind, 0.5) for shares in likely)
        each = (right(mark, truth[k]) for mark, (_, truth) in zip(marks, cases, strict=True))
        found[kind] = {"network": measured(sum(each, np.zeros(4)))}
    offered = [KINDS.index(kind) for kind in blemishes.KINDS]
    for name, finder in FINDERS.items():
        both = (right(finder(picture, 0.5), truth[offered].max(0)) for picture, truth in cases)
        found.setdefault(" and ".join(blemishes.KINDS), {})[name] = measured(sum(both, np.zeros(4)))
    return found


def seconds(finder: Finder) -> float:
    """The fastest of three searches of a picture of SPEED_SIZE."""
    picture = Image.effect_noise(SPEED_SIZE, 30).convert("RGB")
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        finder(picture, 0.5)
        taken.append(time.perf_counter() - start)
    return min(taken)
