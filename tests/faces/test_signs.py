"""Every slider of the published weights moves faces the way that its name says."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from genai_demo.core import checkpoint
from genai_demo.faces import generate
from genai_demo.faces.encoders import ATTRIBUTES, Classifier, EncoderConfig
from genai_demo.faces.train_encoders import INVERTED, LABELS

SEEDS = (101, 102, 103, 104)
AMOUNT = 2.0
CROWN, CHEEKS, FACE = (slice(2, 26), slice(40, 88)), (slice(64, 84), slice(48, 80)), (slice(40, 90), slice(38, 90))
"""Rows and columns of aligned faces of 128 pixels."""

Pixels = np.ndarray
"""(N, 128, 128, 3), 0 to 255."""


def grey(where: tuple[slice, slice]) -> Callable[[Pixels], float]:
    return lambda pixels: float(pixels[:, where[0], where[1]].mean())


def light_from_the_right(pixels: Pixels) -> float:
    face = pixels[:, FACE[0], FACE[1]].mean(3)
    return float(face[:, :, 26:].mean() - face[:, :, :26].mean())


def background(pixels: Pixels) -> float:
    return float(pixels[:, :40, :14].mean() + pixels[:, :40, -14:].mean())


def saturation(pixels: Pixels) -> float:
    return float((pixels.max(3) - pixels.min(3)).mean())


SEEN: dict[str, Callable[[Pixels], float]] = {
    "light_hair": grey(CROWN), "light_skin": grey(CHEEKS), "discovered_brightness": grey((slice(None), slice(None))),
    "discovered_sides": light_from_the_right, "discovered_background": background, "discovered_saturation": saturation,
}  # fmt: skip
"""What pixels say of a direction, whatever the labels of a set say."""


def moved(model: str, name: str) -> list[list]:
    """The same faces with the slider to the left and to the right."""
    points = [generate.latent(seed, model) for seed in SEEDS]
    return [generate.decode_many([generate.edit(p, {name: a}) for p in points], 0.7) for a in (-AMOUNT, AMOUNT)]


@pytest.fixture(scope="module")
def judge() -> Classifier:
    config = EncoderConfig(**checkpoint.read_card("faces-classifier")["config"])
    return checkpoint.load_weights("faces-classifier", Classifier(config)).eval()


@pytest.mark.slow
@pytest.mark.parametrize("model", generate.MODELS)
def test_the_classifier_sees_more_of_what_a_slider_is_called(model: str, judge: Classifier) -> None:
    wrong = []
    for name in (d.name for d in generate.directions(model) if d.name in ATTRIBUTES):
        with torch.inference_mode():
            left, right = (
                judge(generate.to_tensor(faces, 128))[:, ATTRIBUTES.index(name)] for faces in moved(model, name)
            )
        if float((right - left).mean()) < 0.3:
            wrong.append(name)
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("model", generate.MODELS)
def test_so_do_the_pixels(model: str) -> None:
    """The classifier learnt from labels, of which two count towards dark: alone it would not notice."""
    known = [name for name in SEEN if name in {d.name for d in generate.directions(model)}]
    assert {"light_hair", "light_skin"} <= set(known)
    for name in known:
        left, right = (
            SEEN[name](np.stack([np.asarray(face, float) for face in faces])) for faces in moved(model, name)
        )
        assert right > left + 1, name


def test_columns_that_count_towards_dark_are_turned_round() -> None:
    assert {name for name, column in LABELS.items() if column.endswith("_color")} == INVERTED
