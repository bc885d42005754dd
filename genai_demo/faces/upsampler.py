"""From the GAN's 128 pixels to 256: a small U-Net that adds what a face has between them.

Notable choices
- The picture itself is enlarged (bicubic), the network adds what is missing: untrained it changes nothing.
- Faces are aligned, so a learnt map at the lowest resolution tells every place whether it lies at an eye, in
  the hair or before the wall.
- Noise enters where hair and skin are drawn, with strengths that start at zero: texture that no picture of 128 pixels
  holds is drawn anew, and the same noise gives the same texture (StyleGAN, Karras et al. 2019, section 3.2).
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.faces.model import ACTIVATION_GAIN, Conv, activate, upsample

GRAIN = 4
"""Sides of the pictures are multiples of this: they are halved twice."""


@dataclass(frozen=True)
class UpsamplerConfig:
    """Shape of the upsampler; stored in the card, rebuilds it."""

    resolution: int = 128
    """Side of the pictures that come in; twice as much goes out."""
    channels: int = 24
    """At the full side; twice as many at the half, four times at a quarter."""
    blocks: int = 3
    """Residual blocks at a quarter of the side, where context is cheap."""


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside the identity, silent at first. (B, C, H, W) -> the same."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv0 = Conv(channels, channels, 3, gain=ACTIVATION_GAIN)
        self.conv1 = Conv(channels, channels, 3, zero=True)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv1(activate(self.conv0(activate(x))))


class Down(nn.Module):
    """Halves the side: (B, I, H, W) -> (B, O, H/2, W/2)."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = Conv(4 * inputs, outputs, 1, gain=ACTIVATION_GAIN)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.pixel_unshuffle(activate(x), 2))


class Upsampler(nn.Module):
    """A face of twice the side. (B, 3, H, W) in [-1, 1] -> (B, 3, 2H, 2W) in about [-1, 1].

    H and W are multiples of ``GRAIN``. noise: (B, 1, 2H, 2W), standard Gaussian; None for none.
    """

    def __init__(self, config: UpsamplerConfig):
        super().__init__()
        self.config = config
        full, half, quarter = config.channels, 2 * config.channels, 4 * config.channels
        side = config.resolution // GRAIN
        self.head = Conv(3, full, 3)
        self.down1, self.block1 = Down(full, half), ResidualBlock(half)
        self.down2 = Down(half, quarter)
        self.place = nn.Parameter(torch.zeros(1, quarter, side, side))
        self.blocks = nn.Sequential(*(ResidualBlock(quarter) for _ in range(config.blocks)))
        self.up2, self.block2 = Conv(quarter, half, 1), ResidualBlock(half)
        self.up1 = Conv(half, full, 1)
        self.grain = Conv(GRAIN, full, 1, bias=False, zero=True)
        self.block3 = ResidualBlock(full)
        self.tail = Conv(full, 12, 3, zero=True)

    def forward(self, image: Tensor, noise: Tensor | None = None) -> Tensor:
        x = self.head(image)
        y = self.block1(self.down1(x))
        z = self.down2(y)
        place = self.place.to(z.dtype)
        if place.shape[2:] != z.shape[2:]:
            place = F.interpolate(place, size=z.shape[2:], mode="bilinear", align_corners=False)
        z = self.blocks(z + place)
        y = self.block2(y + upsample(self.up2(activate(z))))
        x = x + upsample(self.up1(activate(y)))
        if noise is not None:
            x = x + self.grain(F.pixel_unshuffle(noise, 2).to(x.dtype))
        detail = F.pixel_shuffle(self.tail(activate(self.block3(x))), 2)
        return enlarged(image) + detail.float()

    def make_noise(self, seeds: list[int], device: torch.device | str = "cpu") -> Tensor:
        """The noise of each seed, (B, 1, 2R, 2R); the same on every device."""
        side = 2 * self.config.resolution
        drawn = [torch.randn(1, 1, side, side, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
        return torch.cat(drawn).to(device)


def enlarged(image: Tensor) -> Tensor:
    """Twice the side by bicubic interpolation, in float32."""
    return F.interpolate(image.float(), scale_factor=2, mode="bicubic", align_corners=False)


def halved(image: Tensor) -> Tensor:
    """Half the side, without aliasing, as the faces of 128 pixels came from those of 256."""
    side = image.shape[-1] // 2
    return F.interpolate(image.float(), size=(side, side), mode="bicubic", antialias=True, align_corners=False)
