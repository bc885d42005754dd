"""What a face does while it speaks."""

import numpy as np
import pytest

from genai_demo.audio.mel import HOP
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech import subtitles
from genai_demo.audio.speech.phonemes import SYMBOLS
from genai_demo.audio.speech.plans import PAUSES, PlannedPhone, frames_of
from genai_demo.together import motion

FPS = 25


def phone(symbol: str, milliseconds: float = 120, hertz: float = 0.0) -> PlannedPhone:
    return PlannedPhone(symbol, "", "en", "word", 0, milliseconds, hertz, 0.0)


def spoken(*symbols: str, milliseconds: float = 120) -> list[list[PlannedPhone]]:
    """One utterance."""
    return [[phone(symbol, milliseconds, 150.0) for symbol in symbols]]


def noise(pieces: list[list[PlannedPhone]], level: float = 0.2) -> np.ndarray:
    """As many samples as the phones last."""
    count = sum(int(frames_of(phones).sum()) - 1 for phones in pieces) * HOP
    return (level * np.random.default_rng(0).standard_normal(count)).astype(np.float32)


def mouth(pieces: list[list[PlannedPhone]], samples: np.ndarray) -> np.ndarray:
    """Opening and rounding (N, 2)."""
    count = int(np.ceil(len(samples) / RATE * FPS))
    return motion.lips(motion.timed(pieces), motion.loudness(samples, count, FPS), FPS)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_every_phone_has_its_shapes(symbol: str):
    shapes = motion.shapes_of(symbol)
    assert all(-1 <= part <= 1 for shape in shapes for part in shape)
    silent = symbol in PAUSES
    assert (shapes == (motion.REST,)) == silent
    assert not motion.is_vowel(symbol) or all(opening > 0 for opening, _ in shapes)


def test_lips_close_for_every_p_b_and_m():
    for closing in ("P", "B", "M", "p", "b", "m"):
        pieces = spoken("AA", "AA", closing, "AA", "AA", milliseconds=80)
        opening = mouth(pieces, noise(pieces))[:, 0]
        inside = opening[3:-2]
        assert inside.min() < -0.4 and opening.max() > 0.4, closing


def test_round_vowels_round_the_mouth():
    rounding = [mouth(pieces, noise(pieces))[:, 1].mean() for pieces in (spoken(*["UW"] * 5), spoken(*["IY"] * 5))]
    assert rounding[0] > 0.6 and rounding[1] < -0.5


def test_loud_vowels_open_wider():
    pieces = spoken(*["AA"] * 20)
    samples = noise(pieces)
    samples *= np.linspace(0.1, 1, len(samples))
    opening = mouth(pieces, samples)[2:-2, 0]
    assert opening[-5:].mean() > 2 * opening[:5].mean()


def test_silence_leaves_the_mouth_alone():
    pieces = spoken(*[","] * 5)
    assert np.abs(mouth(pieces, np.zeros_like(noise(pieces)))).max() == 0


def test_times_are_those_of_the_subtitles():
    pieces = [*spoken("HH", "AH", "L", "OW"), *spoken("DH", "AH")]
    ends = [end for *_, end in motion.timed(pieces)]
    words = subtitles.timings(pieces)
    assert [words[0].end, words[-1].end] == pytest.approx([ends[3], ends[-1]], abs=0.001)


def test_blinks_come_now_and_then():
    rng = np.random.default_rng(3)
    closed = motion.lids(60 * FPS, FPS, rng)
    starts = np.flatnonzero((closed[1:] > 0) & (closed[:-1] == 0))
    assert 60 / motion.BETWEEN_BLINKS[1] <= len(starts) <= 60 / motion.BETWEEN_BLINKS[0]
    assert closed.max() == 1 and (closed == 0).mean() > 0.85


def test_wandering_is_slow_and_begins_where_the_portrait_is():
    path = motion.wander(500, FPS, 1.0, np.random.default_rng(1))
    assert path[0] == pytest.approx(0) and 0.5 < np.abs(path).max() <= 1.2
    assert np.abs(np.diff(path)).max() < 0.12


def test_brows_rise_at_high_pitch():
    low, high = [phone("AA", 200, 120.0)] * 6, [phone("AA", 200, 200.0)] * 2
    raised = motion.brows(motion.timed([[*low, *high]]), 40, FPS)
    assert raised[32:38].mean() > 0.3 > raised[5:20].mean()


def test_poses_are_one_a_frame_and_hang_on_the_seed():
    pieces = spoken("HH", "AH", "L", "OW", ".", milliseconds=300)
    samples = noise(pieces)
    first, again, other = (motion.poses(pieces, samples, FPS, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert len(first) == int(np.ceil(len(samples) / RATE * FPS))
    assert [pose.opening for pose in first] == [pose.opening for pose in other], "lips follow the speech alone"
    assert all(-1.0001 <= pose.opening <= 1.2 for pose in first)
