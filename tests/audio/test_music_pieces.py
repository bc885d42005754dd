"""Pieces, events, pickups, keys, the grammar: without a trained model."""

import json

import numpy as np
import pytest

from genai_demo.audio.music import events, listening, pickups
from genai_demo.audio.music.events import END, NAMES, TOKENS, decode, encode, transposed
from genai_demo.audio.music.grammar import Grammar
from genai_demo.audio.music.notation import chord_name
from genai_demo.audio.music.pieces import (
    LAYOUTS,
    METRES,
    MODES,
    RANGES,
    Chord,
    Note,
    Piece,
    from_record,
    in_key,
    name_chord,
    parse_key,
    snapped,
    to_record,
)
from genai_demo.audio.music.tunes import SPAN, TuneIndex
from tests.audio.tiny_music import chorale, tune


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def melody(rng, count=40, metre="4/4", lengths=(4, 6, 8, 12, 16, 18, 24, 36, 48, 120)) -> Piece:
    """Random notes and rests on the grid, some of them across bar lines."""
    notes, now = [], 0
    for _ in range(count):
        now = snapped(now + int(rng.choice([0, 0, 0, 12])))
        end = snapped(now + int(rng.choice(lengths)))
        notes.append(Note(now, end - now, int(rng.integers(57, 86))))
        now = end
    return Piece("reel", 2, "maj", metre, {"melody": notes})


def test_the_vocabulary_is_small_and_without_doubles():
    assert len(NAMES) < 400 and len(TOKENS) == len(NAMES) <= events.ROWS


@pytest.mark.parametrize("metre", METRES)
def test_tokens_and_pieces_are_the_same_music(rng, metre):
    piece = melody(rng, metre=metre)
    assert decode(encode(piece), piece.bpm) == piece
    bar = piece.bar
    chords = [Chord(i * bar, bar, int(rng.integers(12)), "min7") for i in range(piece.bars)]
    piece = Piece("jig", 9, "min", metre, piece.voices, chords)
    assert decode(encode(piece), piece.bpm) == piece


def test_four_voices_survive(rng):
    piece = from_record(chorale(rng, 1))
    assert piece.layout == "chorale" and decode(encode(piece), piece.bpm) == piece
    assert from_record(to_record(piece)) == piece


def test_transposed_tokens_are_the_transposed_piece(rng):
    piece = from_record(tune(rng, 1, False, True))
    tokens = np.array(encode(piece), np.uint16)
    for by in (-5, 3, 6):
        assert transposed(tokens, by).tolist() == encode(piece.transposed(by))


def test_what_does_not_fit_is_a_sentence():
    long = Piece("reel", 0, "maj", "4/4", {"melody": [Note(0, 96 * 65, 60)]})
    with pytest.raises(ValueError, match="64 are the most"):
        encode(long)
    with pytest.raises(ValueError, match="too high or too low"):
        encode(Piece("reel", 0, "maj", "4/4", {"melody": [Note(0, 24, 20)]}))
    with pytest.raises(ValueError, match="beside the grid"):
        encode(Piece("reel", 0, "maj", "4/4", {"melody": [Note(0, 13, 60)]}))
    with pytest.raises(ValueError, match="overlap"):
        Piece("reel", 0, "maj", "4/4", {"melody": [Note(0, 24, 60), Note(12, 24, 62)]}).checked()
    with pytest.raises(ValueError, match="style is called"):
        Piece("rock", 0, "maj", "4/4", {"melody": []}).checked()
    with pytest.raises(ValueError, match="no piece of a music pack"):
        from_record({"key": "D:maj"})


def test_grace_notes_and_notes_before_the_start_are_left_out():
    record = {"style": "jig", "key": "G:maj", "metre": "6/8", "bpm": 100}
    tracks = {"melody": [[-12, 12, 60, 80], [0, 1, 70, 80], [0, 12, 67, 80], [12, 0, 64, 80], [12, 12, 69, 80]]}
    piece = from_record(record | {"tracks": tracks})
    assert piece.lead == [Note(0, 12, 67), Note(12, 12, 69)]


def test_chords_are_named_by_their_pitches():
    assert name_chord([48, 52, 55]) == (0, "maj")
    assert name_chord([52, 55, 60]) == (0, "maj")  # an inversion
    assert name_chord([50, 54, 57, 60]) == (2, "7")
    assert name_chord([48, 49, 50]) is None
    piece = Piece("reel", 10, "maj", "4/4", {"melody": []})
    chords = [Chord(0, 96, 9, "min"), Chord(0, 96, 3, "7"), Chord(0, 96, 8, "maj")]
    assert [chord_name(piece, c) for c in chords] == ["Am", "Eb7", "Ab"]
    assert chord_name(Piece("reel", 4, "maj", "4/4", {"melody": []}), chords[2]) == "G#"


@pytest.mark.parametrize(
    ("text", "key"), [("D:maj", (2, "maj")), ("F# minor", (6, "min")), ("Am", (9, "min")), ("Bb", (10, "maj")),
                      ("E dor", (4, "dor"))]
)  # fmt: skip
def test_keys_are_read(text, key):
    assert parse_key(text) == key


def test_a_wrong_key_is_a_sentence():
    for text in ("H maj", "", "D blue", "Dx"):
        with pytest.raises(ValueError, match="is no key"):
            parse_key(text)


def test_the_key_is_found():
    for tonic in range(12):
        for mode, steps in (("maj", (0, 4, 7, 0, 2, 4, 5, 7, 9, 11, 0)), ("min", (0, 3, 7, 0, 2, 3, 5, 7, 8, 11, 0))):
            notes = [Note(i * 12, 12, 60 + tonic + step) for i, step in enumerate(steps)]
            assert listening.find_key(notes) == (tonic, mode)


def test_melodies_from_outside_are_put_in_order():
    piece = listening.melody_of([(0, 1.02, 62), (0.5, 1, 66), (0.5, 1, 69), (2.01, 0.5, 62)], metre="3/4")
    assert piece.lead == [Note(0, 12, 62), Note(12, 24, 69), Note(48, 12, 62)]
    assert piece.style == "waltz" and any("overlapping" in r for r in piece.remarks)
    for bad in ([], [(0, 0, 60)], [(-1, 1, 60)], [(0, 1, 200)], [(0, float("nan"), 60)], [("x", 1, 60)]):
        with pytest.raises(ValueError, match=r"notes|Notes|note"):
            listening.melody_of(bad)


def test_lost_pickups_are_found(rng):
    right = [from_record(tune(rng, n, False, False)) for n in range(12)]
    lost = [from_record(tune(rng, n, True, False)) for n in range(12)]
    found = pickups.aligned(right, [*lost, *right])
    assert [piece.lead[0].start for piece in found] == [84] * 12 + [0] * 12


# --------------------------------------------------------------------------- the grammar


def written_at_random(grammar: Grammar, rng, most=20_000) -> list[int]:
    tokens = list(grammar.head)
    for _ in range(most):
        token = int(rng.choice(np.flatnonzero(grammar.mask().numpy())))
        if token == END:
            return tokens
        grammar.push(token)
        tokens.append(token)
    raise AssertionError("it does not end")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_whatever_is_drawn_is_a_piece(rng, layout):
    style = "chorale" if layout == "chorale" else "reel"
    for trial in range(12):
        metre, mode, bars = METRES[trial % len(METRES)], MODES[trial % len(MODES)], int(rng.integers(1, 6))
        grammar = Grammar(style, layout, trial % 12, mode, metre, bars, away=0.1)
        piece = decode(written_at_random(grammar, rng)).checked()
        assert piece.bars == bars and piece.layout == layout
        for voice, notes in piece.voices.items():
            assert all(RANGES[voice][0] <= note.pitch <= RANGES[voice][1] for note in notes)
        outside = piece.out_of_key() * sum(map(len, piece.voices.values()))
        assert outside <= 0.1 * max(24, sum(map(len, piece.voices.values()))) + 1e-6
        third = 3 if mode in ("min", "dor", "phr") else 4
        last = piece.lead[-1].pitch - piece.tonic
        assert last % 12 in ({0, third, 7, 4} if layout == "chorale" else {0, third, 7})
        if layout == "chorale":
            assert (piece.voices["bass"][-1].pitch - piece.tonic) % 12 == 0
        if layout == "melody and chords":
            assert piece.chords[-1].root == piece.tonic


def test_no_note_leaves_the_key_where_none_may(rng):
    piece = decode(written_at_random(Grammar("reel", "melody", 7, "maj", "4/4", 12, away=0.0), rng))
    assert {note.pitch % 12 for note in piece.lead} <= in_key(7, "maj") and len(piece.lead) > 20


def test_given_voices_stay_as_they_are(rng):
    lead = from_record(tune(rng, 1, False, False)).lead
    given = {"melody": events.voice_bars(lead, 96, 8)}
    grammar = Grammar("reel", "melody and chords", 7, "maj", "4/4", 8, given=given)
    assert decode(written_at_random(grammar, rng)).lead == lead
    # a beginning: two bars and a half, whose last note is not prolonged
    start = [note for note in lead if note.end <= 240]
    given = {"melody": events.voice_bars(start, 96, 3, to_the_end=False)}
    piece = decode(written_at_random(Grammar("reel", "melody", 7, "maj", "4/4", 6, given=given), rng))
    assert piece.lead[: len(start)] == start and piece.bars == 6


# --------------------------------------------------------------------------- copies


def test_a_planted_copy_is_found_in_any_key(rng):
    tunes = [(f"tune {i}", melody(rng, 60).lead) for i in range(30)]
    index = TuneIndex.of(tunes)
    assert index.names()[3] == "tune 3"
    new = melody(rng, 40).lead
    assert index.longest_shared(new).notes <= SPAN + 2
    for tune_number, length in ((0, 9), (17, 23), (29, 12)):
        start = 60 - length  # up to the last note, and so up to the border to the next tune
        copied = [n._replace(pitch=n.pitch - 2) for n in tunes[tune_number][1][start:]]
        shared = index.longest_shared([*new[:10], *copied, *new[10:]])
        # the length of the last note is followed by another interval there, so it does not count as a step
        assert shared.title == f"tune {tune_number}" and length - 1 <= shared.notes <= length + 2
    assert index.longest_shared(new[:3]).notes == 0


def test_records_are_plain_json(rng):
    assert json.loads(json.dumps(to_record(from_record(tune(rng, 1, False, True)))))["tracks"]["chords"]
