"""Scratches and dust, found in pictures that were scratched here."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from genai_demo.repair import evaluate_blemishes as measures
from genai_demo.repair.blemish_filters import by_filters
from genai_demo.repair.damage import as_picture

HEIGHT, WIDTH = 240, 360


def ground() -> np.ndarray:
    """Hills below a sky, with a little grain."""
    y, x = np.mgrid[:HEIGHT, :WIDTH] / HEIGHT
    sky = np.stack([0.45 + 0.2 * y, 0.6 + 0.1 * y, 0.8 - 0.1 * x], -1)
    hills = np.stack([0.25 + 0.1 * x, 0.35 + 0.1 * np.sin(6 * x), 0.2 + 0 * x], -1)
    picture = np.where((y > 0.6 + 0.1 * np.sin(4 * x))[..., None], hills, sky)
    return (picture + 0.008 * np.random.default_rng(0).standard_normal(picture.shape)).astype(np.float32)


@pytest.mark.parametrize("tone", measures.TONES)
def test_scratches_on_calm_ground_are_found_and_little_else(tone: str) -> None:
    total = np.zeros(4)
    for seed in range(4):
        damaged, truth = measures.scratched(measures.toned(ground(), tone), np.random.default_rng(seed))
        total += measures.right(by_filters(as_picture(damaged)), truth)
    assert total[0] / total[1] > 0.8 and total[2] / total[3] > 0.6


def test_nothing_is_found_where_nothing_is() -> None:
    assert by_filters(as_picture(ground())).mean() < 0.002


def test_more_care_finds_less() -> None:
    damaged, _ = measures.scratched(ground(), np.random.default_rng(2))
    faint, middle, plain = (by_filters(as_picture(damaged), care) for care in (0.0, 0.5, 1.0))
    assert faint.sum() > middle.sum() > plain.sum()


@pytest.mark.parametrize("factor", [0.5, 4])
def test_scratches_grow_with_the_picture(factor: float) -> None:
    size = (round(WIDTH * factor), round(HEIGHT * factor))
    picture = as_picture(ground()).resize(size, Image.Resampling.BICUBIC)
    ImageDraw.Draw(picture).line((0.1 * size[0], 0.2 * size[1], 0.9 * size[0], 0.5 * size[1]), "white",
                                 width=max(1, round(2 * factor)))  # fmt: skip
    found = by_filters(picture)
    assert found.shape == size[::-1]
    middle = found[round(0.35 * size[1]) - 4 : round(0.35 * size[1]) + 4, size[0] // 2]
    assert middle.any() and found.mean() < 0.05


@pytest.mark.parametrize("care", [-0.1, 1.1, True, "much"])
def test_bad_care_is_a_sentence(care: object) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        by_filters(as_picture(ground()), care)  # type: ignore[arg-type]
