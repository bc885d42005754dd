"""Damage made on the fly."""

import numpy as np
import pytest

from genai_demo.repair import damage
from genai_demo.repair.examples import SHARES, damaged_for, example
from tests.repair.tiny import picture

TRUTH = picture(96, 3).astype(np.float32) / 255


@pytest.mark.parametrize("kind", damage.KINDS)
def test_every_kind_repeats_by_seed_and_stays_a_picture(kind):
    found, again, other = (damage.damage(TRUTH, kind, 0.6, np.random.default_rng(s)) for s in (1, 1, 2))
    assert np.array_equal(found.picture, again.picture) and np.array_equal(found.mask, again.mask)
    assert found.picture.shape == TRUTH.shape and found.picture.dtype == np.float32
    assert found.picture.min() >= 0 and found.picture.max() <= 1
    assert not np.array_equal(found.picture, TRUTH)
    assert found.mask.any() == (kind == "hole")
    if kind not in ("blur", "shrink2"):  # these know no chance but the resampling
        assert not np.array_equal(found.picture, other.picture)
    assert set(found.amounts) <= set(damage.MEASURES)


@pytest.mark.parametrize("kind", [k for k in damage.KINDS if k not in ("shrink2", "shrink4", "hole", "mixture")])
def test_more_strength_more_damage(kind):
    def error(strength):
        found = [damage.damage(TRUTH, kind, strength, np.random.default_rng(s)) for s in range(8)]
        return np.mean([np.square(f.picture - TRUTH).mean() for f in found])

    assert error(0.1) < error(0.9)


def test_holes_grow_with_strength_and_never_cover_more_than_their_limit():
    shares = {s: [damage.hole((80, 120), s, np.random.default_rng(i)).mean() for i in range(40)] for s in (0.0, 1.0)}
    assert 0 < np.mean(shares[0.0]) < 0.12
    assert np.mean(shares[1.0]) > 0.35 and max(shares[1.0]) <= 0.6


def test_a_hole_leaves_the_rest_as_it_was():
    found = damage.damage(TRUTH, "hole", 0.5, np.random.default_rng(0))
    assert np.array_equal(found.picture[~found.mask], TRUTH[~found.mask])


def test_gaussian_blur_is_the_weighted_mean_of_the_neighbours():
    small = TRUTH[:20, :24]
    y, x = np.mgrid[-6:7, -6:7]
    weights = np.exp(-(x**2 + y**2) / (2 * 1.7**2))
    mirrored = np.pad(small, ((6, 6), (6, 6), (0, 0)), "symmetric")
    found = damage.gaussian(small, 1.7)
    for i, j in ((0, 0), (7, 11), (19, 3)):
        expected = (weights[..., None] * mirrored[i : i + 13, j : j + 13]).sum((0, 1)) / weights.sum()
        np.testing.assert_allclose(found[i, j], expected, atol=1e-5)


def test_motion_keeps_brightness_and_blurs_one_way_only():
    point = np.zeros((41, 41, 3), np.float32)
    point[20, 20] = 1
    found = damage.motion(point, 0.8, np.random.default_rng(4))[..., 0]
    assert found.sum() == pytest.approx(1, abs=1e-4)
    y, x = np.mgrid[:41, :41] - 20
    moments = np.array([[(found * a * b).sum() for a in (x, y)] for b in (x, y)])
    small, large = np.linalg.eigvalsh(moments)
    assert large > 12 * small


def test_senseless_damage_is_a_sentence():
    with pytest.raises(ValueError, match="No damage is called 'rain'"):
        damage.damage(TRUTH, "rain", 0.5, np.random.default_rng(0))
    with pytest.raises(ValueError, match="from 0 to 1"):
        damage.damage(TRUTH, "blur", 1.5, np.random.default_rng(0))


def test_examples_come_as_often_as_they_should_and_repeat():
    told = [example(picture(32, 1), np.random.default_rng(i)) for i in range(400)]
    tasks = [task for _, _, task in told]
    assert 0.35 < tasks.count("auto") / 400 < 0.55
    assert all(tasks.count(task) > 5 for task in SHARES)
    again = example(picture(32, 1), np.random.default_rng(7))
    assert again[2] == tasks[7] and np.array_equal(again[0].picture, told[7][0].picture)
    holes = [found for found, _, _ in told if found.mask.any()]
    assert 0.15 < len(holes) / 400 < 0.35


def test_old_photographs_are_scratched_and_faded():
    found = damaged_for("old", TRUTH, np.random.default_rng(0), 0.7)
    assert {"fading", "scratches"} <= set(found.amounts)
