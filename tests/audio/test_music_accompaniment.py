"""Chords in patterns, a bass that moves, a drum; and pieces that are like another one."""

import io
import itertools

import mido
import numpy as np
import pytest

from genai_demo.audio.music import accompaniment
from genai_demo.audio.music.accompaniment import PATTERNS, drum, natural, strokes
from genai_demo.audio.music.events import TOKENS
from genai_demo.audio.music.grammar import Grammar
from genai_demo.audio.music.likeness import STRENGTH, Likeness
from genai_demo.audio.music.notation import restruck, write_midi
from genai_demo.audio.music.pieces import METRES, Chord, Note, Piece, bar_ticks
from tests.audio.test_music_form import written


def piece(*chords: tuple[int, str], metre: str = "4/4", style: str = "reel", bars: int = 1) -> Piece:
    """A chord a bar in C major, under long notes."""
    size = bar_ticks(metre)
    line = [Chord(i * size * bars, size * bars, *chord) for i, chord in enumerate(chords)]
    notes = [Note(i * size, size, 72) for i in range(len(chords) * bars)]
    return Piece(style, 0, "maj", metre, {"melody": notes}, line)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("metre", METRES)
def test_every_pattern_fills_its_chords(pattern: str, metre: str) -> None:
    made = piece((0, "maj"), (7, "7"), (9, "min"), metre=metre)
    found = list(strokes(made, pattern))
    for chord, following in itertools.zip_longest(made.chords, made.chords[1:]):
        inside = [s for s in found if chord.start <= s.start < chord.end]
        assert inside[0].start == chord.start and all(s.start + s.length <= chord.end and s.length for s in inside)
        assert {p % 12 for s in inside for p in s.pitches} >= {p % 12 for p in chord.pitches()[:1]}
        heard = {p % 12 for s in inside for p in s.pitches}
        leading = {(following.root + step) % 12 for step in (-2, -1, 1, 2)} if following else set()
        assert heard <= {p % 12 for p in chord.pitches()} | leading
    assert all(36 <= p < 72 and 0 < s.loudness < 1 for s in found for p in s.pitches)


def test_a_waltz_is_a_bass_and_two_chords_and_alberti_is_low_high_middle_high() -> None:
    waltz = list(strokes(piece((0, "maj"), metre="3/4", style="waltz")))
    assert [(s.start, len(s.pitches)) for s in waltz] == [(0, 1), (24, 3), (48, 3)]
    alberti = [s.pitches[0] for s in strokes(piece((0, "maj")), "alberti")]
    assert alberti == [48, 55, 52, 55] * 2
    jig = list(strokes(piece((0, "maj"), metre="6/8", style="jig")))
    assert [(s.start, len(s.pitches)) for s in jig] == [(0, 1), (24, 3), (36, 1), (60, 3)]


def test_the_bass_moves() -> None:
    bass = [s.pitches[0] for s in strokes(piece((0, "maj"), (5, "maj"), bars=2)) if len(s.pitches) == 1]
    assert [p % 12 for p in bass] == [0, 7, 0, 4, 5, 0, 5, 0]  # root, fifth, root, then a step below the next root
    assert max(abs(a - b) for a, b in itertools.pairwise(bass)) <= 7
    low, high = accompaniment.LOWEST_BASS, accompaniment.HIGHEST_BASS
    assert all(low <= p <= high for p in bass)


def test_patterns_suit_the_style() -> None:
    assert natural(piece((0, "maj"), style="jig", metre="6/8")) == "dance"
    assert natural(piece((0, "maj"), style="waltz", metre="3/4")) == "waltz"
    assert natural(piece((0, "maj"), style="morris", metre="3/4")) == "waltz"
    assert natural(piece((0, "maj"), style="air")) == "arpeggio"
    with pytest.raises(ValueError, match="No pattern is called 'polka'"):
        list(strokes(piece((0, "maj")), "polka"))


def test_the_drum_keeps_the_beat_after_a_pickup() -> None:
    made = piece((0, "maj"), (0, "maj"))
    assert [(h.start, h.kind) for h in drum(made) if h.kind != "brush"][:4] == [
        (0, "low"), (24, "high"), (48, "low"), (72, "high")
    ]  # fmt: skip
    late = Piece("reel", 0, "maj", "4/4", {"melody": [Note(72, 24, 67), Note(96, 96, 72)]})
    assert min(h.start for h in drum(late)) == 96
    assert {h.kind for h in drum(piece((0, "maj"), style="waltz", metre="3/4"))} == {"low", "brush"}


def test_midi_has_the_pattern_and_the_drum_on_its_channel() -> None:
    made = piece((0, "maj"), (7, "maj"))
    file = mido.MidiFile(file=io.BytesIO(write_midi(made, "alberti", True)))
    notes = {t.name: [m for m in t if m.type == "note_on"] for t in file.tracks}
    assert [m.note for m in notes["chords"][:4]] == [48, 55, 52, 55]
    assert {m.channel for m in notes["drum"]} == {9} and {m.channel for m in notes["melody"]} == {0}
    plain = mido.MidiFile(file=io.BytesIO(write_midi(made)))
    assert [t.name for t in plain.tracks][1:] == ["melody", "chords"]


# --------------------------------------------------------------------------- like another piece


def test_what_the_other_piece_does_is_likelier() -> None:
    other = Piece("reel", 0, "maj", "4/4", {"melody": [Note(0, 24, 60), Note(24, 72, 64), Note(96, 96, 60)]})
    rule = Grammar("reel", "melody", 0, "maj", "4/4", 2, like=Likeness(other, 0.5))
    rule.advance()
    for name in ("pitch 60", "until 24", "pitch 64", "until 96"):
        nats = rule.lean().numpy()
        assert nats[TOKENS[name]] == STRENGTH / 2 and np.count_nonzero(nats) == 1
        rule.push(TOKENS[name])
    rule.advance()
    rule.push(TOKENS["pitch 62"])
    rule.push(TOKENS["until 12"])
    assert not rule.lean().numpy().any()  # nothing of the other piece begins here


def test_the_more_alike_the_more_notes_are_the_same() -> None:
    rng = np.random.default_rng(0)
    other = written(Grammar("jig", "melody and chords", 2, "maj", "6/8", 6), rng)
    shares = []
    for likeness in (0.0, 1.0, 3.0):
        rule = Grammar("jig", "melody and chords", 2, "maj", "6/8", 6, like=Likeness(other, likeness))
        made = written(rule, np.random.default_rng(1), by_lean=1.0)
        shares.append(len(set(made.lead) & set(other.lead)) / len(other.lead))
    assert shares[0] < 0.2 < shares[1] < shares[2] and shares[2] == 1


def test_a_key_that_is_struck_again_was_let_go_before():
    struck = [(0, 10, 60), (4, 8, 60), (4, 12, 60), (0, 4, 62), (4, 6, 62)]
    assert restruck(struck) == [(0, 4, 60), (0, 4, 62), (4, 6, 62), (4, 12, 60)]
    assert restruck([]) == []


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_key_of_a_midi_file_goes_down_twice(pattern):
    song = piece((0, "maj"), (7, "7"), (0, "maj"))
    for track in mido.MidiFile(file=io.BytesIO(write_midi(song, pattern, drum=True))).tracks:
        down = set()
        for message in track:
            if message.type == "note_on" and message.velocity:
                assert message.note not in down, (track.name, message.note)
                down.add(message.note)
            elif message.type in ("note_on", "note_off"):
                down.remove(message.note)
        assert not down
