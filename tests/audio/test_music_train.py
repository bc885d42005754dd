"""From a pack to a published model and what the door makes of it."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from genai_demo import __main__ as cli
from genai_demo.audio import sounds
from genai_demo.audio.music import data, evaluate, generate, train, tunes
from genai_demo.audio.music.batches import Batches
from genai_demo.audio.music.events import BEGIN, END, FILL, ROWS, decode, encode
from genai_demo.audio.music.pieces import Chord, Note, Piece
from genai_demo.audio.music.train import MusicSettings, MusicTask
from genai_demo.core import checkpoint
from genai_demo.core.transformer import TransformerConfig
from tests.audio.tiny_music import SMALL, write_pack

CONFIG = TransformerConfig(ROWS, layers=1, width=32, heads=2, context=512)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("music")
    data.prepare(write_pack(place / "pack"), place / "prepared", progress=False)
    return place / "prepared"


@pytest.fixture(scope="module")
def music(folder):
    return data.load(folder)


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch):
    monkeypatch.setenv("GENAI_DEVICE", "cpu")


def test_the_prepared_set_is_complete(music):
    assert music.card["pieces"] == 160 and music.card["styles"]["chorale"] + music.card["styles"]["reel"] > 130
    assert 0 < len(music.chosen("held_out")) < 30
    assert len(music.chosen("train", "chorale", "chorale")) + len(music.chosen("held_out", "chorale")) == 40
    for index in range(160):
        piece = decode(music.piece(index).tolist()).checked()
        assert encode(piece) == music.piece(index).tolist()
    # Tunes of one collection began with their pickup; it moved to the end of a bar of its own.
    bars = {decode(music.piece(i).tolist()).bars for i in range(160) if music.titles[i] == "Tune t_200"}
    assert bars == {9}


def test_variants_go_to_the_same_side():
    rng = np.random.default_rng(0)
    pieces = []
    for title in ("The Kesh", "Kesh Jig, The", "Other", "Another", "A. B."):
        pitches = rng.integers(60, 80, 40).tolist()
        pieces.append(Piece("jig", 7, "maj", "6/8", {"melody": [Note(12 * i, 12, p) for i, p in enumerate(pitches)]}))
        pieces[-1] = dataclasses.replace(pieces[-1], title=title)
    copied = pieces[2].lead[10:30]  # in another key, of another title
    pieces[3] = dataclasses.replace(pieces[3], voices={"melody": [n._replace(pitch=n.pitch + 2) for n in copied]})
    groups = data.families(pieces)
    assert groups[0] == groups[1] and groups[2] == groups[3]
    assert len({groups[0], groups[2], groups[4]}) == 3


def test_rows_hold_whole_pieces_in_many_keys(music):
    batches = Batches(music, 0, 512)
    count = batches.rows_per_epoch()
    rows, learnt = batches.rows(0, count)
    assert (rows[:, 0] == BEGIN).all() and (rows == FILL).mean() < 0.25
    assert (rows == BEGIN).sum() == (rows == END).sum() == len(batches.pieces)
    assert not learnt[rows == FILL].any() and not learnt[rows == BEGIN].any()
    again, _ = batches.rows(count - 2, 5)  # across the end of an epoch
    assert (again[:2] == rows[-2:]).all()
    tonics = {decode(row.tolist()[: row.tolist().index(END)]).tonic for row in rows[:40]}
    assert len(tonics) > 8


def test_it_learns(music):
    task = MusicTask(CONFIG, MusicSettings(4, matrix_rate=0.03, embedding_rate=0.03, warm_up=2, average_steps=2), music)
    before = task.evaluate()
    for step in range(16):
        torch.manual_seed(step)
        task.step(step)
    after = task.evaluate()
    assert after["score"] < 0.75 * before["score"]
    assert {"tune", "style_reel"} <= set(after)


def test_only_drawn_events_are_charged(music):
    task = MusicTask(CONFIG, MusicSettings(), music)
    figures = train.bits_per_event(task.ema.target, music, 10)
    assert figures["tune"] == pytest.approx(np.log2(ROWS), rel=0.05)  # an untrained model knows nothing


@pytest.fixture(scope="module")
def published(folder, tmp_path_factory):
    """Weights after a few steps, and the index of tunes: (checkpoints, folder of the runs)."""
    place = tmp_path_factory.mktemp("published")
    patch = pytest.MonkeyPatch()
    patch.setenv("GENAI_CHECKPOINTS", str(place / "checkpoints"))
    patch.setenv("GENAI_DEVICE", "cpu")
    options = [*SMALL, f"--data={folder}", "--evaluate-every=3", "--sample-every=0", "--cool-down=0"]
    for name, budgets in (("whole", [3]), ("parts", [1, 3])):
        for steps in budgets:
            command = ["train", "audio", "--model=music", f"--run={place / name}", f"--steps={steps}", *options]
            assert cli.main([*command, *(["--publish"] if name == "whole" else [])]) == 0
    yield place
    patch.undo()


@pytest.fixture
def door(published, monkeypatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(published / "checkpoints"))
    for cached in (generate._load, generate._card, tunes.index):
        cached.cache_clear()
    yield generate
    for cached in (generate._load, generate._card, tunes.index):
        cached.cache_clear()


def test_resuming_is_exact(published):
    whole, parts = (torch.load(published / f / "state.pt", weights_only=True) for f in ("whole", "parts"))
    for name, tensor in whole["modules"]["model"].items():
        assert torch.equal(tensor, parts["modules"]["model"][name]), name


def test_the_card_says_what_is_needed(door):
    card = checkpoint.read_card("audio-music")
    assert card["training"]["steps"] == 3 and card["out_of_key"]["reel"]["most"] >= 0
    assert door.styles() == ["reel"]  # the chorales are 40 less those held out
    assert door.metres("reel") == ["4/4"]
    assert json.dumps(card)


def test_a_new_tune_has_what_was_asked_for(door):
    for style, key, bars, metre in (
        ("reel", "E min", 5, None),
        ("jig", "Bb maj", 3, "6/8"),
        ("chorale", "G", 2, "3/4"),
    ):
        piece = door.compose(style, key, bars, seed=1, metre=metre).checked()
        assert (piece.style, piece.bars, piece.metre) == (style, bars, metre or "4/4")
        assert piece.layout == ("chorale" if style == "chorale" else "melody and chords")
        assert piece == door.compose(style, key, bars, seed=1, metre=metre)
        assert piece != door.compose(style, key, bars, seed=2, metre=metre)
    assert door.compose("reel", bars=2, chords=False).layout == "melody"
    stages = list(door.compose_bars("reel", bars=4))
    assert [piece.bars for piece in stages] == [1, 2, 3, 4]
    begun = [[(n.start, n.pitch) for n in piece.lead if n.start < 192] for piece in stages]
    assert begun[1] == begun[2] == begun[3] and begun[1]


TUNE = [(0, 1, 62), (1, 0.5, 66), (1.5, 0.5, 69), (2, 2, 74), (4, 1.5, 73), (5.5, 0.5, 71), (6, 1, 69), (8, 4, 62)]


def test_the_melody_stays_when_it_is_accompanied(door):
    chords = door.accompany(TUNE, seed=3)
    melody = door.melody_of(TUNE)
    assert chords.lead == melody.lead and chords.bars == 3 and chords.chords
    assert (chords.tonic, chords.mode) == (2, "maj")
    chorale = door.accompany(TUNE, "chorale", seed=3)
    assert chorale.voices["soprano"] == melody.lead and set(chorale.voices) == {"soprano", "alto", "tenor", "bass"}
    again = door.accompany(chorale, "reel")  # the leading voice of a piece
    assert again.lead == melody.lead and again.layout == "melody and chords"


def test_the_beginning_stays_when_it_goes_on(door):
    start = door.melody_of(TUNE[:-1])
    longer = door.carry_on(start, 4, seed=1)
    assert longer.lead[: len(start.lead)] == start.lead and longer.bars == start.bars + 4
    with_chords = door.carry_on(start, 2, chords=True)
    assert with_chords.lead[: len(start.lead)] == start.lead and with_chords.chords[0].start < 96
    chorale = door.compose("chorale", bars=2)
    longer = door.carry_on(chorale, 1)
    for voice, notes in chorale.voices.items():
        assert longer.voices[voice][: len(notes)] == notes


def test_copies_are_reported(door, music):
    index = int(music.chosen("train", "reel")[0])
    copied = decode(music.piece(index).tolist()).transposed(2)
    found = door.similarity(copied)
    assert found.notes == found.of == len(copied.lead) and music.titles[index] in found.sentence
    new = door.similarity(door.melody_of([(0, 3, 60), (3, 3, 80)]))
    assert new.notes == 0 and "No run" in new.sentence


def test_rolls_and_bad_input(door):
    piece = door.accompany(TUNE)
    roll = door.piano_roll(piece)
    assert roll.notes[0][1:] == (0.0, pytest.approx(0.6), 62) and len(roll.bars) == piece.bars + 1
    assert roll.bars[-1] == pytest.approx(piece.seconds)
    for call, words in (
        (lambda: door.compose("rock"), "style is called 'rock'"),
        (lambda: door.compose("reel", "H"), "is no key"),
        (lambda: door.compose("reel", bars=0), "number of bars"),
        (lambda: door.compose("reel", bars=65), "number of bars"),
        (lambda: door.compose("reel", metre="5/4"), "metre is called"),
        (lambda: door.compose("reel", seed=-1), "seed"),
        (lambda: door.compose("reel", temperature=9), "temperature"),
        (lambda: door.carry_on(piece, 64), "number of bars"),
        (lambda: door.accompany([(0, 1, 60), (400, 1, 60)]), "64 are the most"),
        (lambda: door.accompany([]), "no notes"),
        (lambda: door.accompany([(0, 1, 10)]), "too high or too low"),
    ):
        with pytest.raises(ValueError, match=words):
            call()


def test_without_data_or_weights_there_is_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    generate._load.cache_clear()
    with pytest.raises(ValueError, match="no checkpoint"):
        generate.model()
    assert cli.main(["train", "audio", "--model=music", f"--data={tmp_path}", "--steps=1", "--run=x"]) == 2
    assert "no prepared music" in capsys.readouterr().err
    with pytest.raises(ValueError, match="no music pack"):
        data.prepare(tmp_path, tmp_path / "out", progress=False)


def test_it_is_measured(door, music):
    found = evaluate.figures(music, quick=True)
    assert found["bits_per_event"]["tune"] > 0 and found["seconds_16_bars_tune"] > 0
    reel = found["reel"]
    assert 0 <= reel["rhythm_distance"] <= 1 and reel["out_of_key"] <= reel["out_of_key_real"] + 1e-6
    assert 0 <= found["chords_as_in_the_source"] <= 1


def test_the_command_measures_and_writes_the_card(door, folder, capsys, monkeypatch):
    monkeypatch.setattr(evaluate, "figures", lambda music, quick: {"tunes": float(len(music.chosen("held_out")))})
    assert cli.main(["evaluate", "audio", f"--data={folder.parent}", "--no-card"]) == 2  # its folder is not called so
    assert "no prepared music" in capsys.readouterr().err
    (folder.parent / "music").symlink_to(folder)
    assert cli.main(["evaluate", "audio", f"--data={folder.parent}", "--no-card"]) == 0
    assert "metrics" not in checkpoint.read_card("audio-music")
    capsys.readouterr()
    assert cli.main(["evaluate", "audio", "--only", "music", f"--data={folder.parent}"]) == 0
    printed = json.loads(capsys.readouterr().out)
    card = checkpoint.read_card("audio-music")
    assert card["metrics"] == printed["music"] and card["metrics"]["tunes"] > 0
    assert card["metrics_command"] == "python -m genai_demo evaluate audio --only music"


def test_the_command_composes_into_files(door, tmp_path, capsys):
    arguments = ["generate", "audio", "music", "--style=reel", "--key=G maj", "--bars=4", "--seed=3"]
    assert cli.main([*arguments, f"--out={tmp_path}"]) == 0
    names = {path.rsplit("/", 1)[-1] for path in capsys.readouterr().out.split()}
    assert names == {"reel-Gmaj-seed3.wav", "reel-Gmaj-seed3.mid", "reel-Gmaj-seed3.abc"}
    rate, samples = sounds.RATE, sounds.read(tmp_path / "reel-Gmaj-seed3.wav")
    assert len(samples) > rate and np.abs(samples).max() > 0.05
    assert sounds.read_tags((tmp_path / "reel-Gmaj-seed3.wav").read_bytes())["title"] == "reel-Gmaj-seed3"
    assert cli.main([*arguments[:-3], "--bars=65", f"--out={tmp_path}"]) == 2
    assert "number of bars" in capsys.readouterr().err


def test_measures_of_a_piece():
    lead = [Note(0, 48, 60), Note(48, 48, 62), Note(96, 96, 64)]
    chords = [Chord(0, 96, 0, "maj"), Chord(96, 96, 9, "min")]
    piece = Piece("reel", 0, "maj", "4/4", {"melody": lead}, chords)
    assert evaluate.chord_fit(piece) == pytest.approx(0.75)
    other = dataclasses.replace(piece, chords=[Chord(0, 192, 0, "7")])
    assert evaluate.same_chords(piece, other) == 0.5 and evaluate.same_chords(piece, piece) == 1
    assert evaluate.pitch_classes([piece])[[0, 2, 4]] == pytest.approx([0.25, 0.25, 0.5])
    moved = piece.delayed(24)
    assert evaluate.distance(evaluate.rhythms([piece]), evaluate.rhythms([piece])) == 0
    assert evaluate.distance(evaluate.rhythms([piece]), evaluate.rhythms([moved])) == pytest.approx(1)
