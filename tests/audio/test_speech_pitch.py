"""The pitch tracker on sounds whose pitch is known."""

import numpy as np
import pytest
import torch

from genai_demo.audio.mel import HOP
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech.pitch import track, without_outliers


def harmonics(phase: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(sum(np.sin(k * phase) / k for k in range(1, 8)) * 0.2).float()


@pytest.mark.parametrize("hertz", [85.0, 123.4, 210.0, 333.3, 500.0])
def test_tones_within_one_percent(hertz):
    wave = harmonics(2 * np.pi * hertz * np.arange(RATE) / RATE)
    found = track(wave)
    assert found.shape == (1 + RATE // HOP,)
    inside = found[4:-4]
    assert bool((inside > 0).all())
    assert float((inside / hertz - 1).abs().max()) < 0.01


def test_a_glide_is_followed_and_noise_does_not_hide_it():
    hertz = np.linspace(150, 300, RATE)
    wave = harmonics(2 * np.pi * np.cumsum(hertz) / RATE)
    wave += 0.01 * torch.randn(RATE, generator=torch.Generator().manual_seed(0))
    found = track(wave)
    expected = torch.from_numpy(hertz[::HOP]).float()
    inside = slice(4, len(expected) - 4)
    assert float((found[inside] / expected[inside] - 1).abs().max()) < 0.02


def test_noise_and_silence_have_no_pitch():
    noise = torch.randn(RATE, generator=torch.Generator().manual_seed(0)) * 0.1
    assert float((track(noise) > 0).float().mean()) < 0.05
    assert float(track(torch.zeros(RATE)).abs().max()) == 0
    quiet_end = harmonics(2 * np.pi * 200 * np.arange(RATE) / RATE)
    quiet_end[RATE // 2 :] *= 0.001
    found = track(quiet_end)
    assert bool((found[: len(found) // 2 - 4] > 0)[4:].all()) and bool((found[len(found) // 2 + 4 :] == 0).all())


def test_octave_errors_are_dropped():
    hertz = torch.full((20,), 200.0)
    hertz[10] = 400.0
    hertz[:3] = 0
    cleaned = without_outliers(hertz)
    assert float(cleaned[10]) == 0 and bool((cleaned[4:10] == 200).all()) and bool((cleaned[:3] == 0).all())
