"""What is read off a clip and its alignment."""

import numpy as np
import pytest

from genai_demo.audio.mel import HOP
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech import labels

ALIGNMENT = [
    ["<sil>", 0.0, 0.1, [["SIL", 0.0, 0.1]]],
    ["about", 0.1, 0.4, [["AH", 0.1, 0.1], ["B", 0.2, 0.1], ["AW", 0.3, 0.1], ["T", 0.4, 0.1]]],
    ["<sil>", 0.5, 0.3, [["SIL", 0.5, 0.3]]],
    ["it", 0.8, 0.2, [["IH", 0.8, 0.1], ["T", 0.9, 0.1]]],
    ["<sil>", 1.0, 0.2, [["SIL", 1.0, 0.2]]],
]


def test_an_alignment_becomes_phones_with_stress_and_pauses():
    said = labels.english_phones(ALIGNMENT, "About it?")
    assert said.symbols == ["|", "AH", "B", "AW", "T", ",", "IH", "T", "?", "|"]
    assert said.marks == ["", "en0", "", "en1", "", "", "en1", "", "", ""]
    assert said.ends == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.8, 0.9, 1.0, 1.1, 1.2])


def test_without_silence_the_edges_are_there_all_the_same():
    said = labels.english_phones(ALIGNMENT[1:2], "About")
    assert said.symbols == ["|", "AH", "B", "AW", "T", ".", "|"]
    frames = labels.frames_until(said.ends, 43)
    assert frames.sum() == 43 and frames.min() >= 1


def test_mandarin_gets_its_closing_pause_afterwards():
    said = labels.mandarin_phones("bei3 jing1")
    assert said.symbols == ["|", "b", "ei", "j", "ing", "|"] and said.marks == ["", "", "zh3", "", "zh1", ""]
    closed, frames = labels.with_closing_pause(said, np.array([3, 4, 9, 5, 8, 6]))
    assert closed.symbols[-2:] == [".", "|"] and frames.tolist() == [3, 4, 9, 5, 8, 3, 3]


def test_places_tell_the_first_and_the_last_syllable():
    symbols = ["|", "h", "a", "l", "ou", ",", "n", "i", "|"]
    marks = ["", "", "zh1", "", "zh2", "", "", "zh3", ""]
    # not the first x 2 + not the last
    assert labels.places(marks, symbols).tolist() == [0, 1, 1, 3, 2, 0, 1, 0, 0]


def test_frames_belong_where_their_centres_lie():
    ends = [2.4 * HOP / RATE, 2.6 * HOP / RATE, 6.0 * HOP / RATE, 9.9 * HOP / RATE]
    assert labels.frames_until(ends, 12).tolist() == [3, 1, 2, 6]  # the second has no centre, but lasts a frame
    with pytest.raises(ValueError, match="cannot hold"):
        labels.frames_until(ends, 3)
    crowded = labels.frames_until([1.0] * 5, 6)
    assert crowded.sum() == 6 and crowded.min() == 1


def test_prosody_of_phones():
    hertz = np.array([0, 0, 200, 200, 400, 0, 0, 0, 100, 100], np.float32)
    frames = np.array([2, 3, 3, 2])
    pitch, voiced, level = labels.by_phone(hertz, np.arange(10.0), frames)
    assert voiced.tolist() == [False, True, False, True]
    assert np.exp(pitch) == pytest.approx([200, 200, np.sqrt(200 * 100), 100])
    assert level.tolist() == [0.5, 3, 6, 8.5]
    assert np.allclose(labels.melody(np.zeros(4), np.zeros(1), np.array([4])), 0)
    assert np.isnan(labels.by_phone(np.zeros(4), np.zeros(4), np.array([4]))[0]).all()


def test_the_melody_of_a_phone_follows_the_pitch():
    hertz = np.exp(np.linspace(5.0, 5.9, 30))
    hertz[12:15] = 0  # a voiceless stretch is bridged
    frames = np.array([6, 24])
    pitch, _, _ = labels.by_phone(hertz, np.zeros(30), frames)
    found = labels.melody(hertz, pitch, frames) + pitch[:, None]
    expected = [np.interp(start + size * labels.POINTS - 0.5, np.arange(30), np.linspace(5.0, 5.9, 30))
                for start, size in ((0, 6), (6, 24))]  # fmt: skip
    assert np.allclose(found, expected, atol=0.01)
