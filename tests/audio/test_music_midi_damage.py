"""Odd and damaged MIDI files: what is made of them, and what is said."""

import struct

import numpy as np
import pytest

from genai_demo.audio.music import midi_events
from genai_demo.audio.music.midi_melody import read_midi
from genai_demo.core import limits
from genai_demo.ui.errors import localise
from tests.audio.made_midi import (
    GOOD,
    METRE_44,
    PLAIN,
    SCALE,
    TEMPO_120,
    Q,
    chunk,
    lead,
    metre,
    midi,
    name,
    note,
    notes,
    tempo,
    track,
)

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
