"""Light and colour of a person in a new scene."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.repair.cutout import box_mean

_TO_CONES = torch.tensor(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_OKLAB = torch.tensor(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def to_oklab(rgb: Tensor) -> Tensor:
    """(B, 3, H, W) of sRGB in 0..1 to Oklab (Ottosson 2020): lightness 0..1, and two of colour around 0."""
    linear = torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb.clamp(min=0.04) + 0.055) / 1.055) ** 2.4)
    cones = torch.einsum("ij,bjhw->bihw", _TO_CONES, linear).clamp(min=0) ** (1 / 3)
    return torch.einsum("ij,bjhw->bihw", _TO_OKLAB, cones)


def from_oklab(lab: Tensor) -> Tensor:
    """The inverse of ``to_oklab``, clipped to 0..1."""
    cones = torch.einsum("ij,bjhw->bihw", torch.linalg.inv(_TO_OKLAB), lab) ** 3
    linear = torch.einsum("ij,bjhw->bihw", torch.linalg.inv(_TO_CONES), cones).clamp(0, 1)
    return torch.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear.clamp(min=0.003) ** (1 / 2.4) - 0.055)


MOST_LIGHTER, MOST_TINTED = 0.16, 0.035
"""Most that the person's mean lightness and colour are moved, in units of Oklab: more looks painted over."""
LIGHT_SHARE, COLOUR_SHARE = 0.5, 0.6
"""Of the difference in the means that is taken away at match = 1."""


def matched(person: Tensor, alpha: Tensor, around: Tensor, match: float) -> Tensor:
    """The person's colours in the light of the scene. person, around: (1, 3, H, W); alpha: (1, 1, H, W).

    Mean and deviation of the scene are carried over as in Reinhard et al. 2001 ("Color Transfer between
    Images"), in Oklab instead of their l-alpha-beta, and only so far that skin stays skin.
    """
    lab, ground = to_oklab(person), to_oklab(around)
    weight = alpha / alpha.sum().clamp(min=1e-6)
    mean = (lab * weight).sum((2, 3), keepdim=True)
    deviation = ((lab - mean).square() * weight).sum((2, 3), keepdim=True).sqrt()
    wanted = ground.mean((2, 3), keepdim=True)
    shares = torch.tensor([LIGHT_SHARE, COLOUR_SHARE, COLOUR_SHARE]).view(1, 3, 1, 1)
    most = torch.tensor([MOST_LIGHTER, MOST_TINTED, MOST_TINTED]).view(1, 3, 1, 1)
    shift = match * ((wanted - mean) * shares).clamp(-most, most)
    ratio = (ground.std((2, 3), keepdim=True) / deviation.clamp(min=1e-3)).clamp(0.8, 1.15)
    ratio[:, 1:] = ratio[:, 1:].clamp(max=1.0)
    return from_oklab((lab - mean) * (1 + match * (ratio - 1)) + mean + shift)


def gaussian(x: Tensor, sigma: float) -> Tensor:
    """Blurred by ``sigma`` pixels, the border repeated: three box filters, at a smaller size where that is enough."""
    if sigma < 0.3:
        return x
    height, width = x.shape[-2:]
    factor = max(1.0, sigma / 4)
    size = (max(1, round(height / factor)), max(1, round(width / factor)))
    small = F.interpolate(x, size=size, mode="bilinear", antialias=True) if factor > 1 else x
    side = math.sqrt(4 * (sigma / factor) ** 2 + 1)  # three boxes of this side have the deviation of the bell
    low = (int(side) - 1) // 2
    share = (side - (2 * low + 1)) / 2  # between the two odd sides around it
    for _ in range(3):
        edge = F.pad(small, (low + 1,) * 4, mode="replicate") if min(size) > low + 1 else small
        inner, outer = box_mean(edge, low), box_mean(edge, low + 1)
        blurred = inner + share * (outer - inner)
        crop = low + 1 if edge is not small else 0
        small = blurred[..., crop : blurred.shape[-2] - crop, crop : blurred.shape[-1] - crop]
    return F.interpolate(small, size=(height, width), mode="bilinear", align_corners=False) if factor > 1 else small


def lit(colours: Tensor, alpha: Tensor, ground: Tensor, corner: tuple[int, int], match: float) -> Tensor:
    """Colours matched to the scene around the person, and some of its light wrapped around the edge."""
    high, wide = alpha.shape[-2:]
    top, left = corner
    reach = round(0.25 * max(high, wide))
    near = ground[..., max(0, top - reach) : top + high + reach, max(0, left - reach) : left + wide + reach]
    step = max(1, round(math.sqrt(near.shape[-2] * near.shape[-1] / 40_000)))
    colours = matched(colours, alpha, F.avg_pool2d(near, step, ceil_mode=True), match)
    soft = 0.018 * high
    behind = ground[..., top : top + high, left : left + wide]
    light = to_oklab(gaussian(behind, 2 * soft).clamp(0, 1))
    lab = to_oklab(colours)
    edge = 0.4 * match * (2 * (1 - gaussian(alpha, soft))).clamp(0, 1)
    lab = lab + edge * (light - lab) * torch.tensor([1.0, 0.7, 0.7]).view(1, 3, 1, 1)
    return torch.where(edge > 0.002, from_oklab(lab), colours)
