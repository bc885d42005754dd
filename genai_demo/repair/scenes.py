"""Built-in scenes to place people in, all of them rendered by the code of this package.

from genai_demo.repair import scenes
picture = scenes.scene("beach", 960, 640, seed=3)
"""

from collections.abc import Callable

import numpy as np
from PIL import Image

from genai_demo.core import kept, limits
from genai_demo.repair import landscapes
from genai_demo.repair.brushes import colour, smoothstep
from genai_demo.repair.scenery import (
    Frame,
    Rng,
    blurred,
    discs,
    finished,
    glow,
    mirrored,
    noise,
    over,
    shades,
    stars,
)


def _town(rng: Rng, frame: Frame, focus: float) -> np.ndarray:
    """A skyline at night, lit windows, out of focus by ``focus`` heights."""
    x, y = frame.x, frame.y
    found = shades(
        y + 0 * x, [(0, "#0a1030"), (0.3, "#1f2a5c"), (0.5, "#5a3d78"), (0.66, "#c06a6a"), (0.75, "#e9a06a")]
    )
    found = over(found, colour("#2a2450"), 0.4 * smoothstep(noise(rng, frame, 5, 4, stretch=3), 0.5, 0.8))
    for i, (ink, tall, lit) in enumerate((("#3a2f63", 0.42, 0.35), ("#1f1d44", 0.52, 0.55), ("#0d1026", 0.44, 0.7))):
        place = -0.05
        while place < frame.aspect:
            wide = float(rng.uniform(0.05, 0.13))
            top = 0.76 - tall * float(rng.uniform(0.25, 1.0)) ** 1.3
            seed = int(rng.integers(2**32))
            left, right = (int(v * frame.height) for v in (max(place, 0), max(place + wide, 0)))
            place += wide * float(rng.uniform(0.85, 1.15))
            start = round(top * frame.height)
            if right <= left or left >= frame.width:
                continue
            u, v = frame.x[:, left:right], frame.y[start:]
            dice = np.random.default_rng(seed)
            columns, rows = int(dice.integers(4, 8)), 60
            cells = dice.random((rows, columns)) * (dice.random((rows, 1)) < 0.85)
            warm = dice.random((rows, columns, 1))
            across = (u - u[0, 0]) / max(wide, 1e-6) * columns
            along = (v - top) / 0.019
            row, column = along.astype(int).clip(0, rows - 1), across.astype(int).clip(0, columns - 1)
            pane = (np.abs(across % 1 - 0.5) < 0.3) & (np.abs(along % 1 - 0.5) < 0.28)
            on = pane * (cells[row, column] > 1 - lit * 0.75)
            inks = warm * colour("#ffd58a") + (1 - warm) * colour("#ffeccb")
            wall = colour(ink) * (1.15 - 0.3 * across / columns)[..., None] + 0 * v[..., None]
            haze = (0.45, 0.2, 0.0)[i] * smoothstep(v, 0.3, 0.78)
            wall = over(wall.astype(np.float32), colour("#b0646c"), haze + 0 * u)
            found[start:, left:right] = over(wall, inks[row, column].astype(np.float32), (0.9 - 0.2 * (2 - i)) * on)
    return blurred(found.astype(np.float32), focus)


def _lights(rng: Rng, frame: Frame, found: np.ndarray, count: int, low: float, high: float, size: float) -> np.ndarray:
    """Street lights out of focus between y = low and high."""
    number = round(count * frame.aspect)
    places = np.stack([rng.random(number) * frame.aspect, low + (high - low) * rng.beta(2, 2, number)], 1)
    inks = np.array([colour(c) for c in ("#ffb35c", "#ffd9a0", "#ff6a5c", "#7fd0ff", "#ffe9d0", "#ff8fc0", "#9cf0c8")])
    chosen = inks[rng.choice(len(inks), number, p=[0.3, 0.25, 0.12, 0.1, 0.1, 0.07, 0.06])]
    return discs(found, frame, places, size * (0.4 + 0.8 * rng.random(number)), chosen, 0.2 + 0.5 * rng.random(number))


def _city(rng: Rng, frame: Frame) -> np.ndarray:
    """A skyline at night across the water, its lights out of focus."""
    found = _town(rng, frame, 0.0045)
    found = _lights(rng, frame, found, 45, 0.60, 0.78, 0.022)
    found = mirrored(found, frame, rng, 0.76, 1.0)
    depth = (frame.y - 0.76).clip(min=0) + 0 * frame.x
    found = over(found, colour("#0a1230"), np.where(depth > 0, 0.22 + 1.2 * depth, 0).clip(0, 0.6))
    found = blurred(found.astype(np.float32), 0.002)
    return _lights(rng, frame, found, 9, 0.70, 1.0, 0.055)


def _rain(rng: Rng, frame: Frame) -> np.ndarray:
    """A street at night behind a window with drops on it, each a small lens."""
    street = _town(rng, frame, 0.022)
    street = glow(street, "#ff9d5c", 0.25 * np.exp(-(((frame.y - 0.8) / 0.2) ** 2)) + 0 * frame.x)
    street = _lights(rng, frame, street, 55, 0.25, 1.0, 0.055)
    found = blurred(street, 0.006) * 0.86
    mist = smoothstep(noise(rng, frame, 3, 4), 0.35, 0.8)
    found = over(found, colour("#56628c"), 0.18 * mist)
    sharp = blurred(street, 0.003)
    number = round(420 * frame.aspect)
    places = rng.random((number, 2)) * [frame.aspect, 1.0]
    radii = 0.0035 + 0.021 * rng.random(number) ** 3.5
    for (cx, cy), radius in zip(places, radii, strict=True):
        tall = radius * float(1.0 + 0.45 * rng.random())
        left, right = max(0, int((cx - radius) * frame.height)), min(frame.width, int((cx + radius) * frame.height) + 2)
        top, bottom = max(0, int((cy - tall) * frame.height)), min(frame.height, int((cy + tall) * frame.height) + 2)
        if left >= right or top >= bottom:
            continue
        u, v = (frame.x[:, left:right] - cx) / radius, (frame.y[top:bottom] - cy) / tall
        u = u * (1 + 0.22 * (v < 0) * -v)  # drops hang: narrower above
        away = np.hypot(u, v)
        # A drop shows the street upside down and small.
        rows = ((cy - v * (0.16 + 5 * radius)) * frame.height).clip(0, frame.height - 1).astype(int)
        columns = ((cx - u * (0.16 + 5 * radius)) * frame.height).clip(0, frame.width - 1).astype(int)
        lens = sharp[rows + 0 * columns, columns + 0 * rows] * (1.12 - 0.6 * away.clip(0, 1) ** 5)[..., None]
        lens = glow(lens.clip(0, 1), "#ffffff", 0.7 * np.exp(-(((u + 0.35) ** 2 + (v + 0.4) ** 2) / 0.035)))
        soft = 1.4 / (radius * frame.height)
        found[top:bottom, left:right] = over(found[top:bottom, left:right], lens, smoothstep(away, 1.0, 1 - soft))
    return found


def _studio(rng: Rng, frame: Frame) -> np.ndarray:
    """A painted backdrop with a pool of light, in one of several colours."""
    x, y = frame.x, frame.y
    pairs = (("#23364f", "#8fb0cf"), ("#4a2f3a", "#d8a5a0"), ("#2f4238", "#a9c4a2"), ("#3f3a36", "#cfc4b4"))
    dark, light = pairs[int(rng.integers(len(pairs)))]
    apart = np.hypot((x - frame.aspect * 0.5) / 0.95, (y - 0.42) / 0.85)
    cloth = noise(rng, frame, 3, 6, 0.58) * 0.7 + noise(rng, frame, 7, 5, 0.6) * 0.3
    level = (1.02 - 0.95 * apart + 0.34 * (cloth - 0.5)).clip(0, 1)
    found = shades(level, [(0, dark), (1, light)])
    weave = 0.992 + 0.016 * noise(rng, frame, 160, 1)
    floor = smoothstep(y, 0.80, 0.90) * 0.35
    return over(found, colour(dark) * 0.8, floor + 0 * x) * weave[..., None]


def _library(rng: Rng, frame: Frame) -> np.ndarray:
    """Walls of old books in lamp light, a little out of focus."""
    wood = shades(noise(rng, frame, 5, 6, 0.6, stretch=9), [(0.2, "#2a170d"), (0.5, "#4a2a17"), (0.8, "#6d4225")])
    found = wood.copy()
    spines = (
        "#5c1f1f",
        "#7a2e22",
        "#2c3e50",
        "#1f3d33",
        "#7d5a2b",
        "#3b2a4a",
        "#8a6b45",
        "#a08a62",
        "#22303f",
        "#5a4030",
    )
    shelf, board = 0.205, 0.022
    grain = noise(rng, frame, 60, 3, 0.7, stretch=0.15)
    for row in range(6):
        top = -0.06 + row * shelf
        floor = top + shelf - board
        place = -0.02
        while place < frame.aspect:
            if rng.random() < 0.05:  # a gap, dark
                wide, tall, ink = float(rng.uniform(0.01, 0.03)), shelf - board, colour("#120a06")
            else:
                wide, tall = float(rng.uniform(0.014, 0.038)), (shelf - board) * float(rng.uniform(0.66, 0.95))
                ink = colour(spines[int(rng.integers(len(spines)))]) * float(rng.uniform(0.8, 1.35))
            gilt, band = rng.random() < 0.5, float(rng.uniform(0.12, 0.3))
            left, right = (round(v * frame.height) for v in (max(place, 0), max(place + wide, 0)))
            first, last = (round(v * frame.height) for v in (max(floor - tall, 0), max(floor, 0)))
            place += wide
            if right <= left or last <= first or left >= frame.width:
                continue
            u = (frame.x[:, left:right] - (place - wide)) / wide * 2 - 1
            v = (frame.y[first:last] - (floor - tall)) / tall
            light = (1.1 - 0.65 * np.abs(u) ** 2.5) * (0.88 + 0.12 * smoothstep(v, 0.0, 0.05))
            book = ink * (light * (0.8 + 0.4 * grain[first:last, left:right]))[..., None]
            if gilt:
                lines = (np.abs(v - band) < 0.012) | (np.abs(v - band - 0.06) < 0.008) | (np.abs(v - 0.88) < 0.012)
                title = (np.abs(v - band - 0.19) < 0.07) & (np.abs(u) < 0.4) & (np.sin(v * 260) > 0)
                book = over(book.astype(np.float32), colour("#d8b25a"), 0.65 * (lines | title) * (1 - np.abs(u) ** 3))
            found[first:last, left:right] = book
        first, last = (round(v * frame.height) for v in (max(floor, 0), min(floor + board, 1)))
        if last > first:
            edge = smoothstep(frame.y[first:last], floor + board, floor)[..., None]
            found[first:last] = wood[first:last] * (1.1 + 1.1 * edge)
        under = ((frame.y - floor - board) / 0.07).clip(0, 1)
        shade = np.where((frame.y > floor + board) & (frame.y < floor + shelf), 0.45 + 0.55 * under**0.6, 1.0)
        found = found * shade[..., None]
    for post in np.arange(0.0, frame.aspect + 0.3, 0.62) + 0.1:
        u = (frame.x - post) / 0.022
        found = over(
            found, wood * (1.7 - 0.9 * np.abs(u).clip(0, 1))[..., None], smoothstep(np.abs(u), 1.05, 0.95) + 0 * frame.y
        )
    found = blurred(found.astype(np.float32), 0.0035)
    lamp = frame.aspect * float(rng.uniform(0.25, 0.75))
    apart = np.hypot(frame.x - lamp, (frame.y - 0.25) * 1.1)
    found = found * (0.42 + 1.0 * np.exp(-((apart / 0.62) ** 2)))[..., None] * colour("#fff0d6")
    return glow(found.clip(0, 1), "#ffb765", 0.26 * np.exp(-((apart / 0.38) ** 2)))


def _nebula(rng: Rng, frame: Frame) -> np.ndarray:
    """Clouds of glowing gas between stars."""
    found = shades(frame.y + 0 * frame.x, [(0, "#05051a"), (1, "#0a0a24")])
    found = stars(rng, frame, found, 700)
    bend = [noise(rng, frame, 2, 4) - 0.5 for _ in range(2)]
    band = (frame.y - 0.5) - 0.55 * (frame.x / frame.aspect - 0.5) + 0.5 * bend[0]
    body = np.exp(-((band / 0.33) ** 2))
    for ink, cells, low, strength in (
        ("#3557d6", 1.8, 0.16, 0.80),
        ("#b23fb0", 2.2, 0.28, 0.85),
        ("#ff7a6b", 2.8, 0.42, 0.80),
        ("#ffd9a8", 3.4, 0.52, 0.75),
    ):
        gas = noise(rng, frame, cells, 7, 0.55) + 0.25 * bend[1]
        found = glow(found, ink, strength * body * smoothstep(gas, low, 0.98) ** 1.2)
    dust = smoothstep(noise(rng, frame, 3.5, 7, 0.58), 0.50, 0.78) * np.exp(-((band / 0.2) ** 2))
    found = over(found, colour("#0a0616"), 0.6 * dust)
    return stars(rng, frame, found, 130)


def _watercolour(rng: Rng, frame: Frame) -> np.ndarray:
    """Washes of colour on rough paper, darker where a wash dried."""
    palettes = (
        ("#7fb8d8", "#f4b8a8", "#f7dc9c", "#9ccbb0"),
        ("#b9a3d8", "#8fb8e0", "#f2b6cc", "#f7d8b0"),
        ("#8cc7c0", "#f0c58a", "#e89c8c", "#a9c48a"),
    )
    chosen = palettes[int(rng.integers(len(palettes)))]
    found = np.ones((frame.height, frame.width, 3), np.float32) * colour("#fbf7ef")
    for _ in range(2):
        for ink in chosen:
            cx, cy = rng.random(2) * [frame.aspect, 1.0]
            spread = float(rng.uniform(0.3, 0.5))
            apart = np.hypot((frame.x - cx) / 1.3, frame.y - cy) / spread + 1.1 * (noise(rng, frame, 3, 6, 0.55) - 0.5)
            wash = (
                smoothstep(apart, 1.0, 0.97)
                * (0.30 + 0.28 * noise(rng, frame, 4, 5, 0.55))
                * smoothstep(apart, -0.9, 1.0)
            )
            rim = 0.16 * np.exp(-(((apart - 0.965) / 0.022) ** 2)) * noise(rng, frame, 5, 3)
            found = found * (1 - (wash + rim)[..., None] * (1 - colour(ink)))
    bleed = smoothstep(noise(rng, frame, 6, 5, 0.6), 0.66, 0.9)
    found = over(found, colour("#fdfaf4"), 0.35 * bleed)
    paper = noise(rng, frame, 120, 3, 0.7) + 0 * found[..., 0]
    relief = paper - np.roll(paper, (1, 1), (0, 1))
    return found * (1 + 0.16 * relief.clip(-0.15, 0.15))[..., None]


_RENDERERS: dict[str, Callable[[Rng, Frame], np.ndarray]] = {
    "beach": landscapes.beach,
    "lake": landscapes.lake,
    "aurora": landscapes.aurora,
    "forest": landscapes.forest,
    "dunes": landscapes.dunes,
    "snow": landscapes.snow,
    "city": _city,
    "rain": _rain,
    "library": _library,
    "studio": _studio,
    "nebula": _nebula,
    "watercolour": _watercolour,
}
SCENES = tuple(_RENDERERS)
_VIGNETTE = {"watercolour": 0.0, "snow": 0.08, "lake": 0.10}


def scene(name: str, width: int, height: int, seed: int = 0) -> Image.Image:
    """One of SCENES, rendered at width x height pixels. The same arguments give the same bytes.

    Raises ValueError for another name, a side below ``limits.MIN_SCENE_SIDE``, or more pixels than
    ``limits.MAX_COMPOSE_PIXELS``.
    """
    if name not in _RENDERERS:
        raise ValueError(f"No scene is called {name!r}. Choose one of {', '.join(SCENES)}.")
    whole = all(isinstance(v, int) and not isinstance(v, bool) for v in (width, height, seed))
    if not whole or min(width, height) < limits.MIN_SCENE_SIDE:
        raise ValueError(f"A scene's sides must be whole numbers from {limits.MIN_SCENE_SIDE} pixels.")
    if width * height > limits.MAX_COMPOSE_PIXELS or max(width, height) > limits.MAX_SCENE_RATIO * min(width, height):
        most = limits.MAX_COMPOSE_PIXELS / 10**6
        raise ValueError(
            f"A scene has at most {most:g} megapixels and is at most {limits.MAX_SCENE_RATIO} times as long as wide."
        )
    if not 0 <= seed <= limits.MAX_SEED:
        raise ValueError(f"The seed must be a whole number from 0 to {limits.MAX_SEED}.")
    return _rendered(name, width, height, seed).copy()


@kept.within(megabytes=4)
def _rendered(name: str, width: int, height: int, seed: int) -> Image.Image:
    frame = Frame(width, height)
    field = _RENDERERS[name](np.random.default_rng(seed), frame)
    return finished(field, frame, _VIGNETTE.get(name, 0.15))
