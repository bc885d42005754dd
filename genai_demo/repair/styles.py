"""Built-in style pictures, rendered by code: nobody else's art, any size, any number of them.

    from genai_demo.repair import styles
    picture = styles.style_picture("oil", size=256, seed=3)

All of them are landscapes (see ``brushes.landscape``) painted in different ways.
"""

import itertools
from collections.abc import Callable

import numpy as np
from PIL import Image

from genai_demo.core import kept, limits
from genai_demo.repair import brushes
from genai_demo.repair.brushes import Easel, Palette, colour, grid, mix, noise, smoothstep

DUSK = Palette(("#1d2b53", "#5b4b8a", "#e0667a", "#ffb56b"), "#fff1b8", ("#6d6aa8", "#4a5a94", "#2b4a6f", "#1c3a3f"))
DAY = Palette(("#2f7fc1", "#7cc0e6", "#f6e7c6"), "#fff6cf", ("#7fa9c9", "#6f9a6a", "#c9a23f", "#d9743a", "#3f6b3a"))
SPRING = Palette(("#8fb8de", "#c7dff0", "#f7e3d3"), "#f7c873", ("#a9b8d8", "#8fb59a", "#d98f9c", "#6d9b6a"))
JEWELS = Palette(("#16377d", "#1f7fb8", "#f2b134"), "#ffd84d", ("#7b2d8b", "#c2333a", "#1e8a5b", "#16377d"))
TERRACOTTA = Palette(("#1f6f8b", "#58a6a6", "#efe0b9"), "#f2b632", ("#99c2b5", "#d9a05b", "#b5533c", "#6e2f2f"))
NIGHT = Palette(("#0b1b4d", "#1f4fa3", "#4a8fc7", "#9cc7b8"), "#ffe27a", ("#2c5a86", "#1d3f66", "#12263f"))
PASTEL = Palette(("#5f6fd6", "#b58be0", "#ffb3b8", "#ffe0b0"), "#fff4d6", ("#8f86d8", "#5f86c7", "#3fa09a", "#2d6f6f"))


def _oil(rng: np.random.Generator, size: int) -> np.ndarray:
    """Thick strokes over a dusk, coarse ones first."""
    scene = brushes.landscape(rng, size, DUSK)
    angle = noise(rng, size, 2, 2) * 4 - 2 + np.where(scene.layer > 0, 0.5, 0.0)
    easel = Easel(size, colour("#4a3b52"))
    for count, length, width in ((900, 0.15, 0.05), (2200, 0.1, 0.026), (2600, 0.06, 0.014)):
        starts = brushes.scattered(rng, count, 0.08)
        lines = brushes.paths(angle, starts, length * rng.uniform(0.6, 1.2, len(starts)))
        inks = brushes.jitter(rng, brushes.at(scene.colours, *lines[:, 2].T), 0.12)
        easel.strokes(lines, inks, width * rng.uniform(0.7, 1.2, len(starts)), rng)
    return brushes.relief(easel.picture(), 1.1)


def _night(rng: np.random.Generator, size: int) -> np.ndarray:
    """A sky of whirling strokes around stars, over dark hills."""
    scene = brushes.landscape(rng, size, NIGHT, glow=0.9)
    x, y = grid(size)
    colours, flow = scene.colours.copy(), np.stack([np.ones_like(x) * 0.7, 0.4 * np.sin(9 * x + 2)], -1)
    stars = [(*scene.sun, 1.6)] + [(*p, rng.uniform(0.5, 1.0)) for p in rng.uniform((0.05, 0.03), (0.95, 0.5), (9, 2))]
    for i, (cx, cy, strength) in enumerate(stars):
        dx, dy = x - cx, y - cy
        apart = np.hypot(dx, dy) + 1e-4
        pull = strength * 3 * np.exp(-apart / (0.09 * strength)) * (-1) ** i
        flow += np.stack([-dy, dx], -1) / apart[..., None] * pull[..., None]
        rings = np.exp(-apart / (0.06 * strength)) * (0.75 + 0.25 * np.cos(apart * 160 / strength))
        light = np.where(scene.layer == 0, (1.25 * rings).clip(0, 1), 0)
        colours = mix(colours, np.broadcast_to(colour("#ffe68a"), colours.shape), light)
    bands = 0.5 + 0.5 * np.sin(26 * noise(rng, size, 3, 2) + 12 * y)
    colours *= np.where(scene.layer == 0, 0.8 + 0.4 * bands, 1.0)[..., None]
    angle = np.where(scene.layer == 0, np.arctan2(flow[..., 1], flow[..., 0]), 0.5 * np.sin(7 * x) - 0.2)
    easel = Easel(size, colour("#10204a"))
    for count, length, width in ((2200, 0.09, 0.016), (4200, 0.075, 0.0085)):
        starts = brushes.scattered(rng, count, 0.08)
        lines = brushes.paths(angle, starts, length * rng.uniform(0.6, 1.2, len(starts)), 8)
        inks = brushes.jitter(rng, brushes.at(colours, *lines[:, 3].T), 0.16)
        easel.strokes(lines, inks, width * rng.uniform(0.7, 1.2, len(starts)), rng, 3)
    return brushes.relief(easel.picture(), 0.9)


def _watercolour(rng: np.random.Generator, size: int) -> np.ndarray:
    """Transparent washes that pool at their edges, on grained paper."""
    _, y = grid(size)
    paper = 0.965 + 0.03 * (noise(rng, size, 90, 2) - 0.5)
    picture = paper[..., None] * colour("#fffaf0")
    granulation = 1 + 0.5 * (noise(rng, size, 60, 3) - 0.5)
    blots = noise(rng, size, 4, 5)
    washes = [(SPRING.sky[0], 0.75 - 1.5 * y + 1.3 * (blots - 0.5), np.full_like(y, 0.9), 0.0)]
    for i, code in enumerate(("#e8b04f", *SPRING.hills, "#4f7f86")):
        top = 0.36 + 0.11 * i - 0.3 * (brushes.ridge(rng, size, 2 + i) - 0.45)
        field = (y - top[None]) * 3 + 0.3 * (noise(rng, size, 7, 4) - 0.5)
        fade = smoothstep(noise(rng, size, 3, 3) - 0.5 * (y - top[None]), 0.15, 0.7)
        washes.append((code, field, 0.2 + 0.85 * fade, 0.8))
    for x0, y0, radius in rng.uniform((0.1, 0.1, 0.01), (0.9, 0.9, 0.045), (12, 3)):
        apart = np.hypot(*(c - c0 for c, c0 in zip(grid(size), (x0, y0), strict=True)))
        code = ("#d9576b", "#4d7fc4", "#e8a33f", "#5e9a78")[int(rng.integers(4))]
        washes.append((code, (radius - apart) * 6 + 0.12 * (blots - 0.5), np.full_like(y, 0.6), 0.0))
    for code, field, density, lift in washes:
        inside = smoothstep(field, -0.012, 0.02)
        picture = mix(picture, paper[..., None] * colour("#fffaf0"), inside * lift)
        edge = np.exp(-(((field - 0.02) / 0.025) ** 2)) * 0.5
        amount = inside * (density * granulation * (0.5 + 0.6 * blots) + edge)
        picture = picture * colour(code) ** amount[..., None]
    return picture


def _pointillism(rng: np.random.Generator, size: int) -> np.ndarray:
    """Dots of pure colour that mix in the eye."""
    scene = brushes.landscape(rng, size, DAY)
    easel = Easel(size, colour("#efe3c8"))
    for count, radius in ((5000, 0.0095), (9000, 0.0068), (7000, 0.005)):
        points = brushes.scattered(rng, count)
        inks = brushes.at(scene.colours, *points.T)
        grey = inks.mean(1, keepdims=True)
        inks = brushes.jitter(rng, (grey + 1.45 * (inks - grey)).clip(0, 1), 0.13)
        other = rng.random(len(points)) < 0.13
        inks[other] = (1.15 - inks[other][:, [2, 0, 1]]).clip(0, 1) * 0.5 + inks[other] * 0.5
        for (px, py), r, ink in zip(points, radius * rng.uniform(0.75, 1.2, len(points)), inks, strict=True):
            easel.disc(px, py, r, ink)
    return easel.picture()


def _woodcut(rng: np.random.Generator, size: int) -> np.ndarray:
    """Lines carved along the shapes, thicker in the shade, and a red sun."""
    fine = size * brushes.FINE
    scene = brushes.landscape(rng, fine, DUSK, glow=0.9)
    x, y = grid(fine)
    tone = scene.colours.mean(-1)
    tone = (tone - tone.min()) / (tone.max() - tone.min())
    apart = np.hypot(x - scene.sun[0], y - scene.sun[1])
    warp = noise(rng, fine, 4, 3)
    phase = apart * 62 + warp * 3
    for i in range(1, scene.layer.max() + 1):
        turn = rng.uniform(-0.9, 0.9)
        rows = (np.cos(turn) * y + np.sin(turn) * x) * 62 + 7 * noise(rng, fine, 3, 3)
        phase = np.where(scene.layer == i, rows, phase)
        tone = np.where(scene.layer == i, tone * 0.65 + 0.45 * (noise(rng, fine, 5, 3) - 0.28), tone)
    wave = 0.5 + 0.5 * np.cos(2 * np.pi * phase)
    ink = smoothstep(wave + 0.12 * (noise(rng, fine, 80, 1) - 0.5), 0.18 + 0.72 * tone, 0.27 + 0.72 * tone)
    contour = sum(np.roll(scene.layer, s, a) != scene.layer for s in (-3, 3) for a in (0, 1)) > 0
    ink = np.where(contour, 1.0, ink)
    sun = smoothstep(apart, 0.1, 0.096) * (scene.layer == 0)
    picture = mix(np.broadcast_to(colour("#f3e6cb"), (fine, fine, 3)), np.broadcast_to(colour("#1b1a1f"), (3,)), ink)
    picture = mix(picture, np.broadcast_to(colour("#c8352b"), (3,)), sun)
    return _reduced(picture)


def _nearest(points: np.ndarray, size: int, near: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Voronoi cells of points (N, 2): index of the nearest (S, S), and distance to the cell's border (S, S).

    Each square of the picture asks only the ``near`` points that are nearest to its middle.
    """
    x, y = grid(size)
    found, border = np.empty((size, size), int), np.empty((size, size), np.float32)
    edges = np.linspace(0, size, 17).astype(int)
    for top, bottom in itertools.pairwise(edges):
        for left, right in itertools.pairwise(edges):
            part = (slice(top, bottom), slice(left, right))
            middle = (x[part].mean(), y[part].mean())
            asked = np.argsort(np.hypot(*(points - middle).T))[:near]
            apart = np.hypot(x[part][..., None] - points[asked, 0], y[part][..., None] - points[asked, 1])
            two = np.argpartition(apart, 1, axis=-1)[..., :2]
            first, second = np.moveaxis(np.take_along_axis(apart, two, -1), -1, 0)
            between = np.linalg.norm(points[asked[two[..., 0]]] - points[asked[two[..., 1]]], axis=-1)
            found[part] = asked[two[..., 0]]
            border[part] = np.abs(second**2 - first**2) / (2 * between + 1e-9)
    return found, border


def _glass(rng: np.random.Generator, size: int) -> np.ndarray:
    """Panes of lit glass between strips of lead."""
    scene = brushes.landscape(rng, size, JEWELS)
    points = brushes.scattered(rng, 230, 0.05)
    cell, border = _nearest(points, size)
    panes = brushes.at(scene.colours, *points.T)
    grey = panes.mean(1, keepdims=True)
    panes = brushes.jitter(rng, (grey + 1.4 * (panes - grey)).clip(0.02, 1), 0.16)
    light = 0.72 + 0.5 * smoothstep(border, 0.0, 0.035) + 0.3 * (noise(rng, size, 24, 3) - 0.5)
    picture = panes[cell] * light[..., None] + 0.12 * smoothstep(border, 0.014, 0.04)[..., None]
    lead = smoothstep(border, 0.0062, 0.0038)
    shine = smoothstep(border, 0.0028, 0.0)[..., None] * 0.16
    return mix(picture, colour("#17161c") + shine, lead)


def _mosaic(rng: np.random.Generator, size: int) -> np.ndarray:
    """Small tiles in rings around the sun, with grout between them."""
    scene = brushes.landscape(rng, size, TERRACOTTA, glow=0.4)
    easel = Easel(size, colour("#5d5348"))
    side, gap = 0.0225, 0.1
    sun = np.array(scene.sun)
    for ring in range(int(1.25 / side)):
        inner = (ring + 0.02) * side
        count = max(int(2 * np.pi * (inner + side / 2) / side), 3)
        first = rng.uniform(0, 2 * np.pi)
        for k in range(count):
            turns = first + 2 * np.pi * (k + np.array([gap, 1 - gap])) / count
            radii = inner + side * np.array([gap, 1 - gap])
            corners = [(r, t) for r, t in zip(radii[[0, 0, 1, 1]], turns[[0, 1, 1, 0]], strict=True)]
            shape = sun + np.array([(r * np.cos(t), r * np.sin(t)) for r, t in corners])
            centre = shape.mean(0)
            if not ((centre > -0.03) & (centre < 1.03)).all():
                continue
            ink = brushes.jitter(rng, brushes.at(scene.colours, *centre)[None], 0.1)[0]
            shape += rng.normal(0, 0.0009, shape.shape)
            easel.polygon(shape, ink)
            easel.line(shape[[3, 0, 1]], (ink * 1.22).clip(0, 1), 0.0022)
    grain = 1 + 0.16 * (noise(rng, size, 70, 2) - 0.5)
    return easel.picture() * grain[..., None]


def _ink(rng: np.random.Generator, size: int) -> np.ndarray:
    """Mountains of diluted ink that sink into mist, on rice paper, with a red seal."""
    x, y = grid(size)
    paper = 1 + 0.05 * (noise(rng, size, 40, 3) - 0.5)
    picture = colour("#f3ede0") * paper[..., None]
    apart = np.hypot(x - rng.uniform(0.25, 0.75), y - 0.2)
    picture = mix(picture, np.broadcast_to(colour("#d9674a"), (3,)), smoothstep(apart, 0.075, 0.068) * 0.75)
    for i in range(5):
        top = 0.3 + 0.14 * i - (0.42 - 0.05 * i) * (brushes.ridge(rng, size, 3 + i, 6) - 0.42)
        depth = y - top[None] + 0.012 * (noise(rng, size, 30, 3) - 0.5)
        wash = np.exp(-depth.clip(0) * (7 - 0.7 * i)) * (0.35 + 0.13 * i)
        dry = smoothstep(noise(rng, size, 26, 3) + 0.25 * noise(rng, size, 5, 2), 0.35, 0.75)
        edge = 0.42 * np.exp(-((depth / 0.012) ** 2)) * dry
        amount = smoothstep(depth, -0.004, 0.006) * (wash * (0.65 + 0.6 * noise(rng, size, 8, 4)) + edge)
        picture = mix(picture, np.broadcast_to(colour("#20242b"), (3,)), amount.clip(0, 0.96))
    easel = Easel(size, picture)
    for _ in range(60):
        foot = np.array([rng.uniform(0, 1), rng.uniform(0.82, 1.05)])
        tall, lean = rng.uniform(0.05, 0.2), rng.normal(0, 0.25)
        reach = np.linspace(0, 1, 7)[:, None]
        blade = foot + tall * np.concatenate([lean * reach**2, -reach], 1)
        for k in range(6):
            easel.line(blade[k : k + 2], colour("#1a1d22"), 0.006 * (1 - k / 6.5))
    easel.polygon(np.array([(0.9, 0.06), (0.955, 0.063), (0.953, 0.12), (0.898, 0.117)]), colour("#b3261e"))
    return easel.picture() * paper[..., None]


def _comic(rng: np.random.Generator, size: int) -> np.ndarray:
    """Flat print colours, dots of a coarse screen, black outlines, and rays from the sun."""
    fine = size * brushes.FINE
    flat = Palette(("#2aa9e0", "#2aa9e0"), "#ffd400", ("#ff5fa2", "#ffd400", "#e8322c", "#1a4fa0"))
    scene = brushes.landscape(rng, fine, flat, glow=0.0)
    x, y = grid(fine)
    apart, turn = np.hypot(x - scene.sun[0], y - scene.sun[1]), np.arctan2(y - scene.sun[1], x - scene.sun[0])
    inks = np.stack([colour(c) for c in (flat.sky[0], *flat.hills)])
    tone = smoothstep(noise(rng, fine, 3, 2) * 0.6 + 0.5 * y, 0.2, 0.8)
    u, v = (x + y) * 0.7071 * 62, (x - y) * 0.7071 * 62
    dots = np.hypot(u - np.floor(u) - 0.5, v - np.floor(v) - 0.5)
    dotted = smoothstep(dots, 0.62 * tone, 0.62 * tone - 0.09)
    white = np.broadcast_to(colour("#fff7e6"), (3,))
    ground = mix(inks[scene.layer], white, np.full(tone.shape, 0.62))
    picture = mix(ground, inks[scene.layer], dotted)
    rays = (np.cos(turn * 18) > 0.25) & (scene.layer == 0) & (apart > 0.14)
    picture = np.where(rays[..., None], mix(picture, white, np.full(tone.shape, 0.55)), picture)
    picture = np.where(((apart < 0.105) & (scene.layer == 0))[..., None], colour(flat.sun), picture)
    line = (np.abs(apart - 0.105) < 0.0055) & (scene.layer == 0)
    thick = max(fine // 130, 1)
    line |= sum(np.roll(scene.layer, s, 0) != scene.layer for s in range(-thick, thick + 1)) > 0
    shade = (scene.layer > 0) & (np.cos(2 * np.pi * (x * 30 + y * 42)) > 0.55)
    shade &= np.roll(scene.layer, thick * 7, 0) != scene.layer
    return _reduced(np.where((line | shade)[..., None], colour("#14131a"), picture))


def _lowpoly(rng: np.random.Generator, size: int) -> np.ndarray:
    """Facets of flat colour, each lit a little differently."""
    scene = brushes.landscape(rng, size, PASTEL, glow=0.7)
    side = 20
    rows, columns = np.mgrid[-1 : side + 2, -1 : side + 2]
    points = np.stack([columns, rows], -1) / side
    points = points + rng.uniform(-0.38, 0.38, points.shape) / side
    easel = Easel(size, colour("#8f86d8"))
    for r in range(side + 2):
        for c in range(side + 2):
            a, b, d, e = points[r, c], points[r, c + 1], points[r + 1, c], points[r + 1, c + 1]
            for shape in ((a, b, d), (b, e, d)) if (r + c) % 2 else ((a, b, e), (a, e, d)):
                corners = np.stack(shape)
                ink = brushes.at(scene.colours, *corners.mean(0))
                easel.polygon(corners, (ink * (1 + rng.normal(0, 0.085))).clip(0, 1))
    return easel.picture()


def _reduced(picture: np.ndarray) -> np.ndarray:
    """Down by FINE."""
    side = len(picture) // brushes.FINE
    return picture.reshape(side, brushes.FINE, side, brushes.FINE, 3).mean((1, 3))


PAINTERS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "oil": _oil,
    "night": _night,
    "watercolour": _watercolour,
    "pointillism": _pointillism,
    "woodcut": _woodcut,
    "stained glass": _glass,
    "mosaic": _mosaic,
    "ink": _ink,
    "comic": _comic,
    "low poly": _lowpoly,
}
STYLES = tuple(PAINTERS)


@kept.within(megabytes=8)
def _painted(name: str, size: int, seed: int) -> Image.Image:
    return brushes.to_image(PAINTERS[name](np.random.default_rng(seed), size))


def style_picture(name: str, size: int = 256, seed: int = 0) -> Image.Image:
    """A square style picture. Same name, size and seed: same picture; another size: the same composition.

    name: one of ``STYLES``. size: pixels, limits.MIN_STYLE_SIZE .. MAX_STYLE_SIZE. Raises ValueError otherwise.
    """
    if name not in PAINTERS:
        raise ValueError(f"No style is called {name!r}. Choose one of {', '.join(STYLES)}.")
    if not isinstance(size, int) or not limits.MIN_STYLE_SIZE <= size <= limits.MAX_STYLE_SIZE:
        low, high = limits.MIN_STYLE_SIZE, limits.MAX_STYLE_SIZE
        raise ValueError(f"The size of a style picture must be a whole number from {low} to {high}.")
    if not isinstance(seed, int) or not 0 <= seed <= limits.MAX_SEED:
        raise ValueError(f"The seed must be a whole number from 0 to {limits.MAX_SEED}.")
    return _painted(name, size, seed).copy()
