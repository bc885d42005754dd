"""Recordings as the networks see them."""

import numpy as np
import pytest

from genai_demo.audio import mel as spectrogram
from genai_demo.audio.effects import spectrograms
from genai_demo.audio.effects.kinds import KINDS, NAMES, get_kind
from genai_demo.audio.mel import RATE
from tests.audio.tiny_effects import home, sound, write_set

__all__ = ["home"]


def test_splits_are_loaded_and_balanced(home):
    write_set(home)
    train, held_out = spectrograms.load("train"), spectrograms.load("held_out")
    assert len(train) == 24 and len(held_out) == 8
    assert {NAMES[k] for k in train.kinds} == {"rain", "helicopter", "dogs", "game_coin"}
    assert np.bincount(train.kinds[train.balanced])[np.unique(train.kinds)].tolist() == [6] * 4
    assert train.mel(0).shape[0] == 100 and np.abs(train.traits).max() == 1
    with pytest.raises(ValueError, match="no prepared set"):
        spectrograms.load("train", home / "nowhere")


def test_small_kinds_come_as_often_as_large_ones():
    kinds = np.array([2, 2, 2, 2, 2, 0, 7, 7])
    order = spectrograms.balanced(kinds)
    assert np.bincount(kinds[order])[[0, 2, 7]].tolist() == [5, 5, 5] and set(order) == set(range(8))


def test_level_is_even_and_the_silence_around_events_is_cut():
    wave = sound("dogs", 0)
    silent = np.zeros(RATE // 2, np.float32)
    whole = np.concatenate([silent, wave, silent])
    loud, soft = (spectrograms.analysed(gain * whole, ambient=False) for gain in (1.0, 0.1))
    assert abs(spectrograms.level(loud) - spectrograms.LEVEL) < 0.01
    np.testing.assert_allclose(loud[:, 1:10].max(0), soft[:, 1:10].max(0), atol=0.02)
    assert loud.shape[1] < len(wave) / 256 + 6
    assert spectrograms.analysed(whole, ambient=True).shape[1] == 1 + len(whole) // 256


def test_brightness_and_density_measure_what_they_say():
    time = np.arange(RATE) / RATE
    low, high = (spectrogram.analyse(0.3 * np.sin(2 * np.pi * f * time).astype(np.float32)) for f in (300, 5000))
    assert spectrograms.brightness(low) + 0.3 < spectrograms.brightness(high)
    bursts = [np.where(np.sin(2 * np.pi * n * time) > 0.9, np.sin(2 * np.pi * 900 * time), 0) for n in (2, 4, 8)]
    densities = [spectrograms.density(spectrogram.analyse(b.astype(np.float32))) for b in bursts]
    assert densities[0] < 0.7 * densities[1] < 0.5 * densities[2]
    assert spectrograms.density(low) < 0.2 * densities[0]


def test_ranks_spread_evenly_within_a_kind():
    found = spectrograms.ranks(np.array([5.0, 1.0, 3.0, 100.0]), np.array([0, 0, 0, 1]))
    assert found.tolist() == [1, -1, 0, 0]


@pytest.mark.parametrize("speed", [2 ** (-1 / 12), 2 ** (1 / 12)])
def test_a_version_is_faster_and_higher(speed):
    time = np.arange(RATE) / RATE
    found = spectrograms.varied(np.sin(2 * np.pi * 1000 * time).astype(np.float32), speed)
    assert len(found) == round(RATE / speed)
    peak = np.abs(np.fft.rfft(found * np.hanning(len(found)))).argmax() * RATE / len(found)
    assert peak == pytest.approx(1000 * speed, abs=2)
    assert np.abs(found).max() == pytest.approx(1, abs=0.05)


def test_kinds_are_complete_and_in_order():
    assert len(KINDS) == 36 and list(NAMES) == sorted(NAMES)
    for kind in KINDS.values():
        assert kind.english and kind.chinese and 0.3 <= kind.usual <= 10 and 0.1 < kind.longest <= 10
    assert len({k.chinese for k in KINDS.values()}) == len({k.english for k in KINDS.values()}) == 36
    with pytest.raises(ValueError, match="No sound effect is called 'moo'"):
        get_kind("moo")
