"""Edits, mixtures and paths: properties that hold for all latents."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from genai_demo.faces.latents import (
    EASINGS,
    LAYER_RANGES,
    METHODS,
    Direction,
    Latent,
    bilinear,
    ease,
    edit,
    layer_slice,
    lerp,
    mix,
    path,
    slerp,
    to_half,
)

LAYERS, SIZE = 12, 6
vectors = arrays(np.float32, SIZE, elements=st.floats(-10, 10, width=32)).filter(lambda v: np.linalg.norm(v) > 0.1)
times = st.floats(0, 1)


def gan_latent(seed: int) -> Latent:
    styles = np.random.default_rng(seed).normal(size=(LAYERS, SIZE)).astype(np.float32)
    return Latent("gan", styles, seed, None, f"seed {seed}")


def direction(name: str, model: str = "gan", layers: tuple[int, int] | None = None) -> Direction:
    return Direction(name, model, "learned", {"en": name}, np.arange(1, SIZE + 1, dtype=np.float32), layers)


# Slerp and easing


@given(vectors, vectors, times)
def test_slerp_keeps_unit_vectors_on_the_sphere(a, b, t):
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    assume(np.arccos(np.clip(a @ b, -1, 1)) < np.pi - 0.05)  # opposite points have no single great circle
    assert np.linalg.norm(slerp(a, b, t)) == pytest.approx(1, abs=1e-3)


@given(vectors, vectors)
def test_slerp_and_lerp_reach_their_endpoints(a, b):
    for between in (slerp, lerp):
        np.testing.assert_allclose(between(a, b, 0.0), a, atol=1e-4)
        np.testing.assert_allclose(between(a, b, 1.0), b, atol=1e-4)


@given(vectors, vectors, times)
def test_slerp_advances_evenly(a, b, t):
    a, b = (v.astype(np.float64) / np.linalg.norm(v) for v in (a, b))
    angle = np.arccos(np.clip(a @ b, -1, 1))
    assume(0.05 < angle < np.pi - 0.05)
    found = slerp(a, b, t)
    gone = np.arccos(np.clip(a @ found / np.linalg.norm(found), -1, 1))
    assert gone == pytest.approx(t * angle, abs=2e-3)


def test_slerp_treats_rows_for_themselves():
    a, b = gan_latent(1).styles, gan_latent(2).styles
    rows = np.stack([slerp(x, y, 0.3) for x, y in zip(a, b, strict=True)])
    np.testing.assert_allclose(slerp(a, b, 0.3), rows, rtol=1e-5)


@pytest.mark.parametrize("easing", EASINGS)
def test_easings_rise_from_zero_to_one(easing):
    found = ease(np.linspace(0, 1, 50), easing)
    assert found[0] == 0
    assert found[-1] == 1
    assert (np.diff(found) > 0).all()


def test_slow_start_is_slow_at_the_start():
    quarter = {name: float(ease(np.float64(0.25), name)) for name in EASINGS}
    assert quarter["slow start"] < quarter["smooth"] < quarter["linear"] < quarter["slow end"]


def test_unknown_easing_names_the_known_ones():
    with pytest.raises(ValueError, match=r"No easing is called 'bouncy'. Choose one of linear, "):
        ease(np.zeros(1), "bouncy")


# Paths


@given(
    st.lists(vectors, min_size=2, max_size=5),
    st.integers(2, 30),
    st.sampled_from(METHODS),
    st.sampled_from(EASINGS),
)
def test_paths_begin_and_end_at_the_keys(points, frames, method, easing):
    found = path(points, frames, method, easing)
    assert found.shape == (frames, SIZE)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[0], points[0], atol=1e-4)
    np.testing.assert_allclose(found[-1], points[-1], atol=1e-4)


def test_paths_pass_through_every_key():
    points = [np.full(SIZE, v, np.float32) for v in (0, 3, -1)]
    np.testing.assert_allclose(path(points, 9)[4], points[1], atol=1e-6)
    np.testing.assert_allclose(path(points, 5, easing="slow start")[1], np.full(SIZE, 0.75), atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_loop_closes_without_a_repeated_frame(method):
    points = [gan_latent(i).styles for i in range(3)]
    found = path(points, 12, method, loop=True)
    for i, point in enumerate(points):
        np.testing.assert_allclose(found[4 * i], point, atol=1e-5)
    steps = [np.abs(b - a).max() for a, b in zip(found, [*found[1:], found[0]], strict=True)]
    assert min(steps) > 0


@pytest.mark.parametrize(
    ("points", "frames", "method", "words"),
    [(1, 5, "lerp", "at least two"), (2, 1, "lerp", "two frames"), (2, 5, "spline", "No path is called 'spline'")],
)
def test_impossible_paths_are_refused(points, frames, method, words):
    with pytest.raises(ValueError, match=words):
        path([np.zeros(SIZE, np.float32)] * points, frames, method)


# The map


def test_corners_of_the_map_are_the_corner_faces():
    corners = [gan_latent(i).styles for i in range(4)]
    for i, (x, y) in enumerate([(0, 0), (1, 0), (0, 1), (1, 1)]):
        np.testing.assert_allclose(bilinear(corners, x, y), corners[i], atol=1e-6)
    np.testing.assert_allclose(bilinear(corners, 0.5, 0.5), np.mean(corners, 0), atol=1e-6)
    np.testing.assert_array_equal(bilinear(corners, -1, 7), bilinear(corners, 0, 1))


def test_a_map_needs_four_corners():
    with pytest.raises(ValueError, match="four corner"):
        bilinear([np.zeros(3)] * 3, 0, 0)


# Edits and mixtures


@given(st.floats(-4, 4, width=32))
def test_edits_can_be_undone(amount):
    latent = gan_latent(1)
    there = edit(latent, {"smile": amount}, [direction("smile")])
    back = edit(there, {"smile": -amount}, [direction("smile")])
    np.testing.assert_allclose(back.styles, latent.styles, atol=1e-4)


def test_edits_add_the_vector_on_the_asked_layers_only():
    latent, smile = gan_latent(1), direction("smile", layers=(4, 8))
    for layers, first, last in (("all", 4, 8), ("coarse", 0, 4), ("middle", 4, 8), ("fine", 8, LAYERS)):
        moved = edit(latent, {"smile": 2.0}, [smile], layers).styles - latent.styles
        expected = np.zeros((LAYERS, SIZE), np.float32)
        expected[first:last] = 2 * smile.vector
        np.testing.assert_allclose(moved, expected, atol=1e-5)


def test_an_edit_leaves_the_original_alone_and_forgets_z():
    latent = Latent("gan", np.zeros((LAYERS, SIZE), np.float32), 3, np.zeros(SIZE, np.float32), "seed 3")
    edited = edit(latent, {"smile": 1.0}, [direction("smile")])
    assert not latent.styles.any()
    assert edited.z is None
    assert (edited.model, edited.seed, edited.origin) == ("gan", 3, "seed 3")


def test_a_latent_with_one_style_takes_edits_whole():
    latent = Latent("vae", np.zeros((1, SIZE), np.float32))
    smile = direction("smile", "vae", layers=(4, 8))
    for layers in LAYER_RANGES:
        np.testing.assert_array_equal(edit(latent, {"smile": 1.0}, [smile], layers).styles[0], smile.vector)


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -float("inf")])
def test_edits_need_numbers(amount):
    with pytest.raises(ValueError, match="The slider 'smile' needs a number"):
        edit(gan_latent(1), {"smile": amount}, [direction("smile")])


def test_a_direction_of_another_model_is_unknown():
    with pytest.raises(ValueError, match=r"No direction is called 'age'. Choose one of smile"):
        edit(gan_latent(1), {"age": 1.0}, [direction("smile"), direction("age", "vae")])


@pytest.mark.parametrize("count", [1, LAYERS])
def test_unknown_layers_are_refused(count):
    with pytest.raises(ValueError, match=r"No layer range is called 'top'. Choose one of all, coarse"):
        layer_slice("top", count)


@pytest.mark.parametrize("count", [6, 8, 12, 14])
def test_layer_ranges_cover_all_layers_once(count):
    seen = [i for name in ("coarse", "middle", "fine") for i in range(count)[layer_slice(name, count)]]
    assert seen == list(range(count))


@pytest.mark.parametrize("layers", LAYER_RANGES)
def test_mixtures_take_a_range_from_the_second(layers):
    first, second = gan_latent(1), gan_latent(2)
    where = layer_slice(layers, LAYERS)
    mixed = mix(first, second, layers)
    taken = np.zeros(LAYERS, bool)
    taken[where] = True
    np.testing.assert_array_equal(mixed.styles[taken], to_half(second.styles[taken]))
    np.testing.assert_array_equal(mixed.styles[~taken], to_half(first.styles[~taken]))
    np.testing.assert_allclose(mixed.styles[taken], second.styles[taken], rtol=1e-3)
    assert mixed.origin == "seed 1 x seed 2"
    assert mixed.seed == 1


def test_only_the_gan_has_styles_to_mix():
    with pytest.raises(ValueError, match="Only faces of the GAN"):
        mix(gan_latent(1), Latent("vae", np.zeros((1, SIZE), np.float32)))
