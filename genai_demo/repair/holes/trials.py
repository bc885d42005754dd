"""Where ways to fill a hole are tried: copies of the hole's shape on known pixels beside it."""

from dataclasses import dataclass

import cv2
import numpy as np

from genai_demo.repair.holes.classical import grown, navier_stokes
from genai_demo.repair.holes.groups import Hole

SIDE = 288
"""Side in pixels of the view in which a hole is tried."""
PIECE = 72
"""Most side of the piece of a hole that is tried; of a longer hole its fullest piece."""
REACH = 10
"""Of a hole in the view: wider ones are tried on a reduced copy."""
FEW, MANY = 4, 6
"""Places for wide holes and for holes of at most SMALL_REACH."""
SMALL_REACH = 7
APART = 2
"""Pixels between a place and anything that is missing."""
RING = 5
"""Pixels around a hole, or a place, by which they are compared."""
TURNS = 8
"""Quarter turns, and the same mirrored."""


@dataclass(frozen=True)
class Trials:
    """Known places around a hole that are filled as if they were missing."""

    truth: np.ndarray
    """(H, W, 3) in [0, 1]: the view, the hole in it filled quickly."""
    places: list[np.ndarray]
    """(H, W) bool each."""

    @property
    def missing(self) -> np.ndarray:
        """(H, W) bool, all places."""
        return np.any(self.places, axis=0)


def trials_of(picture: np.ndarray, missing: np.ndarray, hole: Hole) -> Trials:
    """Places for a hole near it and like its surroundings; around it, where the picture has no room for its shape.

    picture: (H, W, 3) float32 in [0, 1]; missing: (H, W) bool, all holes.
    """
    truth, gone, piece = _view(picture, missing, hole)
    blocked = grown(gone, APART).astype(np.float32)
    middle = np.argwhere(piece).mean(0)
    shape = _cut(piece)
    around = _portrait(truth, grown(piece, RING) & ~gone)
    places: list[np.ndarray] = []
    wanted = MANY if hole.reach <= SMALL_REACH else FEW
    for turn in range(TURNS):
        turned = np.ascontiguousarray(np.rot90(shape if turn < 4 else shape[:, ::-1], turn % 4))
        corner = _best_corner(truth, turned, blocked, gone, middle, around)
        if corner is not None:
            place = np.zeros_like(gone)
            place[corner[0] : corner[0] + turned.shape[0], corner[1] : corner[1] + turned.shape[1]] = turned
            blocked += grown(place, APART)
            places.append(place)
        if len(places) == wanted:
            break
    filled = navier_stokes(truth, gone)
    if not places:
        ring = grown(gone, max(2, min(hole.reach, REACH) // 2)) & ~gone
        places = [ring] if ring.any() else []
    return Trials(filled, places)


def _view(picture: np.ndarray, missing: np.ndarray, hole: Hole) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The picture around the fullest piece of a hole, reduced where that is wide; what is missing; and the piece."""
    factor = max(1.0, hole.reach / REACH)
    height, width = missing.shape
    most = min(PIECE, SIDE, int(min(height, width) / factor) // 3)
    top, left, piece = _fullest_piece(hole, max(8, round(most * factor)))
    reach = round(SIDE * factor / 2)
    y, x = top + piece.shape[0] // 2, left + piece.shape[1] // 2
    y0, x0 = max(0, min(y - reach, height - 2 * reach)), max(0, min(x - reach, width - 2 * reach))
    window = (slice(y0, min(height, y0 + 2 * reach)), slice(x0, min(width, x0 + 2 * reach)))
    part, gone = picture[window], missing[window]
    own = np.zeros_like(missing)
    own[top : top + piece.shape[0], left : left + piece.shape[1]] = piece
    own = own[window]
    if factor == 1:
        return part, gone, own
    size = (max(8, round(part.shape[1] / factor)), max(8, round(part.shape[0] / factor)))
    known = (~gone).astype(np.float32)
    share = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(part * known[..., None], size, interpolation=cv2.INTER_AREA)
    small = small / np.maximum(share, 1e-3)[..., None]
    own_share = cv2.resize(own.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return small, share < 0.5, own_share >= min(0.5, float(own_share.max()))


def _fullest_piece(hole: Hole, side: int) -> tuple[int, int, np.ndarray]:
    """Top, left and (h, w) bool of the part of a hole within a square of so many pixels that has most of it."""
    top, left, shape = hole.box[0].start, hole.box[1].start, hole.shape
    high, wide = min(side, shape.shape[0]), min(side, shape.shape[1])
    sums = cv2.integral(shape.astype(np.uint8))
    inside = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
    y, x = np.unravel_index(inside.argmax(), inside.shape)
    return int(top + y), int(left + x), shape[y : y + high, x : x + wide]


def _cut(where: np.ndarray) -> np.ndarray:
    """A mask without the empty rows and columns around it."""
    rows, columns = np.flatnonzero(where.any(1)), np.flatnonzero(where.any(0))
    return where[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _portrait(picture: np.ndarray, ring: np.ndarray) -> np.ndarray:
    """What surroundings look like: mean colour and how far it varies, (4,)."""
    if not ring.any():
        return np.zeros(4, np.float32)
    values = picture[ring]
    return np.array([*values.mean(0), values.std(0).mean()], np.float32)


def _best_corner(
    picture: np.ndarray, shape: np.ndarray, blocked: np.ndarray, missing: np.ndarray, middle: np.ndarray,
    around: np.ndarray,
) -> tuple[int, int] | None:  # fmt: skip
    """Row and column where the shape lies on known pixels: of forty of the nearest the one most alike."""
    (height, width), (high, wide) = blocked.shape, shape.shape
    if high > height or wide > width:
        return None
    overlap = cv2.filter2D(blocked, -1, shape.astype(np.float32), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
    corners = np.argwhere(overlap[: height - high + 1, : width - wide + 1] < 0.5)
    if not len(corners):
        return None
    far = np.linalg.norm(corners + np.array(shape.shape) / 2 - middle, axis=1)
    near = corners[np.argsort(far)[:: max(1, len(far) // 4000)][:400:10]]
    ring = np.pad(shape, RING)
    ring = grown(ring, RING) & ~ring

    def unlike(corner: np.ndarray) -> float:
        y, x = corner
        top, left = max(0, y - RING), max(0, x - RING)
        bottom, right = min(height, y + high + RING), min(width, x + wide + RING)
        here = ring[top - y + RING : bottom - y + RING, left - x + RING : right - x + RING]
        portrait = _portrait(picture[top:bottom, left:right], here & ~missing[top:bottom, left:right])
        return float(np.abs(portrait[:3] - around[:3]).mean() + 2 * abs(portrait[3] - around[3]))

    y, x = min(near, key=unlike)
    return int(y), int(x)
