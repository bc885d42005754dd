"""From the teacher's lengths to where every phone ends: silence that it counts to phones becomes pauses of its own.

Before a pause the teacher lets the last phone last into the silence, and between words it may hold its breath where
the text has no comma. Both are told by the level. All places here are in steps of 12.5 ms (kokoro.HALF samples).
"""

from dataclasses import dataclass

import numpy as np

from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech.labels import SILENT, Said
from genai_demo.audio.speech.phonemes import EDGE, PAUSES
from genai_demo.audio.speech.teacher import kokoro
from genai_demo.audio.speech.teacher.journal import Note

STEP = kokoro.HALF / kokoro.RATE
"""Seconds."""
QUIET = -40.0
"""Decibels under the loudest step that count as silence."""
LEAST = 2
"""Steps of a phone, and of the silence that ends one before a pause."""
BREATH = 10
"""Steps of silence between words that make a pause: 125 ms. Closures of plosives are shorter."""
NEAR = 4
"""Steps around the end of a pause in which the next word may begin."""
MARGIN = 8
"""Steps of silence that stay at either end of a sentence."""


@dataclass
class Timed:
    """A sentence with times."""

    said: Said
    """Ends in seconds after ``first``."""
    first: int
    last: int
    """Samples (at sounds.RATE) that are kept: samples[first:last]."""


def levels(samples: np.ndarray, steps: int) -> np.ndarray:
    """(S,) at sounds.RATE to decibels under the loudest step, (steps,)."""
    edges = np.round(np.arange(steps) * len(samples) / steps).astype(int)
    power = np.add.reduceat(samples.astype(np.float64) ** 2, edges) / np.diff(edges, append=len(samples))
    return 10 * np.log10(power / max(power.max(), 1e-12) + 1e-12)


def longest_run(quiet: np.ndarray, first: int, last: int) -> tuple[int, int]:
    """Start and end of the longest run of True in quiet[first:last]; (last, last) where there is none."""
    edges = np.diff(quiet[first:last].astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    if not len(starts):
        return last, last
    best = int((ends - starts).argmax())
    return first + int(starts[best]), first + int(ends[best])


def timed(note: Note, samples: np.ndarray) -> Timed:
    """Where the phones of a note end. Raises ValueError where lengths, pitch and sound do not fit together."""
    lengths, gaps = 2 * np.array(note.frames), 2 * np.array(note.gaps)
    steps = int(lengths.sum() + gaps.sum())
    if len(note.hertz) != steps or abs(len(samples) - steps * STEP * RATE) > STEP * RATE:
        raise ValueError("lengths do not add up")
    quiet = levels(samples, steps) < QUIET
    bounds = np.concatenate([[0], np.cumsum(lengths + gaps)]).astype(int)
    said = Said([], [], [])
    ends: list[int] = []
    for i, phone in enumerate(note.phones):
        start, end = max(int(bounds[i]), ends[-1] if ends else 0), int(bounds[i + 1])
        following = note.symbols[i + 1] if i + 1 < len(note.symbols) else ""
        breath = 0
        if phone.symbol not in SILENT and following in PAUSES:
            end = _before_pause(quiet, start, end, int(bounds[i + 2]))
        elif phone.symbol in PAUSES and following != EDGE:
            sound = np.flatnonzero(~quiet[max(start + LEAST, end - NEAR) : end])
            end = max(start + LEAST, end - NEAR) + int(sound[0]) if len(sound) else end
        elif phone.symbol not in SILENT and gaps[i]:
            run = longest_run(quiet, start + LEAST, end)
            if run[1] - run[0] >= BREATH and run[1] >= end - NEAR:
                end, breath = run
        for symbol, mark, until in ((phone.symbol, phone.mark, end), *([(",", "", breath)] if breath else [])):
            said.symbols.append(symbol)
            said.marks.append(mark)
            said.languages.append(phone.language)
            ends.append(until)
    first, last = max(0, ends[0] - MARGIN), min(steps, ends[-2] + MARGIN)
    ends[-1] = last
    said.ends = [STEP * (end - first) for end in ends]
    if min(np.diff(said.ends, prepend=0)) <= 0:
        raise ValueError("a phone without length")
    return Timed(said, round(first * STEP * RATE), round(last * STEP * RATE))


def _before_pause(quiet: np.ndarray, start: int, end: int, pause_end: int) -> int:
    """Where a phone before a pause ends: where the longest silence begins in what is counted to both."""
    run = longest_run(quiet, start + LEAST, pause_end)
    return min(run[0], pause_end - LEAST) if run[1] - run[0] >= LEAST else end
