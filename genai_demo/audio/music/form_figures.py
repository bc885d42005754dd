"""How tunes are built, measured in real ones: what ``form`` writes by, and what written pieces are compared with."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from genai_demo.audio.music.pieces import Note, Piece

PART = 8
"""Bars of a part of a dance."""
ALIKE = 0.5
"""Share of equal bars from which on a part is another one's repeat."""
RARE = 0.02
"""Share of a style's tunes under which the length of a last note is none of its ways to end."""

Bar = tuple[tuple[int, int, int], ...]
"""The notes of a bar: (position in it, length, pitch)."""


def bars_of(piece: Piece) -> list[Bar]:
    """The leading voice bar by bar, without the bar that only holds a pickup."""
    found: list[list[tuple[int, int, int]]] = [[] for _ in range(piece.bars)]
    for note in piece.lead:
        found[note.start // piece.bar].append((note.start % piece.bar, note.length, note.pitch))
    return [tuple(bar) for bar in (found[1:] if piece.lead[0].start else found)]


def same(one: Sequence[Bar], other: Sequence[Bar]) -> list[bool]:
    """Which bars of two parts are note for note the same."""
    return [a == b for a, b in zip(one, other, strict=True)]


def second_half_same(piece: Piece) -> float:
    """Share of the bars of the second half that equal the bar in the same place of the first."""
    bars = bars_of(piece)
    half = len(bars) // 2
    return float(np.mean(same(bars[:half], bars[half : 2 * half]))) if half else 0.0


def width(notes: Sequence[Note]) -> int:
    """Semitones from the lowest to the highest note."""
    return max(note.pitch for note in notes) - min(note.pitch for note in notes)


def _sounding(part: Sequence[Bar]) -> np.ndarray:
    """The pitch of every tick of a part that has one."""
    notes = [note for bar in part for note in bar]
    return np.repeat([pitch for _, _, pitch in notes], [length for _, length, _ in notes])


def last_lengths(pieces: Sequence[Piece]) -> list[int]:
    """Ticks of last notes that are not rare, in order."""
    found = Counter(piece.lead[-1].length for piece in pieces)
    return sorted(length for length, count in found.items() if count >= RARE * len(pieces) and length % 3 == 0)


def habits(pieces: Sequence[Piece]) -> dict[str, Any]:
    """What tunes of one style do; see ``form.Habits`` for what it means. Without parts where there are too few.

    The two parts of a tune of 16 bars, and those of 32 bars whose repeats are written out, are compared.
    """
    rises, widths, together, equal, again = [], [], [], [], []
    for piece in pieces:
        bars = bars_of(piece)
        parts = [bars[i : i + PART] for i in range(0, len(bars) - PART + 1, PART)]
        if len(bars) == 2 * PART and all(len(_sounding(part)) for part in parts):
            first, second = (_sounding(part) for part in parts)
            rises.append(second.mean() - first.mean())
            widths += [np.ptp(first), np.ptp(second)]
            equal.append(same(*parts))
        if len(bars) == 4 * PART:
            for a, b in ((0, 1), (2, 3)):
                if np.mean(repeated := same(parts[a], parts[b])) >= ALIKE:
                    again.append(repeated)
        together.append(width(piece.lead))
    found: dict[str, Any] = {"lasts": last_lengths(pieces), "range": round(float(np.mean(together)), 1)}
    if len(equal) >= PART:
        found |= {
            "rise": (round(float(np.mean(rises)), 1), round(float(np.std(rises)), 1)),
            "width": (round(float(np.mean(widths)), 1), round(float(np.std(widths)), 1)),
            "equal": tuple(round(float(share), 2) for share in np.mean(np.array(equal), 0)),
        }
    if len(again) >= PART:
        changed = 1 - np.mean(np.array(again), 0)
        found["endings"] = tuple(round(float(share), 2) for share in changed[:-4:-1])
    return found


def form_figures(real: Sequence[Piece], written: Sequence[Piece]) -> dict[str, float]:
    """Of written pieces of one style, and of real ones: equal bars of both halves, range, ends as real ones have."""
    lengths = last_lengths(real)
    found: dict[str, float] = {}
    for name, pieces in (("", written), ("_real", real)):
        found |= {
            f"second_half_same{name}": float(np.mean([second_half_same(piece) for piece in pieces])),
            f"range{name}": float(np.mean([width(piece.lead) for piece in pieces])),
            f"ends_as_real{name}": float(np.mean([piece.lead[-1].length in lengths for piece in pieces])),
        }
    return found
