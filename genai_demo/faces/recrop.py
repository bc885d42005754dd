"""Finds again the aligned crop that was cut from a picture, knowing only its side and its hash.

The manifest of public pictures gives, for every face, the side of its aligned crop in pixels of the
original and the 256-bit difference hash of the crop. Centre, angle and exact side follow by search:
the crop whose hash is nearest. 256 bits determine four numbers well, and a match tells
the expected original from other faces.
"""

import numpy as np
from PIL import Image

from genai_demo.core.imagecheck import difference_hash, hash_distance

SIDE = 128
MATCH_BITS = 34
"""Measured on faces pasted into larger pictures, turned, moved (standard deviations 3 degrees, 4 % of
the side) and saved as JPEG: the right crop is found again within 26 bits (60 of 60, median 5.5); the best
crop of a wrong picture stays 45 or more away (25 of 25)."""

WORK_SIDE = 2 * SIDE
MARGIN = WORK_SIDE // 4
STARTS = 6

Geometry = tuple[float, float, float, float]
"""Centre x and y and side in pixels of the working picture, angle in radians."""


def recover_crop(picture: Image.Image, crop_side: float, hashed: np.ndarray, side: int = SIDE) -> Image.Image | None:
    """The aligned crop of ``picture`` (RGB) that fits ``hashed`` (4,) uint64, or None.

    ``crop_side``: the side of the crop in pixels of ``picture``. Parts outside it are mirrored. ``side``: that of the
    result, ``SIDE`` or a multiple.
    """
    work = _working_picture(picture, WORK_SIDE / crop_side)
    if work is None:
        return None
    centre: Geometry = (work.width / 2, work.height / 2, float(WORK_SIDE), 0.0)
    grey = work.convert("L")
    distance, geometry = _descend(grey, centre, hashed)
    if distance > MATCH_BITS:
        found = [_descend(grey, start, hashed) for start in _promising_starts(grey, hashed)]
        distance, geometry = min([(distance, geometry), *found])
    if distance > MATCH_BITS:
        return None
    times = side // SIDE
    if times > 1:
        work = _working_picture(picture, times * WORK_SIDE / crop_side, times)
        if work is None:
            return None
        x, y, crop, angle = geometry
        geometry = times * x, times * y, times * crop, angle
    # Twice as large first: the second step then averages, so that the crop does not alias.
    return _cut(work, geometry, 2 * side).resize((side, side), Image.Resampling.LANCZOS)


def _working_picture(picture: Image.Image, scale: float, times: int = 1) -> Image.Image | None:
    """The picture scaled, with a mirrored margin; None where it is far from the size of a face. times: of the crop."""
    width, height = round(picture.width * scale), round(picture.height * scale)
    most = 32 * times * WORK_SIDE
    if not (8 <= width <= most and 8 <= height <= most):
        return None
    small = picture.resize((width, height), Image.Resampling.LANCZOS)
    margin = (times * MARGIN, times * MARGIN)
    return Image.fromarray(np.pad(np.asarray(small), (margin, margin, (0, 0)), "reflect"))


def _cut(work: Image.Image, geometry: Geometry, side: int) -> Image.Image:
    x, y, crop, angle = geometry
    cosine, sine = np.cos(angle) * crop / side, np.sin(angle) * crop / side
    half = side / 2
    matrix = (cosine, -sine, x - half * (cosine - sine), sine, cosine, y - half * (sine + cosine))
    return work.transform((side, side), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)


def _distance(work: Image.Image, geometry: Geometry, hashed: np.ndarray) -> int:
    return int(hash_distance(difference_hash(_cut(work, geometry, SIDE)), hashed))


def _descend(work: Image.Image, start: Geometry, hashed: np.ndarray) -> tuple[int, Geometry]:
    """Coordinate descent with halved steps, from 12 working pixels and 3.4 degrees on."""
    best, distance = start, _distance(work, start, hashed)
    steps = np.array([12.0, 12.0, 12.0, 0.06])
    while steps[0] > 0.5:
        moved = False
        for axis in range(4):
            for sign in (1, -1):
                tried = list(best)
                tried[axis] += sign * steps[axis]
                geometry: Geometry = (tried[0], tried[1], tried[2], tried[3])
                new = _distance(work, geometry, hashed)
                if new < distance:
                    best, distance, moved = geometry, new, True
        if not moved:
            steps = steps / 2
    return distance, best


def _promising_starts(work: Image.Image, hashed: np.ndarray) -> list[Geometry]:
    """The nearest few crops of a grid over the whole picture, for faces far from its middle."""
    spacing = WORK_SIDE / 8
    grid = [
        (float(x), float(y), float(WORK_SIDE), 0.0)
        for y in np.arange(WORK_SIDE / 2, work.height - WORK_SIDE / 2 + 1, spacing)
        for x in np.arange(WORK_SIDE / 2, work.width - WORK_SIDE / 2 + 1, spacing)
    ]
    return sorted(grid, key=lambda geometry: _distance(work, geometry, hashed))[:STARTS]
