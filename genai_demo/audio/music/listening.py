"""Makes sense of melodies from outside: their key, and the grid that they are to be put on."""

from collections.abc import Sequence

import numpy as np

from genai_demo.audio.music.pieces import MODES, QUARTER, Note, Piece, one_at_a_time, parse_key

PROFILES = {
    "maj": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "min": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
"""How well each step of the chromatic scale fits a key (Krumhansl & Kessler 1982)."""
STYLE_OF_METRE = {"6/8": "jig", "9/8": "slip jig", "3/4": "waltz", "2/4": "reel", "12/8": "jig", "3/8": "waltz"}


def find_key(notes: Sequence[Note]) -> tuple[int, str]:
    """Tonic and mode ("maj" or "min") by the Krumhansl-Schmuckler method.

    The time that each pitch class sounds is correlated with the profiles of all keys.
    """
    heard = np.zeros(12)
    for note in notes:
        heard[note.pitch % 12] += note.length
    if not heard.any():
        return 0, "maj"
    found = {
        (tonic, mode): float(np.corrcoef(heard, np.roll(profile, tonic))[0, 1])
        for mode, profile in PROFILES.items()
        for tonic in range(12)
    }
    return max(found, key=lambda key: np.nan_to_num(found[key], nan=-1.0))


def melody_of(
    notes: Sequence[tuple[float, float, int]],
    style: str = "",
    key: str = "",
    metre: str = "4/4",
    bpm: float = 100.0,
) -> Piece:
    """A melody from notes (start, length, MIDI pitch) in quarter notes, start 0 being the start of a bar.

    Whatever had to be changed stands in the piece's remarks; a style and a key are found where none is given.
    Raises ValueError where there are no notes or the style, key or metre is unknown.
    """
    try:
        timed = [(float(s) * QUARTER, float(d) * QUARTER, int(p)) for s, d, p in notes]
    except (TypeError, ValueError) as error:
        raise ValueError("Every note needs a start and a length in quarter notes and a MIDI pitch.") from error
    if any(not np.isfinite((s, d)).all() or s < 0 or d <= 0 or not 0 <= p < 128 for s, d, p in timed):
        raise ValueError("Notes must start at 0 or later, last a while, and have MIDI pitches from 0 to 127.")
    line, cut = one_at_a_time(timed)
    if not line:
        raise ValueError("There are no notes. Play or upload a melody first.")
    remarks = []
    if cut:
        remarks.append(f"{cut} overlapping notes were cut: a melody sounds one note at a time.")
    moved = sum(abs(s - round(s)) > 1e-6 or (round(s) % 3 and round(s) % 4) for s, _, _ in timed)
    if moved:
        remarks.append(f"{moved} notes were moved to the nearest place on the grid.")
    tonic, mode = parse_key(key) if key else find_key(line)
    assert mode in MODES
    style = style or STYLE_OF_METRE.get(metre, "reel")
    return Piece(style, tonic, mode, metre, {"melody": line}, [], bpm, remarks=tuple(remarks)).checked()
