"""How chords are played: patterns, a bass that moves, and a drum. All in ticks, for the sound and for MIDI alike."""

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from genai_demo.audio.music.pieces import Chord, Piece, in_key

PATTERNS = ("dance", "waltz", "alberti", "arpeggio", "block")
OF_STYLE = {"waltz": "waltz", "air": "arpeggio", "carol": "block", "chorale": "block", "playford": "alberti"}
"""The pattern that is natural to a style; the others are danced to."""
EIGHTH = 12
LOWEST_BASS, HIGHEST_BASS = 36, 50
FIRST_BASS = 41
"""MIDI pitch near which the bass begins."""
MIDDLE = 48
"""MIDI pitch from which the root of a chord in close position lies."""
BASS, CHORD, BROKEN, BLOCK = 0.3, 0.16, 0.2, 0.15
"""Loudness, of the leading voice's 0.6: of the bass, of a chord on a weak beat, of a note of a broken chord, of a note
of a chord that is held."""


class Stroke(NamedTuple):
    start: int
    length: int
    pitches: list[int]
    loudness: float
    """From 0 to 1."""


class Hit(NamedTuple):
    """A stroke of the drum."""

    start: int
    kind: str
    """A key of DRUMS."""
    loudness: float


DRUMS = {"low": 36, "high": 38, "brush": 42}
"""Strokes, and the General MIDI drums that stand for them: bass drum, snare, closed hi-hat."""


def beat(metre: str) -> int:
    """Ticks of a felt beat: three eighths in 6/8, 9/8, 12/8, else a quarter."""
    return 36 if metre in ("6/8", "9/8", "12/8") else 24


def natural(piece: Piece) -> str:
    """The pattern that suits a piece."""
    return OF_STYLE.get(piece.style, "waltz" if piece.metre in ("3/4", "3/8", "3/2") else "dance")


def chosen(pattern: str, piece: Piece) -> str:
    """A pattern, the natural one for "". Raises ValueError for one that is not known."""
    if pattern and pattern not in PATTERNS:
        raise ValueError(f"No pattern is called {pattern!r}. Choose one of {', '.join(PATTERNS)}.")
    return pattern or natural(piece)


def strokes(piece: Piece, pattern: str = "") -> Iterator[Stroke]:
    """The chords of a piece in time. pattern: one of PATTERNS; "": the natural one."""
    play = {"dance": _dance, "waltz": _waltz, "alberti": _alberti, "arpeggio": _arpeggio, "block": _block}
    name = chosen(pattern, piece)
    low = FIRST_BASS
    for chord, following in itertools.zip_longest(piece.chords, piece.chords[1:]):
        line = _bass(piece, chord, following, low)
        low = line[-1]
        yield from play[name](piece, chord, line)


def _bass(piece: Piece, chord: Chord, following: Chord | None, before: int) -> list[int]:
    """A bass note for every strong beat of a chord: root and fifth in turn, the last one leads to the next root.

    before: the bass note before the first, which decides the octave.
    """
    fifth = chord.pitches()[2] % 12
    line = [_near(chord.root, before)]
    count = len(_strong(piece, chord))
    while len(line) < count:
        line.append(_near(fifth, line[0]) if len(line) % 2 else line[0])
    if count > 1 and following and following.root != chord.root:
        goal = _near(following.root, line[-2])
        side = 1 if line[-2] > goal else -1
        scale = in_key(piece.tonic, piece.mode)
        line[-1] = next(p for p in (goal + side, goal + 2 * side, goal + 3 * side) if p % 12 in scale or p == goal + 2)
    return line


def _near(pitch_class: int, before: int) -> int:
    """The pitch of a class that lies nearest to another, in the range of the bass."""
    every = [p for p in range(LOWEST_BASS, HIGHEST_BASS + 1) if p % 12 == pitch_class]
    return min(every, key=lambda pitch: (abs(pitch - before), pitch))


def _strong(piece: Piece, chord: Chord) -> list[int]:
    """Where the bass sounds: every beat of 6/8, every other one of 4/4, the first one of 3/4; the start at least."""
    size = beat(piece.metre)
    every = size if size == 36 else 48 if piece.bar % 48 == 0 else piece.bar
    return [t for t in range(chord.start, chord.end) if t % piece.bar % every == 0 or t == chord.start]


def _dance(piece: Piece, chord: Chord, line: Sequence[int]) -> Iterator[Stroke]:
    """The bass on strong beats, the chord after it: on weak beats, or on the third eighth of 6/8."""
    size, places = beat(piece.metre), _strong(piece, chord)
    for place in range(chord.start, chord.end, size):
        stop = min(chord.end, place + size)
        if place in places:
            yield Stroke(place, stop - place, [line[places.index(place)]], BASS)
        if size == 36 and place + 24 < chord.end:
            yield Stroke(place + 24, min(EIGHTH, chord.end - place - 24), chord.pitches(), CHORD)
        elif size != 36 and place not in places:
            yield Stroke(place, stop - place, chord.pitches(), CHORD)


def _waltz(piece: Piece, chord: Chord, line: Sequence[int]) -> Iterator[Stroke]:
    """The bass, then the chord twice: in quarters of 3/4, in eighths of 6/8."""
    unit = 24 if piece.metre.endswith("/4") or piece.metre.endswith("/2") else EIGHTH
    places = _strong(piece, chord)
    for place in range(chord.start, chord.end, unit):
        length = min(unit, chord.end - place)
        if place in places:
            yield Stroke(place, length, [line[places.index(place)]], BASS)
        else:
            yield Stroke(place, length, chord.pitches(), CHORD)


def _broken(chord: Chord, pitches: Sequence[int]) -> Iterator[Stroke]:
    for number, place in enumerate(range(chord.start, chord.end, EIGHTH)):
        length = min(EIGHTH, chord.end - place)
        yield Stroke(place, length, [pitches[number % len(pitches)]], BROKEN if number else BASS)


def _alberti(piece: Piece, chord: Chord, line: Sequence[int]) -> Iterator[Stroke]:
    """Low, high, middle, high in eighths; low, middle, high, three to a beat, in 6/8."""
    low, middle, high = chord.pitches()[:3]
    return _broken(chord, (low, middle, high) if beat(piece.metre) == 36 else (low, high, middle, high))


def _arpeggio(piece: Piece, chord: Chord, line: Sequence[int]) -> Iterator[Stroke]:
    """Up from the bass and down again in eighths."""
    low, middle, high = chord.pitches()[:3]
    return _broken(chord, (line[0], low, middle, high, middle, low))


def _block(piece: Piece, chord: Chord, line: Sequence[int]) -> Iterator[Stroke]:
    """The chord and its bass, held."""
    yield Stroke(chord.start, chord.length, [line[0]], BASS)
    yield Stroke(chord.start, chord.length, chord.pitches(), BLOCK)


# --------------------------------------------------------------------------- the drum


def drum(piece: Piece) -> Iterator[Hit]:
    """A drum as suits the style, from the first whole bar on: strokes on the beats of dances, a brush elsewhere."""
    size, soft = beat(piece.metre), natural(piece) != "dance"
    first = piece.bar if piece.silent_start else 0
    unit = 24 if soft and size == 24 else EIGHTH
    for place in range(first, piece.bars * piece.bar, unit):
        within = place % piece.bar
        if within == 0:
            yield Hit(place, "low", 0.3 if soft else 0.5)
        elif within % size == 0:
            yield Hit(place, "brush" if soft else "high" if within // size % 2 else "low", 0.2 if soft else 0.3)
        else:
            yield Hit(place, "brush", 0.08)
