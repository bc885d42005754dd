"""The vocabulary of events, and pieces as sequences of them.

    begin STYLE LAYOUT TONIC MODE METRE
    bar 16   leading voice ...   [VOICE ...]*      a bar, with how many are still to go
    bar 15   ...
    bar 1    ...
    end

The events of a voice in a bar are pairs: what sounds (a pitch, a chord, a rest, or "hold": the
last note goes on from the bar before), and the position in the bar until which it sounds. It begins
where the one before ended, so every event tells its place in the bar as well as its length, and a bar is
full when the last position is its end. One layout serves every task: when the leading voice is given,
its events are put in place of what the model would have drawn.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from genai_demo.audio.music.pieces import (
    CHORDS,
    LAYOUTS,
    METRES,
    MODES,
    STYLES,
    Chord,
    Note,
    Piece,
    on_grid,
)

MAX_BARS = 64
LOWEST, HIGHEST = 33, 98
LONGEST_BAR = 144
MAX_SHIFT = 6

GRID = [t for t in range(1, LONGEST_BAR + 1) if on_grid(t)]
NAMES: list[str] = [
    "fill", "begin", "end",
    *(f"style {s}" for s in STYLES), *(f"layout {x}" for x in LAYOUTS), *(f"tonic {t}" for t in range(12)),
    *(f"mode {m}" for m in MODES), *(f"metre {m}" for m in METRES), *(f"bar {b}" for b in range(1, MAX_BARS + 1)),
    "voice chords", "voice bass", "voice tenor", "voice alto", "rest", "hold",
    *(f"pitch {p}" for p in range(LOWEST, HIGHEST + 1)),
    *(f"chord {root} {quality}" for root in range(12) for quality in CHORDS),
    *(f"until {t}" for t in GRID),
]  # fmt: skip
TOKENS = {name: number for number, name in enumerate(NAMES)}
ROWS = -(-len(NAMES) // 8) * 8
HEAD = 6
"""Tokens before the first bar."""
FILL, BEGIN, END, REST, HOLD = (TOKENS[n] for n in ("fill", "begin", "end", "rest", "hold"))
FIRST_PITCH, FIRST_UNTIL, FIRST_BAR = TOKENS[f"pitch {LOWEST}"], TOKENS["until 3"], TOKENS["bar 1"]
FIRST_CHORD = TOKENS["chord 0 maj"]
_QUALITIES = list(CHORDS)


def _shift_table() -> np.ndarray:
    table = np.tile(np.arange(ROWS, dtype=np.uint16), (2 * MAX_SHIFT + 1, 1))
    for by in range(-MAX_SHIFT, MAX_SHIFT + 1):
        row = table[by + MAX_SHIFT]
        for name, token in TOKENS.items():
            kind, _, value = name.partition(" ")
            if kind == "tonic":
                row[token] = TOKENS[f"tonic {(int(value) + by) % 12}"]
            elif kind == "pitch":
                row[token] = TOKENS.get(f"pitch {int(value) + by}", FILL)
            elif kind == "chord":
                root, _, quality = value.partition(" ")
                row[token] = TOKENS[f"chord {(int(root) + by) % 12} {quality}"]
    return table


_SHIFTS = _shift_table()


def transposed(tokens: np.ndarray, by: int) -> np.ndarray:
    """The same music ``by`` semitones higher, |by| <= MAX_SHIFT. The pitches must stay in the vocabulary."""
    return _SHIFTS[by + MAX_SHIFT][tokens]


def is_drawn(tokens: np.ndarray) -> np.ndarray:
    """Which tokens the model chooses: what sounds, and until when. The others follow from the order."""
    return tokens >= REST


# --------------------------------------------------------------------------- piece to tokens


def head(style: str, layout: str, tonic: int, mode: str, metre: str) -> list[int]:
    """The tokens that say what the piece is."""
    names = ["begin", f"style {style}", f"layout {layout}", f"tonic {tonic}", f"mode {mode}", f"metre {metre}"]
    return [TOKENS[name] for name in names]


def sound(event: Note | Chord) -> int:
    """The token of a note's pitch or a chord. Raises ValueError where the vocabulary has none."""
    name = f"pitch {event.pitch}" if isinstance(event, Note) else f"chord {event.root} {event.quality}"
    if name not in TOKENS:
        raise ValueError(f"The pitch {getattr(event, 'pitch', 0)} is too high or too low; "
                         f"MIDI pitches from {LOWEST} to {HIGHEST} can be used.")  # fmt: skip
    return TOKENS[name]


def voice_bars(events: Sequence[Note | Chord], bar: int, bars: int, to_the_end: bool = True) -> list[list[int]]:
    """The tokens of a voice, bar by bar.

    events: in order of time, none overlapping, on the grid. to_the_end: the last bars are filled with
    rests, else they stop (some of them empty) where the voice does.
    """
    found: list[list[int]] = [[] for _ in range(bars)]
    now = 0

    def put(token: int, start: int, end: int) -> None:
        while start < end:
            number = start // bar
            stop = min(end, (number + 1) * bar)
            found[number] += [token, TOKENS[f"until {stop - number * bar}"]]
            start, token = stop, token if token == REST or token >= FIRST_CHORD else HOLD

    for event in events:
        put(REST, now, event.start)
        put(sound(event), event.start, event.end)
        now = event.end
    if to_the_end:
        put(REST, now, bars * bar)
    return found


def encode(piece: Piece) -> list[int]:
    """The tokens of a piece. Raises ValueError where it is too long or leaves the grid or the range."""
    layout, bars = LAYOUTS[piece.layout], piece.bars
    if bars > MAX_BARS:
        raise ValueError(f"The piece has {bars} bars, and {MAX_BARS} are the most.")
    if piece.bar > LONGEST_BAR:
        raise ValueError(f"Bars of {piece.metre} are too long.")
    parts = {}
    for voice in layout:
        try:
            parts[voice] = voice_bars(piece.chords if voice == "chords" else piece.voices[voice], piece.bar, bars)
        except KeyError as error:
            raise ValueError("A note starts or ends beside the grid; place it on the grid first.") from error
    tokens = head(piece.style, piece.layout, piece.tonic, piece.mode, piece.metre)
    for number in range(bars):
        tokens += [TOKENS[f"bar {bars - number}"], *parts[layout[0]][number]]
        for voice in layout[1:]:
            tokens += [TOKENS[f"voice {voice}"], *parts[voice][number]]
    return [*tokens, END]


# --------------------------------------------------------------------------- tokens to piece


def bars_of(tokens: Iterable[int]) -> Iterator[dict[str, list[int]]]:
    """After the head: the tokens of every voice, bar by bar, the leading voice under ""."""
    current: dict[str, list[int]] | None = None
    voice = ""
    for token in tokens:
        name = NAMES[token]
        if name.startswith("bar "):
            if current is not None:
                yield current
            current, voice = {"": []}, ""
        elif name == "end":
            break
        elif current is None:
            raise ValueError("The first bar does not begin with a bar.")
        elif name.startswith("voice "):
            voice = name.removeprefix("voice ")
            current[voice] = []
        else:
            current[voice].append(token)
    if current is not None:
        yield current


def decode(tokens: Sequence[int], bpm: float = 100.0) -> Piece:
    """The piece that these tokens stand for; the end may be missing. Raises ValueError where they make no sense."""
    names = [NAMES[t] for t in tokens[:HEAD]]
    kinds = ["begin", "style", "layout", "tonic", "mode", "metre"]
    if [n.partition(" ")[0] for n in names] != kinds:
        raise ValueError("The tokens do not begin with the head of a piece.")
    style, layout, tonic, mode, metre = (n.partition(" ")[2] for n in names[1:])
    order = LAYOUTS[layout]
    found = Piece(style, int(tonic), mode, metre, {voice: [] for voice in order if voice != "chords"}, [], bpm)
    for number, bar in enumerate(bars_of(tokens[HEAD:])):
        for voice, events in bar.items():
            _read_voice(found, voice or order[0], events, number * found.bar)
    return found


def _read_voice(piece: Piece, voice: str, events: Sequence[int], base: int) -> None:
    """Add the events of a bar that starts at tick ``base``."""
    start = base
    for what, until in zip(events[::2], events[1::2], strict=False):
        kind, _, value = NAMES[what].partition(" ")
        end = base + int(NAMES[until].removeprefix("until "))
        if kind == "pitch":
            piece.voices[voice].append(Note(start, end - start, int(value)))
        elif kind == "chord":
            root, _, quality = value.partition(" ")
            piece.chords.append(Chord(start, end - start, int(root), quality))
        elif kind == "hold" and piece.voices[voice]:
            last = piece.voices[voice][-1]
            piece.voices[voice][-1] = last._replace(length=end - last.start)
        start = end
