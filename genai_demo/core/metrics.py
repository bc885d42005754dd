"""Measures of sets of pictures and of pairs of pictures."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


def psnr(first: Tensor, second: Tensor) -> Tensor:
    """Peak signal-to-noise ratio in dB of pictures (B, 3, H, W) in [-1, 1]. -> (B,)."""
    error = (first - second).square().mean((1, 2, 3)).clamp_min(1e-10)
    return 10 * torch.log10(4 / error)


def ssim(first: Tensor, second: Tensor, window: int = 11, sigma: float = 1.5) -> Tensor:
    """Structural similarity (Wang et al. 2004, eq. 13), Gaussian window, mean over channels. -> (B,)."""
    offsets = torch.arange(window, dtype=first.dtype, device=first.device) - window // 2
    kernel = torch.exp(-offsets.square() / (2 * sigma**2))
    kernel = kernel / kernel.sum()
    channels = first.shape[1]

    def blur(x: Tensor) -> Tensor:
        x = F.conv2d(x, kernel.view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups=channels)
        return F.conv2d(x, kernel.view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups=channels)

    a, b = blur(first), blur(second)
    variance_a, variance_b = blur(first**2) - a**2, blur(second**2) - b**2
    covariance = blur(first * second) - a * b
    c1, c2 = (0.01 * 2) ** 2, (0.03 * 2) ** 2
    index = (2 * a * b + c1) * (2 * covariance + c2) / ((a**2 + b**2 + c1) * (variance_a + variance_b + c2))
    return index.mean((1, 2, 3))


def distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Euclidean distances between all pairs of rows: (N, D), (M, D) -> (N, M)."""
    squared = (first**2).sum(1)[:, None] + (second**2).sum(1)[None] - 2 * first @ second.T
    return np.sqrt(np.maximum(squared, 0))


def precision_recall(real: np.ndarray, fake: np.ndarray, k: int = 3) -> tuple[float, float]:
    """Improved precision and recall (Kynkäänniemi et al. 2019): the share of fakes within reach of
    the real manifold, and of real ones within reach of the fake manifold, reach being the distance
    to the k-th neighbour."""

    def covered(points: np.ndarray, manifold: np.ndarray) -> float:
        reach = np.sort(distances(manifold, manifold), 1)[:, k]
        return float((distances(points, manifold) <= reach[None]).any(1).mean())

    return covered(fake, real), covered(real, fake)
