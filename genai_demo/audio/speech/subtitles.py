"""When each word of spoken text is said, and subtitles made of it: SubRip (SRT) and WebVTT."""

import dataclasses
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from genai_demo.audio.mel import HOP
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech import plans
from genai_demo.audio.speech.normalise import HAN
from genai_demo.audio.speech.plans import PlannedPhone

LINE = {"en": 42, "zh": 18}
"""Characters of a line of subtitles, the usual limits."""
LONGEST = 6.0
"""Seconds that one subtitle stays."""
_HAN = re.compile(f"[{HAN}]")


@dataclass(frozen=True)
class Timing:
    """A word, a Chinese character, or a pause sign."""

    word: str
    reading: str
    """In pinyin or the phonetic alphabet; of a pause its sign."""
    start: float
    end: float
    """Seconds from the beginning of the sound."""
    sentence: int
    """Counted from 0."""


@dataclass(frozen=True)
class Cue:
    """A line of subtitles."""

    text: str
    start: float
    end: float


def timings(pieces: Iterable[Sequence[PlannedPhone]]) -> list[Timing]:
    """When the words are said. pieces: the phones of the utterances as they were spoken one after the other.

    Silence at the edges of an utterance belongs to no word. Every utterance lasts a frame less than its phones, as the
    vocoder makes sound between the centres of frames.
    """
    found, start = [], 0
    for sentence, phones in enumerate(pieces):
        frames, place = plans.frames_of(phones), 0
        for word in plans.words_of(phones):
            count = int(frames[place : place + len(word)].sum())
            first = start + int(frames[:place].sum())
            if word[0].symbol != plans.EDGE:
                begin, end = (round(n * HOP / RATE, 3) for n in (first, first + count))
                found.append(Timing(word[0].word, word[0].reading, begin, end, sentence))
            place += len(word)
        start += int(frames.sum()) - 1
    return found


def cues(words: Sequence[Timing]) -> list[Cue]:
    """Words joined to lines: a sentence each, cut at pauses and where a line or a subtitle would be too long."""
    found: list[Cue] = []
    line: list[Timing] = []

    def close() -> None:
        if line and any(word.word not in plans.PAUSES for word in line):
            spoken = [word for word in line if word.word not in plans.PAUSES]
            found.append(Cue(joined(word.word for word in line), spoken[0].start, spoken[-1].end))
        line.clear()

    for word in words:
        pause = word.word in plans.PAUSES
        if line and (word.sentence != line[0].sentence or (not pause and _full([*line, word]))):
            close()
        line.append(word)
        if pause and _full(line, 0.6):
            close()
    close()
    return found


def _full(line: Sequence[Timing], share: float = 1.0) -> bool:
    """Whether a line has reached a share of what it can hold."""
    text = joined(word.word for word in line)
    most = LINE["zh" if _HAN.search(text) else "en"]
    return len(text) > share * most or line[-1].end - line[0].start > share * LONGEST


def joined(words: Iterable[str]) -> str:
    """Words as a sentence: no spaces before pauses and between Chinese characters, whose pauses are full-width."""
    text = re.sub(r" (?=[,.?!])", "", " ".join(words))
    text = re.sub(rf"(?<=[{HAN}]) (?=[{HAN}])", "", text)
    return re.sub(rf"(?<=[{HAN}])([,.?!]) ?", lambda m: "，。？！"[",.?!".index(m[1])], text)


def srt(found: Sequence[Cue]) -> str:
    """Subtitles as SubRip."""
    return "\n".join(
        f"{i}\n{_clock(c.start, ',')} --> {_clock(c.end, ',')}\n{c.text}\n" for i, c in enumerate(found, 1)
    )


def vtt(found: Sequence[Cue]) -> str:
    """Subtitles as WebVTT."""
    lines = (f"{_clock(c.start, '.')} --> {_clock(c.end, '.')}\n{c.text}\n" for c in found)
    return "WEBVTT\n\n" + "\n".join(lines)


def _clock(seconds: float, point: str) -> str:
    """00:00:01,500"""
    whole, milliseconds = divmod(round(1000 * seconds), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{milliseconds:03}"


def table(words: Sequence[Timing]) -> list[dict[str, str | float | int]]:
    """Timings for JSON."""
    return [dataclasses.asdict(word) for word in words]
