"""A drawn face whose landmarks are known to the pixel."""

import numpy as np
from PIL import Image, ImageDraw

SIDE = 256
SKIN, LIP, TOOTH, PUPIL, WHITE = (200, 160, 140), (170, 70, 80), (240, 240, 235), (20, 20, 30), (235, 235, 235)


def landmarks(gap: float = 0.0) -> np.ndarray:
    """(68, 2) of an upright face in the middle; gap: pixels between its lips."""
    found = np.zeros((68, 2))
    turn = np.linspace(np.pi, 0, 17)
    found[:17] = np.stack([128 + 70 * np.cos(turn), 110 + 100 * np.sin(turn)], 1)
    found[17:22] = np.stack([np.linspace(78, 112, 5), np.full(5, 82.0)], 1)
    found[22:27] = np.stack([np.linspace(144, 178, 5), np.full(5, 82.0)], 1)
    found[27:31] = np.stack([np.full(4, 128.0), np.linspace(100, 130, 4)], 1)
    found[31:36] = np.stack([np.linspace(116, 140, 5), np.full(5, 138.0)], 1)
    for first, x in ((36, 96), (42, 160)):
        found[first : first + 6] = [(x - 14, 102), (x - 5, 96), (x + 5, 96), (x + 14, 102), (x + 5, 108), (x - 5, 108)]
    lower = 170 + gap
    found[48:55] = [(102, 170), (112, 164), (120, 162), (128, 163), (136, 162), (144, 164), (154, 170)]
    found[55:60] = [(144, lower + 8), (136, lower + 11), (128, lower + 12), (120, lower + 11), (112, lower + 8)]
    found[60:65] = [(104, 170), (118, 170), (128, 170), (138, 170), (152, 170)]
    found[65:68] = [(138, lower), (128, lower), (118, lower)]
    return found


def portrait(gap: int = 0) -> Image.Image:
    """The face of these landmarks, its background in stripes; between the lips teeth."""
    picture = Image.new("RGB", (SIDE, SIDE), (90, 120, 90))
    draw = ImageDraw.Draw(picture)
    for x in range(0, SIDE, 16):
        draw.line((x, 0, x, SIDE), (60, 90, 60), 3)
    draw.ellipse((56, 30, 200, 212), SKIN)
    points = landmarks(gap)
    for first in (36, 42):
        draw.polygon([tuple(p) for p in points[first : first + 6]], WHITE)
        x, y = points[first : first + 6].mean(0)
        draw.ellipse((x - 5, y - 5, x + 5, y + 5), PUPIL)
    draw.polygon([tuple(p) for p in points[48:60]], LIP)
    if gap:
        draw.polygon([tuple(p) for p in points[60:68]], TOOTH)
    return picture
