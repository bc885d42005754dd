"""A drawn face moves as it is told, and nothing else does."""

import itertools

import numpy as np
import pytest
from PIL import Image

from genai_demo.together.puppet import Pose, Puppet
from tests.together import drawn

MOUTH = np.s_[150:215, 90:166]
EYES = np.s_[90:115, 76:180]


def pixels(pose: Pose, gap: int = 0) -> np.ndarray:
    """The drawn face in a pose, (H, W, 3)."""
    return np.asarray(Puppet(drawn.portrait(gap), drawn.landmarks(gap)).draw(pose)).astype(int)


def dark(found: np.ndarray) -> int:
    """How many pixels around the mouth are as dark as its inside."""
    return int((found[MOUTH].sum(2) < 170).sum())


def test_at_rest_it_is_the_portrait():
    assert np.array_equal(pixels(Pose()), np.asarray(drawn.portrait()))


def test_the_mouth_opens_as_far_as_it_is_told():
    areas = [dark(pixels(Pose(opening=amount))) for amount in (0, 0.25, 0.5, 0.75, 1)]
    assert areas[0] == 0 and all(b > a + 20 for a, b in itertools.pairwise(areas)), areas


def test_the_chin_goes_down_with_the_lower_lip_and_the_nose_stays():
    rest, opened = (pixels(Pose(opening=amount)) for amount in (0, 1))
    assert np.array_equal(rest[:145], opened[:145])
    lip = [np.flatnonzero(np.abs(found[:, 128] - drawn.LIP).sum(1) < 40).max() for found in (rest, opened)]
    assert 8 < lip[1] - lip[0] < 20


def test_pressed_lips_hide_the_teeth():
    teeth = [
        int((np.abs(pixels(Pose(opening=amount), gap=9)[MOUTH] - drawn.TOOTH).sum(2) < 60).sum())
        for amount in (0, -0.5, -1)
    ]
    assert teeth[0] > 150 and teeth[1] < 0.8 * teeth[0] and teeth[2] < 0.25 * teeth[0], teeth


def test_a_rounded_mouth_is_narrower_and_a_drawn_one_wider():
    def width(rounding: float) -> int:
        found = pixels(Pose(rounding=rounding))
        lips = np.abs(found[168:174] - drawn.LIP).sum(2).min(0) < 60
        return int(np.ptp(np.flatnonzero(lips)))

    assert width(1) < width(0) - 6 and width(-1) > width(0) + 1


def test_lids_close_over_the_pupils_alone():
    rest, closed = pixels(Pose()), pixels(Pose(lids=1))
    pupils = [int((found[EYES].sum(2) < 90).sum()) for found in (rest, closed)]
    assert pupils[0] > 80 and pupils[1] < 0.1 * pupils[0]
    outside = np.ones(rest.shape[:2], bool)
    outside[70:125, 70:190] = False
    assert np.array_equal(rest[outside], closed[outside])


def test_brows_go_up():
    marked = drawn.portrait()
    points = drawn.landmarks()
    for first in (17, 22):
        x, y = points[first : first + 5].mean(0).astype(int)
        marked.paste((0, 0, 0), (x - 12, y - 2, x + 12, y + 2))
    puppet = Puppet(marked, points)
    heights = []
    for amount in (0, 1):
        found = np.asarray(puppet.draw(Pose(brows=amount))).astype(int).sum(2)[70:92, 85:105]
        heights.append(float(np.nonzero(found < 200)[0].mean()))
    assert heights[1] < heights[0] - 2


@pytest.mark.parametrize(
    ("pose", "dx", "dy"),
    [(Pose(sway=(1, 0)), 1, 0), (Pose(sway=(0, 1)), 0, 1), (Pose(turn=-1), -1, 0)],
)
def test_the_head_moves_within_its_picture(pose: Pose, dx: int, dy: int):
    rest, moved = pixels(Pose()), pixels(pose)
    for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        assert np.abs(rest[edge] - moved[edge]).max() <= 1
    places = [np.argwhere(found[EYES].sum(2) < 90).mean(0) for found in (rest, moved)]
    shift = places[1] - places[0]
    assert shift[1] * dx + shift[0] * dy > 1.2 and abs(shift[1] * dy) + abs(shift[0] * dx) < 0.5, shift


def test_any_size_and_any_mode():
    face = drawn.portrait().resize((130, 140)).convert("L")
    points = drawn.landmarks() * (130 / 256, 140 / 256)
    assert Puppet(face, points).draw(Pose(0.7, 0.5, 0.5, 1, (1, 1), 1, 0.05)).size == (130, 140)


def test_other_landmarks_are_a_sentence():
    for wrong in (np.zeros((5, 2)), np.full((68, 2), np.nan)):
        with pytest.raises(ValueError, match="68 landmarks"):
            Puppet(Image.new("RGB", (64, 64)), wrong)
