"""The rendered scenes."""

import numpy as np
import pytest

from genai_demo.core import limits
from genai_demo.repair import scenery, scenes
from genai_demo.repair.scenery import Frame


@pytest.mark.parametrize("name", scenes.SCENES)
def test_every_scene_has_its_size_repeats_and_varies(name):
    first = scenes.scene(name, 120, 80, seed=3)
    scenes._rendered.cache_clear()
    assert first.size == (120, 80) and first.mode == "RGB"
    assert first.tobytes() == scenes.scene(name, 120, 80, seed=3).tobytes()
    assert first.tobytes() != scenes.scene(name, 120, 80, seed=4).tobytes()
    pixels = np.asarray(first, np.float32)
    assert pixels.std() > 8 and pixels.max() > 90 and pixels.min() < 180
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 100


@pytest.mark.parametrize("name", scenes.SCENES)
def test_a_scene_is_the_same_at_another_size(name):
    large = np.asarray(scenes.scene(name, 288, 192, seed=1).reduce(12), np.float32)
    small = np.asarray(scenes.scene(name, 144, 96, seed=1).reduce(6), np.float32)
    assert np.abs(large - small).mean() < 14


@pytest.mark.parametrize("shape", [(64, 256), (256, 64), (65, 97)])
def test_other_shapes(shape):
    for name in ("beach", "library", "rain"):
        assert scenes.scene(name, *shape).size == shape


def test_what_a_caller_does_to_a_scene_stays_with_him():
    scenes.scene("studio", 80, 80).paste((0, 0, 0), (0, 0, 80, 80))
    assert np.asarray(scenes.scene("studio", 80, 80)).max() > 0


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("moon", 100, 100), "Choose one of"),
        (("beach", 10, 100), "whole numbers"),
        (("beach", 100.0, 100), "whole numbers"),
        (("beach", True, 100), "whole numbers"),
        (("beach", 4000, 4000), "megapixels"),
        (("beach", 64, 300), "times as long"),
        (("beach", 100, 100, -1), "seed"),
        (("beach", 100, 100, limits.MAX_SEED + 1), "seed"),
    ],
)
def test_bad_input_gets_a_sentence(arguments, word):
    with pytest.raises(ValueError, match=word):
        scenes.scene(*arguments)


def test_a_texture_repeats_without_a_seam():
    field = scenery.texture(np.random.default_rng(0), 64, 4, 3)
    for turned in (field, field.T):
        assert np.abs(turned[0] - turned[-1]).max() <= 1.5 * np.abs(np.diff(turned, axis=0)).max()
    found = scenery.looked_up(field, np.array([0.25, 1.25, -0.75]), np.array([0.5, 2.5, -0.5]))
    np.testing.assert_allclose(found, field[32, 16], atol=1e-5)


def test_blur_keeps_the_mean_and_spreads_a_point():
    field = np.zeros((64, 64), np.float32)
    field[32, 32] = 1
    found = scenery.blurred(field, 2 / 64)
    assert abs(found.sum() - 1) < 0.02 and 0.03 < found.max() < 0.05
    flat = np.full((40, 60, 3), 0.4, np.float32)
    np.testing.assert_allclose(scenery.blurred(flat, 0.2), flat, atol=1e-3)


def test_water_mirrors_what_stands_above_it():
    frame = Frame(100, 100)
    ground = np.zeros((100, 100, 3), np.float32)
    ground[:30] = 1
    found = scenery.mirrored(ground, frame, np.random.default_rng(0), 0.5, 0.0)
    assert np.array_equal(found[:50], ground[:50])
    assert found[52:68].max() == 0 and found[73:].min() == 1
