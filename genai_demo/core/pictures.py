"""Tensors to pictures."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor


def to_pixels(images: Tensor) -> np.ndarray:
    """(B, 3, R, R) in [-1, 1] to (B, R, R, 3) uint8."""
    scaled = (images.float().clamp(-1, 1) + 1) * 127.5
    return scaled.round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()


def save_rows(rows: list[Tensor], path: Path) -> None:
    """Rows of (B, 3, R, R) in [-1, 1] as one WebP sheet, ``path`` plus suffix."""
    sheet = np.concatenate([np.concatenate(list(to_pixels(row)), 1) for row in rows])
    Image.fromarray(sheet).save(path.with_suffix(".webp"), quality=90)
