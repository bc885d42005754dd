"""Melodies that visitors bring to the music room: from the keyboard, from a MIDI file, or the tune above."""

import dataclasses
import json
from pathlib import Path

from genai_demo.audio.music import generate
from genai_demo.audio.music.pieces import Piece
from genai_demo.ui.music_pieces import Work
from genai_demo.ui.music_widgets import OWN_BARS

SOURCES = ("keyboard", "midi", "above")
MOST_OWN_NOTES = 24 * OWN_BARS * 25
"""A note in every field of the largest grid."""


def read_grid(value: str, key: str) -> Piece:
    """The melody of the keyboard: JSON with a metre, and notes of start and length in eighths and a MIDI pitch."""
    try:
        given = json.loads(value)
        notes = [(start / 2, length / 2, pitch) for start, length, pitch in given["notes"][:MOST_OWN_NOTES]]
        metre = str(given["metre"])
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError("The melody of the keyboard cannot be read. Clear it and play it again.") from error
    piece = generate.melody_of(notes, key=key, metre=metre)
    return dataclasses.replace(piece, bpm=generate.tempo(piece.style, metre))


def read_melody(source: str, grid: str, midi: str | None, work: Work | None, style: str, key: str) -> Piece:
    """The melody that was chosen, at the tempo of ``style``; a MIDI file keeps its own.

    Raises ValueError where there is none, or a broken one.
    """
    if source == "midi":
        if not midi:
            raise ValueError("Upload a MIDI file first.")
        return generate.read_midi(Path(midi).read_bytes(), key=key)
    if source == "keyboard":
        piece = read_grid(grid, key)
    elif source != "above":
        raise ValueError(f"No melody is called {source!r}. Choose one of {', '.join(SOURCES)}.")
    elif work is None:
        raise ValueError("There is no tune above yet. Press Compose first.")
    else:
        piece = work.piece
    if style in ("", piece.style):
        return piece
    return dataclasses.replace(piece, bpm=generate.tempo(style, piece.metre))
