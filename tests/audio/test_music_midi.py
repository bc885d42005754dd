"""MIDI files as people have them: what programs write, what goes wrong, and what is made of it."""

import io
import struct
from collections.abc import Sequence

import mido
import numpy as np
import pytest

from genai_demo.audio.music import midi_events
from genai_demo.audio.music.midi_melody import read_midi
from genai_demo.audio.music.notation import write_midi
from genai_demo.audio.music.pieces import Note, Piece
from genai_demo.core import limits
from genai_demo.ui.errors import localise

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


def test_running_status_and_velocity_zero_are_read_alike():
    running = [b"\x90\x43\x50"] + [e for a, b in zip(SCALE, [*SCALE[1:], 0], strict=True)
                                   for e in ((Q, bytes([a, 0])), *([(0, bytes([b, 80]))] if b else []))]  # fmt: skip
    assert lead(midi(track(TEMPO_120, METRE_44), track(*notes()))) == PLAIN
    assert lead(midi(track(*running))) == PLAIN
    with_text = [*running[:3], b"\xff\x01\x02hi", *running[3:]]  # many go on with the status behind a text
    assert lead(midi(track(*with_text))) == PLAIN


# --------------------------------------------------------------------------- tempo


@pytest.mark.parametrize(
    ("events", "bpm"),
    [
        ([tempo(120), (8 * Q, tempo(100)), (Q, tempo(80)), (Q, tempo(60))], 120),
        ([tempo(90), (6 * Q, tempo(180))], 90),
        ([tempo(60), tempo(96), tempo(132)], 132),  # all at once: the last is in force
        ([tempo(72), (4 * Q, tempo(144)), (9 * Q, tempo(50))], 72),
        ([(Q, tempo(150))], 150),  # set a moment late
        ([(40 * Q, tempo(150))], 120),
        ([], 120),
        ([b"\xff\x51\x03\x00\x00\x00", tempo(100)], 100),
        ([b"\xff\x51\x01\x07", tempo(100)], 100),
        ([tempo(2_000)], 400),
        ([b"\xff\x51\x03\xff\xff\xff"], 20),
    ],
)
def test_the_tempo_is_that_of_the_start(events, bpm):
    assert read_midi(midi(track(*events), track(*notes(SCALE * 3)))).bpm == pytest.approx(bpm, rel=1e-4)


def test_the_tempo_at_the_first_note_counts_where_silence_comes_first():
    head = track(tempo(60), (8 * Q, tempo(140)), (4 * Q, tempo(30)))
    assert read_midi(midi(head, track((8 * Q, b"\xff\x01\x00"), *notes()))).bpm == pytest.approx(140, rel=1e-4)


def test_tempo_and_metre_of_any_track_count_but_in_format_2_those_of_its_own():
    other, own = track(tempo(60), metre(3, 4), *notes([40] * 8)), track(tempo(150), metre(4, 4), *notes())
    assert round(read_midi(midi(other, own, kind=2)).bpm) == 150
    assert read_midi(midi(other, own, kind=2)).metre == "4/4"
    assert round(read_midi(midi(track(*notes()), track(tempo(77), metre(3, 4)))).bpm) == 77
    assert read_midi(midi(track(metre(3, 4)), track(*notes()), kind=2)).metre == "3/4"


# --------------------------------------------------------------------------- metre and pickup


@pytest.mark.parametrize(
    ("pickup", "after", "length", "start"),
    [
        ((1, 4), (3, 4), Q, 48), ((1, 8), (6, 8), Q // 2, 60), ((1, 4), (4, 4), Q, 72), ((1, 4), (2, 4), Q, 24),
        ((1, 2), (4, 4), 2 * Q, 48), ((2, 8), (6, 8), Q, 48), ((1, 16), (2, 4), Q // 4, 42), ((2, 4), (3, 4), 2 * Q,
        24),
        ((3, 8), (9, 8), 3 * Q // 2, 72), ((1, 2), (3, 2), 2 * Q, 96),
    ],
)  # fmt: skip
def test_a_pickup_with_a_metre_of_its_own_comes_before_the_first_bar(pickup, after, length, start):
    head = track(metre(*pickup), (length, metre(*after)))
    piece = read_midi(midi(head, track(*note(62, length), *notes(SCALE * 4))))
    assert piece.metre == f"{after[0]}/{after[1]}"
    assert piece.lead[0] == Note(start, length // 20, 62)
    assert piece.lead[1].start == piece.bar
    assert not piece.remarks


@pytest.mark.parametrize(("beats", "unit", "bar"), [(3, 4, 72), (6, 8, 72), (4, 4, 96), (2, 2, 96)])
def test_a_pickup_behind_silence_comes_before_the_next_bar(beats, unit, bar):
    for whole in (0, 1, 3):  # bars of silence before
        wait = whole * bar * 20 + bar * 20 - Q
        piece = read_midi(midi(track(metre(beats, unit)), track(*note(62, wait=wait), *notes())))
        assert piece.metre == f"{beats}/{unit}"
        assert [n.start for n in piece.lead[:2]] == [bar - 24, bar]


def test_a_silent_count_in_of_another_metre_is_not_taken():
    piece = read_midi(midi(track(metre(4, 4), (4 * Q, metre(3, 4))), track((4 * Q, b"\xff\x01\x00"), *notes())))
    assert (piece.metre, piece.lead[0].start, piece.remarks) == ("3/4", 0, ())


def test_without_a_metre_it_is_common_time_from_the_start():
    assert read_midi(midi(track(*notes()))).metre == "4/4"
    assert [n.start for n in read_midi(midi(track(*note(62, wait=3 * Q), *notes()))).lead[:2]] == [72, 96]


def test_the_metre_of_most_of_the_melody_is_taken_and_the_change_said():
    head = track(metre(4, 4), (16 * Q, metre(2, 4)), (2 * Q, metre(4, 4)))
    piece = read_midi(midi(head, track(*notes(SCALE * 3))))
    assert piece.metre == "4/4" and piece.lead[0].start == 0
    assert "The metre changes on the way; 4/4 was taken for all of it." in piece.remarks
    piece = read_midi(midi(track(metre(2, 4), (4 * Q, metre(3, 4))), track(*notes(SCALE * 3))))
    assert piece.metre == "3/4" and piece.lead[4].start % piece.bar == 0
    assert any("changes" in remark for remark in piece.remarks)


@pytest.mark.parametrize(
    ("event", "found"),
    [
        (b"\xff\x58\x02\x03\x02", "3/4"), (b"\xff\x58\x06\x06\x03\x18\x08\0\0", "6/8"), (b"\xff\x58\x01\x03", "4/4"),
        (b"\xff\x58\x00", "4/4"), (metre(0, 4), "4/4"), (b"\xff\x58\x04\x03\xc8\x18\x08", "4/4"), (metre(4, 8), "2/4"),
        (metre(8, 8), "4/4"), (metre(12, 16), "6/8"), (metre(5, 4), "4/4"), (metre(7, 8), "4/4"),
    ],
)  # fmt: skip
def test_odd_metres(event, found):
    piece = read_midi(midi(track(event), track(*notes())))
    assert piece.metre == found and [tuple(n) for n in piece.lead] == PLAIN
    unknown = event in (metre(5, 4), metre(7, 8))
    assert any("is not known here" in remark for remark in piece.remarks) == unknown


def test_a_first_note_a_moment_before_its_bar_line_belongs_to_the_bar():
    piece = read_midi(midi(track(), track((4 * Q - 10, b"\xff\x01\x00"), *note(67, Q + 10), *notes())))
    assert [n.start for n in piece.lead[:2]] == [0, 24]


# --------------------------------------------------------------------------- ends of notes


ON, OFF = b"\x90\x43\x50", b"\x80\x43\x00"


def test_a_note_never_switched_off_lasts_to_the_end_of_its_track():
    for missing, end in (((Q, b"\x90\x4a\x50"), number(2 * Q) + END), ((Q, b"\x90\x4a\x50"), number(2 * Q) + END)):
        piece = read_midi(midi(track(*notes(), missing, end=end)))
        assert tuple(piece.lead[-1]) == (216, 48, 74)
        assert any(r.startswith("Notes that are never switched off") and ": 1." in r for r in piece.remarks)


def test_one_at_the_very_end_of_its_track_lasts_as_the_others_play_or_a_quarter():
    assert lead(midi(track(*notes(), b"\x90\x4a\x50")))[-1] == (192, 24, 74)
    longer = midi(track(name("Melody"), *notes(), b"\x90\x4a\x50"), track(*notes([40] * 11)))
    assert lead(longer)[-1] == (192, 72, 74)


@pytest.mark.parametrize("controller", [120, 123, 124, 127])
def test_all_notes_off_ends_notes(controller):
    off = bytes([0xB0, controller, 0])
    piece = read_midi(midi(track(*notes(), b"\x90\x4a\x50", (3 * Q, off), (4 * Q, b"\xff\x01\x00"))))
    assert tuple(piece.lead[-1]) == (192, 72, 74)
    assert not piece.remarks
    others = read_midi(
        midi(track(*notes(), b"\x90\x4a\x50", (3 * Q, bytes([0xB1, controller, 0])), (Q, b"\xff\x01\0")))
    )
    assert tuple(others.lead[-1]) == (192, 96, 74)  # of another channel


def test_the_pedal_plays_no_notes():
    pedal = [b"\xb0\x40\x7f", *notes(), (4 * Q, b"\xb0\x40\x00")]
    assert lead(midi(track(*pedal))) == PLAIN


@pytest.mark.parametrize(
    ("events", "found"),
    [
        ([ON, (Q, ON), (20, OFF), (Q, OFF)], [(0, 24), (24, 24)]),  # let go late
        ([ON, (Q, ON), OFF, (Q, OFF)], [(0, 24), (24, 24)]),  # pressed before it is let go
        ([ON, (Q, ON), (Q, ON), (Q, OFF)], [(0, 24), (24, 24), (48, 24)]),  # ends are missing
        ([ON, (Q, OFF), OFF, OFF, ON, (Q, OFF)], [(0, 24), (24, 24)]),  # ends without a note
        ([ON, ON, (Q, OFF), OFF], [(0, 24)]),  # doubled
        ([OFF, ON, (2 * Q, OFF)], [(0, 48)]),
        ([ON, (Q, b"\x90\x43\x00"), (Q, ON), (Q, b"\x80\x43\x40")], [(0, 24), (48, 24)]),
    ],
)
def test_notes_of_one_pitch_that_meet(events, found):
    assert [n[:2] for n in lead(midi(track(*events)))] == found


def test_a_missing_end_in_the_middle_costs_no_other_note():
    events = notes([67] * 8)
    del events[5]
    events[5] = (Q, events[5][1])
    assert lead(midi(track(*events))) == [(24 * i, 24, 67) for i in range(8)]


def test_notes_too_short_for_the_grid_are_kept_where_there_is_room():
    clicks = [
        e
        for pitch in SCALE
        for e in ((0, bytes([0x90, pitch, 80])), (1, bytes([0x80, pitch, 0])), (Q - 1, b"\xff\x01\0"))
    ]
    piece = read_midi(midi(track(*clicks)))
    assert [(n.start, n.pitch) for n in piece.lead] == [(s, p) for s, _, p in PLAIN]
    assert "Notes lengthened to a thirty-second: 8." in piece.remarks
    zero = [
        e for pitch in SCALE for e in ((0, bytes([0x90, pitch, 80])), (0, bytes([0x80, pitch, 0])), (Q, b"\xff\x01\0"))
    ]
    assert len(read_midi(midi(track(*zero))).lead) == 8
    grace = read_midi(midi(track(*note(90, 8), *note(67, Q - 8), *notes(SCALE[1:]))))
    assert [tuple(n) for n in grace.lead] == PLAIN
    assert "Notes left out as too short for the grid: 1." in grace.remarks


# --------------------------------------------------------------------------- which track


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        *((w, e) for w in ("主旋律", "旋律", "人声", "主音", "主唱") for e in ("utf-8", "gbk", "gb18030")),
        *((w, e) for w in ("主旋律", "人聲", "主唱") for e in ("utf-8", "big5")),
        *((w, e) for w in ("メロディ", "ボーカル", "主旋律") for e in ("utf-8", "shift_jis")),
        ("멜로디", "euc_kr"), ("Мелодия", "cp1251"), ("Mélodie", "latin-1"), ("Mélodie", "utf-8"),
        ("Lead vocal", "ascii"),
        ("Melody", "ascii"), ("VOCALS", "ascii"), ("lead", "ascii"), ("Tune", "ascii"), ("Gesang", "ascii"),
    ],
)  # fmt: skip
def test_a_track_that_is_named_as_the_melody_is_it(words, encoding):
    tracks = [track(name(words, encoding), *notes()), track(name("笛子", "gbk"), *notes([90] * 8)),
              track(name("Flöte", "latin-1"), *notes([95] * 8))]  # fmt: skip
    piece = read_midi(midi(*tracks))
    assert [tuple(n) for n in piece.lead] == PLAIN
    assert "Of 3 voices the one named as a melody was taken." in piece.remarks


@pytest.mark.parametrize(
    "words", ["Backing vocals", "副旋律", "伴奏", "Counter melody", "Harmony vocal", "和弦", "Drums", "Bass"]
)
def test_a_track_that_is_named_as_something_else_is_not(words):
    high = track(name(words), *notes([90] * 8))
    assert lead(midi(high, track(*notes()))) == PLAIN
    assert lead(midi(track(*notes([50] * 8)), high, track(name("Vocal"), *notes()))) == PLAIN
    assert {p for _, _, p in lead(midi(high))} == {90}  # there is no other


def test_a_name_that_all_tracks_have_says_nothing():
    tracks = [track(name(f"Voice {i}"), *notes([p] * 8)) for i, p in enumerate((60, 72, 50))]
    piece = read_midi(midi(*tracks))
    assert {n.pitch for n in piece.lead} == {72} and any("highest" in remark for remark in piece.remarks)


def test_a_melody_among_a_busy_accompaniment_is_found_by_its_name():
    busy = track(name("Piano"), *notes([80, 84, 88, 91] * 16, Q // 8))
    assert lead(midi(track(name("主旋律"), *notes()), busy)) == PLAIN


def test_in_format_0_channels_are_voices_and_drums_are_none():
    drums = [(0, b"\x99\x24\x64"), (0, b"\x99\x2a\x64")]
    events = [e for one in notes() for e in (one, *((0, b) for _, b in drums))]
    assert lead(midi(track(*events), kind=0)) == PLAIN
    mixed = [e for on, off in zip(notes()[::2], notes()[1::2], strict=True)
             for e in (on, (0, bytes([0x91, on[1][1] + 12, 80])), off, (0, bytes([0x81, off[1][1] + 12,
             0])))]  # fmt: skip
    assert lead(midi(track(name("Song"), *mixed), kind=0))[0][2] == SCALE[0] + 12
    prefixed = [b"\xff\x20\x01\x00", name("Melody", kind=4), b"\xff\x20\x01\x01", name("Flute", kind=4), *mixed]
    assert lead(midi(track(*prefixed), kind=0)) == PLAIN
    with pytest.raises(ValueError, match="drums only"):
        read_midi(midi(track(*notes(channel=9))))


def test_many_tracks_are_no_trouble():
    empty = [track(name(f"Empty {i}")) for i in range(300)]
    assert lead(midi(*empty, track(*notes()), *empty)) == PLAIN


# --------------------------------------------------------------------------- odd events and chunks


@pytest.mark.parametrize(
    "event",
    [
        b"\xff\x59\x02\x12\x01", b"\xff\x59\x02\x01\xff", b"\xff\x59\x02\xf0\x07", b"\xff\x59\x00", b"\xff\x59\x01\x02",
        b"\xff\x54\x05\xff\xff\xff\xff\xff", b"\xff\x54\x00", b"\xff\x21\x00", b"\xff\x00\x00", b"\xff\x20\x01\x63",
        b"\xff\x03\x04\xff\xfe\x80\x81", b"\xff\x7f\x05\x00\x00\x41\x01\x02", b"\xff\x7e\x02ab",
        b"\xff\x01\x81\x00" + b"x" * 128,
        b"\xf0\x05\x7e\x7f\x09\x01\xf7", b"\xf0\x03\x43\x12\x00\x10\xf7\x02\x01\xf7", b"\xf0\x7e\x7f\x09\x01\xf7",
        b"\xf0\x41\x10\x42\x12\x40\x00\x7f\x00\x41\xf7", b"\xf7\x02\x01\x02", b"\xf0\x00", b"\xf1\x10", b"\xf2\x10\x20",
        b"\xf3\x01", b"\xf6", b"\xf8", b"\xfe", b"\xe0\x00\x40", b"\xd0\x40", b"\xa0\x43\x40", b"\xc0\x28",
        b"\xb0\x07\x64",
        b"\x90\xc3\x50", b"\xb0\x07\xff",
    ],
)  # fmt: skip
def test_one_odd_event_costs_no_note(event):
    events = notes()
    for place in (0, 5, 16):
        found = read_midi(midi(track(*events[:place], event, *events[place:]), track(TEMPO_120, METRE_44)))
        assert [tuple(n) for n in found.lead] == PLAIN
        assert found.metre == "4/4" and round(found.bpm) == 120


GOOD = midi(track(TEMPO_120, METRE_44), track(*notes()))
HEAD, FIRST, SECOND = GOOD[:14], chunk(b"MTrk", track(TEMPO_120, METRE_44)), chunk(b"MTrk", track(*notes()))


@pytest.mark.parametrize(
    "data",
    [
        HEAD + chunk(b"XFIH", b"\0\xff\x2f\0") + FIRST + SECOND, HEAD + FIRST + chunk(b"XFKM", b"words") + SECOND,
        GOOD + chunk(b"XFIH", b"\0\xff\x2f\0"), midi(track(TEMPO_120), track(*notes()), count=9),
        midi(track(*notes()), count=0),
        chunk(b"MThd", struct.pack(">HHH", 1, 1, Q)) + FIRST + SECOND, chunk(b"MThd", struct.pack(">HHHH", 1, 2, Q,
        7)) + FIRST + SECOND,
        b"RIFF" + struct.pack("<I", len(GOOD) + 12) + b"RMIDdata" + struct.pack("<I", len(GOOD)) + GOOD,
        b"RIFF" + struct.pack("<I", len(GOOD) + 60) + b"RMIDdata" + struct.pack("<I",
        len(GOOD)) + GOOD + b"LIST\x1c\0\0\0INFOINAM" + bytes(20),
        b"RIFF\0\0\0\0RMIDDISP\x08\0\0\0\x01\0\0\0Tune" + b"data" + struct.pack("<I", len(GOOD)) + GOOD,
        bytes(128) + GOOD, b"\n" + GOOD, GOOD + b"\r\n", GOOD + bytes(100), GOOD + b"trailing words of another program",
        GOOD + np.random.default_rng(0).bytes(200), HEAD + FIRST + b"\0" + SECOND, HEAD + FIRST + b"junk!" + SECOND,
        HEAD + chunk(b"MTrk", track(TEMPO_120), size=0) + SECOND, HEAD + chunk(b"MTrk", track(TEMPO_120),
        size=5_000) + SECOND,
        HEAD + FIRST + chunk(b"MTrk", track(*notes()), size=0xFFFFFFFF), HEAD + FIRST + chunk(b"MTrk",
        track(*notes()), size=0),
        HEAD + FIRST + chunk(b"MTrk", track(*notes(), end=b"")), HEAD + FIRST + chunk(b"MTrk", track(*notes(),
        end=b"\0\xff\x2f")),
        HEAD + FIRST + chunk(b"MTrk", track(*notes()) + b"\0\x90\x10\x50"), GOOD[:9] + b"\x07" + GOOD[10:],
    ],
)  # fmt: skip
def test_odd_chunks_cost_no_note(data):
    assert lead(data) == PLAIN


def test_of_a_file_that_was_cut_off_the_notes_so_far_are_kept_and_it_is_said():
    for cut in (30, 33, 41, 52):
        piece = read_midi(GOOD[:-cut])
        count = len(piece.lead)
        assert 2 <= count < 8 and [tuple(n) for n in piece.lead[: count - 1]] == PLAIN[: count - 1]
        assert "The file is cut off; what is there of it was read." in piece.remarks


def test_after_damage_the_walk_goes_on():
    events = notes()
    for bad in (b"\xff\x01\xff\xff\xff\x7f", b"\xf0\xff\xff\xff\x7f\x01\x02", b"\xff\x06\x8f\xff\xff\xff"):
        piece = read_midi(midi(track(*events[:8], bad, *events[8:])))
        assert {p for _, _, p in PLAIN} <= {n.pitch for n in piece.lead}
        assert len(piece.lead) >= 7 and any(r.startswith("Damaged places") for r in piece.remarks)


def test_a_wait_of_hours_is_taken_for_damage():
    events = notes()
    events[6] = (200_000_000, events[6][1])
    piece = read_midi(midi(track(*events)))
    assert [tuple(n) for n in piece.lead] == PLAIN and piece.remarks


@pytest.mark.parametrize(
    ("frames", "parts", "second"), [(25, 40, 1_000), (24, 4, 96), (30, 80, 2_400), (29, 100, 2_997)]
)
def test_film_frames_count_seconds(frames, parts, second):
    division = (256 - frames) << 8 | parts
    half = second / 2
    steps = [round(half * (i + 1)) - round(half * i) for i in range(8)]
    events = [e for pitch, step in zip(SCALE, steps, strict=True) for e in note(pitch, step)]
    piece = read_midi(midi(track(*events), division=division))
    assert [tuple(n) for n in piece.lead] == PLAIN  # quarters of half a second: 120 a minute
    assert piece.bpm == 120 and any("film frames" in remark for remark in piece.remarks)


@pytest.mark.parametrize("division", [0, 0xE700, 0x9028, 0xFFFF])
def test_a_division_that_is_none(division):
    with pytest.raises(ValueError, match="no MIDI file"):
        read_midi(midi(track(*notes()), division=division))


@pytest.mark.parametrize("division", [1, 2, 24, 96, 1_000, 32_767])
def test_any_division(division):
    assert lead(midi(track(*notes(length=division)), division=division)) == PLAIN


@pytest.mark.parametrize("data", [b"", b"MThd", b"MTrk" + bytes(50), b"PK\x03\x04" + bytes(90), b"RIFF\0\0\0\0RMIDdata",
                                  "主旋律".encode() * 50, b"MThd" + bytes(30), b"RIFF\x40\0\0\0WAVEfmt "])  # fmt: skip
def test_what_is_no_midi_file_is_said_to_be_none(data):
    with pytest.raises(ValueError, match="This is no MIDI file"):
        read_midi(data)


def test_a_file_without_notes_and_one_with_too_many():
    with pytest.raises(ValueError, match="no notes"):
        read_midi(midi(track(TEMPO_120), track()))
    with pytest.raises(ValueError, match="more than 20,000 notes"):
        read_midi(midi(track(*notes([60] * (limits.MAX_MIDI_NOTES + 1), 3))))
    with pytest.raises(ValueError, match="more than 20,000 notes"):
        read_midi(midi(*[track(*notes([60] * 2_100, 3)) for _ in range(10)]))


def test_every_remark_has_a_translation():
    head = track(metre(4, 4), (8 * Q, metre(3, 4)), tempo(100))
    odd = track(*note(90, 8), *notes(), b"\xf8", (4 * Q, b"\x90\x43\x50"), *note(50, 1, wait=Q), end=b"")
    data = midi(head, odd, track(*notes([40] * 4)))[:-30]
    remarks = [*read_midi(data).remarks, *read_midi(midi(track(*notes()), division=0xE728)).remarks]
    assert len(remarks) >= 6
    for remark in remarks:
        assert localise(remark, "zh") != remark


def test_titles_are_written_in_their_own_script():
    piece = Piece("air", 0, "maj", "4/4", {"melody": [Note(0, 24, 60)]}, title="茉莉花")
    file = mido.MidiFile(file=io.BytesIO(write_midi(piece)), charset="utf-8")
    assert file.tracks[0].name == "茉莉花"


# --------------------------------------------------------------------------- damage


def made(rng: np.random.Generator) -> bytes:
    """A file as some program may write it."""
    bodies = [track(tempo(rng.uniform(40, 240)), metre(int(rng.integers(2, 7)), 4), name("主旋律", "gbk"))]
    for channel in rng.permutation(16)[: rng.integers(1, 4)]:
        pitches = rng.integers(50, 80, 24).tolist()
        events = notes(pitches, int(rng.choice([120, 160, 240, 480])), int(channel))
        bodies.append(track(b"\xf0\x05\x7e\x7f\x09\x01\xf7", bytes([0xB0 | channel, 7, 100]), *events))
    return midi(*bodies)


def damaged(data: bytes, rng: np.random.Generator) -> bytes:
    found = bytearray(data)
    kind = rng.integers(4)
    if kind == 0:
        for _ in range(int(rng.integers(1, 12))):
            found[int(rng.integers(len(found)))] ^= 1 << int(rng.integers(8))
    elif kind == 1:
        del found[int(rng.integers(len(found))) :]
    elif kind == 2:
        at = int(rng.integers(len(found)))
        found[at:at] = rng.bytes(int(rng.integers(1, 40)))
    else:
        at = int(rng.integers(len(found)))
        del found[at : at + int(rng.integers(1, 20))]
    return bytes(found)


@pytest.mark.parametrize("seed", range(30))
def test_damage_of_any_kind_is_a_piece_or_a_sentence(seed):
    rng = np.random.default_rng(seed)
    read = 0
    for _ in range(10):
        data = damaged(made(rng), rng)
        try:
            piece = read_midi(data)
        except ValueError as error:
            assert str(error).endswith(".")
            continue
        read += 1
        assert piece.checked().lead and 20 <= piece.bpm <= 400
        assert len(piece.lead) <= len(data)
    assert read >= 4


def test_files_of_one_thing_over_and_over_come_to_an_end():
    """Half a megabyte each: nothing is searched for again and again."""
    head = GOOD[:14]
    for filler in (b"\xff", b"\xf0", b"\x00", b"\xff\x01\x7f", b"\x80", b"\xf8\x00", b"MTrk", b"MTrk\0\0\0\0",
                   b"\x00\xff\x03\x01a", b"\x00\xb0\x7b\x00", b"\x00\xf0\x7f", b"ABCD\0\0\0\1"):  # fmt: skip
        body = (filler * 2**20)[: 2**19]
        with pytest.raises(ValueError, match=r"no notes|no MIDI"):
            read_midi(head + chunk(b"MTrk", body))
    assert midi_events.read(head + chunk(b"MTrk", b"\x00" * 2**19)).skipped > 0
