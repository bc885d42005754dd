"""Chords that go with the melody and close its phrases, weighed while a piece is written.

The model chooses chords by what came before them. Two things that it hears too little are added to it, in nats: how
much of the melody over the next half bar belongs to a chord, and at the ends of phrases how much oftener or more
seldom a degree stands there in the training pieces than elsewhere. In the fourth bar of eight that is an open end, the
dominant; in the eighth a close, by way of the dominant.
"""

from collections.abc import Sequence

import numpy as np

from genai_demo.audio.music.form import Section
from genai_demo.audio.music.pieces import CHORDS, bar_ticks

CADENCES: dict[tuple[str, str], dict[int, float]] = {
    ("maj", "open"): {0: -0.8, 7: 0.8, 2: 0.9, 5: -0.4},
    ("maj", "before"): {0: -0.8, 7: 0.8, 2: 0.9, 5: 0.0},
    ("maj", "close"): {0: 0.3, 7: 0.0, 2: -0.8, 5: -1.6},
    ("min", "open"): {0: -1.1, 10: 1.2, 7: 1.1, 3: -0.2},
    ("min", "before"): {0: -0.7, 10: 0.4, 7: 1.2, 3: -0.4},
    ("min", "close"): {0: 0.4, 10: -0.7, 7: 0.2, 3: -1.5},
}
"""Of the semitones from the tonic to a root, log of its share at a place over its share elsewhere, in 927 pieces with
chords; roots that are not named: ``ELSEWHERE``."""
ELSEWHERE = {"open": 0.0, "before": 0.0, "close": -0.7}
FIT, CADENCE = 3.0, 0.6
"""Nats of a chord that has all of the melody rather than none of it; strength of ``CADENCES``. See
docs/experiments.md."""
TWO_CHORDS = ("4/4", "2/2", "6/8", "12/8")
"""Metres whose bars often have two."""
PHRASE = 8
"""Bars of a phrase where a piece has no sections."""
_HOLDS = np.array([[(step - root) % 12 in chord for step in range(12)]
                   for root in range(12) for chord in CHORDS.values()])  # fmt: skip
_ROOTS = np.repeat(np.arange(12), len(CHORDS))


def places(bars: int, sections: Sequence[Section], pickup: bool) -> dict[int, str]:
    """Which bars close a phrase, stand before a close, or are an open end.

    Phrases are the sections, or eight bars each, where that many fill the piece; else only its end is a close. pickup:
    the first bar is not counted.
    """
    first = int(pickup)
    spans = [(section.start, section.end) for section in sections]
    if not spans and (bars - first) % PHRASE == 0:
        spans = [(start, start + PHRASE) for start in range(first, bars, PHRASE)]
    found: dict[int, str] = {}
    for start, end in spans or [(first, bars)]:
        if (end - start) % PHRASE == 0:
            found |= dict.fromkeys(range(start + PHRASE // 2 - 1, end, PHRASE), "open")
        if end - start > 2:
            found[end - 2] = "before"
        found[end - 1] = "close"
    return found


class Harmony:
    """What is added to the chords of one piece. where: as ``places``."""

    def __init__(self, tonic: int, mode: str, metre: str, where: dict[int, str]):
        self.where = where
        self.span = bar_ticks(metre) // (2 if metre in TWO_CHORDS else 1)
        """Ticks over which the melody counts."""
        self._degrees = (_ROOTS - tonic) % 12
        self._mode = "min" if mode in ("min", "dor", "phr") else "maj"

    def lean(self, bar: int, position: int, melody: Sequence[tuple[int, int, int]]) -> np.ndarray:
        """Nats of each chord of the vocabulary that begins at a position of a bar: (12 * qualities,).

        melody: (start, end, MIDI pitch) of its notes in this bar.
        """
        found, until = np.zeros(len(_ROOTS)), (position // self.span + 1) * self.span
        time = np.zeros(12)
        for start, end, pitch in melody:
            time[pitch % 12] += max(0, min(end, until) - max(start, position))
        if time.sum():
            found += FIT * (_HOLDS @ time) / time.sum()
        if place := self.where.get(bar):
            nats = CADENCES[self._mode, place]
            found += CADENCE * np.array([nats.get(int(degree), ELSEWHERE[place]) for degree in self._degrees])
        return found
