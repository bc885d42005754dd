"""Shares, distances and differences of groups."""

import numpy as np
import pytest

from genai_demo.core import groups


def test_the_same_spread_is_no_further_than_chance() -> None:
    rng = np.random.default_rng(1)
    real, made = rng.integers(0, 3, 2000), rng.integers(0, 3, 2000)
    found = groups.spread(made, real, ("a", "b", "c"))
    assert found["total_variation"] < found["distance_by_chance"]
    low, high = found["interval"]["a"]
    assert low < found["share"]["a"] < high
    assert sum(found["share"].values()) == pytest.approx(1)


def test_a_shifted_spread_is_told_from_chance() -> None:
    real, made = np.array([0] * 500 + [1] * 500), np.array([0] * 800 + [1] * 200)
    found = groups.spread(made, real, ("a", "b"))
    assert found["total_variation"] == pytest.approx(0.3)
    low, high = found["total_variation_interval"]
    assert found["distance_by_chance"] < low < 0.3 < high


def test_a_difference_has_an_interval_that_leaves_zero_out_only_where_there_is_one() -> None:
    rng = np.random.default_rng(2)
    same, other = rng.normal(0, 1, 300), rng.normal(0, 1, 300)
    low, high = groups.difference(same, other)["interval"]
    assert low < 0 < high
    low, _ = groups.difference(same + 2, other)["interval"]
    assert low > 1.5


def test_thirds_leave_unknown_values_aside() -> None:
    values = np.array([*range(9), np.nan])
    assert groups.thirds(values) == pytest.approx([8 / 3, 16 / 3])
