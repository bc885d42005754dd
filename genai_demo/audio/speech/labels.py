"""What was said in a clip, phone by phone, and how: places in the phrase, durations, pitch, level."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from genai_demo.audio.mel import HOP
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech.data import Alignment
from genai_demo.audio.speech.phonemes import EDGE, PAUSES, mandarin, stressed

SILENT = frozenset((EDGE, *PAUSES))


@dataclass
class Said:
    """The phones of a clip; ``ends`` in seconds, none where only the order is known.

    languages: "en" or "zh" a phone; none where all are in the language of the clip.
    """

    symbols: list[str]
    marks: list[str]
    ends: list[float]
    languages: list[str] = field(default_factory=list)


def closing_pause(text: str) -> str:
    """The pause that the text ends with."""
    return next((sign for sign in reversed(text.strip().rstrip("\"'”’)")) if sign in ".?!"), ".")


def english_phones(alignment: Alignment, text: str) -> Said:
    """The phones of an alignment with the stress of the dictionary; silences become edges and pauses.

    A silence between words is a comma, whatever the text has there; the last one is shared by the
    closing pause and the edge, as every utterance of ``phonemise`` ends with both.
    """
    said = Said([EDGE], [""], [0.0])
    for word, start, seconds, phones in alignment:
        heard = [phone for phone, _, _ in phones]
        if word.startswith("<") or heard[0] == "SIL" or heard[0].startswith("+"):
            if said.symbols[-1] not in SILENT:
                said.symbols.append(",")
                said.marks.append("")
                said.ends.append(0.0)
            said.ends[-1] = start + seconds
            continue
        for (symbol, mark), (_, begin, length) in zip(stressed(word, heard), phones, strict=True):
            said.symbols.append(symbol)
            said.marks.append(mark)
            said.ends.append(begin + length)
    if said.symbols[-1] in SILENT:
        speech_ends, end = said.ends[-2], said.ends.pop()
        del said.symbols[-1], said.marks[-1]
    else:
        speech_ends = end = said.ends[-1]
    return Said(
        [*said.symbols, closing_pause(text), EDGE], [*said.marks, "", ""], [*said.ends, (speech_ends + end) / 2, end]
    )


def mandarin_phones(pinyin: str) -> Said:
    """Initials and finals of the syllables between silent edges."""
    found = [pair for syllable in pinyin.split() for pair in mandarin(syllable)]
    return Said([EDGE, *(symbol for symbol, _ in found), EDGE], ["", *(mark for _, mark in found), ""], [])


def with_closing_pause(said: Said, frames: np.ndarray) -> tuple[Said, np.ndarray]:
    """The last edge of a clip of unknown times shared with a closing pause, once its frames are known."""
    pause = max(1, int(frames[-1]) // 2)
    symbols, marks = [*said.symbols[:-1], ".", EDGE], [*said.marks, ""]
    return Said(symbols, marks, []), np.concatenate([frames[:-1], [pause, max(1, frames[-1] - pause)]])


def places(marks: Sequence[str], symbols: Sequence[str]) -> np.ndarray:
    """Where in its phrase each phone stands: 2 x (a syllable comes before) + (one comes after), (N,) uint8.

    A syllable is a phone with a mark; a phrase is what lies between silences, which get 0 themselves.
    Isolated words end long and low: told so, the model need not do the same to every word of a sentence.
    """
    nuclei, silent = np.array([mark != "" for mark in marks]), np.array([s in SILENT for s in symbols])
    phrase = np.cumsum(silent)
    found = np.zeros(len(nuclei), np.uint8)
    for number in np.unique(phrase):
        mine = np.flatnonzero((phrase == number) & ~silent)
        count = np.cumsum(nuclei[mine])
        found[mine] = 2 * (count - nuclei[mine] > 0) + (count[-1:] - count > 0)
    return found


def frames_until(ends: Sequence[float], frames: int) -> np.ndarray:
    """Durations (N,) in frames from ends in seconds: a frame belongs to the phone that its centre lies in.

    All are at least 1 and add up to ``frames``. Raises ValueError where there are more phones.
    """
    count = len(ends)
    if count > frames:
        raise ValueError(f"{frames} frames cannot hold {count} phones.")
    bounds = np.ceil(np.asarray(ends) * RATE / HOP).astype(np.int64)
    bounds[-1] = frames
    order = np.arange(1, count + 1)
    bounds = np.maximum.accumulate(np.maximum(bounds, order) - order) + order  # each a frame after the one before
    bounds = np.minimum(bounds, frames - count + order)
    return np.diff(bounds, prepend=0)


def loudness(mels: np.ndarray) -> np.ndarray:
    """Log amplitude of every frame: (T, 100) -> (T,)."""
    return np.log(np.exp(mels.astype(np.float32)).sum(1))


POINTS = np.array([1 / 6, 1 / 2, 5 / 6])
"""Where in a phone its melody is described, in shares of its duration."""


def melody(hertz: np.ndarray, pitches: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Log F0 at the POINTS of every phone, less the phone's own: (T,), (N,), (N,) -> (N, 3).

    The line goes straight through voiceless frames. Zeros where nothing is voiced.
    """
    heard = np.flatnonzero(hertz > 0)
    if not len(heard):
        return np.zeros((len(frames), len(POINTS)))
    line = np.interp(np.arange(len(hertz)), heard, np.log(hertz[heard]))
    line = np.convolve(np.pad(line, 1, mode="edge"), np.ones(3) / 3, "valid")  # the tracker's grain
    at = (np.cumsum(frames) - frames)[:, None] + frames[:, None] * POINTS - 0.5
    return np.interp(at, np.arange(len(hertz)), line) - pitches[:, None]


def by_phone(hertz: np.ndarray, level: np.ndarray, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Median log F0, whether it was measured, mean level: (T,), (T,), (N,) -> (N,) each.

    Voiceless phones lie on the line between their voiced neighbours; with none, all are NaN.
    """
    edges = np.concatenate([[0], np.cumsum(frames)])
    pitches, voiced = np.full(len(frames), np.nan), np.zeros(len(frames), bool)
    for i, (start, end) in enumerate(itertools.pairwise(edges)):
        heard = hertz[start:end][hertz[start:end] > 0]
        if len(heard) >= max(2, 0.25 * (end - start)):
            pitches[i], voiced[i] = np.log(np.median(heard)), True
    if voiced.any():
        pitches = np.interp(np.arange(len(frames)), np.flatnonzero(voiced), pitches[voiced])
    return pitches, voiced, np.add.reduceat(level, edges[:-1]) / frames
