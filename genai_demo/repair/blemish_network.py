"""The network that marks scratches, dust and stains of a photograph.

A U-Net (Ronneberger et al. 2015) whose first layer takes blocks of 2 x 2 pixels as channels and whose last gives them
back (Shi et al. 2016, eq. 4): what is one pixel wide is seen, at a quarter of the cost. Batch normalisation (Ioffe &
Szegedy 2015) has fixed figures once it is trained, so that a place looks the same in a picture of any size.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

KINDS = ("scratches", "dust", "stains")
"""What it tells apart: scratches, folds, cracks and hairs; dust and specks; stains, foxing and what is torn off."""
GRAIN = 16
"""Sides of what the network sees are multiples of this."""


@dataclass(frozen=True)
class BlemishConfig:
    """widths: channels at 1/2, 1/4, 1/8 and 1/16 of the side; depths: residual layers there."""

    widths: tuple[int, ...] = (24, 40, 64, 80)
    depths: tuple[int, ...] = (2, 2, 2, 1)

    def __post_init__(self) -> None:
        for name in ("widths", "depths"):  # a card stores tuples as lists
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if len(self.widths) != 4 or len(self.depths) != 4:
            raise ValueError("Give the blemish network four widths and four depths.")


def layer(inputs: int, outputs: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """Convolution, batch normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, dilation, dilation, bias=False),
        nn.BatchNorm2d(outputs, momentum=0.05),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    """x + layer(x) at constant width."""

    def __init__(self, width: int, dilation: int = 1):
        super().__init__()
        self.change = layer(width, width, dilation=dilation)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.change(x)


class BlemishFinder(nn.Module):
    """(B, 3, H, W) in [-1, 1] to logits of KINDS (B, 3, H, W); H and W multiples of GRAIN."""

    def __init__(self, config: BlemishConfig):
        super().__init__()
        self.config = config
        widths = config.widths
        self.down = nn.ModuleList()
        for i, (inputs, outputs) in enumerate(zip((12, *widths), widths, strict=False)):
            residuals = (Residual(outputs) for _ in range(config.depths[i]))
            self.down.append(nn.Sequential(layer(inputs, outputs, 2 if i else 1), *residuals))
        # Steps of 2 and 4 at 1/16 of the side: a fold is followed across what hides it.
        self.around = nn.Sequential(Residual(widths[-1], 2), Residual(widths[-1], 4))
        self.across = nn.ModuleList(nn.Conv2d(widths[i + 1], widths[i], 1) for i in range(3))
        self.join = nn.ModuleList(layer(2 * widths[i], widths[i]) for i in range(3))
        self.head = nn.Conv2d(widths[0], 4 * len(KINDS), 3, padding=1)
        nn.init.constant_(self.head.bias, -3.0)  # blemishes are rare (Lin et al. 2017, section 4.1)

    def forward(self, picture: Tensor) -> Tensor:
        seen, x = [], F.pixel_unshuffle(picture, 2)
        for step in self.down:
            x = step(x)
            seen.append(x)
        x = self.around(x)
        for i in reversed(range(3)):
            x = F.interpolate(self.across[i](x), scale_factor=2.0, mode="bilinear", align_corners=False)
            x = self.join[i](torch.cat([x, seen[i]], 1))
        return F.pixel_shuffle(self.head(x), 2)
