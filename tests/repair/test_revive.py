"""Fading taken back, and what "old" does with it."""

import numpy as np
import pytest
from PIL import Image

from genai_demo.core import limits
from genai_demo.repair import generate
from genai_demo.repair.revive import revived
from tests.repair.tiny import picture


def fresh(side: int = 200) -> np.ndarray:
    """A picture that uses all levels, (H, W, 3) in 0..1."""
    found = picture(side).astype(np.float32) / 255
    found = (found - found.min((0, 1))) / np.ptp(found, (0, 1))
    found[:20, :20], found[-20:, -20:] = 0.0, 1.0
    return found


def faded(truth: np.ndarray, strength: float = 0.6) -> np.ndarray:
    grey = truth.mean(2, keepdims=True)
    pale = truth + 0.4 * strength * (grey - truth)
    return ((0.2 + (1 - 0.6 * strength) * pale) * np.array([1, 0.92, 0.78])).astype(np.float32).clip(0, 1)


def error(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b).mean())


@pytest.mark.parametrize("strength", [0.4, 0.8])
def test_fading_is_taken_back(strength: float) -> None:
    truth = fresh()
    dull = faded(truth, strength)
    assert error(revived(dull), truth) < 0.5 * error(dull, truth)


def test_a_fresh_picture_hardly_changes() -> None:
    assert error(revived(fresh()), fresh()) < 0.02


def test_strength_goes_from_nothing_to_all() -> None:
    dull = faded(fresh())
    none, half, all_of_it = (revived(dull, strength) for strength in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(none, dull, atol=1e-6)
    assert error(none, half) == pytest.approx(error(half, all_of_it), rel=0.2)


def test_grain_and_single_specks_do_not_set_the_levels() -> None:
    dull = faded(fresh(600))
    specked = dull + 0.02 * np.random.default_rng(0).standard_normal(dull.shape).astype(np.float32)
    specked[::150, ::150] = 1.0
    means = [revived(p).reshape(60, 10, 60, 10, 3).mean((1, 3)) for p in (specked, dull)]
    assert error(*means) < 0.02


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_an_even_picture_stays_in_range(level: float) -> None:
    found = revived(np.full((40, 60, 3), level, np.float32))
    assert np.isfinite(found).all() and found.min() >= 0 and found.max() <= 1 and found.std() < 1e-6


# --------------------------------------------------------------------------- the task


def as_image(values: np.ndarray) -> Image.Image:
    return Image.fromarray((values * 255).round().astype(np.uint8))


def test_old_photographs_are_revived_and_grain_stays_if_wished(restorer: None) -> None:
    dull = as_image(faded(fresh()))
    kept = generate.restore(dull, task="old", keep_grain=True)
    expected = as_image(revived(np.asarray(dull, np.float32) / 255))
    assert np.abs(np.asarray(kept, int) - np.asarray(expected)).max() <= 1
    smoothed = generate.restore(dull, task="old")
    assert (np.asarray(smoothed) != np.asarray(kept)).any() and smoothed.size == kept.size


def test_outside_the_mask_nothing_is_revived(restorer: None) -> None:
    dull, where = as_image(faded(fresh())), np.zeros((200, 200), bool)
    where[50:100, 60:120] = True
    for keep in (True, False):
        found = np.asarray(generate.restore(dull, where, "old", keep_grain=keep))
        assert (found[~where] == np.asarray(dull)[~where]).all() and (found[where] != np.asarray(dull)[where]).any()


def test_levels_alone_need_no_small_picture(restorer: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_REPAIR_PIXELS", 1000)
    dull = as_image(faded(fresh()))
    assert generate.restore(dull, task="old", keep_grain=True).size == dull.size
    with pytest.raises(ValueError, match="megapixels"):
        generate.restore(dull, task="old")


def test_small_faces_are_left_to_the_network_unless_told_otherwise(restorer: None) -> None:
    dull = as_image(faded(fresh(128)))
    learnt, levels = generate.restore(dull, task="old"), generate.restore(dull, task="old", revive=0.999)
    assert (np.asarray(learnt) != np.asarray(levels)).any()


@pytest.mark.parametrize("settings", [{"revive": 1.5}, {"revive": True}, {"revive": "much"}, {"keep_grain": 1}])
def test_other_settings_are_a_sentence(restorer: None, settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"fading is taken back|Grain is kept"):
        generate.restore(as_image(fresh()), task="old", **settings)  # type: ignore[arg-type]
