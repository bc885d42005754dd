"""Holes of a picture one by one."""

from dataclasses import dataclass

import cv2
import numpy as np

from genai_demo.repair.holes.classical import grown, reach_of

NEAR = 4
"""Pixels between two parts of a hole, on either side, over which they count as one."""


@dataclass(frozen=True)
class Hole:
    """What hangs together, or nearly so."""

    box: tuple[slice, slice]
    """Rows and columns of the picture."""
    shape: np.ndarray
    """(h, w) bool within them."""
    reach: int
    """Half its width where it is widest, in pixels."""

    def mask(self, size: tuple[int, ...]) -> np.ndarray:
        """(H, W) bool."""
        found = np.zeros(size[:2], bool)
        found[self.box] = self.shape
        return found

    def around(self, size: tuple[int, ...], margin: int) -> tuple[slice, slice]:
        """Its box widened by a margin, within a picture of this size."""
        (rows, columns), (height, width) = self.box, size[:2]
        return (slice(max(0, rows.start - margin), min(height, rows.stop + margin)),
                slice(max(0, columns.start - margin), min(width, columns.stop + margin)))  # fmt: skip

    def within(self, window: tuple[slice, slice]) -> np.ndarray:
        """(h, w) bool in a window that holds its box."""
        found = np.zeros((window[0].stop - window[0].start, window[1].stop - window[1].start), bool)
        top, left = self.box[0].start - window[0].start, self.box[1].start - window[1].start
        found[top : top + self.shape.shape[0], left : left + self.shape.shape[1]] = self.shape
        return found


def holes_of(missing: np.ndarray) -> list[Hole]:
    """The holes of (H, W) bool, the widest first."""
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(grown(missing, NEAR).astype(np.uint8))
    found = []
    for number in range(1, count):
        left, top, width, height = (int(v) for v in boxes[number][:4])
        part = (slice(top, top + height), slice(left, left + width))
        shape = (labels[part] == number) & missing[part]
        rows, columns = np.flatnonzero(shape.any(1)), np.flatnonzero(shape.any(0))
        box = (
            slice(top + int(rows[0]), top + int(rows[-1]) + 1),
            slice(left + int(columns[0]), left + int(columns[-1]) + 1),
        )
        shape = shape[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        found.append(Hole(box, shape, reach_of(np.pad(shape, 1))))
    return sorted(found, key=lambda hole: -hole.reach)
