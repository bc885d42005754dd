"""MIDI files as strangers have them, to events: what cannot be understood is skipped, not the file with it.

Libraries give up a whole file for one odd key signature, a chunk of a sequencer's own or a missing end. Here the
chunks and events are walked byte by byte (Standard MIDI Files 1.0), and after damage the walk goes on with the next
bytes that look like an event.
"""

import bisect
import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

META = 0x100
"""Added to the type of a meta event it gives its kind."""
NOTE_OFF, NOTE_ON, CONTROL = 0x80, 0x90, 0xB0
"""Kinds of channel messages; the channel from 0 to 15 is added."""
TRACK_NAME, INSTRUMENT, CHANNEL_PREFIX, END, TEMPO, METRE = (META + t for t in (0x03, 0x04, 0x20, 0x2F, 0x51, 0x58))
LENGTHS = {0xC0: 1, 0xD0: 1}
"""Bytes of data of channel messages, else 2."""
SYSTEM = {0xF1: 1, 0xF2: 2, 0xF3: 1}
"""Bytes of data of messages that have no place in files, else 0."""
LONGEST_REST = 1_000
"""Quarter notes; a longer wait between two events is taken for damage."""
LONGEST_SYSEX = 1_024
"""Bytes of a system-exclusive message that is written without its length."""
NO_MIDI = "This is no MIDI file, or it is damaged. Export it again."


class Event(NamedTuple):
    tick: int
    """Since the start of the track."""
    kind: int
    """Status byte of a channel message, or META plus the type of a meta event."""
    data: bytes


class Track(NamedTuple):
    events: list[Event]
    end: int
    """Tick at which it ends."""


class File(NamedTuple):
    kind: int
    """0: one track; 1: tracks that sound together; 2: tracks that do not."""
    division: int
    """Ticks a quarter note; from 0x8000 on film frames, as in the file."""
    tracks: list[Track]
    skipped: int
    """Events that could not be understood."""
    cut: bool
    """Whether the file ends in the middle of a track."""


def read(data: bytes) -> File:
    """The events of a MIDI file, also of one in a RIFF file or behind a foreign head.

    Raises ValueError where there is no header or no track.
    """
    at = data.find(b"MThd")
    if at < 0 or len(data) < at + 14:
        raise ValueError(NO_MIDI)
    size, kind, _, division = struct.unpack_from(">IHHH", data, at + 4)
    tracks, skipped, cut = [], 0, False
    for body, whole in _track_chunks(data, at + 8 + (size if 6 <= size <= 64 else 6)):
        longest = LONGEST_REST * (division if division < 0x8000 else 480)
        track, missed, ended = _walk(body, longest)
        tracks.append(track)
        skipped += missed
        cut |= not (ended or whole)
    if not tracks or not division:
        raise ValueError(NO_MIDI)
    return File(kind, division, tracks, skipped, cut)


def _track_chunks(data: bytes, at: int) -> Iterator[tuple[bytes, bool]]:
    """The tracks, and whether each is there up to its stated length. Neither lengths nor numbers of chunks are trusted.

    Chunks of other names are passed over.
    """
    starts = [match.start() for match in re.finditer(b"MTrk", data)]
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        end = at + 8 + size
        if not (_is_name(name) and (end == len(data) or _is_name(data[end : end + 4]))):
            following = bisect.bisect_left(starts, at + 4)
            rest = end if size and end <= len(data) else len(data)
            end = starts[following] if following < len(starts) else rest
        if name == b"MTrk":
            yield data[at + 8 : end], at + 8 + size <= len(data)
        at = end


def _is_name(name: bytes) -> bool:
    return len(name) == 4 and all(0x20 <= byte < 0x7F for byte in name)


def _walk(body: bytes, longest: int) -> tuple[Track, int, bool]:
    """A track, how many events were skipped, and whether its end was reached. longest: ticks of a wait."""
    events: list[Event] = []
    at = tick = skipped = status = 0
    timed = True  # whether a waiting time comes next
    while at < len(body):
        if timed:
            wait, at = _number(body, at)
            tick += wait if wait <= longest else 0
            skipped += wait > longest
        if at >= len(body):
            break
        timed, first, start = True, body[at], at
        if first == 0xFF:
            kind = META + body[at + 1] if at + 1 < len(body) else 0
            length, at = _number(body, at + 2)
            if kind == END:
                return Track(events, tick), skipped, True
            if at + length <= len(body):
                events.append(Event(tick, kind, body[at : at + length]))
                at += length
                continue
        elif first in (0xF0, 0xF7):
            at = _behind_sysex(body, at)
            if at <= len(body):
                continue
        elif first > 0xF0:
            at += 1 + SYSTEM.get(first, 0)
            skipped += 1
            continue
        elif first >= 0x80 or status:
            status, at = (first, at + 1) if first >= 0x80 else (status, at)
            message = body[at : at + LENGTHS.get(status & 0xF0, 2)]
            at += len(message)
            if len(message) == LENGTHS.get(status & 0xF0, 2) and message[0] < 0x80:
                events.append(Event(tick, status, bytes(min(value, 0x7F) for value in message)))
            else:
                skipped += 1
            continue
        skipped += 1
        at, status, timed = _next_status(body, start + 1), 0, False
    return Track(events, tick), skipped, False


def _number(body: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, of at most four bytes, and the place behind it."""
    value = 0
    for byte in body[at : at + 4]:
        value, at = value << 7 | byte & 0x7F, at + 1
        if byte < 0x80:
            break
    return value, at


def _behind_sysex(body: bytes, at: int) -> int:
    """The place behind a system-exclusive message, beyond the body where it is unfinished.

    Some programs write it as it goes over the wire, without its length and up to the byte F7.
    """
    length, start = _number(body, at + 1)
    end = start + length
    if end <= len(body) and (body[end - 1] == 0xF7 or body[_number(body, end)[1] :][:1] == b"\xf7"):
        return end
    stop = body.find(b"\xf7", at + 1, at + 1 + LONGEST_SYSEX)
    if stop >= 0 and max(body[at + 1 : stop], default=0) < 0x80:
        return stop + 1
    return end


def _next_status(body: bytes, at: int) -> int:
    """The next place where a whole channel message, or the end of the track, seems to be."""
    for place in range(at, len(body) - 2):
        status = body[place]
        if 0x80 <= status < 0xF0 and max(body[place + 1 : place + 1 + LENGTHS.get(status & 0xF0, 2)]) < 0x80:
            return place
        if body[place : place + 3] == b"\xff\x2f\x00":
            return place
    return len(body)
