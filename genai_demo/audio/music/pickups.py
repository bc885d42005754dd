"""Finds the pickup of tunes whose source lost it.

In two of the collections a tune with a pickup begins at tick 0 with the pickup itself, so every bar line
is off by its length. Where a note lies in the bar and how long it is tells: the shift under which a tune looks
most like all others is searched, the others are shifted accordingly, and again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from genai_demo.audio.music.pieces import Note, Piece

ROUNDS = 3
LAST_NOTE = 5.0
"""Weight of the last note's place, by far the surest sign: a tune ends on a strong beat."""
Table = dict[str, Counter]


def candidates(piece: Piece) -> list[int]:
    """Delays that make its first notes a pickup, of at most half a bar; 0 is among them."""
    ends = (note.end for note in piece.lead[:6])
    return [0, *(piece.bar - end for end in ends if end <= piece.bar // 2)]


def kind(piece: Piece) -> str:
    """Tunes that share their statistics: 2/2 is as 4/4."""
    return piece.metre.replace("2/2", "4/4")


def places(notes: Sequence[Note], bar: int, delay: int) -> list[tuple[int, int]]:
    """(position in the bar, length) of every note."""
    return [((note.start + delay) % bar, note.length) for note in notes]


def count(pieces: Iterable[tuple[Piece, int]]) -> tuple[Table, Table]:
    """Over pieces with their delays: places of all notes, and positions of last notes."""
    every: Table = defaultdict(Counter)
    last: Table = defaultdict(Counter)
    for piece, delay in pieces:
        every[kind(piece)].update(places(piece.lead, piece.bar, delay))
        last[kind(piece)][(piece.lead[-1].start + delay) % piece.bar] += 1
    return every, last


def likelihood(piece: Piece, delay: int, every: Table, last: Table) -> float:
    """Log-likelihood of a delay, up to a constant."""
    notes, ends = every[kind(piece)], last[kind(piece)]
    found = places(piece.lead, piece.bar, delay)
    total, finals = sum(notes.values()) + 100, sum(ends.values()) + 20
    return float(
        np.log([(notes[place] + 0.5) / total for place in found]).sum()
        + LAST_NOTE * np.log((ends[found[-1][0]] + 0.2) / finals)
    )


def aligned(sure: Sequence[Piece], doubtful: Sequence[Piece]) -> list[Piece]:
    """The doubtful pieces with their pickups at the end of the first bar. sure: pieces that are right."""
    delays = [0] * len(doubtful)
    for number in range(ROUNDS):
        both = [(piece, 0) for piece in sure]
        if number:
            both += zip(doubtful, delays, strict=True)
        every, last = count(both)
        delays = [best_delay(piece, every, last) for piece in doubtful]
    return [piece.delayed(delay) for piece, delay in zip(doubtful, delays, strict=True)]


def best_delay(piece: Piece, every: Table, last: Table) -> int:
    """The likeliest; 0 where nothing is known about the metre."""
    if kind(piece) not in every:
        return 0
    return max(candidates(piece), key=lambda delay: likelihood(piece, delay, every, last))
