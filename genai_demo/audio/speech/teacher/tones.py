"""Whether the pitch of a Mandarin sentence follows its tones (five levels: Chao, A Grammar of Spoken Chinese, 1968)."""

import numpy as np

from genai_demo.audio.speech.labels import Said
from genai_demo.audio.speech.teacher.timing import STEP

LEVELS = {"zh1": (5.0, 5.0, 5.0), "zh2": (2.5, 3.0, 4.5), "zh3": (2.0, 1.0, 1.0), "zh4": (5.0, 3.5, 1.5)}
"""Beginning, middle and end of a syllable; of a third tone its low half, as in the middle of a sentence."""
NEUTRAL = {"zh1": 2.5, "zh2": 3.0, "zh3": 4.0, "zh4": 1.5, "": 3.0}
"""Level of a neutral syllable by the tone before it."""
VOICED = 3
"""Steps with a pitch that a syllable needs."""
SYLLABLES = 3
"""That a sentence needs."""


def contours(said: Said, hertz: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Expected levels and measured semitones of the syllables, and their seconds: (N, 3), (N, 3), (N, 3).

    hertz: pitch every STEP seconds from the beginning of the sentence, 0 where there is none.
    Syllables with too little pitch are left out.
    """
    expected, measured, times = [], [], []
    tone_before, start = "", 0.0
    for mark, end in zip(said.marks, said.ends, strict=True):
        if mark.startswith("zh"):
            places = np.arange(round(start / STEP), min(len(hertz), round(end / STEP)))
            voiced = places[hertz[places] > 0]
            if len(voiced) >= VOICED:
                thirds = np.array_split(voiced, 3)
                measured.append([12 * np.log2(hertz[part]).mean() for part in thirds])
                times.append([STEP * part.mean() for part in thirds])
                expected.append(LEVELS.get(mark, (NEUTRAL[tone_before],) * 3))
            tone_before = mark if mark in LEVELS else tone_before
        start = end
    shape = (len(expected), 3)
    return np.reshape(expected, shape), np.reshape(measured, shape), np.reshape(times, shape)


def likeness(said: Said, hertz: np.ndarray) -> float | None:
    """Correlation of measured pitch and expected levels, without the line along which the sentence falls or rises.

    None for a sentence of too few syllables, or all on one level.
    """
    expected, measured, times = (x.ravel() for x in contours(said, hertz))
    if len(expected) < 3 * SYLLABLES:
        return None
    line = np.stack([np.ones_like(times), times], 1)
    both = np.stack([expected, measured], 1)
    rest = both - line @ np.linalg.lstsq(line, both, rcond=None)[0]
    scale = rest.std(0)
    if min(scale) < 0.1:
        return None
    return float((rest[:, 0] * rest[:, 1]).mean() / scale.prod())
