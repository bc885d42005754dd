"""Voice leading: what the rules of four-part writing call faults, counted in pieces and weighed while one is written.

The model learnt which notes follow one another in a voice better than how voices move together: written freely, 16 bars
of a chorale have 9 parallel fifths and 9 parallel octaves, where Bach has 0.26 and 0.13. Each fault that a pitch would
make costs it some nats; what they cost at strictness 1 was chosen so that chorales have about as many as his.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from genai_demo.audio.music.events import HIGHEST, LOWEST
from genai_demo.audio.music.pieces import Note, Piece

HEIGHTS = ("bass", "tenor", "alto", "soprano")
"""Voices from below."""
FAULTS = ("fifths", "octaves", "direct", "crossing", "spacing", "leading note")
"""Two voices move in parallel fifths, or octaves and unisons; the outer ones move the same way into one of these, the
soprano by a leap; a voice is above its upper neighbour; upper neighbours are more than an octave apart; two voices have
the leading note."""
COSTS: dict[str, float] = {
    "fifths": 6.0, "octaves": 7.0, "direct": 2.0, "crossing": 1.0, "spacing": 1.0, "leading note": 1.0
}  # fmt: skip
"""Nats a fault at strictness 1."""
STRICTNESS, MOST_STRICT = 1.0, 3.0
LEAP = 2
"""Semitones; more is a leap."""
_PITCHES = np.arange(LOWEST, HIGHEST + 1)
Motion = tuple[int | None, int | None]
"""MIDI pitches of a voice just before a moment and at it; None where it rests."""


def _perfect(interval: np.ndarray | int) -> np.ndarray:
    """Whether intervals of so many semitones are fifths, and whether they are octaves or unisons: (2, ...)."""
    within = np.asarray(interval) % 12
    return np.stack([within == 7, within == 0])


def _moves(voice: str, before: int | None, pitches: np.ndarray, other: str, motion: Motion, leading: int) -> np.ndarray:
    """Faults between a voice that goes to each of some pitches and another one: (len(FAULTS), N) bool."""
    found = np.zeros((len(FAULTS), len(pitches)), bool)
    then, now = motion
    if now is None:
        return found
    above = HEIGHTS.index(voice) > HEIGHTS.index(other)
    apart = pitches - now if above else now - pitches
    if before is not None and then is not None and then != now:
        moved = pitches != before
        same = (pitches - now) % 12 == (before - then) % 12
        perfect = _perfect(apart)
        found[:2] = perfect & same & moved
        if {voice, other} == {"bass", "soprano"}:
            leap = np.abs(pitches - before) > LEAP if above else np.full(len(pitches), abs(now - then) > LEAP)
            together = np.sign(pitches - before) == np.sign(now - then)
            found[2] = perfect.any(0) & together & leap & ~found[:2].any(0)
    neighbours = abs(HEIGHTS.index(voice) - HEIGHTS.index(other)) == 1
    found[3] = neighbours & (apart < 0)
    found[4] = neighbours & (apart > 12) & ("bass" not in (voice, other))
    found[5] = (pitches % 12 == leading) & (now % 12 == leading)
    return found


class Leading:
    """The voices of a piece while it is written, and what a next pitch of one of them would cost.

    tonic: pitch class. strictness: factor of ``COSTS``; 0 counts nothing.
    """

    def __init__(self, tonic: int, strictness: float = STRICTNESS):
        self.leading, self.strictness = (tonic + 11) % 12, strictness
        self.weights = strictness * np.array([COSTS[fault] for fault in FAULTS])
        self._lines: dict[str, list[tuple[int, int, int | None]]] = {voice: [] for voice in HEIGHTS}
        """Of every voice, start, end and pitch of what it did, in order."""

    def add(self, voice: str, start: int, end: int, pitch: int | None) -> None:
        """A note, or a rest, from tick to tick; a note that goes on is a note of the same pitch."""
        self._lines[voice].append((start, end, pitch))

    def last(self, voice: str) -> int | None:
        """The pitch that a voice did last."""
        return self._lines[voice][-1][2] if self._lines[voice] else None

    def motion(self, voice: str, tick: int) -> Motion | None:
        """What a voice does at a moment; None where that is not written yet."""
        line = self._lines[voice]
        for place in range(len(line) - 1, -1, -1):
            start, end, pitch = line[place]
            if start <= tick < end:
                return (self._before(voice, tick) if start == tick else pitch), pitch
            if end <= tick:
                break
        return None

    def costs(self, voice: str, tick: int) -> np.ndarray:
        """Nats of every pitch from ``events.LOWEST`` on that the voice might begin at a moment: (P,)."""
        return self.weights @ self.faults(voice, tick, _PITCHES)

    def faults(self, voice: str, tick: int, pitches: np.ndarray) -> np.ndarray:
        """How many of each fault every pitch would make with the voices that are there: (len(FAULTS), N)."""
        before = self._before(voice, tick)
        found = np.zeros((len(FAULTS), len(pitches)))
        for other in HEIGHTS:
            if other != voice and (motion := self.motion(other, tick)) is not None:
                found += _moves(voice, before, pitches, other, motion, self.leading)
        return found

    def _before(self, voice: str, tick: int) -> int | None:
        """The pitch that ends at a moment."""
        for _, end, pitch in reversed(self._lines[voice]):
            if end <= tick:
                return pitch if end == tick else None
        return None


def count(piece: Piece) -> Counter[str]:
    """Faults of a chorale, and under "notes" what they can be compared with. Raises ValueError for another layout."""
    if piece.layout != "chorale":
        raise ValueError(f"Voice leading is that of chorales; this piece is laid out as {piece.layout}.")
    leading, found = Leading(piece.tonic), Counter(dict.fromkeys(FAULTS, 0))
    for voice, start, end, pitch in _in_order(piece.voices):
        for fault, times in zip(FAULTS, leading.faults(voice, start, np.array([pitch]))[:, 0], strict=True):
            found[fault] += int(times)
        leading.add(voice, start, end, pitch)
        found["notes"] += 1
    return found


def _in_order(voices: Mapping[str, Sequence[Note]]) -> Iterator[tuple[str, int, int, int]]:
    """All notes so that every one meets those that begin with it or sounded before, each pair of voices once."""
    notes = [(n.start, HEIGHTS.index(v), n.end, n.pitch) for v, line in voices.items() for n in line]
    for start, height, end, pitch in sorted(notes):
        yield HEIGHTS[height], start, end, pitch
