"""Measures the sound effects: how well a judge knows them, how real, how new, how obedient and how fast they are."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from genai_demo.audio import vocoder
from genai_demo.audio.effects import generate, spectrograms
from genai_demo.audio.effects.classifier import Classifier, ClassifierConfig, judge
from genai_demo.audio.effects.generate import Recipe
from genai_demo.audio.effects.kinds import KINDS, NAMES
from genai_demo.audio.effects.spectrograms import Spectrograms, analysed
from genai_demo.audio.effects.train_classifier import NAME as CLASSIFIER
from genai_demo.audio.mel import HOP, RATE
from genai_demo.core import checkpoint, limits
from genai_demo.core.frechet import frechet_distance
from genai_demo.core.metrics import distances

TAKES = 2
"""Sounds made for every held-out one, of its kind and length."""
ASKED = (-1.0, -0.5, 0.0, 0.5, 1.0)
"""Positions of a slider that are tried."""
SLIDER_SEEDS = 2
SLIDER_KINDS = NAMES[::3]


def load_classifier() -> Classifier:
    """The judge. Raises ValueError where its checkpoint is missing."""
    config = checkpoint.read_card(CLASSIFIER)["config"]
    network = checkpoint.load_weights(CLASSIFIER, Classifier(ClassifierConfig(**config)))
    assert isinstance(network, Classifier)
    return network


def heard(network: Classifier, mels: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Spectrograms (100, T) -> the kinds they are taken for (N,), and features (N, D) float64."""
    found = [judge(network, torch.from_numpy(mel.astype(np.float32))) for mel in mels]
    kinds = np.array([int(chances.argmax()) for chances, _ in found])
    return kinds, np.stack([features.double().numpy() for _, features in found])


def recipes(held_out: Spectrograms, takes: int = TAKES) -> list[Recipe]:
    """``takes`` sounds for every held-out one, of its kind and length: all first takes, then all second ..."""
    found = []
    for take in range(takes):
        for i, (mel, kind) in enumerate(zip(held_out.mels, held_out.kinds, strict=True)):
            seconds = min(max(mel.shape[1] * HOP / RATE, limits.MIN_EFFECT_SECONDS), limits.MAX_EFFECT_SECONDS)
            found.append(Recipe(NAMES[kind], seconds, seed=1000 * take + i, loop=False))
    return found


def made(recipe: Recipe) -> np.ndarray:
    """The whole chain, heard again: a spectrogram (100, T) as those of recordings are made."""
    return analysed(generate.design(recipe).samples, KINDS[recipe.kind].ambient)


def copied(mel: np.ndarray, ambient: bool) -> np.ndarray:
    """A recording through the vocoder."""
    return analysed(vocoder.vocode(mel.astype(np.float32)), ambient)


def accuracy(found: np.ndarray, wanted: np.ndarray) -> dict[str, Any]:
    """Share recognised, the mean of the kinds' shares, and what the kinds were taken for: wanted, found both (N,)."""
    by_kind = {NAMES[k]: float((found[wanted == k] == k).mean()) for k in np.unique(wanted)}
    taken = {}
    for k in np.unique(wanted):
        others = [NAMES[f] for f in found[wanted == k] if f != k]
        if others:
            taken[NAMES[k]] = {name: others.count(name) for name in dict.fromkeys(others)}
    return {
        "accuracy": float((found == wanted).mean()),
        "mean_of_kinds": float(np.mean(list(by_kind.values()))),
        "by_kind": by_kind,
        "taken_for": taken,
    }


def novelty(features: np.ndarray, kinds: np.ndarray, train: np.ndarray, train_kinds: np.ndarray) -> np.ndarray:
    """Distance of every sound to the nearest training clip of its kind, in the judge's features: (N,)."""
    apart = distances(features, train)
    apart[kinds[:, None] != train_kinds[None]] = np.inf
    return apart.min(1)


def slider_response(trait: str, measure: Callable[[np.ndarray], float]) -> dict[str, float]:
    """Correlation of a slider's position with what is measured, by kind, and their mean."""
    found = {}
    for kind in SLIDER_KINDS:
        base = Recipe(kind, max(1.0, min(3.0, 2 * KINDS[kind].usual)), loop=False)
        settings: list[dict[str, Any]] = [{trait: v, "seed": seed} for v in ASKED for seed in range(SLIDER_SEEDS)]
        asked = [replace(base, **setting) for setting in settings]
        values = np.array([measure(made(recipe)) for recipe in asked])
        positions = np.repeat(ASKED, SLIDER_SEEDS)
        found[kind] = float(np.corrcoef(positions, values)[0, 1]) if values.std() > 0 else 0.0
    return {"mean": float(np.mean(list(found.values()))), **found}


def speed(seconds: float = 3.0) -> dict[str, float]:
    """Computing time of a sound of so many seconds: the median of five."""
    generate.make("rain", seconds, seed=0)
    taken = []
    for seed in range(1, 6):
        start = time.perf_counter()
        generate.make("rain", seconds, seed=seed)
        taken.append(time.perf_counter() - start)
    return {"seconds": float(np.median(taken)), "real_time_factor": float(np.median(taken)) / seconds}


def evaluate(data: str | None = None) -> dict[str, Any]:
    """All figures."""
    train, held_out = spectrograms.load("train", data), spectrograms.load("held_out", data)
    network, wanted = load_classifier(), held_out.kinds
    ambient = [KINDS[NAMES[kind]].ambient for kind in wanted]
    copies = [copied(mel, texture) for mel, texture in zip(held_out.mels, ambient, strict=True)]
    _, known = heard(network, train.mels)
    real, real_features = heard(network, held_out.mels)
    copy, copy_features = heard(network, copies)
    fake, fake_features = heard(network, [made(recipe) for recipe in recipes(held_out)])
    first = slice(len(held_out))  # as many as there are real ones: the distance depends on the number
    near = {
        "recorded": novelty(real_features, wanted, known, train.kinds),
        "synthesised": novelty(fake_features, np.tile(wanted, TAKES), known, train.kinds),
    }
    figures: dict[str, Any] = {
        "recorded": accuracy(real, wanted),
        "vocoder_copy": accuracy(copy, wanted),
        "synthesised": accuracy(fake, np.tile(wanted, TAKES)),
        "frechet": {
            "recorded_to_training": frechet_distance(real_features, known),
            "vocoder_copy_to_training": frechet_distance(copy_features, known),
            "synthesised_to_training": frechet_distance(fake_features[first], known),
        },
        "nearest_training": {name: float(np.median(found)) for name, found in near.items()},
        "sliders": {
            "brightness": slider_response("brightness", spectrograms.brightness),
            "density": slider_response("density", spectrograms.density),
        },
        "speed_of_3_seconds": speed(),
    }
    figures["accuracy_ratio"] = figures["synthesised"]["accuracy"] / max(figures["recorded"]["accuracy"], 1e-9)
    figures["novelty_ratio"] = figures["nearest_training"]["synthesised"] / figures["nearest_training"]["recorded"]
    return figures
