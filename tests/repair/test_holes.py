"""Holes one by one: told apart, filled in several ways, the way chosen, joined with what lies around them."""

import cv2
import numpy as np
import pytest

from genai_demo.repair.holes import choose, classical, groups, join, trials
from genai_demo.repair.holes.patches import patches

SIZE = (120, 160)
BLOB = np.hypot(*(np.mgrid[: SIZE[0], : SIZE[1]] - np.array([60, 80])[:, None, None])) < 14
WAYS = list(choose.CLASSICAL)


def sky(grain: float = 1.0) -> np.ndarray:
    """A clear sky that darkens upwards, with grain in levels of 255."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]] / 200
    colours = np.stack([0.4 + 0.2 * y + 0.02 * x, 0.6 + 0.15 * y, 0.85 + 0.05 * y**2], -1)
    return (colours + grain / 255 * np.random.default_rng(0).standard_normal(colours.shape)).astype(np.float32)


def bricks() -> np.ndarray:
    """A wall: what repeats, and no surface carries on."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    joint = (y % 12 < 2) | ((x + 11 * (y // 12 % 2)) % 22 < 2)
    wall = np.where(joint[..., None], (0.8, 0.8, 0.75), (0.6, 0.25, 0.2))
    return (wall + 0.01 * np.random.default_rng(1).standard_normal(wall.shape)).astype(np.float32)


def within(made: np.ndarray, truth: np.ndarray, hole: np.ndarray = BLOB) -> float:
    """PSNR in the hole."""
    return choose.psnr(made[hole], truth[hole])


def test_near_parts_are_one_hole_and_the_widest_comes_first() -> None:
    missing = np.zeros(SIZE, bool)
    missing[10:13, 10:40] = missing[16:19, 10:40] = True  # three pixels apart
    missing[60:90, 60:90] = missing[100, 150] = True
    found = groups.holes_of(missing)
    assert [hole.box[0].start for hole in found] == [60, 10, 100]
    assert found[0].reach == 15 and found[1].reach == 2
    assert np.array_equal(np.any([hole.mask(SIZE) for hole in found], 0), missing)
    window = found[1].around(SIZE, 20)
    assert np.array_equal(found[1].within(window), missing[window])


@pytest.mark.parametrize("way", WAYS)
def test_a_filling_changes_its_hole_only_and_does_not_look_under_it(way: str) -> None:
    picture = bricks()
    other = np.where(BLOB[..., None], 1 - picture, picture)
    made, again = (choose.CLASSICAL[way](start, BLOB) for start in (picture, other))
    assert np.array_equal(made, again) and np.array_equal(made[~BLOB], picture[~BLOB])
    assert np.isfinite(made).all()


def test_a_clear_sky_is_filled_by_the_smooth_way_as_well_as_its_grain_allows() -> None:
    assert within(classical.smooth(sky(), BLOB), sky()) > 46  # the grain itself is at 48
    (hole,) = groups.holes_of(BLOB)
    assert choose.chosen(sky(), BLOB, [hole], choose.CLASSICAL) == ["smooth"]


def test_what_repeats_is_filled_by_patches() -> None:
    assert within(patches(bricks(), BLOB), bricks()) > within(classical.telea(bricks(), BLOB), bricks()) + 4
    (hole,) = groups.holes_of(BLOB)
    assert choose.chosen(bricks(), BLOB, [hole], choose.CLASSICAL) == ["patches"]


def test_each_hole_gets_its_own_way() -> None:
    picture = np.concatenate([sky(), bricks()], 1)
    missing = np.concatenate([BLOB, BLOB], 1)
    found = groups.holes_of(missing)
    ways = choose.chosen(picture, missing, found, choose.CLASSICAL)
    names = {hole.box[1].start: way for hole, way in zip(found, ways, strict=True)}
    assert [names[start] for start in sorted(names)] == ["smooth", "patches"]


def test_many_holes_are_not_all_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = np.zeros(SIZE, bool)
    missing[10::25, 10::25] = True
    tried = []
    monkeypatch.setattr(choose, "scores", lambda *given: tried.append(given) or {"telea": 1.0, "smooth": 2.0})
    found = groups.holes_of(missing)
    assert len(found) > 20 and choose.chosen(sky(), missing, found, choose.CLASSICAL) == ["smooth"] * len(found)
    assert len(tried) == choose.MOST_TRIED // 2


@pytest.mark.parametrize("wide", [False, True])
def test_places_are_known_and_apart(wide: bool) -> None:
    missing = BLOB.copy()
    if wide:  # no room beside it
        missing[10:-10, 10:-10] = True
    (hole,) = groups.holes_of(missing)
    found = trials.trials_of(bricks(), missing, hole)
    assert found.places and sum(place.astype(int) for place in found.places).max() == 1
    small = cv2.resize(missing.astype(np.float32), found.truth.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert not (found.missing & (small >= 0.5)).any()


def test_a_membrane_carries_a_slope() -> None:
    slope = np.mgrid[: SIZE[0], : SIZE[1]][1][..., None].astype(np.float32) / 160
    assert np.abs(classical.membrane(slope, BLOB) - slope).max() < 0.004


@pytest.mark.parametrize("shift", [0.2, -0.15])
def test_no_step_in_colour_at_the_edge(shift: float) -> None:
    slope = np.mgrid[: SIZE[0], : SIZE[1]][0][..., None] / 120
    found = join.blended(sky(), (sky(0) + shift + 0.2 * slope).astype(np.float32), BLOB)
    inner, outer = BLOB & ~(cv2.erode(BLOB.astype(np.uint8), np.ones((5, 5))) > 0), classical.grown(BLOB, 3) & ~BLOB
    assert (
        np.abs((found - sky(0))[inner]).mean()
        < 1.5 / 255
        < 30 / 255
        < np.abs((sky(0) + shift)[inner] - sky(0)[inner]).mean()
    )
    assert np.abs(found[inner].mean(0) - found[outer].mean(0)).max() < 1.5 / 255
    assert np.array_equal(found[~BLOB], sky()[~BLOB])


@pytest.mark.parametrize("levels", [3.0, 8.0])
@pytest.mark.parametrize("soft", [0.0, 0.7])
def test_no_step_in_grain_at_the_edge(levels: float, soft: float) -> None:
    noise = np.random.default_rng(3).standard_normal((*SIZE, 3)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), soft) if soft else noise
    picture = sky(0) + levels / 255 * noise / noise.std()
    filled = join.regrained(np.where(BLOB[..., None], sky(0), picture), BLOB, BLOB, seed=1)
    inner = cv2.erode(BLOB.astype(np.uint8), np.ones((5, 5))) > 0
    ratio = (filled - sky(0))[inner].std() / (picture - sky(0))[~BLOB].std()
    assert 0.75 < ratio < 1.25
    alike = [np.corrcoef(a[:, 1:][where[:, 1:]].ravel(), a[:, :-1][where[:, 1:]].ravel())[0, 1]
             for a, where in ((filled - sky(0), inner), (picture - sky(0), ~classical.grown(BLOB, 3)))]  # fmt: skip
    assert abs(alike[0] - alike[1]) < 0.2
    assert np.array_equal(filled[~BLOB], picture[~BLOB])


def test_no_grain_is_added_where_there_is_none() -> None:
    for picture in (sky(0), sky(0.5)):
        clean = np.where(BLOB[..., None], sky(0), picture)
        assert np.array_equal(join.regrained(clean, BLOB, BLOB, 1), clean)
