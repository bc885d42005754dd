"""The music room: its functions, and its API."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import mido
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from genai_demo.audio import sounds
from genai_demo.audio.music import generate, synth
from genai_demo.audio.music.pieces import STYLES, Piece
from genai_demo.core import limits
from genai_demo.ui import audio_tab, music_actions, music_widgets
from genai_demo.ui.music_pieces import Manner, Work, closeness, file_name, key_name, roll_of
from genai_demo.ui.strings import TEXTS
from tests.ui import music_page
from tests.waiting import wait_for

REQUEST = SimpleNamespace(headers={"accept-language": "en"})
CHINESE = SimpleNamespace(headers={"accept-language": "zh-CN"})
GRID = json.dumps(music_widgets.FIRST_MELODY)
OWN = [(12 * start, 12 * length, pitch) for start, length, pitch in music_widgets.FIRST_MELODY["notes"]]
ROLL, STATUS, AUDIO, CLOSE, WAV, OGG, MIDI, ABC, RECIPE, MP3, WORK, HISTORY = range(12)


@pytest.fixture(scope="module", autouse=True)
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pytest.MonkeyPatch]:
    with music_page.music(tmp_path_factory.mktemp("music")) as patch:
        yield patch


def compose(style: str = "jig", bars: int = 2, seed: int = 1, tempo: float = 1.0, history: Any = (), **rest) -> list:
    """All updates of a composition."""
    settings = {"key": "D maj", "metre": "", "temperature": 0.9, "chords": True, "sound": "piano", "request": REQUEST}
    return list(music_actions.compose_music(
        style=style, bars=bars, seed=seed, tempo=tempo, history=list(history), **(settings | rest)
    ))  # fmt: skip


def accompany(source: str = "keyboard", grid: str = GRID, midi: Any = None, work: Any = None, style: str = "",
              key: str = "", request: Any = REQUEST) -> tuple:  # fmt: skip
    """The last update of an accompaniment."""
    *_, last = music_actions.accompany_melody(source, grid, midi, work, style, key, 0.8, 1, "piano", 1, [], request)
    return last


def midi_file(notes: list[tuple[int, int, int]], channel: int = 0) -> bytes:
    """Notes (start, length, pitch) in ticks of 24 a quarter."""
    file = mido.MidiFile(ticks_per_beat=24)
    track = mido.MidiTrack()
    events = sorted([(s, 1, p) for s, _, p in notes] + [(s + d, 0, p) for s, d, p in notes])
    now = 0
    for when, on, pitch in events:
        kind = "note_on" if on else "note_off"
        track.append(mido.Message(kind, note=pitch, velocity=80 * on, channel=channel, time=when - now))
        now = when
    file.tracks.append(track)
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def notes_of(path: str, track: str) -> list[tuple[int, int, int]]:
    """What a track of a MIDI file plays: start and length in ticks of 24 a quarter, pitch."""
    file, found = mido.MidiFile(path), []
    now, open_notes = 0, {}
    for message in next(t for t in file.tracks if t.name == track):
        now += message.time
        if message.type == "note_on":
            open_notes[message.note] = now
        elif message.type == "note_off":
            begun = open_notes.pop(message.note)
            found.append((begun * 24 // file.ticks_per_beat, (now - begun) * 24 // file.ticks_per_beat, message.note))
    return found


# --------------------------------------------------------------------------- composing


def test_a_piece_grows_bar_by_bar_and_ends_with_its_files() -> None:
    updates = compose(bars=4)
    rolls = [json.loads(update[ROLL]) for update in updates]
    grown = [len(roll["bars"]) - 1 for roll in rolls]
    assert grown == sorted(grown) and grown[-1] == 4 and {roll["planned"] for roll in rolls} == {4}
    assert all(update[AUDIO] is None for update in updates[:-1]) and not any(r["play"] for r in rolls[:-1])
    last, roll = updates[-1], rolls[-1]
    assert roll["play"] and roll["seconds"] == pytest.approx(last[WORK].piece.seconds + synth.TAIL_SECONDS, abs=0.01)
    assert roll["title"].startswith("Jig in D major · 6/8 · 4 bars · 165") and roll["chords"]
    assert [Path(path).name for path in last[WAV:WORK]] == [
        f"jig-D-maj-compose-seed1.{ending}" for ending in ("wav", "ogg", "mid", "abc", "json", "mp3")
    ]
    assert len(sounds.read(last[WAV])) == pytest.approx(roll["seconds"] * synth.RATE, abs=1)
    assert len(sounds.read(last[MP3])) == pytest.approx(roll["seconds"] * synth.RATE, abs=2 * 1152)
    assert len(sounds.read(last[OGG])) == pytest.approx(roll["seconds"] * synth.RATE, abs=1)
    assert Path(last[ABC]).read_text().startswith("X:1\nT:Jig in D major (seed 1)\n")
    assert notes_of(last[MIDI], "melody") == [tuple(note) for note in last[WORK].piece.lead]


def test_the_recipe_makes_the_same_piece_again() -> None:
    last = compose("reel", seed=3)[-1]
    recipe = json.loads(Path(last[RECIPE]).read_text())
    assert json.loads(sounds.read_tags(last[WAV])["comment"]) == recipe
    assert json.loads(sounds.read_tags(last[OGG])["comment"]) == recipe
    assert json.loads(sounds.read_tags(last[MP3])["comment"]) == recipe
    manner = Manner(*(recipe.pop(name) for name in Manner._fields))
    assert recipe.pop("action") == "compose" and manner == Manner("piano")
    assert generate.compose(**recipe) == last[WORK].piece
    assert compose("reel", seed=3)[-1][WORK] == last[WORK] != compose("reel", seed=4)[-1][WORK]


def test_instruments_and_tempo_change_no_note() -> None:
    work = compose()[-1][WORK]
    silence, (roll, _, wav, _, midi, _, recipe, _) = music_actions.hear_music(work, "organ", 0.5, REQUEST)
    assert silence[1] is None
    usual = generate.render(work.piece, "organ")[1]
    assert len(sounds.read(wav)) > 1.5 * len(usual)
    assert notes_of(midi, "melody") == [tuple(note) for note in work.piece.lead]
    assert json.loads(roll)["bars"][-1] == pytest.approx(2 * work.piece.seconds, abs=0.01)
    assert json.loads(Path(recipe).read_text())["tempo"] == 0.5


def test_the_opening_example_comes_once_and_in_silence() -> None:
    *_, last = music_actions.open_music(None, "", 1, [], REQUEST)
    assert not json.loads(last[ROLL])["play"] and last[WORK].piece.bars == music_actions.FIRST["bars"]
    assert list(music_actions.open_music(last[WORK], "", 1, [], REQUEST)) == [gr.skip()]


def test_the_player_has_its_pictures(tmp_path: Path) -> None:
    at = np.arange(3 * sounds.RATE) / sounds.RATE
    path = sounds.write(0.3 * np.sin(2 * np.pi * (300 + 200 * at) * at).astype(np.float32), tmp_path / "a.wav")
    shown = music_actions.picture_music(str(path), REQUEST)
    assert shown.count("data:image/webp") == 4 and 'class="mel day"' in shown and 'class="wave night"' in shown
    silent = sounds.write(np.zeros(sounds.RATE, np.float32), tmp_path / "b.wav")
    assert music_actions.picture_music(None, REQUEST) == music_actions.picture_music(str(silent), REQUEST) == ""


def test_a_form_is_written_and_shown_and_can_be_looped() -> None:
    last = compose(bars=8, form="AABB")[-1]
    roll = json.loads(last[ROLL])
    assert roll["sections"] == [["A", 0, 2], ["A", 2, 4], ["B", 4, 6], ["B", 6, 8]]
    assert roll["loops"][2] == ["B: bars 5 to 6", 4, 6] and len(roll["loops"]) == 4
    melody = last[WORK].piece.lead
    bars = [[(n.start % 72, n.pitch) for n in melody if n.start // 72 == bar] for bar in range(8)]
    assert bars[0] == bars[2] and bars[4] == bars[6]
    free = json.loads(compose(bars=10)[-1][ROLL])
    assert free["sections"] == [] and [loop[1:] for loop in free["loops"]] == [[0, 4], [4, 8], [8, 10]]


def test_a_form_that_needs_more_bars_is_left_and_said() -> None:
    last = compose(bars=3, form="AABB")[-1]
    assert "AABB needs 8 bars" in last[STATUS] and last[WORK].piece.form == "free"
    assert json.loads(Path(last[RECIPE]).read_text())["form"] == "free"
    chorale = compose("chorale", bars=2, form="AABB")[-1]
    assert "needs" not in chorale[STATUS] and "form" not in json.loads(Path(chorale[RECIPE]).read_text())


def test_the_pattern_is_heard_and_stands_in_the_midi_file() -> None:
    work = compose(bars=2)[-1][WORK]
    found = {}
    for pattern in ("alberti", "block"):
        _, last = music_actions.hear_music(work, "piano", 1, REQUEST, pattern, True, False)
        found[pattern] = Path(last[2]).read_bytes(), len(notes_of(last[4], "chords"))
        assert json.loads(Path(last[6]).read_text()) | {"pattern": pattern, "drum": True, "life": False} == json.loads(
            Path(last[6]).read_text()
        )
        assert notes_of(last[4], "drum")
    assert found["alberti"][0] != found["block"][0] and found["alberti"][1] != found["block"][1]


def test_seeds_go_round() -> None:
    assert music_actions.next_seed(4) == 5 and music_actions.next_seed(limits.MAX_SEED) == 0


def test_pieces_of_a_visit_are_kept_newest_first() -> None:
    history: list[Work] = []
    for seed in range(music_actions.KEPT + 2):
        last = compose(bars=1, seed=seed, history=history)[-1]
        history = last[HISTORY]
    assert len(history) == music_actions.KEPT and history[0].recipe["seed"] == music_actions.KEPT + 1
    assert compose(bars=1, seed=5, history=history)[-1][HISTORY][0].recipe["seed"] == 5
    assert len(compose(bars=1, seed=5, history=history)[-1][HISTORY]) == music_actions.KEPT
    *_, taken = music_actions.take_piece(2, "", 1, history, REQUEST)
    assert taken[WORK] == history[1]
    for wrong in (None, 0, music_actions.KEPT + 1):
        with pytest.raises(gr.Error, match=f"from 1 to {music_actions.KEPT}"):
            list(music_actions.take_piece(wrong, "", 1, history, REQUEST))


def test_what_was_written_before_stop_is_kept() -> None:
    updates = compose(bars=8)
    part = updates[0][WORK]
    assert part.piece.bars < 8
    silence, stopped = music_actions.stop_music(part, "", 1, [], REQUEST)
    assert silence[AUDIO] is None and stopped[HISTORY] == [part]
    assert stopped[STATUS] == f"Stopped after {part.piece.bars} bars"
    _, whole = music_actions.stop_music(updates[-1][WORK], "", 1, updates[-1][HISTORY], REQUEST)
    assert whole[HISTORY] == gr.skip() and not json.loads(whole[ROLL])["play"]
    assert list(music_actions.stop_music(None, "", 1, [], REQUEST)) == [gr.skip()]


def test_copies_are_named() -> None:
    copied = Piece("reel", 0, "maj", "4/4", {"melody": [n._replace(pitch=n.pitch + 2) for n in music_page.KNOWN]})
    assert "40 of 40, with “The Known Tune”" in closeness(copied, "en")
    assert "The Known Tune" in closeness(copied, "zh")
    assert "No run" in closeness(generate.melody_of([(0, 1, 60)]), "en")


# --------------------------------------------------------------------------- a melody from outside


def test_the_melody_of_the_keyboard_stays_as_it_is() -> None:
    found = accompany()
    piece = found[WORK].piece
    assert notes_of(found[MIDI], "melody") == OWN and notes_of(found[MIDI], "chords")
    assert (piece.key, piece.style, piece.bpm) == ("C maj", "reel", generate.tempo("reel", "4/4"))
    voices = accompany(style="chorale")
    assert notes_of(voices[MIDI], "soprano") == OWN and all(
        notes_of(voices[MIDI], v) for v in ("alto", "tenor", "bass")
    )
    assert voices[WORK].piece.bpm == generate.tempo("chorale", "4/4")
    assert accompany(key="E dor")[WORK].piece.key == "E dor"
    recipe = json.loads(Path(found[RECIPE]).read_text())
    assert recipe["action"] == "accompany" and [tuple(n[:3]) for n in recipe["melody"]["tracks"]["melody"]] == OWN


@pytest.mark.parametrize("style", ["", "jig", "chorale"])
def test_it_goes_on_from_the_melody(style: str) -> None:
    *_, found = music_actions.continue_melody("keyboard", GRID, None, None, style, "", 0.8, 1, 3, "", 1, [], REQUEST)
    piece = found[WORK].piece
    assert [tuple(note) for note in piece.lead[: len(OWN)]] == OWN and piece.bars == 7
    assert piece.layout == ("chorale" if style == "chorale" else "melody") and piece.style == (style or "reel")


def test_the_tune_above_is_used() -> None:
    work = compose("chorale")[-1][WORK]
    found = accompany("above", work=work, style="reel")[WORK].piece
    assert found.lead == work.piece.lead and found.layout == "melody and chords"
    *_, longer = music_actions.continue_melody("above", "", None, work, "", "", 0.8, 1, 2, "", 1, [], REQUEST)
    for voice, notes in work.piece.voices.items():
        assert longer[WORK].piece.voices[voice][: len(notes)] == notes


def test_a_midi_file_and_what_had_to_be_cut(tmp_path: Path) -> None:
    path = tmp_path / "song.mid"
    path.write_bytes(midi_file([(0, 30, 60), (24, 24, 64), (49, 23, 67), (72, 24, 72)]))
    found = accompany("midi", midi=str(path))
    assert "1 overlapping notes were cut" in found[STATUS] and "1 notes were moved" not in found[STATUS].split("cut")[0]
    assert [note.pitch for note in found[WORK].piece.lead] == [60, 64, 67, 72]
    assert "1 个重叠的音被截断" in accompany("midi", midi=str(path), request=CHINESE)[STATUS]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MThd broken", "no MIDI file, or it is damaged"),
        (b"", "no MIDI file, or it is damaged"),
        (midi_file([]), "holds no notes"),
        (midi_file([(0, 24, 40)], channel=9), "drums only"),
        (midi_file([(0, 24, 60), (96 * 70, 24, 60)]), "64 are the most"),
        (midi_file([(0, 24, 5)]), "too high or too low"),
        (b"MThd" + bytes(limits.MAX_MIDI_BYTES), "larger than 1 MiB"),
    ],
)
def test_a_bad_midi_file_gets_a_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "bad.mid"
    path.write_bytes(content)
    with pytest.raises(gr.Error, match=words):
        accompany("midi", midi=str(path))


@pytest.mark.parametrize(
    ("source", "grid", "words"),
    [
        ("keyboard", "", "cannot be read"),
        ("keyboard", "[1, 2]", "cannot be read"),
        ("keyboard", '{"metre": "4/4", "notes": [[0, "long", 60]]}', "cannot be read"),
        ("keyboard", '{"metre": "4/4", "notes": []}', "There are no notes"),
        ("keyboard", '{"metre": "5/4", "notes": [[0, 1, 60]]}', "No metre"),
        ("keyboard", '{"metre": "4/4", "notes": [[0, 1, 300]]}', "MIDI pitches"),
        ("keyboard", '{"metre": "4/4", "notes": [[0, -1, 60]]}', "last a while"),
        ("midi", GRID, "Upload a MIDI file"),
        ("above", GRID, "no tune above"),
        ("radio", GRID, "No melody is called"),
    ],
)
def test_a_bad_melody_gets_a_sentence(source: str, grid: str, words: str) -> None:
    with pytest.raises(gr.Error, match=words):
        accompany(source, grid)


# --------------------------------------------------------------------------- words and tabs


def test_names_of_keys_styles_and_files() -> None:
    piece = Piece("slip jig", 6, "min", "9/8", {"melody": []})
    work = Work(piece, {"action": "compose", "seed": 9})
    assert key_name(piece, "en") == "F# minor" and key_name(piece, "zh") == "F# 小调"
    assert file_name(work) == "slip-jig-Fsharp-min-compose-seed9"
    assert key_name(Piece("air", 8, "maj", "4/4", {"melody": []}), "en") == "Ab major"
    for style in STYLES:
        assert {f"music.style.{style}", f"music.own.style.{style}"} <= TEXTS.keys()
    assert {f"music.sound.{sound}" for sound in synth.SOUNDS} <= TEXTS.keys()
    assert {f"music.key.{key}" for key in music_actions.KEYS} <= TEXTS.keys()


def test_voices_are_listed_from_the_top() -> None:
    roll = json.loads(roll_of(compose("chorale")[-1][WORK].piece, 2, "en"))
    assert [voice for voice, _ in roll["voices"]] == ["soprano", "alto", "tenor", "bass"]


def test_a_room_needs_its_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert audio_tab.rooms() == ["music"]
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    assert audio_tab.rooms() == []
    (tmp_path / "audio-music.json").write_text("{}")
    assert audio_tab.rooms() == []  # the index of tunes is missing


# --------------------------------------------------------------------------- the API


@pytest.fixture(scope="module")
def url(door: pytest.MonkeyPatch) -> Iterator[str]:
    with music_page.served() as address:
        yield address


SETTINGS = {
    "style": "jig", "key": "A min", "metre": "6/8", "bars": 2, "temperature": 0.9, "seed": 4, "chords": False,
    "sound": "", "tempo": 1,
}  # fmt: skip


@pytest.mark.slow
def test_composing_and_playing_through_the_api(url: str, tmp_path: Path) -> None:
    client = Client(url, verbose=False)
    job = client.submit(**SETTINGS, api_name="/compose_piece")
    roll, status, audio, close, wav, _, midi, _, recipe, _ = job.result()
    assert "notes in" in status and close and Path(audio).read_bytes() == Path(wav).read_bytes()
    assert json.loads(Path(recipe).read_text())["seed"] == 4
    again = Client(url, verbose=False).predict(**SETTINGS, api_name="/compose_piece")
    assert Path(again[4]).read_bytes() == Path(wav).read_bytes()
    slower = client.predict(sound="organ", tempo=0.5, api_name="/hear_music")
    assert json.loads(slower[0])["seconds"] > json.loads(roll)["seconds"]
    given = {"source": "midi", "melody": "", "midi": handle_file(midi), "style": "chorale", "key": "A min"}
    given |= {"temperature": 0.8, "seed": 1, "sound": "", "tempo": 1}
    voices = client.predict(**given, api_name="/accompany_melody")
    assert notes_of(voices[6], "soprano") == notes_of(midi, "melody")
    longer = client.predict(
        **(given | {"source": "above", "midi": None, "style": ""}), bars=2, api_name="/continue_melody"
    )
    assert notes_of(longer[6], "soprano")[:3] == notes_of(midi, "melody")[:3]
    first = client.predict(picked=3, sound="", tempo=1, api_name="/take_piece")
    assert Path(first[4]).read_bytes() == Path(wav).read_bytes()


@pytest.mark.parametrize(
    "wrong",
    [{"style": "rock"}, {"key": "H maj"}, {"metre": "5/4"}, {"bars": 99}, {"seed": -1}, {"temperature": 9},
     {"tempo": 3}, {"sound": "kazoo"}],
)  # fmt: skip
def test_wrong_settings_get_a_sentence_and_the_room_goes_on(url: str, wrong: dict) -> None:
    client = Client(url, verbose=False)
    with pytest.raises((AppError, ValueError)) as caught:
        client.predict(**(SETTINGS | wrong), api_name="/compose_piece")
    assert "Traceback" not in str(caught.value)
    assert client.predict(**(SETTINGS | {"bars": 1}), api_name="/compose_piece")[1]


def test_stop_stops(url: str) -> None:
    client = Client(url, verbose=False)
    job = client.submit(**(SETTINGS | {"bars": 64, "style": "chorale", "metre": "4/4"}), api_name="/compose_piece")
    wait_for(lambda: job.outputs() or job.done(), "nothing is written")
    assert not job.done()
    job.cancel()
    shown = len(job.outputs())
    assert client.predict(**(SETTINGS | {"bars": 1}), api_name="/compose_piece")[1]
    assert len(job.outputs()) <= shown + 2


def test_sentences_are_chinese_for_those_who_read_chinese(url: str) -> None:
    client = Client(url, verbose=False, headers={"accept-language": "zh-CN"})
    with pytest.raises(AppError, match="还没有曲子"):
        client.predict(sound="", tempo=1, api_name="/hear_music")
