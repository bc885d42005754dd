"""Pieces to MIDI files and ABC text."""

import io
import itertools
import math

from genai_demo.audio.music.accompaniment import DRUMS, EIGHTH, strokes
from genai_demo.audio.music.accompaniment import drum as drum_of
from genai_demo.audio.music.pieces import QUARTER, Chord, Note, Piece

PROGRAMS = {"melody": 40, "soprano": 19, "alto": 19, "tenor": 19, "bass": 19, "chords": 24}
"""General MIDI: violin, church organ, guitar."""
DRUM_CHANNEL = 9
"""That of drums in General MIDI, from 0."""


# --------------------------------------------------------------------------- MIDI


def write_midi(piece: Piece, pattern: str | None = None, drum: bool = False) -> bytes:
    """A standard MIDI file with a track for every voice, and one for the chords.

    pattern: how chords are played (``accompaniment.strokes``); None: as they are written, each struck once. drum:
    with a track for it. Raises ValueError for an unknown pattern.
    """
    import mido

    file = mido.MidiFile(type=1, ticks_per_beat=QUARTER * 20, charset="utf-8")
    scale = file.ticks_per_beat // QUARTER
    numerator, _, denominator = piece.metre.partition("/")
    head = mido.MidiTrack()
    head.append(mido.MetaMessage("track_name", name=piece.title or piece.style))
    head.append(mido.MetaMessage("set_tempo", tempo=round(60e6 / piece.bpm)))
    head.append(mido.MetaMessage("time_signature", numerator=int(numerator), denominator=int(denominator)))
    head.append(mido.MetaMessage("key_signature", key=signature_name(piece)))
    head.append(mido.MetaMessage("end_of_track", time=piece.bars * piece.bar * scale))
    file.tracks.append(head)
    lines = {voice: [(n.start, n.end, n.pitch) for n in notes] for voice, notes in piece.voices.items()}
    if piece.chords and pattern is None:
        lines["chords"] = [(c.start, c.end, p) for c in piece.chords for p in c.pitches()]
    elif piece.chords:
        struck = [(s.start, s.start + s.length, p) for s in strokes(piece, pattern or "") for p in s.pitches]
        lines["chords"] = restruck(struck)
    if drum:
        lines["drum"] = restruck([(h.start, h.start + EIGHTH, DRUMS[h.kind]) for h in drum_of(piece)])
    for channel, (voice, notes) in enumerate(lines.items()):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=voice)])
        if voice == "drum":
            channel = DRUM_CHANNEL
        else:
            track.append(mido.Message("program_change", channel=channel, program=PROGRAMS[voice]))
        velocity = 85 if voice in piece.voices else 55
        events = [(start, 1, pitch) for start, _, pitch in notes] + [(end, 0, pitch) for _, end, pitch in notes]
        now = 0
        for when, on, pitch in sorted(events):
            kind = "note_on" if on else "note_off"
            message = mido.Message(kind, channel=channel, note=pitch, velocity=velocity * on, time=(when - now) * scale)
            track.append(message)
            now = when
        file.tracks.append(track)
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def restruck(notes: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Notes (start, end, pitch) of one track, each ended where its pitch is struck again: a key is down or up.

    Of those that begin together the longest is kept.
    """
    found: dict[int, list[tuple[int, int, int]]] = {}
    for start, end, pitch in sorted(notes):
        line = found.setdefault(pitch, [])
        if line and line[-1][0] == start:
            line.pop()
        elif line:
            line[-1] = (line[-1][0], min(line[-1][1], start), pitch)
        line.append((start, end, pitch))
    return sorted(note for line in found.values() for note in line)


# --------------------------------------------------------------------------- spelling

FIFTHS = {"maj": 0, "min": -3, "dor": -2, "mix": -1, "phr": -4, "lyd": 1}
SHARPS = "FCGDAEB"
NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def sharps(piece: Piece) -> int:
    """Sharps of the key signature, negative for flats, from -5 to 6."""
    count = (piece.tonic * 7 + FIFTHS[piece.mode]) % 12
    return count - 12 if count > 6 else count


def signature(piece: Piece) -> dict[str, int]:
    """By letter: 1 sharp, -1 flat, 0 natural."""
    count = sharps(piece)
    marked = SHARPS[:count] if count > 0 else SHARPS[::-1][:-count] if count else ""
    return {letter: (1 if count > 0 else -1) if letter in marked else 0 for letter in NATURAL}


def tonic_name(piece: Piece) -> str:
    """The tonic as it is spelled in its signature: "F#", "Bb"."""
    signs = signature(piece)
    return next(
        letter + {1: "#", -1: "b", 0: ""}[sign]
        for letter, sign in signs.items()
        if (NATURAL[letter] + sign) % 12 == piece.tonic
    )


def signature_name(piece: Piece) -> str:
    """The major key of the same signature, or the minor key itself, as MIDI names it."""
    if piece.mode == "min":
        return tonic_name(piece) + "m"
    major = Piece(piece.style, (sharps(piece) * 7) % 12, "maj", piece.metre, {})
    return tonic_name(major)


def spelled(pitch: int, signs: dict[str, int]) -> tuple[str, int, int]:
    """(letter, accidental, octave number of the letter): in the key if possible, else sharp or flat as the key is."""
    choices = [(letter, sign) for letter, sign in signs.items() if (NATURAL[letter] + sign - pitch) % 12 == 0]
    if not choices:
        choices = [(letter, 0) for letter in NATURAL if NATURAL[letter] == pitch % 12]
    if not choices:
        sign = -1 if min(signs.values()) < 0 else 1
        choices = [(letter, sign) for letter in NATURAL if (NATURAL[letter] + sign - pitch) % 12 == 0]
    letter, sign = choices[0]
    return letter, sign, (pitch - sign - NATURAL[letter]) // 12


def chord_name(piece: Piece, chord: Chord) -> str:
    """As it stands above the notes, the root spelled in the key: "Am", "Bb7"."""
    letter, sign, _ = spelled(60 + chord.root, signature(piece))
    ending = {"maj": "", "min": "m", "min7": "m7"}.get(chord.quality, chord.quality)
    return letter + {1: "#", -1: "b", 0: ""}[sign] + ending


# --------------------------------------------------------------------------- ABC

UNIT = 12
"""Ticks of the unit of length, an eighth."""
MARKS = {1: "^", -1: "_", 0: "="}


def write_abc(piece: Piece, number: int = 1) -> str:
    """The piece in ABC notation 2.1, a voice after the other; chords stand above the melody."""
    head = [
        f"X:{number}", f"T:{piece.title or piece.style.capitalize()}", f"R:{piece.style}", f"M:{piece.metre}",
        f"L:1/{4 * QUARTER // UNIT}", f"Q:1/4={round(piece.bpm)}",
    ]  # fmt: skip
    key = f"K:{tonic_name(piece)}{'' if piece.mode == 'maj' else piece.mode}"
    if len(piece.voices) == 1:
        return "\n".join([*head, key, *_abc_lines(piece, piece.lead, piece.chords)]) + "\n"
    order = [v for v in ("soprano", "alto", "tenor", "bass") if v in piece.voices]
    for voice in order:
        clef = "bass" if voice in ("tenor", "bass") else "treble"
        head.append(f'V:{voice[0].upper()} clef={clef} name="{voice}"')
    body = []
    for voice in order:
        body += [f"V:{voice[0].upper()}", *_abc_lines(piece, piece.voices[voice], [])]
    return "\n".join([*head, key, *body]) + "\n"


def _abc_lines(piece: Piece, notes: list[Note], chords: list[Chord]) -> list[str]:
    """A voice, four bars a line."""
    bars = [_abc_bar(piece, notes, chords, number) for number in range(piece.bars)]
    lines = [" | ".join(bars[i : i + 4]) + " |" for i in range(0, len(bars), 4)]
    lines[-1] += "]"
    return lines


def _abc_bar(piece: Piece, notes: list[Note], chords: list[Chord], number: int) -> str:
    """The music between two bar lines: notes that cross them are tied, gaps are rests."""
    begin, end = number * piece.bar, (number + 1) * piece.bar
    cuts = {chord.start: f'"{chord_name(piece, chord)}"' for chord in chords if begin <= chord.start < end}
    signs, altered = signature(piece), set[str]()
    words, now = list[str](), begin

    def put(start: int, stop: int, pitch: int | None, tied: bool) -> None:
        """Split where a chord stands, then into lengths that can be written."""
        places = [start, *sorted(c for c in cuts if start < c < stop), stop]
        for a, b in itertools.pairwise(places):
            pieces = writable(b - a)
            mark = cuts.get(a, "")
            for i, (length, triplet) in enumerate(pieces):
                more = i < len(pieces) - 1 or b < stop or tied
                name = "z" if pitch is None else _abc_note(pitch, signs, altered)
                prefix = "(3:2:1" if triplet else ""
                words.append(f"{mark}{prefix}{name}{fraction(length)}{'-' if more and pitch is not None else ''}")
                mark = ""

    for note in notes:
        if note.end <= begin or note.start >= end:
            continue
        start, stop = max(note.start, begin), min(note.end, end)
        if start > now:
            put(now, start, None, False)
        put(start, stop, note.pitch, note.end > end)
        now = stop
    if now < end:
        put(now, end, None, False)
    return " ".join(words)


def _abc_note(pitch: int, signs: dict[str, int], altered: set[str]) -> str:
    """With an accidental where the signature says otherwise, and from then on at every such letter of the bar.

    Programs differ in whether an accidental holds for other octaves too; so it reads the same in all.
    """
    letter, sign, octave = spelled(pitch, signs)
    if sign != signs[letter]:
        altered.add(letter)
    accidental = MARKS[sign] if letter in altered else ""
    if octave >= 6:
        return accidental + letter.lower() + "'" * (octave - 6)
    return accidental + letter + "," * (5 - octave)


def writable(ticks: int) -> list[tuple[int, bool]]:
    """A length as tied parts: (ticks as written, whether it is a note of a triplet and lasts two thirds of that).

    Parts are 3 times a power of two, dotted or double-dotted, or two thirds of 3 times a power of two.
    """
    found: list[tuple[int, bool]] = []
    plain = ticks // 3 * 3
    if ticks % 3:  # a note of a triplet: 2, 4, 8, 16 ticks, written as 3, 6, 12, 24
        size = max(t for t in (2, 4, 8, 16) if t <= ticks and (ticks - t) % 3 == 0) if ticks != 1 else 1
        found.append((size * 3 // 2, True))
        plain = ticks - size
    while plain:
        size = max(t for t in (3, 6, 12, 24, 48, 96, 9, 18, 36, 72, 21, 42, 84, 144) if t <= plain)
        found.append((size, False))
        plain -= size
    return found


def fraction(ticks: int) -> str:
    """Length over the unit in ABC: "" for 1, "2", "/2", "3/2"."""
    divisor = math.gcd(ticks, UNIT)
    above, below = ticks // divisor, UNIT // divisor
    if below == 1:
        return "" if above == 1 else str(above)
    return f"{'' if above == 1 else above}/{below}"
