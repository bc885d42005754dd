"""Scratches, folds, hairs and dust of an old print, found by filters: what is thin, long and lighter or darker than
what lies on both sides of it, and small specks on calm ground.

What is scratched white has no colour, so for light things the darkest of the three channels is looked at, and for dark
ones the lightest: of a grey photograph both are its lightness.
"""

import cv2
import numpy as np
from PIL import Image

SIDE = 560
"""Longer side at which is looked for."""
UNIT = 400
"""Longer side for which the widths below are meant; they grow with the picture."""
ANGLES = 12
PIECE = 9
"""Pixels along which a line is averaged."""
STEPS = (-2, -1, 0, 1, 2)
"""Pieces along a line that must all but one be there."""
BESIDE = (2.5, 4.5)
"""Pixels to either side where the ground is."""
ACTIVITY = 15.0
"""Sigma, in pixels, of the surroundings whose liveliness a line must stand out from."""
FAINT, CLEAR = 0.04, 0.1
"""Contrast of a line, in lightness 0..1, for it to be followed, and to begin with."""
LIVELY = 1.3
"""How much of the liveliness around is asked for beside it."""
LEAST_LENGTH = 22.0
SPECK_REACH, SPECK, SPECK_LIVELY = 4, 0.2, 6.0
"""Most radius of a speck in pixels, its contrast, and as LIVELY."""


def by_filters(picture: Image.Image, care: float = 0.5) -> np.ndarray:
    """Where an old photograph is scratched or dusty: (H, W) bool.

    care: 0 finds faint things too and some that belong there, 1 only the plainest. Raises ValueError outside 0..1.
    """
    if isinstance(care, bool) or not isinstance(care, (int, float)) or not 0 <= care <= 1:
        raise ValueError("How sure it must be is a number from 0 to 1.")
    pixels: np.ndarray = np.asarray(picture.convert("RGB"), np.float32) / 255
    height, width = pixels.shape[:2]
    factor = max(height, width) / SIDE
    if factor > 1:
        size = (max(8, round(width / factor)), max(8, round(height / factor)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    unit = max(pixels.shape) / UNIT
    asked = 2.0 ** (2 * care - 1)
    found = np.zeros(pixels.shape[:2], bool)
    for light in (pixels.min(2), -pixels.max(2)):
        lively = liveliness(light)
        found |= lines(light, lively, unit, asked) | specks(light, lively, unit, asked)
    if factor > 1:
        found = cv2.resize(found.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR) > 0
    return found


def liveliness(light: np.ndarray) -> np.ndarray:
    """How much goes on around every pixel, as a deviation of lightness: what is thin and rare hardly counts."""
    fine = np.abs(light - cv2.GaussianBlur(light, (0, 0), 2.0))
    capped = np.minimum(fine, 0.08)
    return cv2.GaussianBlur(capped, (0, 0), ACTIVITY)


def lines(light: np.ndarray, lively: np.ndarray, unit: float, asked: float) -> np.ndarray:
    """Long thin things that are lighter than both sides, (H, W) bool."""
    contrast = ridges(light, unit) - LIVELY * asked * lively
    faint, clear = contrast > FAINT * asked, contrast > CLEAR * asked
    return _connected(faint, clear, LEAST_LENGTH * unit)


def ridges(light: np.ndarray, unit: float) -> np.ndarray:
    """How far every pixel, as a part of a line, is lighter than both sides of it: (H, W); below 0 where it is not."""
    best = np.full(light.shape, -1.0, np.float32)
    for number in range(ANGLES):
        angle = np.pi * number / ANGLES
        along = np.array([np.sin(angle), np.cos(angle)])
        across = np.array([along[1], -along[0]])
        piece = max(3.0, PIECE * unit)
        mean = cv2.filter2D(light, -1, _segment(piece, angle), borderType=cv2.BORDER_REFLECT)
        stands = np.full(light.shape, -1.0, np.float32)
        for beside in BESIDE:
            sides = [_shifted(mean, sign * max(1.5, beside * unit) * across) for sign in (1, -1)]
            stands = np.maximum(stands, mean - np.maximum(*sides))
        pieces = [_shifted(stands, step * piece * along) for step in STEPS]
        best = np.maximum(best, np.sort(pieces, 0)[1])
    return best


def _segment(length: float, angle: float) -> np.ndarray:
    """Weights of a line of so many pixels; its far ends fade."""
    reach = int(np.ceil(length / 2))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    kernel = np.clip(1 - np.abs(across), 0, 1) * np.clip(length / 2 + 0.5 - np.abs(along), 0, 1)
    return (kernel / kernel.sum()).astype(np.float32)


def _shifted(values: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Values from ``by`` (rows, columns) away."""
    matrix = np.array([[1, 0, by[1]], [0, 1, by[0]]], np.float32)
    size = (values.shape[1], values.shape[0])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(values, matrix, size, flags=how, borderMode=cv2.BORDER_REPLICATE)


def _connected(faint: np.ndarray, clear: np.ndarray, length: float) -> np.ndarray:
    """What is faintly there and hangs together with what is clear, if it is long; a little wider than found."""
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(faint.astype(np.uint8), connectivity=8)
    begun = np.zeros(count, bool)
    begun[np.unique(labels[clear])] = True
    long = np.hypot(boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]) >= length
    begun[0] = False
    return cv2.dilate((begun & long)[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def specks(light: np.ndarray, lively: np.ndarray, unit: float, asked: float) -> np.ndarray:
    """Small things that are lighter than all around them, (H, W) bool."""
    reach = max(2, round(SPECK_REACH * unit))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    stands = light - cv2.morphologyEx(light, cv2.MORPH_OPEN, disc)
    found = stands > (SPECK + SPECK_LIVELY * lively) * asked
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8), connectivity=8)
    high, wide = boxes[:, cv2.CC_STAT_HEIGHT], boxes[:, cv2.CC_STAT_WIDTH]
    small = (np.maximum(high, wide) <= 2 * reach + 1) & (boxes[:, cv2.CC_STAT_AREA] >= 0.4 * high * wide)
    small[0] = False
    return small[labels]
