"""A piece of music as notes on a grid: what the model reads and writes, and everything else draws, plays and prints."""

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

QUARTER = 24
"""Ticks of a quarter note: sixteenths, thirty-seconds and triplets are whole numbers of them."""
METRES = ("2/4", "3/4", "4/4", "2/2", "6/8", "9/8", "12/8", "3/8", "3/2", "6/4")
MODES = ("maj", "min", "dor", "mix", "phr", "lyd")
SCALES = {
    "maj": (0, 2, 4, 5, 7, 9, 11),
    "min": (0, 2, 3, 5, 7, 8, 10, 9, 11),  # with the raised sixth and seventh of the melodic scale
    "dor": (0, 2, 3, 5, 7, 9, 10),
    "mix": (0, 2, 4, 5, 7, 9, 10),
    "phr": (0, 1, 3, 5, 7, 8, 10),
    "lyd": (0, 2, 4, 6, 7, 9, 11),
}
TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
STYLES = (
    "reel", "jig", "hornpipe", "air", "chorale", "slip jig", "waltz", "strathspey", "country dance", "clog", "morris",
    "playford", "carol", "highland fling", "march",
)  # fmt: skip
CHORDS = {
    "maj": (0, 4, 7), "min": (0, 3, 7), "7": (0, 4, 7, 10), "min7": (0, 3, 7, 10), "maj7": (0, 4, 7, 11),
    "dim": (0, 3, 6), "dim7": (0, 3, 6, 9), "aug": (0, 4, 8),
}  # fmt: skip
LAYOUTS = {
    "melody": ("melody",),
    "melody and chords": ("melody", "chords"),
    "chorale": ("soprano", "bass", "tenor", "alto"),
}
"""Voices of a piece in the order in which they are written, the leading one first."""
RANGES = {"melody": (55, 88), "soprano": (59, 81), "alto": (52, 76), "tenor": (45, 71), "bass": (36, 64)}
"""Lowest and highest MIDI pitch of each voice."""
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


class Note(NamedTuple):
    start: int
    """Ticks from the start of the first bar."""
    length: int
    pitch: int
    """MIDI number; 60 is middle C."""

    @property
    def end(self) -> int:
        return self.start + self.length


class Chord(NamedTuple):
    start: int
    length: int
    root: int
    """Pitch class, 0 is C."""
    quality: str
    """A key of CHORDS."""

    @property
    def end(self) -> int:
        return self.start + self.length

    def pitches(self, lowest: int = 48) -> list[int]:
        """MIDI pitches in close position, the root the first one from ``lowest`` on."""
        root = lowest + (self.root - lowest) % 12
        return [root + step for step in CHORDS[self.quality]]


@dataclasses.dataclass(frozen=True)
class Piece:
    """Voices of one note at a time, and perhaps chords. Check it with ``checked``."""

    style: str
    tonic: int
    """Pitch class, 0 is C."""
    mode: str
    metre: str
    voices: dict[str, list[Note]]
    chords: list[Chord] = dataclasses.field(default_factory=list)
    bpm: float = 100.0
    """Quarter notes a minute."""
    title: str = ""
    remarks: tuple[str, ...] = ()
    """What had to be changed on the way in, a sentence each."""
    form: str = "free"
    """What it was written by, one of ``form.FORMS``."""

    @property
    def bar(self) -> int:
        """Ticks of a bar."""
        return bar_ticks(self.metre)

    @property
    def bars(self) -> int:
        """Whole bars that all notes fit into, at least one."""
        ends = [note.end for notes in self.voices.values() for note in notes] + [c.end for c in self.chords]
        return max(1, -(-max(ends, default=0) // self.bar))

    @property
    def key(self) -> str:
        """ "D maj"."""
        return f"{TONICS[self.tonic]} {self.mode}"

    @property
    def layout(self) -> str:
        """The key of LAYOUTS that fits its voices."""
        if "soprano" in self.voices:
            return "chorale"
        return "melody and chords" if self.chords else "melody"

    @property
    def lead(self) -> list[Note]:
        """The notes of the leading voice."""
        return self.voices[LAYOUTS[self.layout][0]]

    @property
    def silent_start(self) -> int:
        """Ticks before the first sound: a tune with a pickup begins late in its first bar."""
        starts = [notes[0].start for notes in self.voices.values() if notes] + [c.start for c in self.chords[:1]]
        return min(starts, default=0)

    @property
    def seconds(self) -> float:
        """From the first sound to the end of the last bar."""
        return (self.bars * self.bar - self.silent_start) / QUARTER * 60 / self.bpm

    def transposed(self, by: int) -> "Piece":
        """All of it, ``by`` semitones higher."""
        voices = {name: [n._replace(pitch=n.pitch + by) for n in notes] for name, notes in self.voices.items()}
        chords = [c._replace(root=(c.root + by) % 12) for c in self.chords]
        return dataclasses.replace(self, tonic=(self.tonic + by) % 12, voices=voices, chords=chords)

    def delayed(self, by: int) -> "Piece":
        """All of it, ``by`` ticks later: to move a pickup to the end of the first bar."""
        voices = {name: [n._replace(start=n.start + by) for n in notes] for name, notes in self.voices.items()}
        return dataclasses.replace(self, voices=voices, chords=[c._replace(start=c.start + by) for c in self.chords])

    def checked(self) -> "Piece":
        """Itself. Raises ValueError where something is out of place, or two notes of a voice overlap."""
        for value, known, what in ((self.style, STYLES, "style"), (self.mode, MODES, "mode"),
                                   (self.metre, METRES, "metre")):  # fmt: skip
            if value not in known:
                raise ValueError(f"No {what} is called {value!r}. Choose one of {', '.join(known)}.")
        if not 0 <= self.tonic < 12 or not 20 <= self.bpm <= 400:
            raise ValueError("The tonic must be a pitch class from 0 to 11, and the tempo from 20 to 400.")
        if set(self.voices) != set(LAYOUTS[self.layout]) - {"chords"}:
            raise ValueError("A piece has one melody, or soprano, alto, tenor and bass.")
        lines: dict[str, Sequence[Note | Chord]] = {**self.voices, "chords": self.chords}
        for name, line in lines.items():
            end = 0
            for note in line:
                if note.start < end or note.length <= 0:
                    raise ValueError(f"Notes of the voice {name} overlap or have no length.")
                end = note.end
        if any(not 0 <= note.pitch < 128 for notes in self.voices.values() for note in notes):
            raise ValueError("A pitch is no MIDI number from 0 to 127.")
        return self

    def out_of_key(self) -> float:
        """Share of the notes whose pitch class is not in the scale of the key."""
        scale = in_key(self.tonic, self.mode)
        classes = [note.pitch % 12 for notes in self.voices.values() for note in notes]
        return sum(c not in scale for c in classes) / max(1, len(classes))


def bar_ticks(metre: str) -> int:
    """Length of a bar: 96 for "4/4"."""
    beats, _, unit = metre.partition("/")
    return int(beats) * 4 * QUARTER // int(unit)


def in_key(tonic: int, mode: str) -> set[int]:
    """Pitch classes of the scale; in minor with the raised sixth and seventh."""
    return {(tonic + step) % 12 for step in SCALES[mode]}


def parse_key(text: str) -> tuple[int, str]:
    """ "D:maj", "D maj", "F# minor", "Bb", "Am" to (pitch class, mode). Raises ValueError for anything else."""
    head, _, rest = text.strip().replace(":", " ").partition(" ")
    if head[1:].endswith("m"):
        head, rest = head[:-1], rest or "min"
    tonic = LETTERS.get(head[:1].upper())
    mode = (rest.strip().lower() or "maj")[:3]
    if tonic is None or head[1:] not in ("", "#", "b") or mode not in MODES:
        raise ValueError(f"{text!r} is no key. Write a tonic and a mode, such as 'D maj', 'A min' or 'E dor'.")
    return (tonic + {"": 0, "#": 1, "b": -1}[head[1:]]) % 12, mode


# --------------------------------------------------------------------------- the grid


def on_grid(tick: int) -> bool:
    """Whether a note may start or end here: thirty-seconds (3) and triplets of sixteenths (4)."""
    return tick % 3 == 0 or tick % 4 == 0


def snapped(tick: float) -> int:
    """The nearest place on the grid."""
    near = round(tick)
    if near == tick and on_grid(near):
        return near
    return min((t for t in range(near - 2, near + 3) if on_grid(t)), key=lambda t: (abs(t - tick), t))


def one_at_a_time(notes: Iterable[tuple[float, float, int]]) -> tuple[list[Note], int]:
    """Notes (start, length, pitch) on the grid, one at a time, and how many had to be cut or left out.

    Of notes that start together the highest stays; a note ends where the next one starts.
    """
    placed: dict[int, Note] = {}
    changed = 0
    for start, length, pitch in notes:
        begin, end = snapped(start), snapped(start + length)
        if end <= begin:
            continue
        changed += begin in placed
        if begin not in placed or pitch > placed[begin].pitch:
            placed[begin] = Note(begin, end - begin, pitch)
    found = [placed[start] for start in sorted(placed)]
    for i, (note, after) in enumerate(itertools.pairwise(found)):
        if note.end > after.start:
            found[i] = note._replace(length=after.start - note.start)
            changed += 1
    return found, changed


# --------------------------------------------------------------------------- the pack


def name_chord(pitches: Sequence[int]) -> tuple[int, str] | None:
    """Root and quality of a block chord, the lowest pitch tried as root first; None where it has no name here."""
    classes = {p % 12 for p in pitches}
    bass = min(pitches) % 12
    for root in [bass, *sorted(classes - {bass})]:
        steps = tuple(sorted((c - root) % 12 for c in classes))
        for quality, wanted in CHORDS.items():
            if steps == wanted:
                return root, quality
    return None


def read_chords(notes: Iterable[Sequence[int]], bar: int) -> list[Chord]:
    """Block chords [start, length, pitch, ...] by name, cut where the next starts and at bar lines."""
    blocks: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for start, length, pitch, *_ in notes:
        if start >= 0 and length > 0:
            blocks[snapped(start)].append((pitch, length))
    found: list[Chord] = []
    starts = sorted(blocks)
    for start, following in zip(starts, [*starts[1:], 10**9], strict=False):
        named = name_chord([pitch for pitch, _ in blocks[start]])
        end = min(following, snapped(start + max(length for _, length in blocks[start])))
        while named and start < end:
            stop = min(end, (start // bar + 1) * bar)
            before = found[-1] if found else None
            if before and before.end == start and before[2:] == named and start % bar:
                found[-1] = before._replace(length=stop - before.start)
            else:
                found.append(Chord(start, stop - start, *named))
            start = stop
    return found


def from_record(record: dict[str, Any], title: str = "") -> Piece:
    """A line of the pack. Grace notes (one tick long) are left out. Raises ValueError where it is of no use."""
    try:
        tonic, mode = parse_key(record["key"])
        bar = bar_ticks(record["metre"])
        tracks = {k: [n for n in notes if n[0] >= 0 and n[1] > 1] for k, notes in record["tracks"].items()}
        voices = {k: one_at_a_time(n[:3] for n in notes)[0] for k, notes in tracks.items() if k != "chords"}
        chords = read_chords(tracks.get("chords", []), bar)
        piece = Piece(record["style"], tonic, mode, record["metre"], voices, chords, float(record["bpm"]), title)
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"This is no piece of a music pack: {error!r} is missing or wrong.") from error
    if not piece.lead:
        raise ValueError("The piece has no notes.")
    return piece.checked()


def to_record(piece: Piece, velocity: int = 80) -> dict[str, Any]:
    """The piece as a line of the pack."""
    tracks = {k: [[*note, velocity] for note in notes] for k, notes in piece.voices.items()}
    if piece.chords:
        tracks["chords"] = [[c.start, c.length, p, velocity] for c in piece.chords for p in c.pitches()]
    return {
        "style": piece.style, "key": f"{TONICS[piece.tonic]}:{piece.mode}", "metre": piece.metre, "bpm": piece.bpm,
        "tracks": tracks,
    }  # fmt: skip
