"""Which of a MIDI file's tracks is the melody, and what a piece is called."""

import io

import mido
import pytest

from genai_demo.audio.music.midi_melody import read_midi
from genai_demo.audio.music.notation import write_midi
from genai_demo.audio.music.pieces import Note, Piece
from tests.audio.made_midi import (
    PLAIN,
    SCALE,
    Q,
    lead,
    midi,
    name,
    notes,
    track,
)


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


def test_titles_are_written_in_their_own_script():
    piece = Piece("air", 0, "maj", "4/4", {"melody": [Note(0, 24, 60)]}, title="茉莉花")
    file = mido.MidiFile(file=io.BytesIO(write_midi(piece)), charset="utf-8")
    assert file.tracks[0].name == "茉莉花"
