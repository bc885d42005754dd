"""Sounds in and out of files."""

import io
import math
import wave

import numpy as np
import pytest
import soundfile

from genai_demo.audio import sounds
from genai_demo.audio.sounds import RATE
from genai_demo.core import limits


def tone(hertz: float = 440.0, seconds: float = 0.5, amplitude: float = 0.5, rate: int = RATE) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def encoded(samples: np.ndarray, rate: int, format: str = "WAV", subtype: str | None = None) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=format, subtype=subtype)
    return buffer.getvalue()


def main_frequency(samples: np.ndarray) -> float:
    return float(np.abs(np.fft.rfft(samples)).argmax() * RATE / len(samples))


def test_wav_returns_as_it_went_but_for_sixteen_bits(tmp_path):
    samples = tone()
    path = sounds.write(samples, tmp_path / "tone.wav")
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
    assert np.abs(sounds.read(path) - samples).max() < 1 / 32_000


def test_ogg_returns_alike_and_is_smaller(tmp_path):
    samples = tone(seconds=2)
    path = sounds.write(samples, tmp_path / "tone.ogg")
    found = sounds.read(path)
    assert len(found) == len(samples)
    assert np.abs(found - samples).mean() < 0.02
    assert path.stat().st_size < 2 * len(samples) / 3


@pytest.mark.parametrize("format", sounds.FORMATS)
def test_equal_sounds_are_equal_files_and_carry_their_recipe(format):
    recipe = '{"kind": "rain", "text": "Jürgen sagt 你好"}' + " " * 5_000
    tags = {"title": "Rain", "comment": recipe}
    first, second = (sounds.wave_bytes(tone(), format, tags) for _ in range(2))
    assert first == second
    assert sounds.read_tags(first) | tags == sounds.read_tags(first)
    assert np.array_equal(sounds.read(first), sounds.read(sounds.wave_bytes(tone(), format)))


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_any_rate_and_stereo_become_mono_at_our_rate(rate):
    left = tone(500, rate=rate)
    found = sounds.read(encoded(np.stack([left, left / 2], 1), rate, "FLAC"))
    assert abs(len(found) - RATE // 2) <= 2
    assert abs(main_frequency(found) - 500) < 3
    assert np.abs(found).max() == pytest.approx(0.375, abs=0.02)


def test_mp3_is_read():
    found = sounds.read(encoded(tone(seconds=1, rate=44_100), 44_100, "MP3"))
    assert abs(main_frequency(found) - 440) < 3


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "no sound, or is damaged"),
        (encoded(np.zeros(RATE, np.float32), RATE), "silent"),
        (encoded(np.zeros(0, np.float32), RATE), "nothing in this sound"),
        (encoded(np.full(RATE, np.nan, np.float32), RATE, subtype="FLOAT"), "no numbers"),
        (encoded(tone(), 1_000), "1,000 samples a second"),
        (encoded(np.tile(tone()[:, None], 24), RATE), "24 channels"),
        (None, "Choose a sound first"),
    ],
)
def test_what_cannot_be_used_gets_one_clear_sentence(data, words):
    with pytest.raises(ValueError, match=words):
        sounds.read(data)


def test_a_file_that_is_missing_is_said_to_be(tmp_path):
    with pytest.raises(ValueError, match="cannot be read"):
        sounds.read(tmp_path / "nothing.wav")


def test_limits_hold_whatever_the_header_says():
    with pytest.raises(ValueError, match="longer than 2 seconds"):
        sounds.read(encoded(tone(seconds=2.1), RATE), max_seconds=2)
    with pytest.raises(ValueError, match="larger than 16 MB"):
        sounds.read(bytes(limits.MAX_SOUND_BYTES + 1))
    lying = bytearray(encoded(tone(), RATE))
    lying[40:44] = (2**31 - 2).to_bytes(4, "little")  # says that it holds 27 hours
    assert abs(len(sounds.read(bytes(lying))) - RATE // 2) < 10


@pytest.mark.parametrize("cut", [30, 44, 500, 3_000])
def test_half_a_file_is_read_as_far_as_it_goes_or_refused(cut):
    for format in ("WAV", "OGG", "FLAC"):
        said, length = "", 1
        try:
            length = len(sounds.read(encoded(tone(), RATE, format)[:cut]))
        except ValueError as error:
            said = str(error)
        assert said.endswith(".") or not said
        assert 0 < length <= RATE // 2 + 10


def test_writing_refuses_what_is_no_sound(tmp_path):
    for samples, words in ((np.zeros(0), "at least one"), (np.array([0.1, np.inf]), "no numbers")):
        with pytest.raises(ValueError, match=words):
            sounds.wave_bytes(samples)
    with pytest.raises(ValueError, match="Choose one of wav, ogg"):
        sounds.write(tone(), tmp_path / "tone.aiff")
    with pytest.raises(ValueError, match="No tag is called"):
        sounds.wave_bytes(tone(), tags={"mood": "sad"})


def test_what_is_too_loud_is_clipped_and_not_wrapped():
    assert np.abs(sounds.read(sounds.wave_bytes(4 * tone())) - (4 * tone()).clip(-1, 1)).max() < 1e-3


def test_loudness_is_that_of_the_standard():
    """BS.1770: 0 dBFS of 997 Hz in one channel is -3.01 LUFS; EBU Tech 3341, case 1, in one channel: 3 LU less."""
    assert sounds.loudness(tone(997, 5, 1.0)) == pytest.approx(-3.01, abs=0.02)
    assert sounds.loudness(tone(1_000, 20, 10 ** (-23 / 20))) == pytest.approx(-26.0, abs=0.1)
    quiet_then_loud = np.concatenate([0.001 * tone(1_000, 5, 1.0), tone(1_000, 5, 0.1)])
    assert sounds.loudness(quiet_then_loud) == pytest.approx(sounds.loudness(tone(1_000, 5, 0.1)), abs=0.3)
    assert sounds.loudness(np.zeros(RATE, np.float32)) == -math.inf


def test_normalising_reaches_the_loudness_or_the_peak():
    assert sounds.loudness(sounds.normalise(tone(1_000, 2, 0.01), -23)) == pytest.approx(-23, abs=0.01)
    click = np.zeros(RATE, np.float32)
    click[100] = 0.3
    assert np.abs(sounds.normalise(click, -10)).max() == pytest.approx(10 ** (-1 / 20), abs=1e-4)
    assert np.abs(sounds.normalise(tone(), None, -6)).max() == pytest.approx(10 ** (-6 / 20), abs=1e-3)
    assert not sounds.normalise(np.zeros(10, np.float32)).any()


def test_fades_begin_and_end_in_silence_and_leave_the_middle():
    samples = np.ones(RATE, np.float32)
    found = sounds.fade(samples, 0.01, 0.02)
    assert abs(found[0]) < 1e-3 and abs(found[-1]) < 1e-3
    assert (np.diff(found[:220]) > 0).all()
    assert (found[221:-442] == 1).all()
    assert (samples == 1).all()
    assert len(sounds.fade(np.ones(3, np.float32))) == 3
