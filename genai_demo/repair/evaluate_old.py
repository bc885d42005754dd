"""Old photographs: held-out photographs and faces that were faded, grained and packed here, brought back by levels, by
the network, and by both.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from genai_demo.core.device import pick_device
from genai_demo.core.losses import FeatureDistance
from genai_demo.core.metrics import psnr
from genai_demo.core.rounding import rounded
from genai_demo.repair import damage, generate, network
from genai_demo.repair.data import load
from genai_demo.repair.evaluate_holes import photographs
from genai_demo.repair.revive import revived

SIDE = 256
"""Of the parts of photographs that are looked at."""
Method = Callable[[np.ndarray], np.ndarray]
"""A picture (H, W, 3) float32 in [0, 1] to a repaired one."""


def by_network(task: str) -> Method:
    """The network over all of the picture, as it is."""

    def method(picture: np.ndarray) -> np.ndarray:
        x = network.as_tensor(damage.as_picture(picture))
        *_, (_, values) = network.everywhere(x, torch.zeros_like(x[:, :1]), task, 0, 0.5)
        return damage.as_float(network.as_picture(values))

    return method


METHODS: dict[str, Method] = {
    "as it is": lambda picture: picture,
    "network": by_network("old"),
    "levels": revived,
    "levels, then network": lambda picture: by_network("denoise")(revived(picture)),
    "ours": lambda picture: damage.as_float(generate.restore(damage.as_picture(picture), task="old")),
}


def old(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Faded and stained, grained, packed as JPEG."""
    picture = damage.fading(picture, 0.3 + 0.5 * rng.random(), rng)
    picture = picture + np.float32(rng.uniform(0, 0.05)) * rng.standard_normal(picture.shape, np.float32)
    return damage.blocks(picture.clip(0, 1), 0.3, rng)


def evaluate(count: int, data: str | None = None) -> dict[str, Any]:
    """PSNR in dB and distance in features for photographs and faces, ``count`` of each, and every method."""
    pictures, faces = photographs(), load("held_out", [data] if data else None)
    groups = {
        "photographs": [p[:SIDE, :SIDE] for p in _spread(pictures, count)],
        "faces": [p.astype(np.float32) / 255 for p in _spread(faces, count)],
    }
    judge = FeatureDistance(pick_device())
    figures: dict[str, Any] = {"pictures": {name: len(group) for name, group in groups.items()}}
    for name, group in groups.items():
        cases = [old(truth, np.random.default_rng((9, i))) for i, truth in enumerate(group)]
        for method, repair in METHODS.items():
            found = [_measured(repair(case), truth, judge) for case, truth in zip(cases, group, strict=True)]
            psnrs, features = np.mean(found, 0).tolist()
            figures.setdefault(name, {})[method] = {"psnr": psnrs, "features": features}
    return rounded(figures)


def _spread(pictures: Any, count: int) -> list[np.ndarray]:
    number = min(count, len(pictures))
    return [pictures[int(len(pictures) * (i + 0.5) / number)] for i in range(number)]


@torch.inference_mode()
def _measured(made: np.ndarray, truth: np.ndarray, judge: FeatureDistance) -> tuple[float, float]:
    pair = np.stack([made.clip(0, 1), truth]).astype(np.float32)
    a, b = (torch.from_numpy(pair).permute(0, 3, 1, 2) * 2 - 1).split(1)
    return float(psnr(a, b).mean()), float(judge(a.to(pick_device()), b.to(pick_device())))
