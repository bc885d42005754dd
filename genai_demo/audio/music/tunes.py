"""Finds the longest run of notes that a piece shares with any training tune.

The training tunes themselves are not there when the model is used. What is shipped is a number of 16 bits
for every note of theirs: a digest of it and the next few, each by its length and the interval to its
successor, so a copy in another key is found too. A run of equal digests is a run of equal notes; the chance that
two digests in a row agree by accident is one in four thousand million.
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from genai_demo.audio.music.pieces import Note, Piece
from genai_demo.core import checkpoint

NAME = "audio-music-tunes"
LIMITS = (
    "It finds runs of intervals and lengths in training tunes alone: a copy of another tune, or one with changed "
    "rhythm, is not found. Digests of short runs can collide, though rarely."
)
DATA = "The training pieces that the card of audio-music lists, with their titles; their notes as digests only."
SPAN = 4
"""Steps from note to note that a digest covers."""
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], np.uint64)


class Shared(NamedTuple):
    """The longest run that a piece shares."""

    notes: int
    """Its length; 0 where not even SPAN + 1 notes in a row are shared."""
    title: str
    """Of the training tune."""
    start: int
    """Number of its first note in the piece."""


def digests(notes: Sequence[Note]) -> np.ndarray:
    """A digest for every note that SPAN others follow: (N - SPAN,) uint16.

    Covers the lengths of SPAN notes and the intervals from each to the next.
    """
    count = len(notes) - SPAN
    if count <= 0:
        return np.zeros(0, np.uint16)
    pitch = np.array([note.pitch for note in notes], np.int64)
    length = np.array([note.length for note in notes[:-1]], np.int64)
    steps = (length * 256 + np.diff(pitch) + 128).astype(np.uint64)
    mixed = np.zeros(count, np.uint64)
    for i in range(SPAN):
        mixed = (mixed ^ (steps[i : i + count] + np.uint64(i + 1))) * _FACTORS[i]
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(48)).astype(np.uint16)


class TuneIndex(nn.Module):
    """The digests of all tunes one after the other, where each begins, and their titles as UTF-8."""

    def __init__(self, notes: int, tunes: int, characters: int):
        super().__init__()
        self.register_buffer("digests", torch.zeros(notes, dtype=torch.int16))
        self.register_buffer("starts", torch.zeros(tunes, dtype=torch.int32))
        self.register_buffer("titles", torch.zeros(characters, dtype=torch.uint8))

    @classmethod
    def of(cls, pieces: Sequence[tuple[str, Sequence[Note]]]) -> "TuneIndex":
        """From titles and melodies."""
        parts = [digests(notes) for _, notes in pieces]
        names = "\n".join(title.replace("\n", " ") for title, _ in pieces).encode()
        found = cls(sum(map(len, parts)), len(pieces), len(names))
        found.digests.copy_(torch.from_numpy(np.concatenate(parts).view(np.int16)))
        found.starts.copy_(torch.from_numpy(np.cumsum([0, *map(len, parts[:-1])]).astype(np.int32)))
        found.titles.copy_(torch.from_numpy(np.frombuffer(names, np.uint8).copy()))
        return found

    def names(self) -> list[str]:
        """The titles."""
        return self.titles.numpy().tobytes().decode().split("\n")

    def longest_shared(self, notes: Sequence[Note]) -> Shared:
        """The longest run of notes that these share with any tune, by lengths and intervals."""
        mine, theirs = digests(notes), self.digests.numpy().view(np.uint16)
        if not len(mine) or not len(theirs):
            return Shared(0, "", 0)
        order, sorted_digests = self._sorted()
        first = np.searchsorted(sorted_digests, mine, "left")
        last = np.searchsorted(sorted_digests, mine, "right")
        begins = np.zeros(len(theirs) + 1, bool)
        begins[self.starts.numpy()] = True
        runs = np.zeros(len(theirs), np.int32)  # length of the run that ends at each place of theirs
        touched = np.zeros(0, np.int64)
        best, place, end = 0, 0, 0
        for number in range(len(mine)):
            places = order[first[number] : last[number]]
            grown = np.where(begins[places], 0, runs[places - 1]) + 1
            runs[touched] = 0
            runs[places] = grown
            touched = places
            if len(places) and grown.max() > best:
                best, place, end = int(grown.max()), int(places[grown.argmax()]), number
        if not best:
            return Shared(0, "", 0)
        tune = int(np.searchsorted(self.starts.numpy(), place, "right")) - 1
        return Shared(best + SPAN, self.names()[tune], end - best + 1)

    def _sorted(self) -> tuple[np.ndarray, np.ndarray]:
        if not hasattr(self, "_order"):
            values = self.digests.numpy().view(np.uint16)
            self._order = np.argsort(values, kind="stable")
            self._in_order = values[self._order]
        return self._order, self._in_order


def publish(pieces: Sequence[tuple[str, Sequence[Note]]], licence: str) -> None:
    """Write the index of these training tunes into ``checkpoints/``."""
    index = TuneIndex.of(pieces)
    sizes = {"notes": len(index.digests), "tunes": len(index.starts), "characters": len(index.titles)}
    purpose = "Digests of the training tunes, to find copies of them in what the model writes."
    card = {"purpose": purpose, "config": sizes, "licence": licence, "limits": LIMITS, "data": DATA}
    checkpoint.save_checkpoint(NAME, index, card)


@functools.cache
def index() -> TuneIndex:
    """The published index. Raises ValueError where it is missing or broken."""
    found = TuneIndex(**checkpoint.read_card(NAME).get("config", {}))
    checkpoint.load_weights(NAME, found)
    return found


class Similarity(NamedTuple):
    """How close a piece is to the training tunes."""

    notes: int
    """Longest run of notes of the leading voice that a training tune shares, in any key."""
    of: int
    """Notes of the leading voice."""
    title: str
    sentence: str


def similarity(piece: Piece) -> Similarity:
    """The longest run of notes shared with a training tune. Raises ValueError where the index is missing."""
    shared, size = index().longest_shared(piece.lead), len(piece.lead)
    if not shared.notes:
        return Similarity(0, size, "", "No run of notes is shared with any training tune.")
    sentence = f"Longest run shared with a training tune: {shared.notes} of {size} notes, with {shared.title}."
    return Similarity(shared.notes, size, shared.title, sentence)
