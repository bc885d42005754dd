"""Timings of words and subtitles."""

import re

import numpy as np
import pytest

from genai_demo.audio import mel, vocoder
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech import subtitles
from genai_demo.audio.speech.plans import FRAME, PlannedPhone
from genai_demo.audio.speech.subtitles import Cue, Timing


def phone(symbol: str, word: str, frames: int, reading: str = "", utterance: int = 0) -> PlannedPhone:
    return PlannedPhone(symbol, "", "en", word, utterance, frames * FRAME, 0.0, 0.0, reading=reading)


def word(text: str, start: float, end: float, sentence: int = 0) -> Timing:
    return Timing(text, text, start, end, sentence)


def test_words_are_timed_over_all_utterances():
    first = [phone("|", "|", 4, "|"), phone("S", "see", 6, "si"), phone("IY", "see", 10), phone(".", ".", 8, "."),
             phone("|", "|", 2, "|")]  # fmt: skip
    second = [phone("|", "|", 3, "|", 1), phone("T", "two", 5, "tu", 1), phone("UW", "two", 7, "", 1)]
    found = subtitles.timings([first, second])
    assert [(t.word, t.reading, t.sentence) for t in found] == [("see", "si", 0), (".", ".", 0), ("two", "tu", 1)]
    frames = [(4, 20), (20, 28), (29 + 3, 29 + 15)]
    for timing, (start, end) in zip(found, frames, strict=True):
        assert (timing.start, timing.end) == pytest.approx((start * FRAME / 1000, end * FRAME / 1000), abs=0.001)


def test_an_utterance_lasts_a_frame_less_than_its_phones():
    """What ``timings`` counts on: the vocoder gives HOP samples for each step between frames."""
    samples = vocoder.vocode(np.full((mel.MELS, 12), -6.0, np.float32))
    assert len(samples) == 11 * mel.HOP


def test_lines_end_with_sentences_at_pauses_and_before_they_are_too_long():
    words = [word(f"word{i}", i, i + 0.9, sentence=0) for i in range(3)] + [word(".", 3, 3.5), word("Next", 4, 4.4, 1)]
    assert subtitles.cues(words) == [Cue("word0 word1 word2.", 0, 2.9), Cue("Next", 4, 4.4)]
    many = [word("remarkable", i / 2, i / 2 + 0.4) for i in range(12)]
    found = subtitles.cues(many)
    assert len(found) == 4 and all(len(cue.text) <= subtitles.LINE["en"] for cue in found)
    assert " ".join(cue.text for cue in found) == " ".join(["remarkable"] * 12)
    slow = subtitles.cues([word("a", 3.5 * i, 3.5 * i + 3) for i in range(4)])
    assert all(cue.end - cue.start <= subtitles.LONGEST for cue in slow) and len(slow) == 4
    chinese = [word(c, i / 4, i / 4 + 0.2) for i, c in enumerate("今天下午我们一起去北京看望老朋友,然后再回家吃饭.")]
    lines = [cue.text for cue in subtitles.cues(chinese)]
    assert lines == ["今天下午我们一起去北京看望老朋友，", "然后再回家吃饭。"]


def test_pauses_alone_are_no_subtitle():
    assert subtitles.cues([word(",", 0, 1)]) == []


def test_words_are_joined_as_they_are_written():
    assert subtitles.joined(["我", "用", "Python", "写", ",", "好", "!"]) == "我用 Python 写，好！".replace(
        "用 P", "用 P"
    )
    assert subtitles.joined(["Well", ",", "no", "."]) == "Well, no."


def test_both_formats_tell_hours_and_milliseconds():
    found = [Cue("Hello.", 0.0125, 1.5), Cue("你好。", 3599.9996, 3661.25)]
    assert subtitles.srt(found) == (
        "1\n00:00:00,012 --> 00:00:01,500\nHello.\n\n2\n01:00:00,000 --> 01:01:01,250\n你好。\n"
    )
    assert subtitles.vtt(found).startswith("WEBVTT\n\n00:00:00.012 --> 00:00:01.500\nHello.\n")
    assert re.search(r"\n01:00:00\.000 --> 01:01:01\.250\n你好。", subtitles.vtt(found))


def test_the_table_holds_everything():
    assert subtitles.table([word("a", 0, 0.5)]) == [
        {"word": "a", "reading": "a", "start": 0, "end": 0.5, "sentence": 0}
    ]
    assert RATE == mel.RATE
