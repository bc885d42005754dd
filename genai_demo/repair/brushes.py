"""What the built-in style pictures are made of: noise, landscapes, flows and bristles.

Geometry is drawn in units of the picture's side, x to the right and y down, 0..1, so that a style has the same
composition at every size.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw

FINE = 2
"""Shapes are drawn this many times larger and then reduced, against jagged edges."""


def colour(code: str) -> np.ndarray:
    """ "#rrggbb" to (3,) float32 in 0..1."""
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255


def smoothstep(x: np.ndarray, low: float | np.ndarray, high: float | np.ndarray) -> np.ndarray:
    """0 below ``low``, 1 above ``high``, a smooth slope between; falls where ``low`` > ``high``."""
    t = ((x - low) / (high - low)).clip(0, 1)
    return t * t * (3 - 2 * t)


def mix(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """(1 - share) first + share second; share (H, W) for colours (..., 3)."""
    share = share[..., None]
    return first * (1 - share) + second * share


def grid(size: int) -> tuple[np.ndarray, np.ndarray]:
    """x and y of the pixels' centres: twice (size, size) float32."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    return (x + 0.5) / size, (y + 0.5) / size


def noise(rng: np.random.Generator, size: int, cells: int, octaves: int = 4, gain: float = 0.5) -> np.ndarray:
    """Fractal value noise, (size, size) in about 0..1; ``cells`` across in the first octave."""
    total, weight = torch.zeros(1, 1, size, size), 0.0
    for octave in range(octaves):
        lattice = torch.from_numpy(rng.random((1, 1, cells * 2**octave + 1, cells * 2**octave + 1), np.float32))
        total += gain**octave * F.interpolate(lattice, (size, size), mode="bicubic", align_corners=True)
        weight += gain**octave
    return ((total[0, 0].numpy() / weight - 0.5) * 1.6 + 0.5).clip(0, 1)


def ridge(rng: np.random.Generator, size: int, bumps: int, octaves: int = 5) -> np.ndarray:
    """A mountain ridge: heights (size,) in about 0..1 along x."""
    total, weight = np.zeros(size, np.float32), 0.0
    for octave in range(octaves):
        lattice = torch.from_numpy(rng.random((1, 1, bumps * 2**octave + 2), np.float32))
        line = F.interpolate(lattice, size, mode="linear", align_corners=True)[0, 0].numpy()
        total += 0.5**octave * line
        weight += 0.5**octave
    return total / weight


@dataclass(frozen=True)
class Palette:
    """Colours of a landscape, as "#rrggbb"."""

    sky: tuple[str, ...]
    """From the top to the horizon."""
    sun: str
    hills: tuple[str, ...]
    """From far to near."""


@dataclass(frozen=True)
class Landscape:
    """A picture to be painted: sky, sun and hills."""

    colours: np.ndarray
    """(S, S, 3) float32 in 0..1."""
    layer: np.ndarray
    """(S, S) int: 0 the sky, then the hills from far to near."""
    sun: tuple[float, float]


def landscape(rng: np.random.Generator, size: int, palette: Palette, bumps: int = 2, glow: float = 0.5) -> Landscape:
    """Hills before a sky with a sun in it. bumps: mountains across. glow: 0..1, light around the sun."""
    x, y = grid(size)
    stops = np.linspace(0, 0.62, len(palette.sky))
    sky = np.stack([np.interp(y, stops, [colour(c)[i] for c in palette.sky]) for i in range(3)], -1)
    clouds = smoothstep(noise(rng, size, 3, 5), 0.5, 0.85) * smoothstep(y, 0.0, 0.2)
    sun = (float(rng.uniform(0.25, 0.75)), float(rng.uniform(0.2, 0.36)))
    apart = np.hypot(x - sun[0], y - sun[1])
    sky = mix(sky, sky * 0.5 + colour(palette.sun) * 0.5, clouds * 0.8)
    sky = mix(sky, np.broadcast_to(colour(palette.sun), sky.shape), np.exp(-apart * 7) * glow)
    colours = mix(sky, np.broadcast_to(colour(palette.sun), sky.shape), smoothstep(apart, 0.1, 0.09))
    layer = np.zeros((size, size), int)
    for i, code in enumerate(palette.hills):
        share = i / max(len(palette.hills) - 1, 1)
        top = 0.48 + 0.32 * share - (0.26 - 0.12 * share) * (ridge(rng, size, bumps + i) - 0.4)
        inside = y > top[None]
        depth = ((y - top[None]) / 0.35).clip(0, 1)
        light = 1.12 - 0.34 * depth + 0.35 * (noise(rng, size, 6 + 4 * i, 4) - 0.5)
        colours = np.where(inside[..., None], (colour(code) * light[..., None]).clip(0, 1), colours)
        layer = np.where(inside, i + 1, layer)
    return Landscape(colours.astype(np.float32), layer, sun)


def at(field: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The nearest values of a field (S, S, ...) at positions in 0..1."""
    size = len(field)
    column = (np.asarray(x) * size).astype(int).clip(0, size - 1)
    return field[(np.asarray(y) * size).astype(int).clip(0, size - 1), column]


def paths(angle: np.ndarray, starts: np.ndarray, length: np.ndarray, points: int = 6) -> np.ndarray:
    """Lines that follow a field of directions (S, S) in radians. starts: (N, 2). length: (N,). -> (N, points, 2)."""
    place, found = starts.copy(), [starts.copy()]
    step = length[:, None] / (points - 1)
    for _ in range(points - 1):
        turn = at(angle, place[:, 0], place[:, 1])
        place = place + step * np.stack([np.cos(turn), np.sin(turn)], 1)
        found.append(place)
    return np.stack(found, 1)


def scattered(rng: np.random.Generator, count: int, margin: float = 0.03) -> np.ndarray:
    """About ``count`` points spread evenly over the picture and a margin, in random order: (N, 2)."""
    side = int(np.ceil(np.sqrt(count)))
    cells = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).reshape(-1, 2)
    points = (cells + rng.random((side * side, 2))) / side
    return rng.permutation(points * (1 + 2 * margin) - margin)


class Easel:
    """A canvas that Pillow draws on, FINE times larger than the picture."""

    def __init__(self, size: int, ground: np.ndarray):
        """ground: one colour (3,) or a picture (S, S, 3), 0..1."""
        self.size, self.side = size, size * FINE
        field = np.broadcast_to(ground, (size, size, 3))
        self.image = to_image(field).resize((self.side, self.side), Image.Resampling.BICUBIC)
        self.draw = ImageDraw.Draw(self.image)

    def line(self, points: np.ndarray, ink: np.ndarray, width: float) -> None:
        """A line through points (K, 2)."""
        pixels = (points * self.side).ravel().tolist()
        self.draw.line(pixels, fill=bytes_of(ink), width=max(round(width * self.side), 1), joint="curve")

    def polygon(self, points: np.ndarray, ink: np.ndarray) -> None:
        self.draw.polygon((points * self.side).ravel().tolist(), fill=bytes_of(ink))

    def disc(self, x: float, y: float, radius: float, ink: np.ndarray) -> None:
        x, y, r = x * self.side, y * self.side, radius * self.side
        self.draw.ellipse((x - r, y - r, x + r, y + r), fill=bytes_of(ink))

    def strokes(
        self, lines: np.ndarray, inks: np.ndarray, width: np.ndarray, rng: np.random.Generator, bristles: int = 7
    ) -> None:
        """Brush strokes: each line (N, K, 2) as parallel bristles of slightly different paint."""
        along = np.gradient(lines, axis=1)
        normal = np.stack([-along[..., 1], along[..., 0]], -1)
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-9
        offsets = np.linspace(-0.5, 0.5, bristles)
        for line, across, ink, wide in zip(lines, normal, inks, width, strict=True):
            shades = 1 + rng.normal(0, 0.09, bristles)
            for offset, shade in zip(offsets, shades, strict=True):
                self.line(line + across * (offset * wide), ink * shade, wide / bristles * 1.7)

    def picture(self) -> np.ndarray:
        """(S, S, 3) float32 in 0..1."""
        small = self.image.resize((self.size, self.size), Image.Resampling.BOX)
        return np.asarray(small).astype(np.float32) / 255


def bytes_of(ink: np.ndarray | Sequence[float]) -> tuple[int, ...]:
    return tuple((np.asarray(ink) * 255).round().clip(0, 255).astype(int).tolist())


def to_image(field: np.ndarray) -> Image.Image:
    """(H, W, 3) in 0..1 to a picture."""
    return Image.fromarray((field * 255).round().clip(0, 255).astype(np.uint8))


def relief(colours: np.ndarray, strength: float) -> np.ndarray:
    """Paint with thickness: brightness taken as height and lit from the upper left."""
    height = colours.mean(-1)
    slope = height - np.roll(height, (1, 1), (0, 1))
    return (colours + strength * slope.clip(-0.25, 0.25)[..., None]).clip(0, 1)


def jitter(rng: np.random.Generator, inks: np.ndarray, amount: float) -> np.ndarray:
    """Colours (N, 3) with different brightness (mostly) and hue."""
    count = len(inks)
    return (inks * (1 + rng.normal(0, amount, (count, 1))) + rng.normal(0, amount * 0.4, (count, 3))).clip(0, 1)
