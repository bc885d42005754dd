"""Pictures from a compositional pattern producing network (Stanley 2007) with random weights.

The network sees one point of the plane and says its colour; nothing is trained, the seed is the painting.

- The point is first moved by a smooth field (domain warping), which bends straight bands into flowing ones.
- Every layer mixes sines, Gaussians and saturating units, Stanley's repetition, symmetry and regularity.
- Outputs are not red, green and blue but the place in a palette, light, and contour lines, scaled by their own
  spread over the picture: so nearly every seed uses its palette well.
- Points enter by functions that already have the wanted symmetry, so the picture has it exactly.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

WIDTH = 16
"""Units of a layer: 6 sines, 5 Gaussians, 5 saturating ones."""
SINES, BELLS = 6, 11
LATENT = 4
CHUNK = 32_768
"""Points at once: small enough for the processor's cache."""
SYMMETRIES = ("none", "mirror", "kaleidoscope", "tile")
OUTPUTS = 4


def coordinates(x: Tensor, y: Tensor, symmetry: str, sectors: int) -> Tensor:
    """Points (P,) each, in units of half the picture's shorter side from the middle, to inputs (4, P).

    mirror: left and right are the same. kaleidoscope: ``sectors`` equal sectors, neighbours mirrored.
    tile: period 2 in both directions.
    """
    if symmetry == "tile":
        return torch.stack(
            [torch.cos(math.pi * x), torch.sin(math.pi * x), torch.cos(math.pi * y), torch.sin(math.pi * y)]
        )
    radius = torch.sqrt(x * x + y * y + 1e-4)
    if symmetry == "mirror":
        x = torch.sqrt(x * x + 0.01)
    elif symmetry == "kaleidoscope":
        wedge = 2 * math.pi / sectors
        turn = torch.atan2(y, x) / wedge
        turn = (turn - torch.floor(turn) - 0.5).abs() * wedge
        x, y = radius * torch.cos(turn), radius * torch.sin(turn)
    return torch.stack([x, y, radius, torch.exp(-radius * radius)])


class Cppn(nn.Module):
    """(4, P) inputs to (4, P) outputs of mean 0 and spread 1 over the picture."""

    def __init__(self, seed: int, complexity: float, symmetry: str):
        """complexity: 0..1, from wide calm shapes to fine ones."""
        super().__init__()
        self.symmetry = symmetry
        generator = torch.Generator().manual_seed(seed)

        def normal(*shape: int) -> nn.Parameter:
            return nn.Parameter(torch.randn(*shape, generator=generator), requires_grad=False)

        self.sectors = 2 * int(torch.randint(3, 7, (), generator=generator))
        fineness = (0.55 if symmetry == "tile" else 0.9) * 3.2**complexity
        scales = torch.tensor([1.0, 1.0, 0.8, 0.6] if symmetry != "tile" else [1.0] * 4)
        self.warp_in, self.warp_shift = normal(WIDTH, 4) * fineness, normal(WIDTH) * 1.5
        self.warp_out = normal(4, WIDTH) / WIDTH**0.5 * (0.35 + 0.4 * complexity)
        self.first = normal(WIDTH, 4) * scales * fineness * 1.1
        depth = 2 + round(2 * complexity)
        self.layers = nn.ParameterList([normal(WIDTH, WIDTH) * (1.5 / WIDTH**0.5) for _ in range(depth)])
        self.shifts = nn.ParameterList([normal(WIDTH) for _ in range(depth + 1)])
        self.last = normal(OUTPUTS, WIDTH) / WIDTH**0.5
        self.drift = normal(depth + 2, WIDTH, LATENT) * 0.13
        self.register_buffer("mean", torch.zeros(OUTPUTS, 1))
        self.register_buffer("spread", torch.ones(OUTPUTS, 1))
        side = torch.linspace(-1, 1, 40)
        y, x = torch.meshgrid(side, side, indexing="ij")
        found = self(coordinates(x.flatten(), y.flatten(), symmetry, self.sectors), 0.0)
        self.mean = found.mean(1, keepdim=True)
        self.spread = found.std(1, keepdim=True).clamp_min(1e-3)

    def forward(self, points: Tensor, time: float) -> Tensor:
        """time: place on a closed loop through the latent space; 0 and 1 are the same."""
        turn = 2 * math.pi * time
        place = torch.tensor([math.cos(turn) - 1, math.sin(turn), math.cos(2 * turn) - 1, math.sin(2 * turn)])
        place = place * torch.tensor([1.0, 1.0, 0.4, 0.4])
        drift = self.drift @ place
        h = activated(torch.addmm((self.warp_shift + drift[0])[:, None], self.warp_in, points))
        points = points + self.warp_out @ h
        h = activated(torch.addmm((self.shifts[0] + drift[1])[:, None], self.first, points))
        for i, layer in enumerate(self.layers):
            h = activated(torch.addmm((self.shifts[i + 1] + drift[i + 2])[:, None], layer, h))
        return (self.last @ h - self.mean) / self.spread


def activated(h: Tensor) -> Tensor:
    """In place: sines, Gaussians and saturating units, each with outputs of spread about 0.6."""
    h[:SINES].sin_()
    h[SINES:BELLS].square_().neg_().exp_().mul_(2).sub_(1)
    h[BELLS:].tanh_()
    return h


@dataclass(frozen=True)
class Frame:
    """What part of the plane is painted."""

    width: int
    height: int
    zoom: float
    fine: int = 2
    """Points across a pixel, against jagged edges."""

    def axes(self, symmetry: str) -> tuple[Tensor, Tensor]:
        """x (width * fine,) and y (height * fine,), exactly symmetric about 0; whole periods for tiles."""

        def axis(count: int, reach: float) -> Tensor:
            return (torch.arange(count).float() * 2 + 1 - count) / count * reach

        across, down = self.width * self.fine, self.height * self.fine
        if symmetry == "tile":
            repeats = max(round(2 / self.zoom), 1)
            return axis(across, repeats), axis(down, max(round(repeats * self.height / self.width), 1))
        short = min(across, down)
        return axis(across, across / short / self.zoom), axis(down, down / short / self.zoom)


@torch.inference_mode()
def fields(network: Cppn, frame: Frame, time: float) -> Tensor:
    """The network's outputs over the plane: (4, height * fine, width * fine)."""
    x, y = frame.axes(network.symmetry)
    rows = max(CHUNK // len(x), 1)
    found = torch.empty(OUTPUTS, len(y), len(x))
    for i in range(0, len(y), rows):
        part = y[i : i + rows]
        points = coordinates(x.repeat(len(part)), part.repeat_interleave(len(x)), network.symmetry, network.sectors)
        found[:, i : i + rows] = network(points, time).view(OUTPUTS, len(part), len(x))
    return found


# --------------------------------------------------------------------------- colour

PALETTES = {
    "aurora": ("#0b1437", "#174f6b", "#1fa187", "#b8de6f", "#f7f3c6", "#6d4fa3"),
    "ember": ("#1a0b1e", "#5a1846", "#c2343b", "#f58a3a", "#fde3a2", "#8c2f4f"),
    "ocean": ("#04142f", "#0d3b66", "#1f8fb5", "#8fd8d2", "#fff4dc", "#f2a65a"),
    "orchid": ("#1d1040", "#5b2a86", "#c65ba8", "#ffb3a7", "#fff1e0", "#5f8fd9"),
    "meadow": ("#12291f", "#2f6b3f", "#8fb84a", "#f0d96b", "#fbf6e3", "#d9734a"),
    "dusk": ("#151a3a", "#3f3d7a", "#a0508f", "#f27a6b", "#ffd38a", "#fff6e0"),
    "candy": ("#2b2d5b", "#3fb8c9", "#f9f3e3", "#ffcf4d", "#ff6f7d", "#a04fb0"),
    "porcelain": ("#0e1f4d", "#2f55a3", "#8fb0de", "#f6f8fb", "#e8dcc3", "#6f86b8"),
    "copper": ("#1c1714", "#5b3a29", "#b8703f", "#f0c48a", "#f7efe0", "#2f6f73"),
    "ink": ("#111318", "#3a3f4a", "#8b9099", "#e6e3da", "#fbf9f3", "#5b5f68"),
}
"""Colours around a closed loop."""
SHADES = 1_024

TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
"""Oklab (Ottosson 2020): in it, mixed colours stay bright and hues turn without changing their lightness."""


def to_oklab(colours: Tensor) -> Tensor:
    """sRGB (N, 3) in 0..1 to Oklab."""
    linear = torch.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return (linear @ torch.tensor(TO_LMS).T) ** (1 / 3) @ torch.tensor(TO_LAB).T


def from_oklab(colours: Tensor) -> Tensor:
    """Oklab (N, 3) to sRGB in 0..1, clipped."""
    lms = (colours @ torch.linalg.inv(torch.tensor(TO_LAB)).T) ** 3
    linear = (lms @ torch.linalg.inv(torch.tensor(TO_LMS)).T).clamp(0, 1)
    return torch.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def shades(palette: str, hue: float) -> Tensor:
    """SHADES colours around a palette's loop, in Oklab; hue: turn of all hues, 1 is a whole one. -> (SHADES, 3)."""
    codes = PALETTES[palette]
    stops = to_oklab(torch.tensor([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in codes]))
    angle = 2 * math.pi * hue
    a, b = stops[:, 1].clone(), stops[:, 2].clone()
    stops[:, 1] = math.cos(angle) * a - math.sin(angle) * b
    stops[:, 2] = math.sin(angle) * a + math.cos(angle) * b
    place = torch.arange(SHADES) / SHADES * len(codes)
    low = place.long()
    share = (place - low)[:, None]
    share = share * share * (3 - 2 * share) * 0.5 + share * 0.5
    return stops[low] * (1 - share) + stops[(low + 1) % len(codes)] * share


def coloured(found: Tensor, palette: str, hue: float, contrast: float, start: float) -> Tensor:
    """The fields (4, H, W) as a picture (3, H, W) in 0..1. contrast: 0..1. start: first place in the palette, 0..1."""
    table = shades(palette, hue)
    middle = table[:, :1].mean()
    span = 0.13 + 0.1 * contrast
    place = (start + span * found[0] + 0.03 * torch.sin(3 * found[2])) % 1.0
    veins = torch.exp(-36 * torch.sin(3 * found[2] + found[1]).square()) - 0.15
    light = 0.05 * torch.tanh(found[1]) + 0.13 * veins * torch.sigmoid(3 * found[3])
    lab = table[(place * SHADES).long().clamp_max(SHADES - 1).flatten()].view(*place.shape, 3).clone()
    lightness = lab[..., 0] + light * (0.4 + 1.2 * contrast)
    lab[..., 0] = middle + (lightness - middle) * (0.7 + 0.6 * contrast)
    lab[..., 1:] *= 0.8 + 0.4 * contrast
    return from_oklab(lab.view(-1, 3)).view(*place.shape, 3).permute(2, 0, 1)
