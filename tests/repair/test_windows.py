"""Parts of a large picture around its holes."""

import numpy as np
import pytest

from genai_demo.repair.windows import LEAST_MARGIN, TILE, windows

MOST = 4_000_000


def holes(*boxes: tuple[int, int, int, int], size: tuple[int, int] = (4000, 3000)) -> np.ndarray:
    where = np.zeros(size[::-1], bool)
    for left, top, right, bottom in boxes:
        where[top:bottom, left:right] = True
    return where


def test_a_small_hole_gets_its_surroundings() -> None:
    assert windows(holes((2000, 1000, 2300, 1300)), MOST) == [(1775, 775, 2525, 1525)]
    assert windows(holes((0, 0, 10, 10)), MOST) == [(0, 0, 10 + LEAST_MARGIN, 10 + LEAST_MARGIN)]
    assert windows(holes(), MOST) == []


def test_holes_that_are_close_share_a_window_and_others_do_not() -> None:
    near = windows(holes((1000, 1000, 1020, 1020), (1100, 1100, 1120, 1120)), MOST)
    far = windows(holes((1000, 1000, 1020, 1020), (3000, 2000, 3020, 2020)), MOST)
    assert near == [(872, 872, 1248, 1248)]
    assert far == [(872, 872, 1148, 1148), (2872, 1872, 3148, 2148)]


@pytest.mark.parametrize("seed", range(4))
def test_all_holes_are_in_windows_of_bounded_size(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, (3900, 2900), (20, 2))
    where = holes(*((x, y, x + rng.integers(1, 400), y + rng.integers(1, 400)) for x, y in corners))
    where[np.arange(3000), np.arange(3000)] = True  # a scratch across all of it
    found = windows(where, MOST)
    left = where.copy()
    for x, y, right, bottom in found:
        assert 0 <= x < right <= 4000 and 0 <= y < bottom <= 3000
        assert (right - x) * (bottom - y) <= MOST
        left[y:bottom, x:right] = False
    assert not left.any()
    assert len(found) > 1 and max(right - x for x, _, right, _ in found) <= TILE
