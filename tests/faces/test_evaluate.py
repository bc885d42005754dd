"""The measures of the face models on pictures whose answer is known."""

import math

import numpy as np
import pytest
import torch

from genai_demo import __main__ as cli
from genai_demo.core import checkpoint
from genai_demo.faces import data, evaluate, generate
from genai_demo.faces.encoders import Classifier
from genai_demo.faces.evaluate import (
    as_float,
    blur,
    distribution,
    fit_logistic,
    floor_and_ceiling,
    generate_images,
    judge_accuracy,
    pair_figures,
    seconds_per_image,
)
from genai_demo.faces.model import Generator
from tests.faces.tiny import ENCODER, GAN, awake, image, pictures, save_all
from tests.faces.training import names


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch):
    monkeypatch.setenv("GENAI_DEVICE", "cpu")


def test_generated_pictures_repeat_and_leave_the_global_seed_alone():
    generator = awake(Generator(GAN))
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    first = generate_images(generator, 5, batch=2)
    assert torch.equal(torch.rand(4), expected)
    assert first.shape == (5, 3, 16, 16)
    assert first.abs().max() <= 1
    assert torch.equal(first, generate_images(generator, 5, batch=2))
    assert not torch.equal(first, generate_images(generator, 5, seed=1, batch=2))
    assert generate_images(generator, 2, resolution=8).shape == (2, 3, 8, 8)


def test_blur_keeps_flat_pictures_and_takes_detail():
    flat = torch.full((1, 3, 16, 16), 0.3)
    torch.testing.assert_close(blur(flat, 2.0), flat)
    torch.manual_seed(0)
    noise = torch.randn(2, 3, 16, 16)
    assert blur(noise, 2.0).std() < blur(noise, 1.0).std() < noise.std()
    spot = torch.zeros(1, 3, 15, 15)
    spot[:, :, 7, 7] = 1
    spread = blur(spot, 1.0)
    torch.testing.assert_close(spread.sum((2, 3)), torch.ones(1, 3))
    assert spread[0, 0, 7, 8] / spread[0, 0, 7, 7] == pytest.approx(math.exp(-0.5), rel=1e-4)


def test_logistic_fit_recovers_scale_and_offset():
    torch.manual_seed(0)
    x = torch.randn(20_000)
    y = (torch.rand(20_000) < torch.sigmoid(2.5 * x - 1)).float()
    scale, offset = fit_logistic(x, y)
    assert scale == pytest.approx(2.5, abs=0.15)
    assert offset == pytest.approx(-1, abs=0.1)


def test_logistic_fit_survives_a_sure_judge_and_a_wrong_one():
    y = torch.tensor([0.0] * 20 + [1.0] * 20)
    scale, offset = fit_logistic(torch.linspace(-1, 1, 40), y)
    assert scale > 1
    assert math.isfinite(offset)
    assert fit_logistic(-torch.linspace(-1, 1, 40), y)[0] == pytest.approx(1e-3)


def test_a_judge_of_brightness_is_measured():
    bright, dark = torch.full((20, 3, 16, 16), 200, dtype=torch.uint8), torch.full((20, 3, 16, 16), -0.5)

    def judge(images: torch.Tensor) -> torch.Tensor:
        return images.mean((1, 2, 3))

    figures, (scale, _) = judge_accuracy(judge, bright, dark)
    assert set(figures.values()) == {1.0}
    assert scale > 0
    figures, _ = judge_accuracy(judge, bright, as_float(bright))
    assert figures["discriminator_accuracy"] == 0.5


def test_distribution_of_copies():
    train, held_out = pictures(12), pictures(10, seed=1)
    torch.manual_seed(0)
    figures = distribution(as_float(held_out), train, held_out, Classifier(ENCODER))
    assert figures["frechet"] == pytest.approx(0, abs=1e-6)
    assert figures["precision"] == figures["recall"] == 1
    assert figures["memorised_share"] <= 0.1
    assert figures["identity_frechet"] == pytest.approx(0, abs=1e-6)
    assert figures["nearest_train_generated"] == pytest.approx(figures["nearest_train_held_out"])
    copied = distribution(as_float(train), train, held_out, None)
    assert copied["memorised_share"] == 1
    assert copied["frechet"] > 0
    assert "identity_frechet" not in copied


def test_floor_lies_below_the_ceiling():
    figures = floor_and_ceiling(pictures(12, 64), pictures(12, 64, seed=1))
    assert all(np.isfinite(v) for v in figures.values())
    assert 0 <= figures["real_precision"] <= 1


def test_figures_of_pairs():
    x = as_float(pictures(3, 32))
    same, other = pair_figures(x, x), pair_figures(x.flip(0), x)
    assert same["ssim"] == pytest.approx(1, abs=1e-4)
    assert same["feature_distance"] == pytest.approx(0, abs=1e-4)
    assert other["psnr"] < same["psnr"]
    assert other["feature_distance"] > same["feature_distance"]


def test_time_is_a_median_after_warming_up():
    calls = []
    assert seconds_per_image(calls.append, repeats=3) >= 0
    assert calls == [0, 1, 2, 3, 4]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Random networks of every kind and a prepared set of 16 x 16 pictures."""
    monkeypatch.setenv("GENAI_HOME", str(tmp_path))
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.delenv("GENAI_DATA", raising=False)
    source = tmp_path / "source"
    source.mkdir()
    for i, name in enumerate(names("train", 8) + names("held_out", 6)):
        image(i).save(source / name)
    data.prepare(source, size=16, progress=False)
    generate._load.cache_clear()
    save_all()
    monkeypatch.setattr(evaluate, "SAMPLES", 8)
    yield tmp_path
    generate._load.cache_clear()


@pytest.mark.slow
def test_every_figure_reaches_its_card(home, capsys):
    assert cli.main(["evaluate", "faces"]) == 0
    capsys.readouterr()
    for name, figure in {
        "faces-gan": "frechet",
        "faces-discriminator": "discriminator_accuracy",
        "faces-encoder": "ssim",
        "faces-vae": "psnr",
    }.items():
        card = checkpoint.read_card(name)
        assert np.isfinite(card["metrics"][figure])
        assert card["metrics_command"] == "python -m genai_demo evaluate faces"
        assert card["metrics_pictures"] == {"generated": 8, "held_out": 6}
    assert len(checkpoint.read_card("faces-discriminator")["calibration"]) == 2
    assert checkpoint.read_card("faces-gan")["metrics"]["real_precision"] >= 0
    generate._load.cache_clear()
    assert all(0 < p < 1 for p in generate.judge([image(1), image(2, 40)]))


def test_without_models_there_is_nothing_to_measure(home, monkeypatch, capsys):
    (home / "empty").mkdir()
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(home / "empty"))
    assert cli.main(["evaluate", "faces", "--no-card"]) == 0
    assert capsys.readouterr().out == "{}\n"
