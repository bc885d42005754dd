"""Parts of a large picture around its holes: a small hole in a photograph needs its surroundings, not all of it."""

import numpy as np

Window = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels, the last two outside."""
CELL = 64
"""Pixels of the grid on which holes are told apart."""
LEAST_MARGIN = 128
TILE = 1_024
"""Side of the parts in which a hole is filled that needs too large a window."""


def windows(where: np.ndarray, most: int) -> list[Window]:
    """For holes (H, W) bool: windows, each of at most ``most`` pixels, that hold all holes and what lies around them.

    Holes that are close share one. A hole whose window would be too large gets several, to be filled one after the
    other: what one has filled is known to the next.
    """
    height, width = where.shape
    found = [_widened(box, width, height) for box in _boxes(where)]
    return [part for box in _merged(found) for part in ([box] if _area(box) <= most else _tiles(box))]


def _area(box: Window) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _boxes(where: np.ndarray) -> list[Window]:
    """Around what hangs together on the grid."""
    height, width = where.shape
    rows, columns = -(-height // CELL), -(-width // CELL)
    padded = np.zeros((rows * CELL, columns * CELL), bool)
    padded[:height, :width] = where
    waiting = {(int(r), int(c)) for r, c in np.argwhere(padded.reshape(rows, CELL, columns, CELL).any((1, 3)))}
    boxes = []
    while waiting:
        edge = [waiting.pop()]
        group = list(edge)
        while edge:
            row, column = edge.pop()
            near = {(row + r, column + c) for r in (-1, 0, 1) for c in (-1, 0, 1)} & waiting
            waiting -= near
            edge += near
            group += near
        cells = np.array(group)
        top, left = cells.min(0) * CELL
        bottom, right = (cells.max(0) + 1) * CELL
        y, x = np.nonzero(where[top:bottom, left:right])
        boxes.append((int(left + x.min()), int(top + y.min()), int(left + x.max()) + 1, int(top + y.max()) + 1))
    return boxes


def _widened(box: Window, width: int, height: int) -> Window:
    left, top, right, bottom = box
    margin = max(LEAST_MARGIN, 3 * max(right - left, bottom - top) // 4)
    return max(0, left - margin), max(0, top - margin), min(width, right + margin), min(height, bottom + margin)


def _merged(boxes: list[Window]) -> list[Window]:
    """Boxes that overlap as one, in reading order."""
    found: list[Window] = []
    for box in sorted(boxes):
        while touching := [b for b in found if _overlap(b, box)]:
            found = [b for b in found if b not in touching]
            lefts, tops, rights, bottoms = zip(box, *touching, strict=True)
            box = (min(lefts), min(tops), max(rights), max(bottoms))
        found.append(box)
    return sorted(found, key=lambda b: (b[1], b[0]))


def _overlap(a: Window, b: Window) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _tiles(box: Window) -> list[Window]:
    left, top, right, bottom = box
    step = TILE - 2 * LEAST_MARGIN
    return [
        (x, y, min(x + TILE, right), min(y + TILE, bottom))
        for y in range(top, max(top + 1, bottom - 2 * LEAST_MARGIN), step)
        for x in range(left, max(left + 1, right - 2 * LEAST_MARGIN), step)
    ]
