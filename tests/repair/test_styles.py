"""The built-in style pictures."""

import numpy as np
import pytest

from genai_demo.core import limits
from genai_demo.repair import brushes, styles

SIZE = 96


@pytest.fixture(scope="module")
def pictures():
    return {name: styles.style_picture(name, SIZE) for name in styles.STYLES}


def values(picture):
    return np.asarray(picture).astype(float)


def test_there_is_a_choice():
    assert len(set(styles.STYLES)) >= 8


@pytest.mark.parametrize("name", styles.STYLES)
def test_a_style_is_a_picture_with_contrast_and_texture(name, pictures):
    picture = pictures[name]
    assert (picture.size, picture.mode) == ((SIZE, SIZE), "RGB")
    pixels = values(picture)
    assert pixels.std() > 20
    assert np.abs(np.diff(pixels, axis=1)).mean() > 2
    assert len(np.unique(pixels.reshape(-1, 3) // 16, axis=0)) > 20


@pytest.mark.parametrize("name", ["woodcut", "stained glass", "ink", "comic", "low poly"])
def test_same_seed_same_picture_another_seed_another_one(name, pictures):
    again = brushes.to_image(styles.PAINTERS[name](np.random.default_rng(0), SIZE))
    assert again.tobytes() == pictures[name].tobytes()
    other = styles.style_picture(name, SIZE, seed=1)
    assert np.abs(values(other) - values(pictures[name])).mean() > 10


def test_no_two_styles_are_alike(pictures):
    seen = [values(p) for p in pictures.values()]
    apart = [np.abs(a - b).mean() for i, a in enumerate(seen) for b in seen[:i]]
    assert min(apart) > 15


@pytest.mark.parametrize("name", ["low poly", "stained glass", "ink"])
def test_another_size_shows_the_same_composition(name, pictures):
    small = values(styles.style_picture(name, 2 * SIZE).reduce(8))
    assert np.abs(small - values(pictures[name].reduce(4))).mean() < 12


def test_what_is_given_out_is_the_callers_own(pictures):
    styles.style_picture("comic", SIZE).paste((0, 0, 0), (0, 0, SIZE, SIZE))
    assert styles.style_picture("comic", SIZE).tobytes() == pictures["comic"].tobytes()


@pytest.mark.parametrize("size", [0, limits.MIN_STYLE_SIZE - 1, limits.MAX_STYLE_SIZE + 1, 96.5, "96", None])
def test_bad_sizes(size):
    with pytest.raises(ValueError, match="size of a style picture must be"):
        styles.style_picture("oil", size)


@pytest.mark.parametrize("seed", [-1, limits.MAX_SEED + 1, 0.5, None])
def test_bad_seeds(seed):
    with pytest.raises(ValueError, match="seed must be a whole number"):
        styles.style_picture("oil", SIZE, seed)


@pytest.mark.parametrize("name", ["Oil", "", None, "cubism"])
def test_unknown_styles(name):
    with pytest.raises(ValueError, match=r"No style is called .* Choose one of oil, night"):
        styles.style_picture(name)


# What they are painted with


def test_smoothstep_rises_and_falls():
    x = np.array([0.0, 0.5, 1.0])
    np.testing.assert_allclose(brushes.smoothstep(x, 0.0, 1.0), x)
    np.testing.assert_allclose(brushes.smoothstep(x, 1.0, 0.0), 1 - x)


def test_noise_stays_in_range_and_varies():
    field = brushes.noise(np.random.default_rng(0), 64, 4)
    assert field.shape == (64, 64)
    assert field.min() >= 0
    assert field.max() <= 1
    assert field.std() > 0.08


def test_paths_follow_the_field():
    lines = brushes.paths(np.full((8, 8), np.pi / 2), np.array([[0.5, 0.2]]), np.array([0.4]), points=5)
    np.testing.assert_allclose(lines[0, :, 0], 0.5)
    np.testing.assert_allclose(lines[0, :, 1], np.linspace(0.2, 0.6, 5))
