"""The door to the sound effects, with small random networks."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from genai_demo.audio.effects import evaluate, generate, layout, spectrograms
from genai_demo.audio.effects.classifier import Classifier, ClassifierConfig
from genai_demo.audio.effects.generate import KINDS, NAMES, Recipe
from genai_demo.audio.mel import HOP, LOWEST, RATE
from genai_demo.core import checkpoint, limits
from genai_demo.core.rounding import rounded
from tests.audio.tiny_effects import home, lively, publish, write_set

__all__ = ["home"]


@pytest.fixture
def networks(home):
    """Published, and nothing remembered of other tests' networks."""
    from genai_demo.audio import vocoder

    publish()
    caches = [f for f in vars(vocoder).values() if hasattr(f, "cache_clear")] + [generate._load, generate._drawn]
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.parametrize("seconds", [0.3, 0.301, 1.0, 1.2345, 10.0])
@pytest.mark.parametrize("kind", ["rain", "game_blip"])
def test_lengths_are_exact_to_the_sample(networks, kind, seconds):
    for loop in (False, True):
        rate, samples = generate.make(kind, seconds, seed=1, loop=loop, steps=2)
        assert rate == RATE and samples.shape == (round(seconds * RATE),) and samples.dtype == np.float32
        assert np.isfinite(samples).all() and 0 < np.abs(samples).max() <= 1


def test_a_seed_repeats_and_others_differ(networks):
    first, again, other = (generate.design(Recipe("dogs", 0.5, seed)) for seed in (3, 3, 4))
    assert first.samples.tobytes() == again.samples.tobytes() and np.array_equal(first.mel, again.mel)
    assert np.abs(first.samples - other.samples).max() > 1e-3
    assert first.mel.shape == (100, 1 + len(first.samples) // HOP) and first.recipe == Recipe("dogs", 0.5, 3)


@pytest.mark.parametrize("kind", ["rain", "dogs"])
@pytest.mark.parametrize("seconds", [1.0, 1024 * 30 / RATE])
def test_a_loop_joins_itself(networks, kind, seconds):
    """The step from the last sample to the first is one of those inside; so is the bend."""
    _, samples = generate.make(kind, seconds, seed=2, loop=True, steps=4)
    turned = np.roll(samples, len(samples) // 2)  # the join lies in the middle now
    middle = slice(len(samples) // 2 - 4, len(samples) // 2 + 4)
    for order in (1, 2):
        steps = np.abs(np.diff(turned, order))
        near = steps[len(samples) // 2 - 2000 : len(samples) // 2 + 2000]
        assert steps[middle].max() <= 1.2 * np.quantile(near, 0.999) + 1e-4


def test_the_seam_is_where_it_went_on_anyway():
    going_on = np.sin(np.arange(9000) / 20).astype(np.float32)
    found = layout.joined(going_on, 7000)
    assert found[0] == pytest.approx(going_on[7000]) and len(found) == 7000
    assert np.array_equal(found[layout.SEAM :], going_on[layout.SEAM : 7000])
    noise = np.random.default_rng(0).standard_normal(400_000).astype(np.float32)
    parts = [layout.joined(noise[i : i + 4000], 2900)[:1024] for i in range(0, 396_000, 4000)]
    assert np.std(parts) == pytest.approx(1, abs=0.02)


def test_textures_fill_the_time_and_events_are_repeated():
    rain, coin = KINDS["rain"], KINDS["game_coin"]
    texture = layout.lay_out({rain: 1.0}, 3.0, 0.0, True)
    assert texture.circular and texture.event == 0 and texture.starts == (0,) and texture.tokens * 4 == texture.frames
    counts = [len(layout.lay_out({coin: 1.0}, 6.0, density, False).starts) for density in (-1.0, 0.0, 1.0)]
    assert 3 <= counts[0] < counts[1] < counts[2]
    assert len(layout.lay_out({coin: 1.0}, 0.7, 1.0, False).starts) == 1
    plan = layout.lay_out({coin: 1.0}, 4.0, 0.0, True)
    assert not plan.circular and plan.starts[-1] + 4 * plan.tokens <= plan.frames
    mixed = layout.lay_out({rain: 0.5, coin: 0.5}, 4.0, 0.0, False)
    assert mixed.event == 0.5 and plan.tokens < mixed.tokens


def test_between_events_there_is_silence(networks):
    mel = generate.design(Recipe("game_blip", 2.0, 5, steps=2)).mel
    assert (mel.max(0) == np.float32(LOWEST)).sum() > 10


def test_ends_of_a_morph_are_the_pure_kinds(networks):
    ends = [generate.morph("rain", "dogs", share, 0.8, 6)[1] for share in (0.0, 0.5, 1.0)]
    assert np.array_equal(ends[0], generate.make("rain", 0.8, 6)[1])
    assert np.array_equal(ends[2], generate.make("dogs", 0.8, 6)[1])
    assert np.abs(ends[1] - ends[0]).max() > 1e-3 and np.abs(ends[1] - ends[2]).max() > 1e-3


def test_a_variation_keeps_more_the_weaker_it_is(networks):
    base = generate.design(Recipe("rain", 1.0, 7, loop=False))
    found = [generate.vary(base.recipe, strength, seed=8) for strength in (0.0, 0.3, 1.0)]
    change = [np.abs(f.mel - base.mel).mean() for f in found]
    assert change[0] == 0 and np.array_equal(found[0].samples, base.samples)
    assert 0 < change[1] < change[2]
    again = generate.design(found[1].recipe)
    assert again.samples.tobytes() == found[1].samples.tobytes()
    second = generate.vary(found[1].recipe, 0.3, seed=9)
    assert second.recipe.variations == ((0.3, 8), (0.3, 9)) and not np.array_equal(second.samples, again.samples)


def test_sliders_reach_the_network(networks):
    plain = generate.design(Recipe("rain", 0.5, 1)).mel
    for trait in ("brightness", "density"):
        low, high = (generate.design(Recipe("rain", 0.5, 1, **{trait: value})).mel for value in (-1.0, 1.0))
        assert np.abs(low - high).max() > 1e-3 and np.abs(low - plain).max() > 1e-3
    at_end = [generate._condition(r, generate._plan(r)).traits[0, 0] for r in (Recipe("rain", brightness=1.0),)]
    assert float(at_end[0]) == 1


def test_all_kinds_sound(networks):
    for name in NAMES:
        _, samples = generate.make(name, 0.4, steps=1)
        assert np.abs(samples).max() > 0.01, name


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"kind": "moo"}, "No sound effect is called 'moo'"),
        ({"second": "moo"}, "No sound effect is called 'moo'"),
        ({"seconds": 0.2}, "length in seconds must be a number from 0.3 to 10"),
        ({"seconds": float("nan")}, "length in seconds"),
        ({"seconds": "3"}, "length in seconds"),
        ({"brightness": 1.5}, "brightness must be a number from -1 to 1"),
        ({"density": -2}, "density must be"),
        ({"share": 2}, "share of the second kind must be a number from 0 to 1"),
        ({"guidance": 0.5}, "guidance must be"),
        ({"steps": 0}, "number of steps must be a whole number from 1"),
        ({"seed": 1.5}, "seed must be a whole number"),
        ({"seed": True}, "seed must be a whole number"),
        ({"variations": ((2.0, 1),)}, "strength of the variation must be"),
        ({"variations": ((0.5, 1),) * (limits.MAX_VARIATIONS + 1)}, "Start from another sound"),
    ],
)
def test_bad_input_gets_a_sentence(settings, words):
    with pytest.raises(ValueError, match=words):
        Recipe(**({"kind": "rain"} | settings))


def test_without_weights_there_is_a_sentence(home):
    generate._load.cache_clear()
    generate._drawn.cache_clear()
    with pytest.raises(ValueError, match="no checkpoint called 'audio-effects'"):
        generate.make("rain")


def test_everything_is_measured(networks, home, monkeypatch):
    write_set(home, 4)
    torch.manual_seed(0)
    config = ClassifierConfig(NAMES, 4, 8)
    judge = lively(Classifier(config))
    checkpoint.save_checkpoint("audio-effects-classifier", judge, {"config": dataclasses.asdict(config)})
    monkeypatch.setattr(evaluate, "ASKED", (-1.0, 1.0))
    monkeypatch.setattr(evaluate, "SLIDER_SEEDS", 1)
    monkeypatch.setattr(evaluate, "SLIDER_KINDS", ("rain", "dogs"))
    figures = evaluate.evaluate()
    assert set(figures["synthesised"]["by_kind"]) == {"rain", "helicopter", "dogs", "game_coin"}
    assert figures["frechet"]["synthesised_to_training"] > 0 and figures["nearest_training"]["recorded"] > 0
    assert set(figures["sliders"]["density"]) == {"mean", "rain", "dogs"}
    json.dumps(rounded(figures))


def test_accuracy_and_novelty_count_rightly():
    found = evaluate.accuracy(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 2]))
    assert found["accuracy"] == 0.75 and found["mean_of_kinds"] == pytest.approx(5 / 6)
    assert found["taken_for"] == {NAMES[0]: {NAMES[1]: 1}}
    near = evaluate.novelty(np.zeros((1, 2)), np.array([1]), np.array([[1.0, 0], [3, 4]]), np.array([0, 1]))
    assert near.tolist() == [5]


def test_a_copy_of_the_vocoder_is_a_spectrogram_again(networks):
    mel = spectrograms.analysed(np.random.default_rng(0).standard_normal(8000).astype(np.float32) / 10, ambient=True)
    assert evaluate.copied(mel, True).shape == mel.shape
