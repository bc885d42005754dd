"""The face finder: two small networks that turn a photograph into 68 landmarks.

``Detector`` looks at a whole picture at 128 px and says, for every cell of a 16 x 16 grid, whether
a face is centred there, how large it is and how far it is turned (the box-free form of
CenterNet, Zhou et al. 2019). ``Landmarker`` looks at one upright crop at 96 px and places the
68 points as the centres of mass of 68 heat maps (Sun et al. 2018, "Integral Human Pose
Regression"), and says whether the crop holds a face at all. Both stand on the same ``Pyramid``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LANDMARKS = 68


@dataclass(frozen=True)
class FinderConfig:
    """Sides in pixels; widths are channels at 1/2, 1/4, 1/8 and 1/16 of the side."""

    view: int = 128
    """Side of the square picture that the detector sees."""
    crop: int = 96
    """Side of the upright crop that the landmarker sees."""
    detector_widths: tuple[int, ...] = (16, 32, 64, 96)
    landmarker_widths: tuple[int, ...] = (16, 48, 72, 96)

    def __post_init__(self) -> None:
        # A card stores tuples as lists.
        object.__setattr__(self, "detector_widths", tuple(self.detector_widths))
        object.__setattr__(self, "landmarker_widths", tuple(self.landmarker_widths))
        if len(self.detector_widths) != 4 or len(self.landmarker_widths) != 4:
            raise ValueError("Give four widths to each network of the finder.")
        if self.view % 16 or self.crop % 16:
            raise ValueError("The sides of the finder's views must be multiples of 16.")

    @property
    def grid(self) -> int:
        """Cells along a side of the detector's grid."""
        return self.view // 8


def convolution(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """Convolution, batch normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    """x + two convolutions of x, at constant width (He et al. 2016)."""

    def __init__(self, width: int):
        super().__init__()
        self.first = convolution(width, width)
        self.second = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.norm(self.second(self.first(x))))


class Pyramid(nn.Module):
    """Four halvings down, then up again to 1/``stride`` of the side with what was seen on the way.

    (B, 3, S, S) in [-1, 1] to fine features (B, widths, S / stride, S / stride) and the coarsest
    ones (B, widths[3], S / 16, S / 16). Feature pyramid: Lin et al. 2017.
    """

    def __init__(self, widths: Sequence[int], stride: int):
        super().__init__()
        self.bottom = {4: 1, 8: 2}[stride]
        self.width = widths[self.bottom]
        steps = []
        for i, (inputs, outputs) in enumerate(zip((3, *widths), widths, strict=False)):
            repeats = (0, 1, 2, 2)[i]
            steps.append(nn.Sequential(convolution(inputs, outputs, stride=2), *map(Residual, [outputs] * repeats)))
        self.down = nn.ModuleList(steps)
        levels = range(self.bottom, 3)
        self.lateral = nn.ModuleList(nn.Conv2d(widths[i + 1], widths[i], 1) for i in levels)
        self.smooth = nn.ModuleList(Residual(widths[i]) for i in levels)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        seen = []
        for step in self.down:
            x = step(x)
            seen.append(x)
        coarse = x
        for i in reversed(range(self.bottom, 3)):
            j = i - self.bottom
            x = self.smooth[j](seen[i] + F.interpolate(self.lateral[j](x), scale_factor=2.0, mode="nearest"))
        return x, coarse


class Detector(nn.Module):
    """(B, 3, view, view) in [-1, 1] to (B, 6, grid, grid).

    Channels: logit of a face centred in the cell; its centre from the middle of the cell, x and
    y, in cells; the logarithm of the side of its square in shares of the view; cosine and sine of
    its turn (clockwise on the screen), not normalised.
    """

    def __init__(self, config: FinderConfig):
        super().__init__()
        self.pyramid = Pyramid(config.detector_widths, stride=8)
        self.head = nn.Conv2d(self.pyramid.width, 6, 1)
        # Faces are rare among cells: start from that, or the first steps only learn it.
        nn.init.constant_(self.head.bias, 0.0)
        self.head.bias.data[0] = -4.0

    def forward(self, views: Tensor) -> Tensor:
        return self.head(self.pyramid(views)[0])


class Landmarker(nn.Module):
    """(B, 3, crop, crop) in [-1, 1] to landmarks (B, 68, 2) in 0..1 of the crop and logits (B,)."""

    def __init__(self, config: FinderConfig):
        super().__init__()
        self.pyramid = Pyramid(config.landmarker_widths, stride=4)
        self.maps = nn.Conv2d(self.pyramid.width, LANDMARKS, 1)
        self.is_face = nn.Linear(config.landmarker_widths[3], 1)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        fine, coarse = self.pyramid(crops)
        maps = self.maps(fine).float()
        logits = self.is_face(coarse.mean((2, 3))).float().squeeze(1)
        return centre_of_mass(maps), logits


class Finder(nn.Module):
    """Both networks, so that one checkpoint holds them."""

    def __init__(self, config: FinderConfig):
        super().__init__()
        self.config = config
        self.detector = Detector(config)
        self.landmarker = Landmarker(config)


def centre_of_mass(maps: Tensor) -> Tensor:
    """Soft arg-max. (B, K, H, W) logits to (B, K, 2) points x, y in 0..1 (cell middles)."""
    height, width = maps.shape[2:]
    mass = maps.flatten(2).softmax(2).view_as(maps)
    xs = (torch.arange(width, device=maps.device) + 0.5) / width
    ys = (torch.arange(height, device=maps.device) + 0.5) / height
    return torch.stack([(mass.sum(2) * xs).sum(2), (mass.sum(3) * ys).sum(2)], 2)
