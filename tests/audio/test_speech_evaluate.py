"""The measures of speech, on sounds whose answers are known, and all together over a voice of random weights."""

import numpy as np
import pytest
import torch

from genai_demo.audio import vocoder
from genai_demo.audio.mel import HOP, RATE, analyse
from genai_demo.audio.speech import data, evaluate, generate
from genai_demo.audio.speech.cast import cast_of
from genai_demo.audio.speech.features import SPEAKERS
from genai_demo.audio.speech.model import SpeechModel
from tests.audio.tiny_speech import CONFIG, write_set


def tone(hertz, seconds: float = 0.8) -> np.ndarray:
    """Harmonics that fall off, of a pitch that may move: (S,)."""
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hertz, int(seconds * RATE))) / RATE
    return (0.2 * sum(np.sin(k * phase) / k for k in range(1, 12))).astype(np.float32)


def test_word_errors_count_the_fewest_edits():
    assert evaluate.words_of("It's 'fine', Mr. Smith—really?") == ["it's", "'fine'", "mr", "smith", "really"]
    for said, heard, errors in (
        ("a b c", "a b c", 0), ("a b c", "a c", 1), ("a b c", "a b x c", 1), ("a b c", "x y z", 3), ("", "a b", 2),
        ("the cat sat on the mat", "a cat sat the mat mat", 3),
    ):  # fmt: skip
        assert evaluate.word_errors(said.split(), heard.split()) == errors


def test_the_error_rate_is_over_all_words():
    class Deaf:
        def words(self, samples):
            return ["one", "two"] if samples[0] > 0 else []

    rate = evaluate.word_error_rate(Deaf(), ["one two", "three four five six"], lambda i: np.array([1.0 - i]))
    assert rate == pytest.approx(4 / 6)


def test_distortion_is_nothing_for_the_same_sound_and_grows_with_noise():
    rng = np.random.default_rng(0)
    wave = tone(200) + 0.001 * rng.standard_normal(int(0.8 * RATE)).astype(np.float32)
    noisy = [wave + level * rng.standard_normal(len(wave)).astype(np.float32) for level in (0.002, 0.01, 0.1)]
    found = [evaluate.mel_cepstral_distortion(wave, other) for other in (wave, 0.5 * wave, *noisy)]
    assert found[0] == 0
    assert found[1] < 0.02 * found[4]  # loudness alone is no distortion
    assert found[2] < found[3] < found[4]


def test_warping_forgives_timing_but_not_the_sound():
    first, slow = tone(200, 0.5), tone(200, 0.8)
    parts = [tone(150, 0.3), tone(320, 0.3)]
    early, late = np.concatenate([parts[0], tone(320, 0.6)]), np.concatenate([tone(150, 0.6), parts[1]])
    assert evaluate.mel_cepstral_distortion(first, slow, warp=True) < 1
    apart = evaluate.mel_cepstral_distortion(early, late)
    assert evaluate.mel_cepstral_distortion(early, late, warp=True) < 0.3 * apart
    rows, columns = evaluate.aligned(np.array([[0.0], [1], [2]]), np.array([[0.0], [0], [1], [2], [2]]))
    assert rows.tolist() == [0, 0, 1, 2, 2] and columns.tolist() == [0, 1, 2, 3, 4]


def test_pitch_errors_are_cents_and_voicing():
    cents, voicing = evaluate.pitch_errors(tone(200), tone(200 * 2 ** (50 / 1200)))
    assert cents == pytest.approx(50, abs=4) and voicing < 0.05
    rng = np.random.default_rng(0)
    half = np.concatenate([tone(200)[: RATE // 3], 0.1 * rng.standard_normal(RATE // 3).astype(np.float32)])
    _, voicing = evaluate.pitch_errors(half, tone(200, 2 / 3))
    assert 0.35 < voicing < 0.65


def test_tones_are_told_apart():
    rising, falling = np.linspace(180, 280, int(0.8 * RATE)), np.linspace(280, 180, int(0.8 * RATE))
    same = evaluate.tone_likeness(tone(rising), tone(1.2 * rising))
    other = evaluate.tone_likeness(tone(rising), tone(falling))
    assert same is not None and other is not None and same > 0.85 and other < 0.3
    assert evaluate.tone_likeness(tone(200), np.zeros(RATE, np.float32)) is None


def test_griffin_lim_gives_back_what_it_was_given():
    wave = tone(220)
    copy = evaluate.griffin_lim(analyse(wave))
    assert abs(len(copy) - len(wave)) <= HOP
    assert evaluate.mel_cepstral_distortion(wave, copy) < 0.3 * evaluate.mel_cepstral_distortion(wave, tone(330))


def test_everything_is_measured(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_HOME", str(tmp_path))
    write_set(tmp_path)
    torch.manual_seed(1)
    net = SpeechModel(CONFIG).eval().requires_grad_(False)
    monkeypatch.setattr(generate, "_load", lambda: net)
    monkeypatch.setattr(generate, "_card", lambda: (CONFIG, cast_of({"voices": list(SPEAKERS)})))
    monkeypatch.setattr(vocoder, "vocode", lambda mel: np.repeat(np.tanh(mel.mean(0))[:-1], HOP).astype(np.float32))

    class Ear:
        def words(self, samples):
            return ["see"] if len(samples) else []

    monkeypatch.setattr(evaluate, "Ear", Ear)
    monkeypatch.setattr(evaluate.shutil, "which", lambda name: None)
    monkeypatch.setattr(evaluate, "SENTENCES", 2)
    monkeypatch.setattr(evaluate, "WORDS", 2)
    found = evaluate.evaluate(quick=False)
    assert found["sentences"] == 2 and found["words"] == 2
    rates = found["word_error_rate"]
    assert set(rates) == {"recorded", "griffin_lim_copy", "vocoder_copy", "synthesised"}
    assert all(0 < rate <= 1 for rate in rates.values())
    assert found["copies_english"]["griffin_lim"]["mel_cepstral_distortion_db"] > 0
    assert found["english"]["items"] == 2 and found["english"]["length_ratio"] > 0
    assert -1 <= found["mandarin"]["pitch_contour_correlation"] <= 1
    assert found["speech_real_time_factor"] > 0 and found["first_sound_long_text"] > 0


def test_one_take_of_every_text(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_HOME", str(tmp_path))
    write_set(tmp_path)
    clips = data.load()
    twice = clips.rows + clips.rows
    clips.rows = twice
    found = evaluate.one_take(clips, 5)
    texts = [clips.rows[i]["normalised"] for i in found]
    assert len(texts) == len(set(texts)) == 5 and max(found) < len(twice) // 2
