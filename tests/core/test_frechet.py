"""The Frechet distance against closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai_demo.core.frechet import frechet_distance


def features(seed: int, count: int, size: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, size)) @ rng.normal(size=(size, size)) + rng.normal(size=size)


def closed_form(first: np.ndarray, second: np.ndarray) -> float:
    """||m1 - m2||^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)), the root from the eigenvalues of C1 C2."""
    c1, c2 = np.cov(first.T), np.cov(second.T)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(c1 @ c2).real, 0))
    mean = first.mean(0) - second.mean(0)
    return float(mean @ mean + np.trace(c1) + np.trace(c2) - 2 * roots.sum())


def test_a_set_is_at_no_distance_from_itself():
    x = features(0, 40, 6)
    assert frechet_distance(x, x) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(x, x[::-1]) == pytest.approx(0, abs=1e-9)


def test_scaled_and_shifted_gaussians():
    """For y = a x + b: |mean difference|^2 + (1 - a)^2 tr C."""
    x = features(1, 50, 4)
    y = 1.5 * x + 2.0
    expected = np.square(y.mean(0) - x.mean(0)).sum() + 0.25 * np.trace(np.cov(x.T))
    assert frechet_distance(x, y) == pytest.approx(expected)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 2), size=st.integers(2, 6), first=st.integers(8, 30), second=st.integers(8, 30))
def test_sample_covariances(seed, size, first, second):
    x, y = features(seed, first, size), features(seed + 1, second, size)
    expected = closed_form(x, y)
    assert frechet_distance(x, y) == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert frechet_distance(y, x) == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_fewer_examples_than_features():
    """Rank-deficient covariances, as with 500 pictures and 1280 features."""
    x = features(2, 5, 12)
    assert frechet_distance(x, x + 3) == pytest.approx(9 * 12)


def test_large_sets_of_gaussians_approach_the_true_distance():
    rng = np.random.default_rng(0)
    x, y = rng.normal(0, 1, (20_000, 1)), rng.normal(2, 3, (500, 1))
    assert frechet_distance(x, y) == pytest.approx(2**2 + (3 - 1) ** 2, rel=0.1)


def test_a_single_picture_is_refused():
    with pytest.raises(ValueError, match="at least two pictures"):
        frechet_distance(np.zeros((1, 3)), np.zeros((5, 3)))
