"""The melody of a MIDI file."""

import dataclasses
import re

from genai_demo.audio.music import midi_events, midi_notes
from genai_demo.audio.music.listening import melody_of
from genai_demo.audio.music.midi_notes import Voice
from genai_demo.audio.music.pieces import METRES, QUARTER, Piece, snapped
from genai_demo.core import limits

SUNG = re.compile(
    r"m[eé]lod|soprano|vocal|\bvox\b|\bvoice|\bsing|\btune|voix|chant|\bcanto|gesang|主旋律|旋律|人声|人聲|主唱|歌声"
    r"|メロディ|ﾒﾛﾃﾞｨ|ボーカル|ヴォーカル|멜로디|보컬|мелоди|вокал",
    re.IGNORECASE,
)
LEADS = re.compile(r"lead|solo|主音|领奏|領奏|リード", re.IGNORECASE)
"""Names of tracks that are meant as melodies, the surer ones first."""
BACKING = re.compile(
    r"drum|percus|\bbass\b|back|\bchord|accomp|harmony|harmonies|counter.?mel|\bpads?\b|strum|伴奏|伴唱|和声|和聲|和弦|和音"
    r"|副旋律|低音|贝斯|貝斯|鼓组|鼓組|架子鼓|爵士鼓|打击|打擊|コード|ベース|ドラム|コーラス",
    re.IGNORECASE,
)
"""Names of tracks that are not."""
FAR, NAMED_FAR, FEWEST = 0.3, 0.1, 4
"""A track counts as a melody where it begins notes at this share of the places of the fullest one; one that is named
so with less, but not with fewer notes than FEWEST."""
SHORTEST = 3
"""Grid ticks that a note gets whose own length is lost on the grid: a thirty-second."""


def read_midi(data: bytes, style: str = "", key: str = "") -> Piece:
    """The melody of a MIDI file, on the grid; what had to be changed stands in its remarks.

    Of several tracks one is taken that is named as a melody, else the one that lies highest; each must have
    enough notes. Tempo and key are those of its start, the metre the one that holds for most of it.
    Raises ValueError where the file is none, is too large, or holds no notes but drums.
    """
    if len(data) > limits.MAX_MIDI_BYTES:
        raise ValueError(f"The MIDI file is larger than {limits.MAX_MIDI_BYTES // 2**20} MiB. Use a shorter piece.")
    file = midi_events.read(data)
    voices, drums = midi_notes.voices(file)
    if not voices:
        raise ValueError("This MIDI file holds drums only. Use one with a melody." if drums else
                         "This MIDI file holds no notes. Use one with a melody.")  # fmt: skip
    voice, named = _melody(voices)
    first, end = voice.notes[0][0], max(stop for _, stop, _ in voice.notes)
    events = midi_notes.events_of(file, voice.track)
    frames = file.division >= 0x8000
    bpm = midi_notes.tempo(events, first, 0 if frames else 4 * file.division)
    quarter = midi_notes.quarter_ticks(file.division, bpm)
    metre = midi_notes.metre(events, first, end, quarter)
    known = metre.name if metre.name in METRES else "4/4"
    origin = midi_notes.silence_before(first, metre.start, midi_notes.bar_ticks(known, quarter), quarter)
    notes = [(max(0.0, (s - origin) / quarter), (e - s) / quarter, pitch) for s, e, pitch in voice.notes]
    notes, lengthened, dropped = _long_enough(notes)
    piece = melody_of(notes, style, key, known, bpm)
    remarks = list(piece.remarks)
    if len(voices) > 1:
        which = "the one named as a melody was taken" if named else "the highest one was taken as the melody"
        remarks.append(f"Of {len(voices)} voices {which}.")
    if known != metre.name:
        remarks.append(f"The metre {metre.name} is not known here; 4/4 was taken.")
    elif metre.changes:
        remarks.append(f"The metre changes on the way; {known} was taken for all of it.")
    for words, count in (("Notes that are never switched off, and so last to the end of their track", voice.held),
                         ("Notes lengthened to a thirty-second", lengthened),
                         ("Notes left out as too short for the grid", dropped),
                         ("Damaged places of the file that were skipped", file.skipped)):  # fmt: skip
        if count:
            remarks.append(f"{words}: {count}.")
    if file.cut:
        remarks.append("The file is cut off; what is there of it was read.")
    if frames:
        remarks.append(f"The file counts time in film frames; {bpm:g} quarter notes a minute were taken.")
    return dataclasses.replace(piece, remarks=tuple(remarks))


def _melody(voices: list[Voice]) -> tuple[Voice, bool]:
    """The voice that is the melody, and whether its name says so."""
    places = [len({start for start, _, _ in voice.notes}) for voice in voices]
    most = max(places)
    for words in (SUNG, LEADS):
        named = [voice for voice, count in zip(voices, places, strict=True)
                 if voice.is_called(words) and not voice.is_called(BACKING)
                 and count >= min(most, max(FEWEST, NAMED_FAR * most))]  # fmt: skip
        if named and len(named) < len(voices):
            return max(named, key=_height), True
    full = [voice for voice, count in zip(voices, places, strict=True) if count >= FAR * most]
    others = [voice for voice in full if not voice.is_called(BACKING)]
    return max(others or full, key=_height), False


def _height(voice: Voice) -> float:
    return sum(pitch for _, _, pitch in voice.notes) / len(voice.notes)


def _long_enough(notes: list[tuple[float, float, int]]) -> tuple[list[tuple[float, float, int]], int, int]:
    """Notes (start, length, pitch) in quarters that last on the grid; how many were lengthened, how many left out.

    A note that is shorter than the grid, as of a drum machine or a touch of the keys, is kept where no other begins.
    """
    places = [(snapped(start * QUARTER), snapped((start + length) * QUARTER)) for start, length, _ in notes]
    taken = {begin for begin, end in places if end > begin}
    found, lengthened, dropped = [], 0, 0
    for (begin, end), note in zip(places, notes, strict=True):
        if end > begin:
            found.append(note)
        elif begin in taken:
            dropped += 1
        else:
            taken.add(begin)
            found.append((begin / QUARTER, SHORTEST / QUARTER, note[2]))
            lengthened += 1
    return found, lengthened, dropped
