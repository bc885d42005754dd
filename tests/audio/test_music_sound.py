"""What is heard and printed: the synthesiser, MIDI files, ABC."""

import io
import re
from fractions import Fraction

import mido
import numpy as np
import pytest

from genai_demo.audio.music import notation, synth
from genai_demo.audio.music.midi_melody import read_midi
from genai_demo.audio.music.notation import write_abc, write_midi
from genai_demo.audio.music.pieces import TONICS, Chord, Note, Piece, from_record
from genai_demo.audio.music.synth import Manner
from genai_demo.core import limits
from tests.audio.test_music_pieces import melody
from tests.audio.tiny_music import chorale, tune


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.fixture
def reel(rng):
    return from_record(tune(rng, 1, False, True))


# --------------------------------------------------------------------------- sound


def spectrum_peak(wave: np.ndarray) -> float:
    """Frequency of the strongest partial below 2 kHz."""
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    frequencies = np.fft.rfftfreq(len(wave), 1 / synth.RATE)
    return float(frequencies[np.argmax(power * (frequencies < 2000))])


def test_the_matrix_product_is_the_sum_of_partials():
    f, a, d = np.array([220.0, 443.0, 3001.5]), np.array([1.0, 0.5, 0.2]), np.array([0.0, 3.0, 9.0])
    time = np.arange(9_000) / synth.RATE
    expected = sum(a[k] * np.exp(-d[k] * time) * np.sin(2 * np.pi * f[k] * time) for k in range(3))
    assert synth.damped_sum(f, a, d, 9_000) == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("name", synth.INSTRUMENTS)
def test_notes_are_in_tune_and_begin_and_end_in_silence(name):
    for pitch in (50, 69, 81):
        wave = synth.play(name, pitch, 0.5)
        assert len(wave) == int(0.5 * synth.RATE) + int(synth.INSTRUMENTS[name].release * synth.RATE)
        assert np.abs(wave[0]) < 1e-3 and np.abs(wave[-1]) < 1e-3 and 0.3 < np.abs(wave).max() < 2
        found = spectrum_peak(wave) / (440 * 2 ** ((pitch - 69) / 12))
        assert abs(found - round(found)) < 0.02 * round(found)  # a low string's second partial may be the strongest


@pytest.mark.parametrize("sound", ["", *synth.SOUNDS])
def test_a_piece_as_sound(reel, sound):
    rate, wave = synth.render(reel, Manner(sound))
    assert rate == synth.RATE and wave.dtype == np.float32
    assert len(wave) == int((reel.seconds + synth.TAIL_SECONDS) * rate)
    assert np.abs(wave).max() == pytest.approx(synth.PEAK, abs=1e-3) and np.abs(wave[-20:]).max() < 1e-3
    # no clicks: as far as it moves from sample to sample stays what waves of these pitches do
    assert np.abs(np.diff(wave)).max() < 0.6
    assert wave[: rate * 4].std() > 0.02
    assert (wave == synth.render(reel, Manner(sound))[1]).all()


def test_no_click_where_notes_meet():
    piece = Piece("air", 0, "maj", "4/4", {"melody": [Note(i * 12, 12, 60 + 4 * (i % 3)) for i in range(16)]})
    for sound in ("flute", "organ", "session"):
        _, wave = synth.render(piece, Manner(sound))
        second = np.abs(np.diff(wave, 2))
        assert second.max() < 12 * np.quantile(second, 0.9)


def test_life_is_a_matter_of_the_seed_and_can_be_left_out(reel):
    notes = {name: list(synth.performance(reel, manner)) for name, manner in (
        ("plain", Manner(life=False)), ("one", Manner(seed=1)), ("again", Manner(seed=1)), ("two", Manner(seed=2))
    )}  # fmt: skip
    assert notes["one"] == notes["again"] != notes["two"] and len(notes["one"]) == len(notes["plain"])
    apart = [live.start - plain.start for live, plain in zip(notes["one"], notes["plain"], strict=True)]
    assert 0.002 < np.std(apart) < 0.01 and np.abs(apart).max() <= 0.02 + 1e-9
    assert [n.pitch for n in notes["one"]] == [n.pitch for n in notes["plain"]]
    swells = [synth.swell(reel, bar * reel.bar) for bar in range(8)]
    assert swells[:4] == swells[4:] and max(swells) in (swells[2], swells[3]) and min(swells) == swells[0]


def test_voices_stand_apart_in_stereo():
    high = Piece("chorale", 0, "maj", "4/4", {v: [] for v in ("soprano", "bass", "tenor", "alto")})
    high.voices["soprano"].append(Note(0, 96, 76))
    low = Piece("chorale", 0, "maj", "4/4", {v: [] for v in ("soprano", "bass", "tenor", "alto")})
    low.voices["bass"].append(Note(0, 96, 48))
    power = {}
    for name, piece in (("high", high), ("low", low)):
        _, wave = synth.render(piece, stereo=True)
        assert wave.shape == (int((piece.seconds + synth.TAIL_SECONDS) * synth.RATE), 2)
        assert np.abs(wave).max() == pytest.approx(synth.PEAK, abs=1e-3)
        power[name] = (wave.astype(float) ** 2).mean(0)
    assert power["high"][1] > 1.5 * power["high"][0] and power["low"][0] > 1.5 * power["low"][1]
    for place in (-1, -0.3, 0, 1):
        assert (synth.ears(place, 2) ** 2).sum() == pytest.approx(2)


def test_a_drum_is_heard_where_nothing_else_is():
    piece = Piece("reel", 0, "maj", "4/4", {"melody": [Note(0, 12, 72), Note(180, 12, 72)]}, bpm=60)
    silent, beaten = (synth.render(piece, Manner(drum=drum, life=False))[1] for drum in (False, True))
    middle = slice(int(4.0 * synth.RATE), int(4.2 * synth.RATE))  # the second bar begins
    assert np.abs(silent[middle]).max() < 0.02 < 0.2 < np.abs(beaten[middle]).max()
    for kind in synth.DRUMS:
        wave = synth.struck(kind)
        assert 0.05 < np.abs(wave).max() <= 1.5 and abs(wave[0]) < 1e-3 and np.abs(wave[-20:]).max() < 0.02


def test_a_pickup_is_heard_at_once():
    piece = Piece("reel", 0, "maj", "4/4", {"melody": [Note(72, 24, 72), Note(96, 96, 76)]}, bpm=60)
    _, wave = synth.render(piece, Manner("piano"))
    assert piece.seconds == pytest.approx(5) and len(wave) == int((5 + synth.TAIL_SECONDS) * synth.RATE)
    assert np.abs(wave[: synth.RATE // 10]).max() > 0.1
    assert spectrum_peak(wave[: synth.RATE]) == pytest.approx(523.25, rel=0.01)


def test_a_silent_piece_and_wrong_sounds(reel):
    silent = Piece("air", 0, "maj", "4/4", {"melody": []})
    assert not synth.render(silent)[1].any()
    with pytest.raises(ValueError, match="No sound is called 'tuba'"):
        synth.render(reel, Manner("tuba"))
    with pytest.raises(ValueError, match="longer than"):
        synth.render(Piece("air", 0, "maj", "4/4", {"melody": [Note(0, 24, 60), Note(96 * 4000, 24, 60)]}))
    with pytest.raises(ValueError, match="soundfont"):
        synth.render(reel, Manner("soundfont"))


# --------------------------------------------------------------------------- MIDI


def test_midi_is_read_as_it_was_written(rng, reel):
    for piece in (melody(rng, 30), melody(rng, 30, "6/8"), reel):
        found = read_midi(write_midi(piece), piece.style, piece.key)
        skipped = piece.lead[0].start // piece.bar * piece.bar
        assert found.lead == [n._replace(start=n.start - skipped) for n in piece.lead]
        assert (found.metre, round(found.bpm), found.key) == (piece.metre, round(piece.bpm), piece.key)
    assert "Of 2 voices the one named as a melody was taken." in found.remarks  # the reel has chords


def test_a_track_that_says_so_is_the_melody_else_the_highest():
    def file(*tracks):
        made = mido.MidiFile(type=1)
        for name, pitch, count in tracks:
            named = mido.MetaMessage("track_name", name=name)
            made.tracks.append(mido.MidiTrack([named, *(m for _ in range(count) for m in note(0, pitch))]))
        buffer = io.BytesIO()
        made.save(file=buffer)
        return buffer.getvalue()

    descant = ("Flute", 84, 8)
    assert {n.pitch for n in read_midi(file(descant, ("Lead Vocal", 65, 8), ("Bass", 40, 8))).lead} == {65}
    found = read_midi(file(descant, ("Piano", 65, 8)))
    assert {n.pitch for n in found.lead} == {84} and any("highest" in remark for remark in found.remarks)
    assert {n.pitch for n in read_midi(file(descant, ("Melody", 65, 2))).lead} == {84}  # too few notes


def test_every_voice_is_in_the_file(rng):
    piece = from_record(chorale(rng, 3))
    file = mido.MidiFile(file=io.BytesIO(write_midi(piece)))
    assert [track.name for track in file.tracks[1:]] == list(piece.voices)
    assert file.length == pytest.approx(piece.seconds, abs=0.01)


def midi_of(*messages, kind=1) -> bytes:
    file = mido.MidiFile(type=kind)
    file.tracks.append(mido.MidiTrack(messages))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def note(channel=0, pitch=60, length=480):
    on = mido.Message("note_on", channel=channel, note=pitch, velocity=80)
    return on, mido.Message("note_off", channel=channel, note=pitch, time=length)


def test_broken_midi_files_are_sentences(reel):
    good = write_midi(reel)
    for data in (b"", b"MThd", b"no music" * 50, good[:40], b"\xff" * 400, good[:14] + b"\x00" * 200):
        with pytest.raises(ValueError, match=r"damaged|no notes"):
            read_midi(data)
    with pytest.raises(ValueError, match="larger than 1 MiB"):
        read_midi(b"MThd" + bytes(limits.MAX_MIDI_BYTES))
    with pytest.raises(ValueError, match="drums only"):
        read_midi(midi_of(*note(channel=9)))
    with pytest.raises(ValueError, match="no notes"):
        read_midi(midi_of())
    with pytest.raises(ValueError, match="more than 20,000 notes"):
        read_midi(midi_of(*(m for _ in range(limits.MAX_MIDI_NOTES + 1) for m in note(length=10))))


def test_any_bytes_are_read_or_refused(reel, rng):
    good = bytearray(write_midi(reel))
    for _ in range(60):
        data = bytearray(good)
        for place in rng.integers(0, len(data), 4):
            data[place] = rng.integers(256)
        try:
            assert read_midi(bytes(data)).checked().lead
        except ValueError as error:
            assert str(error).endswith(".")


def test_uneven_playing_is_put_on_the_grid():
    messages = [m for pitch in (60, 62, 64, 65) for m in note(pitch=pitch, length=470)]
    messages[1::2] = [m.copy(time=470) for m in messages[1::2]]
    messages[2::2] = [m.copy(time=10) for m in messages[2::2]]
    piece = read_midi(midi_of(*messages))
    assert [n.start for n in piece.lead] == [0, 24, 48, 72] and piece.lead[0].pitch == 60


# --------------------------------------------------------------------------- ABC

TOKEN = re.compile(r'"([^"]*)"|\(3:2:1|([_^=]?)([A-Ga-gz])([,\']*)(\d*)(?:/(\d+))?(-?)|(\|\]?)|(\s+)|(.)')


def read_abc(text: str) -> dict[str, list[tuple[Fraction, Fraction, int]]]:
    """A strict reader: notes (start, length in whole notes, pitch) by voice; every bar must be full."""
    fields = dict(re.findall(r"^([A-Z]):(.*)$", text, re.M))
    unit, beats = Fraction(fields["L"]), Fraction(fields["M"])
    name = re.match(r"([A-G][#b]?)(\w*)", fields["K"])
    fifths = {"": 0, "min": -3, "dor": -2, "mix": -1, "phr": -4, "lyd": 1}[name[2]]
    count = "FCGDAEB".index(name[1][0]) - 1 + 7 * (name[1].count("#") - name[1].count("b")) + fifths
    assert -7 <= count <= 7
    signs = dict.fromkeys("CDEFGAB", 0)
    for i in range(abs(count)):
        signs["FCGDAEB"[i] if count > 0 else "BEADGCF"[i]] = 1 if count > 0 else -1
    voices: dict[str, list] = {}
    for line in text[text.index("K:") :].splitlines()[1:]:
        if line.startswith("V:"):
            current = voices.setdefault(line[2:], [])
            now, bar, tie = Fraction(0), Fraction(0), False
            continue
        if not voices:
            current = voices.setdefault("", [])
            now, bar, tie = Fraction(0), Fraction(0), False
        altered, triplet = {}, False
        for found in TOKEN.finditer(line):
            _, mark, letter, octave, above, below, tied, barline, _, wrong = found.groups()
            assert not wrong, (wrong, line)
            if found[0] == "(3:2:1":
                triplet = True
            elif barline:
                assert now - bar == beats, line
                bar, altered = now, {}
            elif letter:
                length = unit * Fraction(int(above or 1), int(below or 1)) * (Fraction(2, 3) if triplet else 1)
                triplet = False
                if letter != "z":
                    if mark:
                        altered[letter, octave] = {"^": 1, "_": -1, "=": 0}[mark]
                    sign = altered.get((letter, octave), signs[letter.upper()])
                    pitch = 60 + 12 * letter.islower() + 12 * (octave.count("'") - octave.count(","))
                    pitch += {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[letter.upper()] + sign
                    if tie:
                        assert current[-1][2] == pitch
                        current[-1] = (current[-1][0], current[-1][1] + length, pitch)
                    else:
                        current.append((now, length, pitch))
                    tie = bool(tied)
                now += length
    return voices


def as_whole_notes(notes) -> list[tuple[Fraction, Fraction, int]]:
    return [(Fraction(n.start, 96), Fraction(n.length, 96), n.pitch) for n in notes]


@pytest.mark.parametrize("tonic", range(12))
def test_abc_says_the_same_in_every_key(rng, tonic):
    for mode, metre in (("maj", "4/4"), ("min", "6/8"), ("dor", "3/4"), ("phr", "9/8")):
        piece = Piece("reel", tonic, mode, metre, melody(rng, 30, metre).voices, [Chord(24, 48, 9, "min")])
        assert read_abc(write_abc(piece))[""] == as_whole_notes(piece.lead), write_abc(piece)
        assert notation.tonic_name(piece).replace("b", "").replace("#", "") in "ABCDEFG"
        natural = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
        named = notation.tonic_name(piece)
        assert (natural[named[0]] + named.count("#") - named.count("b")) % 12 == tonic, TONICS[tonic]


def test_abc_of_four_voices(rng):
    piece = from_record(chorale(rng, 2))
    found = read_abc(write_abc(piece))
    assert {k: found[k[0].upper()] for k in piece.voices} == {k: as_whole_notes(v) for k, v in piece.voices.items()}


def test_chords_stand_above_their_notes(reel):
    text = write_abc(reel)
    assert text.count('"') == 2 * len(reel.chords) and f'"{notation.chord_name(reel, reel.chords[0])}"' in text
    assert "R:reel" in text and "M:4/4" in text and text.rstrip().endswith("|]")
