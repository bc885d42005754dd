"""What the built-in scenes are made of: noise, light, mist, water, far lights out of focus.

A ``Frame`` measures in heights of the picture: y from 0 at the top to 1, x from 0 to width / height. Random
numbers are drawn by composition and not by pixel, so a scene looks the same at every size. Colours are
(H, W, 3) float32 in 0..1 and may exceed 1 until ``finished``.
"""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from genai_demo.repair.brushes import colour, smoothstep

Rng = np.random.Generator


class Frame:
    """Places of the pixels: x (1, W), y (H, 1); aspect = width / height."""

    def __init__(self, width: int, height: int):
        self.width, self.height, self.aspect = width, height, width / height
        self.x = ((np.arange(width, dtype=np.float32) + 0.5) / height)[None]
        self.y = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]


def shades(values: np.ndarray, stops: Sequence[tuple[float, str]]) -> np.ndarray:
    """Colours along a ramp: values (H, W) or (H, 1), stops (value, "#rrggbb") rising -> (..., 3)."""
    places = [s for s, _ in stops]
    inks = np.array([colour(code) for _, code in stops])
    return np.stack([np.interp(values, places, inks[:, c]).astype(np.float32) for c in range(3)], -1)


def over(ground: np.ndarray, ink: np.ndarray, share: np.ndarray) -> np.ndarray:
    """``ink`` (3,) or (H, W, 3) laid over ``ground``; share (H, W) 0..1."""
    return ground + share[..., None] * (ink - ground)


def glow(ground: np.ndarray, ink: np.ndarray | str, light: np.ndarray) -> np.ndarray:
    """Light added as on film: it brightens what is dark most ("screen"). light (H, W)."""
    ink = colour(ink) if isinstance(ink, str) else ink
    return 1 - (1 - ground) * (1 - (light[..., None] * ink).clip(0, 1))


# --------------------------------------------------------------------------- noise


def enlarged(field: np.ndarray, height: int, width: int, mode: str = "bicubic") -> np.ndarray:
    """(h, w) to (height, width), corners on corners."""
    lattice = torch.from_numpy(np.ascontiguousarray(field))[None, None]
    return F.interpolate(lattice, (height, width), mode=mode, align_corners=True)[0, 0].numpy()


def noise(
    rng: Rng, frame: Frame, cells: float, octaves: int = 5, gain: float = 0.5, stretch: float = 1.0
) -> np.ndarray:
    """Fractal value noise, (H, W) in 0..1 about 0.5.

    cells: along the height; stretch: width of a cell in heights of it.
    """
    seed = int(rng.integers(2**32))
    total, weight = np.zeros((frame.height, frame.width), np.float32), 0.0
    for octave in range(octaves):
        rows = max(1, round(cells * 2**octave))
        columns = max(1, round(cells * 2**octave * frame.aspect / stretch))
        weight += gain**octave
        if rows > frame.height or columns > frame.width:  # finer than the pixels: its mean is left
            total += 0.5 * gain**octave
            continue
        lattice = np.random.default_rng((seed, octave)).random((rows + 1, columns + 1), np.float32)
        total += gain**octave * enlarged(lattice, frame.height, frame.width)
    return ((total / weight - 0.5) * 1.7 + 0.5).clip(0, 1)


def line(rng: Rng, frame: Frame, bumps: float, octaves: int = 5, gain: float = 0.5, smooth: bool = False) -> np.ndarray:
    """A ridge: heights (1, W) in 0..1 about 0.5 along x, ``bumps`` in a height of the picture."""
    seed = int(rng.integers(2**32))
    total, weight = np.zeros(frame.width, np.float32), 0.0
    for octave in range(octaves):
        count = max(2, round(bumps * 2**octave * frame.aspect)) + 1
        lattice = np.random.default_rng((seed, octave)).random((1, count), np.float32).repeat(2, 0)
        total += gain**octave * enlarged(lattice, 2, frame.width, "bicubic" if smooth else "bilinear")[0]
        weight += gain**octave
    return (total / weight)[None]


def texture(rng: Rng, side: int = 256, cells: int = 8, octaves: int = 5, gain: float = 0.55) -> np.ndarray:
    """Noise that repeats without a seam, (side, side) in 0..1, for ``looked_up``."""
    total, weight = np.zeros((side, side), np.float32), 0.0
    for octave in range(octaves):
        n = cells * 2**octave
        if n > side:
            break
        lattice = torch.from_numpy(rng.random((1, 1, n, n), np.float32))
        lattice = F.pad(lattice, (2, 2, 2, 2), mode="circular")
        scale = side // n
        fine = F.interpolate(lattice, scale_factor=float(scale), mode="bicubic", align_corners=False)
        total += gain**octave * fine[0, 0, 2 * scale : 2 * scale + side, 2 * scale : 2 * scale + side].numpy()
        weight += gain**octave
    return ((total / weight - 0.5) * 1.7 + 0.5).clip(0, 1)


def looked_up(field: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """A repeating texture at places u, v (in texture widths), between its points linearly."""
    side = len(field)
    u, v = (u % 1) * side, (v % 1) * side
    left, top = u.astype(np.int32), v.astype(np.int32)
    du, dv = u - left, v - top
    left, top = left % side, top % side
    right, below = (left + 1) % side, (top + 1) % side
    upper = field[top, left] * (1 - du) + field[top, right] * du
    lower = field[below, left] * (1 - du) + field[below, right] * du
    return upper * (1 - dv) + lower * dv


def ground_noise(rng: Rng, frame: Frame, horizon: float, scale: float = 0.35, flat: float = 1.0) -> np.ndarray:
    """Noise lying on the ground below a horizon, seen in perspective; 0.5 above it and where it is too far to see.

    scale: how far the ground lies below the eye; flat: length of the noise away from the eye by its width.
    """
    depth = (frame.y - horizon).clip(min=1e-3)
    u = (frame.x - frame.aspect / 2) / depth * scale * 0.5
    v = np.broadcast_to(scale / depth / flat, u.shape)
    found = looked_up(texture(rng), u, v)
    near = smoothstep(np.broadcast_to(frame.y - horizon, u.shape), 0.0, 0.12)
    return 0.5 + (found - 0.5) * near


# --------------------------------------------------------------------------- optics


def blurred(field: np.ndarray, sigma: float) -> np.ndarray:
    """Out of focus: Gaussian of ``sigma`` heights of the picture. (H, W) or (H, W, 3)."""
    height, width = field.shape[:2]
    pixels = sigma * height
    if pixels < 0.3:
        return field
    x = torch.from_numpy(np.ascontiguousarray(field if field.ndim == 3 else field[..., None])).permute(2, 0, 1)[:, None]
    factor = max(1.0, pixels / 3)
    size = (max(2, round(height / factor)), max(2, round(width / factor)))
    x = F.interpolate(x, size, mode="area") if factor > 1 else x
    reach = min(max(1, round(3 * pixels / factor)), min(size) - 1)
    bell = torch.exp(-((torch.arange(-reach, reach + 1) / (pixels / factor)) ** 2) / 2)
    bell /= bell.sum()
    x = F.conv2d(F.pad(x, (reach, reach, 0, 0), mode="reflect"), bell.view(1, 1, 1, -1))
    x = F.conv2d(F.pad(x, (0, 0, reach, reach), mode="reflect"), bell.view(1, 1, -1, 1))
    x = F.interpolate(x, (height, width), mode="bicubic", align_corners=False) if factor > 1 else x
    found = x[:, 0].permute(1, 2, 0).numpy()
    return found if field.ndim == 3 else found[..., 0]


def discs(
    ground: np.ndarray, frame: Frame, places: np.ndarray, radii: np.ndarray, inks: np.ndarray, light: np.ndarray
) -> np.ndarray:
    """Lights out of focus ("bokeh"): discs with a brighter rim, added to the picture.

    places (N, 2), radii (N,) in heights; inks (N, 3); light (N,) 0..1.
    """
    found = ground.copy()
    for (x, y), radius, ink, strength in zip(places, radii, inks, light, strict=True):
        left, right = _window(x, radius * 1.1, frame.height, frame.width)
        top, bottom = _window(y, radius * 1.1, frame.height, frame.height)
        if left >= right or top >= bottom:
            continue
        apart = np.hypot(frame.x[:, left:right] - x, frame.y[top:bottom] - y) / radius
        soft = max(0.06, 1.0 / (radius * frame.height))
        disc = smoothstep(apart, 1.0 + soft / 2, 1.0 - soft) * (0.72 + 0.28 * smoothstep(apart, 0.6, 1.0))
        part = found[top:bottom, left:right]
        found[top:bottom, left:right] = glow(part, ink, (strength * disc).astype(np.float32))
    return found


def _window(middle: float, reach: float, scale: int, most: int) -> tuple[int, int]:
    return max(0, int((middle - reach) * scale)), min(most, int((middle + reach) * scale) + 2)


def stars(rng: Rng, frame: Frame, ground: np.ndarray, count: int, lowest: float = 1.0) -> np.ndarray:
    """Points of light of many brightnesses; the few brightest have a halo. lowest: y below which there are none."""
    number = round(count * frame.aspect)
    places = rng.random((number, 2)) * [frame.aspect, lowest]
    bright = rng.random(number) ** 7
    warm = rng.random((number, 1))
    inks = (1 - warm) * colour("#bcd4ff") + warm * colour("#fff0d8")
    found = ground.copy()
    unit = 1.0 / max(560, min(frame.height, 1200))
    for (x, y), strength, ink in zip(places, bright, inks, strict=True):
        radius = unit * (0.6 + 1.3 * strength)
        reach = radius * (3 if strength < 0.75 else 14)
        left, right = _window(x, reach, frame.height, frame.width)
        top, bottom = _window(y, reach, frame.height, frame.height)
        if left >= right or top >= bottom:
            continue
        apart = np.hypot(frame.x[:, left:right] - x, frame.y[top:bottom] - y)
        light = (0.25 + 0.75 * strength) * np.exp(-((apart / radius) ** 2))
        if strength >= 0.75:
            light += 0.22 * strength * np.exp(-apart / (3.2 * radius))
        found[top:bottom, left:right] = glow(found[top:bottom, left:right], ink, light.astype(np.float32))
    return found


def mirrored(ground: np.ndarray, frame: Frame, rng: Rng, horizon: float, ripple: float = 0.5) -> np.ndarray:
    """What stands above the horizon, again in water below it, drawn out and broken by ripples."""
    start = min(frame.height - 1, round(horizon * frame.height))
    depth = (frame.y - horizon).clip(min=0)
    waves = ground_noise(rng, frame, horizon, 0.5, 0.35) - 0.5
    fine = ground_noise(rng, frame, horizon, 1.3, 0.25) - 0.5
    shift = ripple * (0.10 * waves + 0.06 * fine) * (0.15 + 1.8 * depth)
    rows = (horizon - depth + 4 * shift) * frame.height
    rows = rows.clip(0, max(start - 1, 0)).astype(np.int32)
    columns = ((frame.x + 0.6 * shift) * frame.height).clip(0, frame.width - 1).astype(np.int32)
    found = ground.copy()
    found[start:] = ground[rows[start:], columns[start:]]
    return found


def finished(field: np.ndarray, frame: Frame, vignette: float = 0.15, grain: float = 0.006) -> Image.Image:
    """To 8 bits: darker corners, and a little grain, without which smooth skies show bands."""
    away = np.hypot((frame.x - frame.aspect / 2) / max(frame.aspect, 1.0), frame.y - 0.5)
    field = field * (1 - vignette * smoothstep(away, 0.25, 0.85))[..., None]
    grains = np.random.default_rng(0).standard_normal((frame.height, frame.width, 1), np.float32)
    return Image.fromarray(((field + grain * grains) * 255).round().clip(0, 255).astype(np.uint8))
