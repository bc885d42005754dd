"""MIDI files as people have them: tempo, metre, and where notes end."""

import pytest

from genai_demo.audio.music.midi_melody import read_midi
from genai_demo.audio.music.pieces import Note
from tests.audio.made_midi import (
    END,
    METRE_44,
    PLAIN,
    SCALE,
    TEMPO_120,
    Q,
    lead,
    metre,
    midi,
    name,
    note,
    notes,
    number,
    tempo,
    track,
)


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
