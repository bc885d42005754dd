"""Distances between sets of pictures, in the feature space of EfficientNet-Lite0.

``frechet_distance`` has the formula of Heusel et al. 2017, eq. 6, but not their network: the
figures are comparable among themselves and with the floor and ceiling printed beside them,
never with a published FID.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core.device import autocast
from genai_demo.core.efficientnet import EfficientNetLite0

SIDE = 224
"""Pictures are enlarged (bicubic) to the side that the network was trained at."""


@torch.inference_mode()
def pooled_features(network: EfficientNetLite0, images: Tensor, batch: int = 50, fast: bool = False) -> np.ndarray:
    """images (N, 3, H, W) in [-1, 1] to (N, 1280) float64. ``fast`` allows bfloat16."""
    device = network.head.weight.device
    found = []
    for part in images.split(batch):
        part = F.interpolate(part.to(device), size=(SIDE, SIDE), mode="bicubic", antialias=True, align_corners=False)
        with autocast(device, None if fast else False):
            found.append(network(part.contiguous(memory_format=torch.channels_last)).double().cpu())
    return torch.cat(found).numpy()


def frechet_distance(first: np.ndarray, second: np.ndarray) -> float:
    """||m1 - m2||^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) of two (N, D) sets of features.

    The trace of the square root is taken from singular values of the centred data matrices:
    tr (C1 C2)^(1/2) = || X1 X2^T ||_* / sqrt((N1-1)(N2-1)), exact and cheap where N < D.
    """
    if min(len(first), len(second)) < 2:
        raise ValueError("A Frechet distance needs at least two pictures on each side.")
    mean = first.mean(0) - second.mean(0)
    x, y = first - first.mean(0), second - second.mean(0)
    n, m = len(x) - 1, len(y) - 1
    nuclear = np.linalg.svd(x @ y.T, compute_uv=False).sum() / np.sqrt(n * m)
    return float(mean @ mean + (x**2).sum() / n + (y**2).sum() / m - 2 * nuclear)
