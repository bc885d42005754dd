"""Edits are held among real faces."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai_demo.faces.latents import Latent
from genai_demo.faces.plausible import INSIDE, Ellipsoid, fit, hold

SIZE = 8


@pytest.fixture(scope="module")
def faces() -> Ellipsoid:
    rng = np.random.default_rng(0)
    turn, _ = np.linalg.qr(rng.normal(size=(SIZE, SIZE)))
    return Ellipsoid(rng.normal(size=SIZE), turn / rng.uniform(0.2, 3, SIZE), 1.3)


def test_what_is_drawn_from_the_ellipsoid_is_typical(faces):
    drawn = np.random.default_rng(1).normal(size=(5000, SIZE)) @ np.linalg.inv(faces.whitening) + faces.centre
    distances = np.linalg.norm(faces.whitened(drawn), axis=1)
    assert np.sqrt((distances**2).mean()) == pytest.approx(1, abs=0.02)
    assert faces.distance(faces.centre[None]) == 0


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), reach=st.floats(0.1, 20), start=st.floats(0, 3), layers=st.integers(1, 4))
def test_no_edit_leaves_the_ellipsoid_farther_than_it_began(faces, seed, reach, start, layers):
    rng = np.random.default_rng(seed)
    back = np.linalg.inv(faces.whitening) * np.sqrt(SIZE)

    def somewhere(length: float) -> np.ndarray:
        way = rng.normal(size=(layers, SIZE))
        return length * way / np.linalg.norm(way, axis=1, keepdims=True) @ back

    before = Latent("gan", (faces.centre + somewhere(start)).astype(np.float32), 3, None, "seed 3")
    after = Latent("gan", before.styles + somewhere(reach).astype(np.float32), 3, None, "seed 3")
    held = hold(before, after, faces)
    assert faces.distance(held.styles) <= max(1.3, faces.distance(before.styles)) + 1e-3
    assert (held.seed, held.origin, held.model) == (3, "seed 3", "gan")
    inside = (np.linalg.norm(faces.whitened(after.styles), axis=1) <= 1.3).all()
    assert not inside or np.array_equal(held.styles, after.styles)
    moved, asked = held.styles - before.styles, after.styles - before.styles
    share = (moved * asked).sum() / (asked * asked).sum()
    assert np.allclose(moved, share * asked, atol=1e-4), "another way than the one that was asked for"


def test_a_face_outside_may_come_in(faces):
    far = faces.centre + 3 * np.eye(SIZE)[:1] @ np.linalg.inv(faces.whitening) * np.sqrt(SIZE)
    before = Latent("gan", far.astype(np.float32))
    after = Latent("gan", (faces.centre + 0.5 * (far - faces.centre)).astype(np.float32))
    assert np.array_equal(hold(before, after, faces).styles, after.styles)
    out = Latent("gan", (faces.centre + 2 * (far - faces.centre)).astype(np.float32))
    assert np.allclose(hold(before, out, faces).styles, before.styles, atol=1e-4)


def test_no_edit_is_no_move(faces):
    point = Latent("gan", np.zeros((2, SIZE), np.float32))
    assert np.array_equal(hold(point, point, faces).styles, point.styles)


def test_directions_of_noise_do_not_count():
    rng = np.random.default_rng(2)
    turn, _ = np.linalg.qr(rng.normal(size=(SIZE, SIZE)))
    spread = np.array([2, 1, 1, 0, 0, 0, 0, 0])  # three directions in which faces differ
    means = 5 + rng.normal(size=(4000, SIZE)) * spread @ turn.T
    noise = np.full((4000, SIZE), np.log(0.5**2))
    faces = fit(means, noise)
    assert faces.whitening.shape == (SIZE, 3)
    assert faces.distance(faces.centre[None] + 100 * turn[:, 5]) < 10, "noise alone is no distance"
    drawn = means + 0.5 * rng.normal(size=means.shape)
    distances = np.linalg.norm(faces.whitened(drawn), axis=1)
    assert np.sqrt((distances**2).mean()) == pytest.approx(1, abs=0.03)
    assert (distances < faces.edge).mean() == pytest.approx(INSIDE, abs=0.015)  # two draws of 4,000
    again = Ellipsoid.from_json(faces.as_json())
    assert again.distance(drawn[:1]) == pytest.approx(faces.distance(drawn[:1]), rel=1e-2)


def test_too_few_faces_are_a_sentence():
    with pytest.raises(ValueError, match="Too few faces"):
        fit(np.zeros((SIZE, SIZE)), np.zeros((SIZE, SIZE)))
