"""What the events of a MIDI file mean, as players and notation programs take them: notes, names, tempo and metre."""

import itertools
import math
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from genai_demo.audio.music import midi_events
from genai_demo.audio.music.midi_events import META, NO_MIDI, Event, File, Track
from genai_demo.core import limits

DRUMS = 9
"""The channel of drums, counted from 0."""
SILENCING = (120, 123, 124, 125, 126, 127)
"""Controllers that switch all notes of a channel off."""
USUAL_TEMPO = 120.0
"""Quarter notes a minute where a file names none."""
FRAMES = {24: 24.0, 25: 25.0, 29: 30_000 / 1_001, 30: 30.0}
"""Film frames a second by the number in the file."""
ENCODINGS = ("utf-8", "gb18030", "big5", "shift_jis", "euc_kr", "cp1251", "latin-1")
"""Of names. A file does not say which one; what is looked for is long enough to be found in the right one only."""
NAMES = (midi_events.TRACK_NAME, midi_events.INSTRUMENT)
MOST_NAMES, LONGEST_NAME = 4, 200
"""Of a track, or of a channel in it, that are read; and bytes of one."""
SAME_BARS = {"4/8": "2/4", "8/8": "4/4", "1/1": "4/4", "12/16": "6/8", "6/16": "3/8"}
"""Metres that fill their bars as others do."""
TOLERANCE = 1 / 32
"""Quarter notes that a first note may come before its bar line: fingers are not exact."""


class Voice(NamedTuple):
    """The notes of a track on one channel."""

    track: int
    names: tuple[str, ...]
    """What its name and its instrument's may say, in every one of ENCODINGS."""
    notes: list[tuple[int, int, int]]
    """Start and end in ticks, MIDI pitch; in the order of the starts."""
    held: int
    """Notes that are never switched off: they last to the end of the track."""

    def is_called(self, words: re.Pattern[str]) -> bool:
        return any(words.search(name) for name in self.names)


class Metre(NamedTuple):
    name: str
    """"3/4"."""
    start: int
    """Tick of one of its bar lines."""
    changes: bool
    """Whether the file has other metres beside it, be it for more than the bar of a pickup."""


def voices(file: File) -> tuple[list[Voice], int]:
    """Every track's notes by channel, without drums; and how many notes are drums.

    Raises ValueError where there are too many notes, or time is counted in no known way.
    """
    found, drums, total = [], 0, 0
    last, quarter = max(track.end for track in file.tracks), round(quarter_ticks(file.division, USUAL_TEMPO))
    for number, track in enumerate(file.tracks):
        total += sum(event.kind & 0xF0 == midi_events.NOTE_ON and event.kind < META for event in track.events)
        if total > 2 * limits.MAX_MIDI_NOTES:  # some are the ends of notes
            raise ValueError(_too_many())
        names = _names(track)
        for channel, (notes, held) in sorted(_notes(track, last, quarter).items()):
            if channel == DRUMS:
                drums += len(notes)
            else:
                found.append(Voice(number, names[channel] or names[-1], notes, held))
    if drums + sum(len(voice.notes) for voice in found) > limits.MAX_MIDI_NOTES:
        raise ValueError(_too_many())
    return found, drums


def _too_many() -> str:
    return f"The MIDI file holds more than {limits.MAX_MIDI_NOTES:,} notes. Use a shorter piece."


def _names(track: Track) -> dict[int, tuple[str, ...]]:
    """Names by channel, where they were said for one; those of the whole track at -1."""
    found: dict[int, tuple[str, ...]] = dict.fromkeys(range(-1, 16), ())
    channel = -1
    for event in track.events:
        if event.kind == midi_events.CHANNEL_PREFIX and event.data and event.data[0] < 16:
            channel = event.data[0]
        elif event.kind in NAMES and len(found[channel]) < MOST_NAMES * len(ENCODINGS):
            found[channel] += tuple(event.data[:LONGEST_NAME].decode(encoding, "replace") for encoding in ENCODINGS)
        elif event.kind < META:
            channel = -1
    return found


def _notes(track: Track, last: int, quarter: int) -> dict[int, tuple[list[tuple[int, int, int]], int]]:
    """By channel: notes (start, end, pitch), and how many of them were never switched off.

    The pedal is left out, as notation programs do: it lets strings ring and plays no notes.
    """
    found: dict[int, tuple[list[tuple[int, int, int]], int]] = {}
    for (channel, pitch), presses in _presses(track).items():
        ended, open_still = _paired(presses)
        # one that begins where its track ends lasts as the others play, or a quarter
        ends = (track.end, last)
        ended += [(start, next((e for e in ends if e > start), start + quarter)) for start in open_still]
        notes, held = found.get(channel, ([], 0))
        if ended:
            found[channel] = notes + [(start, end, pitch) for start, end in ended], held + len(open_still)
    return {channel: (sorted(notes), held) for channel, (notes, held) in found.items()}


def _presses(track: Track) -> dict[tuple[int, int], list[tuple[int, str]]]:
    """What happens to every key, by channel and pitch: tick, and "on", "off" or "silence"."""
    found: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    pressed: dict[int, set[int]] = defaultdict(set)
    for tick, kind, data in track.events:
        what, channel = kind & 0xF0, kind & 0x0F
        if kind >= META:
            continue
        if what == midi_events.NOTE_ON and data[1]:
            found[channel, data[0]].append((tick, "on"))
            pressed[channel].add(data[0])
        elif what in (midi_events.NOTE_ON, midi_events.NOTE_OFF):
            found[channel, data[0]].append((tick, "off"))
        elif what == midi_events.CONTROL and data[0] in SILENCING:
            for pitch in pressed.pop(channel, ()):
                found[channel, pitch].append((tick, "silence"))
    return found


def _paired(presses: Sequence[tuple[int, str]]) -> tuple[list[tuple[int, int]], list[int]]:
    """Starts and ends of the notes of one key, and the starts of those that no event ends.

    Where every note has an end, the first pressed is the first let go, however they overlap. Else some end is missing,
    and a note lasts to the next press of its key at most.
    """
    complete = sum(what == "on" for _, what in presses) <= sum(what == "off" for _, what in presses)
    found: list[tuple[int, int]] = []
    waiting: deque[int] = deque()
    pressed_again = -1
    for tick, what in presses:
        if what == "off" and waiting and not waiting[0] == tick == pressed_again:
            found.append((waiting.popleft(), tick))
        elif what == "silence" or (what == "on" and not complete):
            pressed_again = tick if waiting and what == "on" else -1
            found += [(start, tick) for start in waiting]
            waiting.clear()
        if what == "on":
            waiting.append(tick)
    return found, list(waiting)


# --------------------------------------------------------------------------- tempo and metre


def events_of(file: File, track: int) -> list[Event]:
    """Tempo and metre as they hold for a track, in the order of time. Tracks of format 2 have their own, if any."""
    wanted = (midi_events.TEMPO, midi_events.METRE)
    own = [event for event in file.tracks[track].events if event.kind in wanted]
    if file.kind == 2 and own:
        return own
    events = (event for one in file.tracks for event in one.events if event.kind in wanted)
    return sorted(events, key=lambda event: event.tick)


def tempo(events: Iterable[Event], first: int, bar: int) -> float:
    """Quarter notes a minute with which a melody begins: what slows down or speeds up later does not count.

    first: tick of its first note. Where no tempo is set by then, the first one within ``bar`` ticks counts.
    """
    found = USUAL_TEMPO
    for number, (tick, bpm) in enumerate(_tempos(events)):
        if tick <= first or (number == 0 and tick <= first + bar):
            found = bpm
    return min(400.0, max(20.0, found))


def _tempos(events: Iterable[Event]) -> list[tuple[int, float]]:
    found = []
    for tick, kind, data in events:
        if kind == midi_events.TEMPO and len(data) >= 3 and (micros := int.from_bytes(data[:3], "big")):
            found.append((tick, 60e6 / micros))
    return found


def quarter_ticks(division: int, bpm: float) -> float:
    """Ticks of a quarter note; where they are parts of film frames, by the tempo. Raises ValueError for nonsense."""
    if division < 0x8000:
        return float(division)
    frames, parts = FRAMES.get(256 - (division >> 8)), division & 0xFF
    if frames is None or not parts:
        raise ValueError(NO_MIDI)
    return frames * parts * 60 / bpm


def metre(events: Iterable[Event], first: int, end: int, quarter: float) -> Metre:
    """The metre of a melody from tick ``first`` to ``end``: the one that holds for most of it.

    So the short metre of a pickup bar, 1/4 before 3/4, is not taken for it, and the bar lines are those behind it.
    quarter: ticks of a quarter note.
    """
    marks = {0: "4/4"}
    for tick, kind, data in events:
        if kind == midi_events.METRE and len(data) >= 2 and data[0] and data[1] <= 6:
            name = f"{data[0]}/{2 ** data[1]}"
            marks[tick] = SAME_BARS.get(name, name)
    parts: list[tuple[int, str]] = []
    for tick, name in sorted(marks.items()):
        if not parts or parts[-1][1] != name:
            parts.append((tick, name))
    lasts: dict[str, int] = defaultdict(int)
    longest: dict[str, tuple[int, int]] = {}
    spans = []
    for (tick, name), (after, _) in itertools.pairwise([*parts, (max(end, parts[-1][0] + 1), "")]):
        span = max(0, min(after, end) - max(tick, first))
        lasts[name] += span
        longest[name] = max(longest.get(name, (-1, 0)), (span, -tick))
        if span:
            spans.append((span, name))
    name = max(lasts, key=lambda metre: lasts[metre])
    pickup = len(spans) > 1 and spans[0][0] <= 1.01 * bar_ticks(spans[0][1], quarter) and spans[0][1] != name
    return Metre(name, -longest[name][1], len({n for _, n in spans[pickup:]}) > 1)


def bar_ticks(name: str, quarter: float) -> float:
    """Length of a bar of a metre."""
    beats, _, unit = name.partition("/")
    return int(beats) * 4 / int(unit) * quarter


def silence_before(first: int, line: int, bar: float, quarter: float) -> float:
    """Tick of the last bar line up to the first note. line: tick of any bar line; bar: ticks of a bar."""
    return line + math.floor((first - line) / bar + TOLERANCE * quarter / bar) * bar
