"""Fillings that need no training: OpenCV's two, and a smooth one.

Pictures are float32 (H, W, 3) in [0, 1], holes (H, W) bool. What lies under a hole is not looked at.
"""

import cv2
import numpy as np

REACH = 3
"""Pixels that OpenCV's methods look at around every pixel."""
RING = 12
"""Width in pixels of what the smooth filling is fitted to; wider around wide holes."""
SWEEPS = 24
"""Steps of relaxation at every scale of the membrane."""


def telea(picture: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """From the edge inwards along the shortest way (Telea 2004)."""
    return _inpainted(picture, hole, cv2.INPAINT_TELEA)


def navier_stokes(picture: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Lines of equal brightness carried on (Bertalmio et al. 2001)."""
    return _inpainted(picture, hole, cv2.INPAINT_NS)


def _inpainted(picture: np.ndarray, hole: np.ndarray, how: int) -> np.ndarray:
    pixels = (picture.clip(0, 1) * 255).round().astype(np.uint8)
    found = cv2.inpaint(pixels, hole.astype(np.uint8), REACH, how).astype(np.float32) / 255
    return np.where(hole[..., None], found, picture)


def smooth(picture: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """A surface of second order through what lies around the hole, its rest carried in by a membrane: for clear sky.

    The rest is blurred first, so that grain at the edge is not drawn into streaks.
    """
    if not hole.any():
        return picture
    box = _around(hole, RING + 2 * reach_of(hole))
    part, gone = picture[box], hole[box]
    near = _ring(gone, max(RING, reach_of(hole)))
    surface = _surface(part, near)
    rest = _blurred((part - surface) * ~gone[..., None], ~gone, 2.0)
    filled = picture.copy()
    filled[box] = np.where(gone[..., None], surface + membrane(rest, gone), part)
    return filled


def reach_of(hole: np.ndarray) -> int:
    """Half the width of a hole where it is widest, in pixels. What lies outside the picture does not end it."""
    if not hole.any():
        return 0
    if hole.all():
        return max(hole.shape)
    return int(np.ceil(cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 3).max()))


def _around(hole: np.ndarray, margin: int) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(hole.any(1)), np.flatnonzero(hole.any(0))
    top, left = max(0, rows[0] - margin), max(0, columns[0] - margin)
    return slice(top, rows[-1] + 1 + margin), slice(left, columns[-1] + 1 + margin)


def grown(where: np.ndarray, reach: int) -> np.ndarray:
    """A mask and all that lies within ``reach`` pixels of it."""
    if reach <= 0:
        return where
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cv2.dilate(where.astype(np.uint8), disc) > 0


def _ring(hole: np.ndarray, width: int) -> np.ndarray:
    ring = grown(hole, width) & ~hole
    return ring if ring.any() else ~hole


def _surface(picture: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Polynomial of second order in x and y for every channel, fitted to where ``near`` is, outliers left out."""
    height, width = near.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    side = max(height, width)
    x, y = (x - width / 2) / side, (y - height / 2) / side
    powers = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1)
    weight = np.ones(int(near.sum()), np.float32)
    for _ in range(3):
        a = powers[near] * weight[:, None]
        ridge = 1e-4 * len(a) * np.diag([0, 0.1, 0.1, 1, 1, 1])
        curve = np.linalg.solve(a.T @ a + ridge + 1e-9 * np.eye(6), a.T @ (picture[near] * weight[:, None]))
        off = np.abs(picture[near] - powers[near] @ curve).mean(1)
        weight = (1 / np.maximum(1, off / (2 * np.median(off) + 1e-4))).astype(np.float32)
    return (powers @ curve).astype(np.float32)


def _blurred(values: np.ndarray, known: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian mean over the known pixels."""
    weight = known.astype(np.float32)
    total = cv2.GaussianBlur(values * weight[..., None], (0, 0), sigma)
    return total / np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 1e-3)[..., None]


def membrane(values: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Values carried into a hole so that each is the mean of its neighbours (Laplace's equation).

    values: (H, W, C) float32, known where ``hole`` is false. Relaxed from coarse to fine; borders of the picture are
    free.
    """
    if hole.all():
        return np.zeros_like(values)
    height, width = hole.shape
    known = (~hole).astype(np.float32)
    found = values * known[..., None]
    if hole.any() and min(height, width) > 2:
        size = ((width + 1) // 2, (height + 1) // 2)
        share = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
        coarse = _channels(cv2.resize(found, size, interpolation=cv2.INTER_AREA)) / np.maximum(share, 1e-6)[..., None]
        below = membrane(coarse, share == 0)
        guess = _channels(cv2.resize(below, (width, height), interpolation=cv2.INTER_LINEAR))
        found = np.where(hole[..., None], guess, values)
    elif hole.any():
        return np.where(hole[..., None], found.sum((0, 1)) / known.sum(), values)
    kernel = np.array([[0, 0.25, 0], [0.25, 0, 0.25], [0, 0.25, 0]], np.float32)
    box = _around(hole, 1) if hole.any() else (slice(0), slice(0))
    part, gone = found[box], hole[box][..., None]
    for _ in range(SWEEPS if hole.any() else 0):
        mean = _channels(cv2.filter2D(part, -1, kernel, borderType=cv2.BORDER_REPLICATE))
        part = np.where(gone, mean, part)
    found[box] = part
    return found


def _channels(values: np.ndarray) -> np.ndarray:
    """(H, W, C), also where OpenCV has left out a single channel."""
    return values[..., None] if values.ndim == 2 else values
