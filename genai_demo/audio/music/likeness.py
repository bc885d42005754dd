"""A piece like another one: what that one does is made likelier while the new one is written."""

from genai_demo.audio.music.events import FIRST_UNTIL, GRID, voice_bars
from genai_demo.audio.music.pieces import LAYOUTS, Piece

STRENGTH = 6.0
"""Nats of each event of the other piece at likeness 1. A half leaves about half of the notes as they were."""
LIKENESS = 0.5


class Likeness:
    """What a piece does at every place, and how much likelier that becomes.

    likeness: from 0, which changes nothing, to 1. Raises KeyError for a piece that is not on the grid.
    """

    def __init__(self, piece: Piece, likeness: float):
        self.nats = likeness * STRENGTH
        self._events: dict[tuple[str, int, int], tuple[int, int]] = {}
        """By voice, bar and position: the tokens of what begins there, and until when."""
        for voice in LAYOUTS[piece.layout]:
            line = piece.chords if voice == "chords" else piece.voices[voice]
            for number, tokens in enumerate(voice_bars(line, piece.bar, piece.bars)):
                position = 0
                for sound, until in zip(tokens[::2], tokens[1::2], strict=True):
                    self._events[voice, number, position] = sound, until
                    position = GRID[until - FIRST_UNTIL]

    def next(self, voice: str, bar: int, position: int, wants_until: bool) -> int | None:
        """The token with which the other piece goes on at a place; None where nothing of it begins there.

        wants_until: whether something has been begun here that waits for its end.
        """
        there = self._events.get((voice, bar, position))
        return None if there is None else there[wants_until]
