"""MIDI files byte by byte, as programs write them."""

import struct
from collections.abc import Sequence

from genai_demo.audio.music.midi_melody import read_midi

Q = 480
"""Ticks of a quarter note in the files here; the grid has 24."""
SCALE = (67, 69, 71, 72, 74, 72, 71, 69)
Timed = tuple[int, bytes]
"""A waiting time and the bytes of an event."""
TEMPO_120, METRE_44, END = b"\xff\x51\x03\x07\xa1\x20", b"\xff\x58\x04\x04\x02\x18\x08", b"\xff\x2f\x00"


def number(value: int) -> bytes:
    found = [value & 0x7F]
    while value := value >> 7:
        found.insert(0, value & 0x7F | 0x80)
    return bytes(found)


def chunk(name: bytes, body: bytes, size: int | None = None) -> bytes:
    return name + struct.pack(">I", len(body) if size is None else size) + body


def track(*events: Timed | bytes, end: bytes = b"\x00" + END) -> bytes:
    """The body of a track; bytes alone come at once."""
    timed = [event if isinstance(event, tuple) else (0, event) for event in events]
    return b"".join(number(wait) + event for wait, event in timed) + end


def note(pitch: int, length: int = Q, wait: int = 0, channel: int = 0) -> list[Timed]:
    return [(wait, bytes([0x90 | channel, pitch, 80])), (length, bytes([0x80 | channel, pitch, 0]))]


def notes(pitches: Sequence[int] = SCALE, length: int = Q, channel: int = 0) -> list[Timed]:
    return [event for pitch in pitches for event in note(pitch, length, channel=channel)]


def midi(*bodies: bytes, kind: int = 1, division: int = Q, count: int | None = None) -> bytes:
    head = struct.pack(">HHH", kind, len(bodies) if count is None else count, division)
    return chunk(b"MThd", head) + b"".join(chunk(b"MTrk", body) for body in bodies)


def tempo(bpm: float) -> bytes:
    return b"\xff\x51\x03" + round(60e6 / bpm).to_bytes(3, "big")


def metre(beats: int, unit: int) -> bytes:
    return b"\xff\x58\x04" + bytes([beats, unit.bit_length() - 1, 24, 8])


def name(words: str, encoding: str = "utf-8", kind: int = 3) -> bytes:
    said = words.encode(encoding)
    return bytes([0xFF, kind]) + number(len(said)) + said


def lead(data: bytes) -> list[tuple[int, int, int]]:
    return [tuple(one) for one in read_midi(data).lead]


PLAIN = [(24 * i, 24, pitch) for i, pitch in enumerate(SCALE)]
"""The scale as it is read."""
GOOD = midi(track(TEMPO_120, METRE_44), track(*notes()))
