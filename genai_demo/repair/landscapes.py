"""Scenes out of doors, by day and by night: each is a function (rng, frame) to colours (H, W, 3)."""

import numpy as np

from genai_demo.repair.brushes import colour, smoothstep
from genai_demo.repair.scenery import (
    Frame,
    Rng,
    blurred,
    discs,
    glow,
    ground_noise,
    line,
    mirrored,
    noise,
    over,
    shades,
    stars,
)


def beach(rng: Rng, frame: Frame) -> np.ndarray:
    """The sun about to touch a calm sea, its light on the water, wet sand in front."""
    x, y = frame.x, frame.y
    horizon = 0.56
    sun = frame.aspect * float(rng.uniform(0.25, 0.75)), horizon - 0.07
    sky = shades(y + 0 * x, [(0, "#27356f"), (0.2, "#6a5a9c"), (0.36, "#d77f8f"), (0.48, "#f9a86b"), (0.56, "#ffd68a")])
    apart = np.hypot(x - sun[0], y - sun[1])
    sky = glow(sky, "#ffcf8a", 0.75 * np.exp(-apart * 5))
    clouds = noise(rng, frame, 7, 7, 0.56, stretch=4.0)
    thick = smoothstep(clouds + 0.06 * np.sin(9 * y + 1), 0.46, 0.9) * smoothstep(y, 0.50, 0.30)
    lit = np.exp(-apart * 2.2)[..., None]
    sky = over(sky, colour("#5b4a7d") * (1 - lit) + colour("#ff9c6e") * lit, 0.75 * thick)
    edge = smoothstep(clouds, 0.48, 0.56) * smoothstep(clouds, 0.68, 0.56) * smoothstep(y, 0.52, 0.3)
    sky = glow(sky, "#ffb27a", 0.22 * edge * np.exp(-apart * 1.4))
    sky = over(sky, colour("#fff6d8"), smoothstep(apart, 0.052, 0.047))
    sky = glow(sky, "#fff0c0", 0.9 * np.exp(-((apart / 0.10) ** 2)))
    sea = mirrored(sky, frame, rng, horizon, 0.9)
    depth = (y - horizon).clip(min=0)
    water = over(sea, colour("#2f4a78"), np.clip(0.25 + 0.9 * depth, 0, 0.55) + 0 * x)
    waves = ground_noise(rng, frame, horizon, 0.6, 0.22)
    water = water * (0.82 + 0.42 * waves)[..., None]
    path = np.exp(-(((x - sun[0]) / (0.035 + 0.28 * depth)) ** 2))
    sparks = smoothstep(ground_noise(rng, frame, horizon, 1.5, 0.25), 0.5, 0.75)
    water = glow(water, "#ffd591", path * (0.30 + 0.75 * sparks) * smoothstep(depth + 0 * x, 0.45, 0.0))
    shore = 0.83 + 0.035 * (line(rng, frame, 1.3, 3, smooth=True) - 0.5) * 2 + 0.02 * np.sin(2.4 * x)
    beyond = y - shore
    sand = over(sea, colour("#a5745a"), np.clip(0.5 + 3.5 * beyond, 0.45, 1))
    sand = sand * (0.9 + 0.2 * noise(rng, frame, 60, 3, 0.7))[..., None]
    found = np.where((y > horizon)[..., None], water, sky)
    found = over(found, sand, smoothstep(beyond, -0.004, 0.012))
    foam = np.exp(-((beyond / 0.007) ** 2)) + 0.6 * np.exp(-(((beyond + 0.045 + 0.02 * np.sin(5 * x)) / 0.006) ** 2))
    foam = foam * smoothstep(noise(rng, frame, 40, 4, 0.7), 0.28, 0.6)
    return over(found, colour("#ffe6d2"), 0.75 * foam.clip(0, 1))


def _pines(rng: Rng, frame: Frame, base: float, tall: float, width: float) -> np.ndarray:
    """Tops of a line of firs: y (1, W); base: y of the ground under them."""
    top = np.full(frame.width, base, np.float32)
    x = frame.x[0]
    jag = 0.16 * np.abs(((x / (0.12 * width)) % 1) - 0.5)
    place = -0.5 * width
    while place < frame.aspect + width:
        height = tall * float(rng.uniform(0.45, 1.0))
        wide = width * float(rng.uniform(0.7, 1.2)) * (0.5 + 0.5 * height / tall)
        away = np.abs(x - place) / wide
        top = np.minimum(top, base - height * np.clip(1 - away**0.85 - jag * away, 0, 1))
        place += width * float(rng.uniform(0.35, 1.2))
    return top[None]


def lake(rng: Rng, frame: Frame) -> np.ndarray:
    """A mountain lake in the morning, one ridge behind the other in the mist."""
    x, y = frame.x, frame.y
    horizon = 0.62
    sky = shades(y + 0 * x, [(0, "#7fb0d8"), (0.25, "#b9d4e4"), (0.45, "#f4e3cc"), (0.62, "#f9dcb6")])
    light = frame.aspect * float(rng.uniform(0.2, 0.8))
    sky = glow(sky, "#fff0d0", 0.55 * np.exp(-np.hypot(x - light, y - 0.34) * 3.5))
    clouds = smoothstep(noise(rng, frame, 6, 5, 0.5, stretch=3.5), 0.52, 0.9) * smoothstep(y, 0.5, 0.1)
    found = over(sky, colour("#fffaf2"), 0.75 * clouds)
    layers = [
        (0.36, 0.62, 1.7, "#a9bfd6", "#e9dfd5"),
        (0.45, 0.46, 2.0, "#7f9dbd", "#dcdcda"),
        (0.52, 0.28, 2.0, "#5a7f9b", "#cdd8da"),
        (0.57, 0.17, 2.6, "#3f6675", "#b9ccd0"),
    ]
    for i, (middle, tall, bumps, ink, mist) in enumerate(layers):
        top = middle - tall * (line(rng, frame, bumps, 8, 0.5) - 0.42)
        inside = smoothstep(y - top, -0.0015, 0.0015)
        down = ((y - top) / 0.26).clip(0, 1)
        rock = colour(ink) * (0.93 + 0.14 * noise(rng, frame, 10 + 4 * i, 6, 0.62))[..., None]
        found = over(found, over(rock, colour(mist), down**1.3 * 0.9), inside)
    for base, tall, ink, share in ((0.612, 0.085, "#35585c", 0.5), (0.622, 0.13, "#1d3a3c", 0.25)):
        top = _pines(rng, frame, base, tall, 0.028 if share > 0.3 else 0.04)
        top = top + 0.05 * (line(rng, frame, 1.2, 3, smooth=True) - 0.5)
        body = over(np.broadcast_to(colour(ink), sky.shape), colour("#cdd8d6"), (share * smoothstep(y - top, 0.0, 0.1)))
        found = over(found, body, smoothstep(y - top, -0.001, 0.002))
    found = over(
        found, colour("#f1ebe2"), 0.55 * np.exp(-(((y - 0.60) / 0.022) ** 2)) * noise(rng, frame, 5, 4, stretch=5)
    )
    water = mirrored(found, frame, rng, horizon, 0.28)
    depth = (y - horizon).clip(min=0)
    water = over(water, colour("#3b6a7d"), np.clip(0.18 + 0.9 * depth, 0, 0.5) + 0 * x)
    ripples = ground_noise(rng, frame, horizon, 1.0, 0.2)
    water = water * (0.93 + 0.14 * ripples)[..., None]
    found = np.where((y > horizon)[..., None], water, found)
    return over(found, colour("#fbf3e6"), 0.5 * np.exp(-(((y - horizon) / 0.006) ** 2)) + 0 * x)


def aurora(rng: Rng, frame: Frame) -> np.ndarray:
    """Northern lights over snow and firs, and again in still water."""
    x, y = frame.x, frame.y
    horizon = 0.72
    sky = shades(y + 0 * x, [(0, "#050a22"), (0.35, "#0b1b3f"), (0.6, "#143a56"), (0.74, "#2b6a72")])
    found = stars(rng, frame, sky, 420, 0.62)
    for i in range(4):
        fold = line(rng, frame, 1.0, 3, 0.45, smooth=True)
        foot = 0.50 - 0.085 * i + 0.30 * (fold - 0.5) + 0.02 * np.sin(7 * x + i)
        rays = 0.35 + 0.65 * line(rng, frame, 22, 3, 0.6, smooth=True) ** 1.5
        bright = 0.35 + 0.9 * line(rng, frame, 1.6, 2, smooth=True)
        tall = 0.10 + 0.22 * line(rng, frame, 3, 3, smooth=True)
        up = foot - y
        curtain = np.where(up > 0, np.exp(-up.clip(0) / tall), np.exp(up.clip(max=0) / 0.012)) * rays * bright
        ink = shades((up / 0.42).clip(0, 1), [(0, "#7dffb0"), (0.22, "#35e39a"), (0.5, "#3f7fd0"), (1, "#a24fd0")])
        strength = (0.85, 0.6, 0.5, 0.35)[i] * curtain
        found = 1 - (1 - found) * (1 - (strength[..., None] * ink).clip(0, 1))
    found = glow(found, "#2fd08c", 0.16 * np.exp(-(((y - 0.45) / 0.2) ** 2)) + 0 * x)
    far = 0.66 - 0.20 * (line(rng, frame, 1.4, 7, 0.5) - 0.4)
    snow = over(np.broadcast_to(colour("#173447"), sky.shape), colour("#6faeb0"),
                0.7 * smoothstep(noise(rng, frame, 14, 5, 0.6) - 1.2 * (y - far), 0.40, 0.62))  # fmt: skip
    found = over(found, snow * 0.8, smoothstep(y - far, -0.001, 0.002))
    trees = _pines(rng, frame, 0.715, 0.14, 0.034) + 0.05 * (line(rng, frame, 1.1, 2, smooth=True) - 0.5)
    found = over(found, colour("#050d14"), smoothstep(y - trees, -0.001, 0.002))
    water = mirrored(found, frame, rng, horizon, 0.35) * 0.72
    found = np.where((y > horizon)[..., None], over(water, colour("#06202c"), 0.25 + 0 * y + 0 * x), found)
    shore = 0.93 - 0.05 * (line(rng, frame, 1.2, 4, smooth=True) - 0.3)
    white = over(
        np.broadcast_to(colour("#1c3b4d"), sky.shape), colour("#7fb9b4"), noise(rng, frame, 7, 5, stretch=2.5) * 0.8
    )
    return over(found, white, smoothstep(y - shore, -0.002, 0.006))


def forest(rng: Rng, frame: Frame) -> np.ndarray:
    """Sunbeams through the mist between tall trunks."""
    x, y = frame.x, frame.y
    light = frame.aspect * float(rng.uniform(0.3, 0.7)), -0.05
    apart = np.hypot(x - light[0], y - light[1])
    found = shades((apart * 0.85).clip(0, 1), [(0, "#fdf3c4"), (0.3, "#d5d98e"), (0.6, "#7fa06a"), (1, "#35563f")])
    leaves = noise(rng, frame, 14, 5, 0.62)
    found = over(found, colour("#4f7442"), 0.55 * smoothstep(leaves, 0.45, 0.7) * smoothstep(y, 0.75, 0.05))
    found = blurred(found.astype(np.float32), 0.012)
    for i, (count, wide, ink, soft) in enumerate(
        ((16, 0.018, "#8d9f6c", 0.006), (11, 0.032, "#5d7048", 0.003), (7, 0.055, "#2f3d2a", 0.0015))
    ):
        shape = np.zeros((frame.height, frame.width), np.float32)
        side = np.zeros_like(shape)
        spacing = 1.0 / count
        for k in range(int(frame.aspect / spacing) + 2):
            middle = (k + float(rng.uniform(-0.35, 0.35))) * spacing * 1.25
            if i == 2 and abs(middle - frame.aspect / 2) < 0.3 * frame.aspect:
                continue  # the nearest trees leave room for a person
            half = wide * float(rng.uniform(0.3, 0.62)) * (1 + 0.35 * smoothstep(y, 0.6, 1.0))
            lean = float(rng.uniform(-0.06, 0.06)) * (y - 1)
            place = (x - middle - lean) / half
            mine = smoothstep(np.abs(place), 1 + soft / wide, 1 - soft / wide)
            side = np.where(mine > shape, place, side)
            shape = np.maximum(shape, mine)
        bark = colour(ink) * (0.75 + 0.5 * noise(rng, frame, 10, 5, 0.7, stretch=0.12))[..., None]
        rim = np.clip(np.abs(side), 0, 1) ** 3 * np.exp(-apart * 1.5)
        bark = glow(bark, "#ffe9a8", 0.55 * rim)
        found = over(found, bark, shape * smoothstep(y, 0.97, 0.80 if i == 2 else 0.72))
        mist = (0.42, 0.30, 0.12)[i] * np.exp(-apart * (1.0 + 0.5 * i))
        found = over(found, colour("#fbf2c8"), mist.clip(0, 1))
        crown = smoothstep(noise(rng, frame, 8 + 5 * i, 5, 0.62), 0.47, 0.62) * smoothstep(y, 0.42 - 0.1 * i, 0.0)
        found = over(found, colour(("#7d9a58", "#4d6f3c", "#2c4526")[i]), 0.8 * crown)
    ground = 0.74 + 0.05 * (line(rng, frame, 1.5, 4, smooth=True) - 0.5)
    tufts = noise(rng, frame, 26, 5, 0.68, stretch=1.6)
    moss = 0.55 * ground_noise(rng, frame, 0.5, 0.5, 1.4) + 0.45 * tufts
    earth = shades(moss, [(0.25, "#26351d"), (0.5, "#52642f"), (0.78, "#98a04e")])
    earth = over(earth, colour("#e9dd9a"), (0.5 * np.exp(-(((x - light[0]) / 0.45) ** 2)) * smoothstep(y, 1.1, 0.7)))
    found = over(found, earth, smoothstep(y - ground, -0.03, 0.07))
    angle = np.arctan2(x - light[0], y - light[1] + 0.12)
    beams = np.interp(angle, np.linspace(-1.6, 1.6, 90), rng.random(90) ** 2.2).astype(np.float32)
    beams = blurred(beams, 0.004) * np.exp(-apart * 0.9) * smoothstep(y, 1.05, 0.55)
    found = glow(found, "#fff2b8", 0.62 * beams)
    number = round(26 * frame.aspect)
    places = rng.random((number, 2)) * [frame.aspect, 0.9]
    inks = np.broadcast_to(colour("#f6ec9c"), (number, 3))
    return discs(found, frame, places, 0.004 + 0.014 * rng.random(number) ** 2, inks, 0.1 + 0.25 * rng.random(number))


def dunes(rng: Rng, frame: Frame) -> np.ndarray:
    """Sand dunes in low light, each with a bright and a shaded side, ripples in front."""
    x, y = frame.x, frame.y
    sky = shades(y + 0 * x, [(0, "#4f8fc4"), (0.25, "#9fc4da"), (0.42, "#f3ddb8"), (0.55, "#f8cfa0")])
    sun = frame.aspect * float(rng.uniform(0.1, 0.3))
    sky = glow(sky, "#ffe9bd", 0.7 * np.exp(-np.hypot(x - sun, y - 0.33) * 3))
    veil = smoothstep(noise(rng, frame, 5, 5, 0.5, stretch=6), 0.5, 0.9) * smoothstep(y, 0.42, 0.05)
    found = over(sky, colour("#fff6ea"), 0.55 * veil)
    for i in range(6):
        share = i / 5
        crest = (
            0.46
            + 0.40 * share**1.15
            - (0.09 + 0.10 * share) * (line(rng, frame, 0.9 - 0.06 * i, 2, 0.35, True) - 0.5) * 2
        )
        slope = np.gradient(crest[0], 1.0 / frame.height)[None]
        down = (y - crest).clip(min=0)
        # The ridge line winds down the slope: on one side of it there is sun, on the other shade.
        wind = line(rng, frame, 1.1, 3, 0.4, smooth=True) - 0.5
        facing = smoothstep(slope * 1.2 + 0.9 * wind - 1.1 * down, -0.10, 0.12)
        fade = 0.55 * (1 - share)
        bright, dark = colour("#f2b878"), colour("#a5623c")
        sand = dark + (bright - dark) * facing[..., None]
        sand = sand * (1.06 - 0.5 * (down / (0.2 + 0.25 * share)).clip(0, 1) * (0.4 + 0.3 * share))[..., None]
        warp = noise(rng, frame, 5, 3)
        ripples = np.sin((26 + 60 * (1 - share)) * 2 * np.pi * (down * (1.7 - share) + 0.05 * warp + 0.02 * x))
        sand = sand * (1 + 0.05 * (0.3 + share) * ripples * smoothstep(down, 0.01, 0.12))[..., None]
        sand = sand * (0.96 + 0.08 * noise(rng, frame, 90, 2, 0.8))[..., None]
        sand = over(sand, colour("#f8d8b0"), np.full_like(down, fade) * (0.6 + 0.4 * (1 - down).clip(0, 1)))
        found = over(found, sand, smoothstep(y - crest, -0.001, 0.0015))
    return glow(found, "#ffdba0", 0.10 * np.exp(-np.hypot(x - sun, y - 0.4) * 1.5))


def snow(rng: Rng, frame: Frame) -> np.ndarray:
    """A snow field and firs in a pastel dusk, flakes falling."""
    x, y = frame.x, frame.y
    sky = shades(y + 0 * x, [(0, "#8fa8d4"), (0.3, "#c5c4e2"), (0.5, "#f3cfd2"), (0.62, "#fbe3d2")])
    found = over(sky, colour("#fff4f0"), 0.6 * smoothstep(noise(rng, frame, 5, 5, stretch=3.5), 0.5, 0.85))
    moon = frame.aspect * float(rng.uniform(0.2, 0.8))
    found = glow(found, "#fff3e0", 0.5 * np.exp(-np.hypot(x - moon, y - 0.42) * 4))
    for base, tall, width, ink, mist in (
        (0.60, 0.13, 0.03, "#a4b1cf", 0.65),
        (0.635, 0.20, 0.05, "#7387ab", 0.5),
        (0.67, 0.30, 0.08, "#465d80", 0.35),
    ):
        top = _pines(rng, frame, base, tall, width) + 0.05 * (line(rng, frame, 1.0, 3, smooth=True) - 0.5)
        body = np.broadcast_to(colour(ink), sky.shape)
        frost = smoothstep(noise(rng, frame, 70, 3, 0.7, stretch=2.0), 0.45, 0.75) * smoothstep(y - top, 0.16, 0.0)
        body = over(body, colour("#eef2fb"), 0.5 * frost)
        body = over(body, colour("#f0dfe2"), mist * smoothstep(y, base - tall * 0.8, base))
        found = over(found, body, smoothstep(y - top, -0.001, 0.002))
    for i in range(3):
        crest = 0.63 + 0.09 * i - 0.07 * (line(rng, frame, 0.8, 2, 0.4, smooth=True) - 0.5)
        down = (y - crest).clip(min=0)
        drift = noise(rng, frame, 4, 4, 0.42, stretch=3)
        field = shades(drift - 0.7 * down, [(0.05, "#9fb4dc"), (0.35, "#d5def3"), (0.6, "#fff6f2")])
        field = field * (0.985 + 0.03 * noise(rng, frame, 110, 2, 0.8))[..., None]
        found = over(found, field, smoothstep(y - crest, -0.004, 0.006))
    for count, size, light in ((150, 0.0035, 0.75), (50, 0.008, 0.5), (16, 0.02, 0.3)):
        number = round(count * frame.aspect)
        places = rng.random((number, 2)) * [frame.aspect, 1]
        white = np.broadcast_to(colour("#ffffff"), (number, 3))
        found = discs(found, frame, places, size * (0.5 + rng.random(number)), white, light * rng.random(number))
    return found
