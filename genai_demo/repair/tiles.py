"""Pictures of any size through a network that wants moderate ones, and holes without seams."""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

TILE, OVERLAP = 512, 32
"""Side of a tile and what neighbours share on each side; multiples of 8."""


def padded(x: Tensor, grain: int) -> Tensor:
    """(B, C, H, W) with its last rows and columns repeated up to multiples of ``grain``."""
    height, width = x.shape[-2:]
    return F.pad(x, (0, -width % grain, 0, -height % grain), mode="replicate")


def starts(length: int) -> list[int]:
    """Where tiles begin along a side, evenly spread, neighbours sharing at least twice OVERLAP."""
    if length <= TILE:
        return [0]
    count = -(-(length - 2 * OVERLAP) // (TILE - 2 * OVERLAP))
    return [round(i * (length - TILE) / (count - 1)) for i in range(count)]


def window(size: int, first: bool, last: bool) -> Tensor:
    """Weights along one side of a tile: they rise and fall where there is a neighbour."""
    ramp = (torch.arange(size) + 1.0).clamp(max=2 * OVERLAP) / (2 * OVERLAP)
    ones = torch.ones(size)
    return (ones if first else ramp) * (ones if last else ramp.flip(0))


def tiled(work: Callable[[Tensor], Tensor], x: Tensor, wanted: Tensor | None = None) -> Iterator[tuple[float, Tensor]]:
    """Tile after tile: (share done, the picture so far), the last with share 1.

    work: (1, C, h, w) to (1, 3, h, w). x: (1, C, H, W), the picture in its first three channels.
    wanted: (1, 1, H, W), tiles where it is zero everywhere are left as they are.
    """
    height, width = x.shape[-2:]
    rows, columns = starts(height), starts(width)
    total = torch.zeros_like(x[:, :3])
    weights = torch.zeros_like(x[:, :1])
    places = [(top, left) for top in rows for left in columns]
    if wanted is not None:
        places = [(t, s) for t, s in places if wanted[..., t : t + TILE, s : s + TILE].any()]
    for done, (top, left) in enumerate(places, 1):
        part = x[..., top : top + TILE, left : left + TILE]
        high, wide = part.shape[-2:]
        weight = window(high, top == 0, top + high >= height)[:, None] * window(wide, left == 0, left + wide >= width)
        total[..., top : top + high, left : left + wide] += work(part) * weight
        weights[..., top : top + high, left : left + wide] += weight
        untouched = weights == 0
        yield done / len(places), torch.where(untouched, x[:, :3], total / weights.clamp(min=1e-6))
    if not places:
        yield 1.0, x[:, :3]


def spread(values: Tensor, known: Tensor) -> Tensor:
    """Smooth values everywhere from those at known places, by averages at ever coarser scales.

    values: (B, C, H, W); known: (B, 1, H, W), 1 or 0. The pull-push algorithm of Gortler et al. 1996.
    """
    if min(values.shape[-2:]) <= 2 or bool(known.all()):
        mean = (values * known).sum((2, 3), keepdim=True) / known.sum((2, 3), keepdim=True).clamp(min=1e-6)
        return torch.where(known > 0, values, mean)
    x, w = padded(values * known, 2), padded(known, 2)
    if x.shape[-2:] != values.shape[-2:]:  # what was repeated is not known
        w[..., values.shape[-2] :, :] = 0
        w[..., values.shape[-1] :] = 0
        x = x * w
    weight = F.avg_pool2d(w, 2)
    smaller = F.avg_pool2d(x, 2) / weight.clamp(min=1e-6)
    coarse = spread(smaller, (weight > 0).float())
    fine = F.interpolate(coarse, size=x.shape[-2:], mode="bilinear", align_corners=False)
    return torch.where(known > 0, values, fine[..., : values.shape[-2], : values.shape[-1]])


def without_seam(picture: Tensor, filling: Tensor, mask: Tensor, reach: int = 3) -> Tensor:
    """The picture outside the mask untouched, inside it the filling, its colours drawn to those at the edge.

    The difference between picture and filling in a ring around the hole is carried smoothly into
    it and added (a cheap form of Poisson image editing, Pérez et al. 2003). All (B, C, H, W).
    """
    near = F.max_pool2d(mask, 2 * reach + 1, 1, reach) - mask
    if not bool(near.any()):
        return torch.where(mask > 0, filling, picture)
    offset = spread((picture - filling) * near, near)
    return torch.where(mask > 0, filling + offset, picture)
