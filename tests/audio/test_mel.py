"""The mel-spectrogram against librosa, and its pictures."""

import librosa
import numpy as np
import pytest
import torch

from genai_demo.audio import mel as spectrogram
from genai_demo.audio.mel import DARK, FLOOR, HOP, LIGHT, MELS, RATE, mel


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    random = np.random.default_rng(0)
    time = np.arange(20_000) / RATE
    return (0.4 * np.sin(2 * np.pi * (200 + 900 * time) * time) + 0.01 * random.normal(size=20_000)).astype(np.float32)


def test_it_is_librosas(samples):
    wanted = librosa.feature.melspectrogram(
        y=samples, sr=RATE, n_fft=1024, hop_length=256, n_mels=100, power=1.0, pad_mode="reflect"
    )
    found = spectrogram.analyse(samples)
    assert found.shape == (MELS, 1 + len(samples) // HOP) == wanted.shape
    np.testing.assert_allclose(found, np.log(np.maximum(wanted, FLOOR)), atol=2e-4)


def test_the_filters_are_librosas():
    for fft, bands in ((1024, 100), (512, 40), (2048, 120)):
        found = spectrogram.filters(fft, bands, torch.device("cpu")).numpy()
        np.testing.assert_allclose(found, librosa.filters.mel(sr=RATE, n_fft=fft, n_mels=bands), atol=1e-7)


def test_the_scale_has_an_inverse():
    hertz = np.array([0.0, 90, 999, 1_000, 1_001, 8_000, 11_025])
    np.testing.assert_allclose(spectrogram.mel_to_hertz(spectrogram.hertz_to_mel(hertz)), hertz, rtol=1e-12)
    np.testing.assert_allclose(spectrogram.hertz_to_mel(hertz), librosa.hz_to_mel(hertz), rtol=1e-12)


def test_any_leading_dimensions_and_gradients_even_after_inference_mode(samples):
    wave = torch.from_numpy(samples).view(2, 2, 5_000)
    with torch.inference_mode():
        whole = mel(wave)
    assert whole.shape == (2, 2, MELS, 1 + 5_000 // HOP)
    wave = wave.clone().requires_grad_()
    found = mel(wave)
    torch.testing.assert_close(found, whole.clone())
    found.sum().backward()
    assert wave.grad is not None and wave.grad.isfinite().all() and wave.grad.abs().max() > 0


def test_silence_is_the_floor_and_has_a_gradient():
    wave = torch.zeros(4_000, requires_grad=True)
    found = mel(wave)
    assert (found == spectrogram.LOWEST).all()
    found.sum().backward()
    assert wave.grad is not None and wave.grad.isfinite().all()


def test_full_precision_under_autocast(samples):
    wave = torch.from_numpy(samples)
    with torch.autocast("cpu", torch.bfloat16):
        found = mel(wave)
    assert found.dtype == torch.float32
    assert torch.equal(found, mel(wave))


def test_shortest_sound():
    assert mel(torch.ones(spectrogram.SHORTEST)).shape == (MELS, 3)
    with pytest.raises(ValueError, match="512 samples is too short: it needs 513"):
        mel(torch.ones(512))


def test_low_notes_are_at_the_bottom_and_loud_ones_bright():
    for hertz, bottom in ((150, True), (9_000, False)):
        wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE)
        grey = np.asarray(spectrogram.picture(spectrogram.analyse(wave), (200, 100)).convert("L")).astype(int)
        assert grey.shape == (100, 200)
        row = int(grey[:, 50:150].mean(1).argmax())
        assert (row > 80) == bottom
        light = np.asarray(spectrogram.picture(spectrogram.analyse(wave), (200, 100), LIGHT).convert("L"))
        assert abs(int(light[:, 50:150].mean(1).argmin()) - row) <= 1


@pytest.mark.parametrize(("colours", "rises"), [(DARK, True), (LIGHT, False)])
def test_colours_grow_evenly_lighter_or_darker(colours, rises):
    palette = spectrogram._palette(colours)
    assert palette.shape == (256, 3)
    lightness = np.cbrt((palette / 255) ** 2.2 @ [0.2126, 0.7152, 0.0722])
    assert (np.diff(lightness[::8]) > 0).all() == rises
    assert tuple(palette[0]) == pytest.approx(colours[0], abs=3)
    assert tuple(palette[-1]) == pytest.approx(colours[-1], abs=3)


def test_the_wave_picture_shows_the_envelope():
    samples = np.concatenate([np.zeros(1_000), np.sin(np.arange(1_000)), 0.2 * np.sin(np.arange(1_000))])
    found = np.asarray(spectrogram.wave_picture(samples, (300, 101), (255, 255, 255), (0, 0, 0)).convert("L")) > 0
    heights = found.sum(0)
    assert (heights[:99] == 1).all()
    assert heights[110:190].mean() > 80
    assert 15 < heights[210:290].mean() < 25
    assert spectrogram.wave_picture(samples[:5], (40, 20)).size == (40, 20)
