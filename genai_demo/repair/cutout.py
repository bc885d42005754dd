"""The network that finds the person in a picture, and the filter that takes its mask to the picture's own size.

``Cutout`` is a small U-Net (Ronneberger et al. 2015) with group normalisation (Wu & He 2018). It sees the
whole picture at about 128 pixels. ``guided_filter`` (He, Sun & Tang 2013, "Guided Image Filtering") then
draws the edges of its mask to those of the picture, so that hair is more than a staircase.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

GRAIN = 16
"""Sides of what the network sees are multiples of this."""
LONGEST_RATIO = 4.0
"""Pictures that are longer are squeezed for the network."""


@dataclass(frozen=True)
class CutoutConfig:
    """widths: channels at 1/2, 1/4, 1/8 and 1/16 of the side; view: square root of the pixels seen."""

    widths: tuple[int, ...] = (16, 32, 64, 96)
    fine: int = 8
    """Channels at the full side."""
    view: int = 128

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))  # a card stores tuples as lists
        if len(self.widths) != 4 or any(w % 4 for w in (*self.widths, self.fine)):
            raise ValueError("Give the cutout network four widths; all of its widths must be multiples of 4.")
        if self.view % GRAIN:
            raise ValueError(f"The cutout network's view must be a multiple of {GRAIN}.")


def layer(inputs: int, outputs: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """Convolution, group normalisation over four groups, SiLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, dilation, dilation, bias=False),
        nn.GroupNorm(4, outputs),
        nn.SiLU(inplace=True),
    )


class Residual(nn.Module):
    """x + layer(x) at constant width."""

    def __init__(self, width: int, dilation: int = 1):
        super().__init__()
        self.change = layer(width, width, dilation=dilation)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.change(x)


class Cutout(nn.Module):
    """(B, 3, H, W) in [-1, 1] to logits of "person" (B, 1, H, W); H and W multiples of GRAIN."""

    def __init__(self, config: CutoutConfig):
        super().__init__()
        self.config = config
        widths = config.widths
        self.down = nn.ModuleList()
        for i, (inputs, outputs) in enumerate(zip((3, *widths), widths, strict=False)):
            repeats = (0, 1, 2, 2)[i]
            self.down.append(nn.Sequential(layer(inputs, outputs, 2), *(Residual(outputs) for _ in range(repeats))))
        # The deepest level sees 1/16 of the side: two wide steps let every place know the whole picture.
        self.around = nn.Sequential(Residual(widths[-1], 2), Residual(widths[-1], 4))
        self.whole = nn.Linear(widths[-1], widths[-1])
        self.across = nn.ModuleList(nn.Conv2d(widths[i + 1], widths[i], 1) for i in range(3))
        self.join = nn.ModuleList(layer(2 * widths[i], widths[i]) for i in range(3))
        self.last = layer(widths[0] + 3, config.fine)
        self.head = nn.Conv2d(config.fine, 1, 3, padding=1)

    def forward(self, picture: Tensor) -> Tensor:
        seen, x = [], picture
        for step in self.down:
            x = step(x)
            seen.append(x)
        x = self.around(x)
        x = x + self.whole(x.mean((2, 3)))[:, :, None, None]
        for i in reversed(range(3)):
            x = F.interpolate(self.across[i](x), scale_factor=2.0, mode="bilinear", align_corners=False)
            x = self.join[i](torch.cat([x, seen[i]], 1))
        x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
        return self.head(self.last(torch.cat([x, picture], 1)))


def view_size(height: int, width: int, view: int) -> tuple[int, int]:
    """(height, width) at which the network sees a picture: its proportions, about view^2 pixels, in GRAINs."""
    ratio = min(max(height / width, 1 / LONGEST_RATIO), LONGEST_RATIO)
    high, wide = view * ratio**0.5, view / ratio**0.5
    return max(GRAIN, round(high / GRAIN) * GRAIN), max(GRAIN, round(wide / GRAIN) * GRAIN)


# --------------------------------------------------------------------------- from coarse to fine


def box_mean(x: Tensor, radius: int) -> Tensor:
    """Means over squares of 2 radius + 1 pixels, cut off at the border. (B, C, H, W), likewise out."""
    size = 2 * radius + 1
    x = F.avg_pool2d(x, (size, 1), 1, (radius, 0), count_include_pad=False)
    return F.avg_pool2d(x, (1, size), 1, (0, radius), count_include_pad=False)


def guided_coefficients(guide: Tensor, values: Tensor, radius: int, epsilon: float) -> tuple[Tensor, Tensor]:
    """The local linear model values = a . guide + b, averaged over the windows that hold a pixel.

    guide: (B, 3, H, W) in 0..1. values: (B, 1, H, W). -> a (B, 3, H, W), b (B, 1, H, W).
    He et al. 2013, eq. 14 to 16 with a colour guide.
    """
    mean, target = box_mean(guide, radius), box_mean(values, radius)
    together = box_mean(guide * values, radius) - mean * target
    pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
    products = box_mean(torch.cat([guide[:, i : i + 1] * guide[:, j : j + 1] for i, j in pairs], 1), radius)
    rr, rg, rb, gg, gb, bb = (
        products[:, k : k + 1] - mean[:, i : i + 1] * mean[:, j : j + 1] + epsilon * (i == j)
        for k, (i, j) in enumerate(pairs)
    )
    # The inverse of a symmetric 3 x 3 matrix by its cofactors: a million of them cost nothing.
    c00, c01, c02 = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    c11, c12, c22 = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    determinant = rr * c00 + rg * c01 + rb * c02
    x, y, z = together.split(1, 1)
    a = torch.cat([c00 * x + c01 * y + c02 * z, c01 * x + c11 * y + c12 * z, c02 * x + c12 * y + c22 * z], 1)
    a = a / determinant
    b = target - (a * mean).sum(1, keepdim=True)
    return box_mean(a, radius), box_mean(b, radius)


def guided_filter(guide: Tensor, values: Tensor, radius: int, epsilon: float) -> Tensor:
    """``values`` smoothed, with the edges of ``guide``. Shapes as in ``guided_coefficients``."""
    a, b = guided_coefficients(guide.double(), values.double(), radius, epsilon)
    return ((a * guide).sum(1, keepdim=True) + b).to(values.dtype)


WORKING_SIDE = 768
"""Longer side at which the filter's coefficients are computed (He & Sun 2015, "Fast Guided Filter")."""


def refined(picture: Tensor, coarse: Tensor, epsilon: float = 4e-4) -> Tensor:
    """The network's soft mask at the picture's own size, its edges those of the picture.

    picture: (1, 3, H, W) in 0..1. coarse: (1, 1, h, w) in 0..1, of any size. -> (1, 1, H, W) in 0..1.
    Only the uncertain fringe of the mask is the filter's; where the network is sure within reach it stays so.
    """
    height, width = picture.shape[-2:]
    factor = min(1.0, WORKING_SIDE / max(height, width))
    size = (max(1, round(height * factor)), max(1, round(width * factor)))
    small = F.interpolate(picture, size=size, mode="area") if factor < 1 else picture
    mask = F.interpolate(coarse, size=size, mode="bicubic", align_corners=False).clamp(0, 1)
    cell = max(size) / max(coarse.shape[-2:])
    radius = max(2, round(1.6 * cell))
    a, b = guided_coefficients(small.double(), mask.double(), radius, epsilon)
    both = torch.cat([a, b, mask.double()], 1).float()
    both = F.interpolate(both, size=(height, width), mode="bilinear", align_corners=False) if factor < 1 else both
    sharp = (both[:, :3] * picture).sum(1, keepdim=True) + both[:, 3:4]
    soft = both[:, 4:]
    # Stretched a little: the filter leaves a veil over what is nearly background.
    sharp = ((sharp - 0.08) / 0.84).clamp(0, 1)
    sure = (2 * (soft - 0.5).abs() - 0.9).clamp(min=0) / 0.1
    return (sharp + sure * (soft.round() - sharp)).clamp(0, 1)
