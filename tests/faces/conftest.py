"""Fixtures of the training tests: everything on the CPU, small networks, a prepared set."""

import csv
import functools

import pytest
from torch import nn

from genai_demo.faces import data, evaluate, train, train_encoders, train_gan
from genai_demo.faces.train_encoders import (
    LABELS,
)
from tests.faces.tiny import SHAPE, image
from tests.faces.training import names


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch):
    monkeypatch.setenv("GENAI_DEVICE", "cpu")


@pytest.fixture
def no_features(monkeypatch):
    """Pixels in place of frozen features: no weights, no time."""
    monkeypatch.setattr(train_encoders, "FeatureDistance", lambda device: nn.functional.mse_loss)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A prepared set of 16 pictures and 6 held out, and a place for checkpoints and the replay."""
    monkeypatch.setenv("GENAI_HOME", str(tmp_path))
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setattr(train, "__file__", str(tmp_path / "train.py"))
    source = tmp_path / "source"
    source.mkdir()
    columns = [*LABELS.values()]
    with (source / "index.csv").open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["file", "source", "licence", "synthetic", *columns])
        for i, name in enumerate(names("train", 16) + names("held_out", 6)):
            image(i).save(source / name)
            writer.writerow([name, "made up", "CC0", "yes", *(f"{(i * (k + 3)) % 7}" for k in range(len(columns)))])
    card = data.prepare(source, size=16, progress=False)
    assert card["splits"] == {"train": 16, "held_out": 6}
    return tmp_path


@pytest.fixture
def small_models(monkeypatch):
    """The networks of the command line, made narrow; the Frechet distance of few pictures."""
    for name in ("GANConfig", "VAEConfig", "EncoderConfig"):
        narrow = functools.partial(getattr(train, name), **{k: v for k, v in SHAPE.items() if k != "resolution"})
        for module in (train, train_gan, train_encoders):
            monkeypatch.setattr(module, name, narrow, raising=False)
    few = evaluate.generate_images
    monkeypatch.setattr(evaluate, "generate_images", lambda network, count, **rest: few(network, 4, **rest))
