"""Packs of speech and effects, made here, become prepared sets."""

import collections
import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from genai_demo import __main__ as cli
from genai_demo.audio import clips, sounds
from genai_demo.audio.clips import Checks, split_by_source
from genai_demo.audio.effects import data as effects
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech import data as speech


def tone(hertz: float, seconds: float = 0.3, amplitude: float = 0.5) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def effects_pack(folder: Path) -> Path:
    """Twenty recordings of one class, two of another; a copy, a silent clip and two broken ones."""
    rows = [(f"bell/b{i}.ogg", "bell", f"esc10/1-{i // 2}-{'AB'[i % 2]}.ogg", tone(300 + 10 * i)) for i in range(40)]
    rows += [(f"hum/h{i}.ogg", "hum", f"long/{'ab'[i > 3]}.mp3", tone(90 + i)) for i in range(6)]
    rows += [("hum/copy.ogg", "hum", "long/a.mp3", tone(90)), ("hum/silent.ogg", "hum", "long/a.mp3", tone(90) * 1e-3)]
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["file", "class", "source", "licence", "seconds", "tier"])
    with zipfile.ZipFile(folder / "sfx.zip", "w") as pack:
        for file, kind, source, samples in rows:
            pack.writestr(file, sounds.wave_bytes(samples, "wav"))
            writer.writerow([file, kind, source, "CC0 (somebody)", len(samples) / RATE, "main"])
        pack.writestr("hum/broken.ogg", b"OggS and nothing else")
        writer.writerow(["hum/broken.ogg", "hum", "long/a.mp3", "", 1, "main"])
        writer.writerow(["hum/missing.ogg", "hum", "long/a.mp3", "", 1, "main"])
        pack.writestr("index.csv", table.getvalue())
    return folder


WORDS = [["<sil>", 0.0, 0.1, [["SIL", 0.0, 0.1]]], ["hi", 0.1, 0.2, [["HH", 0.1, 0.05], ["AY", 0.15, 0.15]]]]


def speech_packs(folder: Path) -> Path:
    """Sixty English clips of thirty sentences, one of them clipped; twenty Chinese words in one file."""
    with zipfile.ZipFile(folder / "speech-en.zip", "w") as pack:
        lines = ["id|text|normalised|seconds|speaker"]
        for i in range(60):
            wave = tone(100 + i, 0.5) if i else np.sign(tone(100, 0.5)).astype(np.float32)
            pack.writestr(f"wavs/k_{i}.ogg", sounds.wave_bytes(wave))
            lines.append(f'k_{i}|He said "{i // 2}".|He said number {i // 2}.|0.5|kathleen')
        pack.writestr("metadata.csv", "\n".join(lines) + "\n")
        pack.writestr("align.jsonl", "".join(json.dumps({"id": f"k_{i}", "words": WORDS}) + "\n" for i in range(60)))
    with zipfile.ZipFile(folder / "speech-zh.zip", "w") as pack:
        lines = ["id|text|pinyin|pinyin_sandhi|seconds|speaker|file|start"]
        for i in range(20):
            lines.append(f"w_{i}|你好{i}|ni3 hao3|ni2 hao3|0.3|yue_tan|shards/w.ogg|{0.4 * i:.4f}")
        shard = np.concatenate([np.pad(tone(200 + 20 * i), (0, int(0.1 * RATE))) for i in range(20)])
        pack.writestr("shards/w.ogg", sounds.wave_bytes(shard))
        pack.writestr("metadata.csv", "\n".join(lines) + "\n")
    return folder


def test_effects(tmp_path):
    card = effects.prepare(effects_pack(tmp_path), tmp_path / "effects", progress=False)
    with pytest.raises(ValueError, match="no sound") as caught:
        sounds.read(b"no sound")
    broken = str(caught.value)
    assert card["dropped"] == {"duplicate": 1, "silent": 1, broken: 1, "missing": 1}
    assert card["everything"] == {"clips": 46, "seconds": pytest.approx(46 * 0.3, abs=0.1)}
    found = effects.load(tmp_path / "effects")
    assert len(found) == 46 and found.card == card
    third = next(i for i, row in enumerate(found.rows) if row["id"] == "bell/b3.ogg")
    assert np.abs(found[third] - tone(330)).max() < 1e-3
    assert found.rows[third]["recording"] == "esc10/1-1.ogg"
    assert found.rows[third]["peak"] == pytest.approx(0.5, abs=1e-3)
    assert found.licences() == {"CC0 (somebody)": 46}


def test_all_clips_of_a_recording_fall_on_one_side(tmp_path):
    effects.prepare(effects_pack(tmp_path), tmp_path / "effects", progress=False)
    found = effects.load(tmp_path / "effects")
    sides = collections.defaultdict(set)
    for row in found.rows:
        sides[row["recording"]].add(row["split"])
    assert all(len(side) == 1 for side in sides.values())
    assert len(found.chosen(split="held_out", **{"class": "bell"})) == 2
    held = found.chosen(split="held_out", **{"class": "hum"})
    assert {row["source"] for row in held.rows} == {"long/b.mp3"}  # the smaller of two


def test_the_split_is_five_per_cent_and_stays_when_clips_are_added():
    def rows(count: int) -> list[clips.Row]:
        found = [{"source": f"s{i}", "kind": "k"} for i in range(count)]
        split_by_source(found, "source", "kind")
        return found

    before, after = rows(1_000), rows(1_010)
    assert sum(row["split"] == "held_out" for row in before) == 50
    assert sum(a["split"] != b["split"] for a, b in zip(before, after, strict=False)) <= 2
    only = [{"source": "one", "kind": "k"}] * 5
    split_by_source(only, "source", "kind")
    assert {row["split"] for row in only} == {"train"}


def test_speech(tmp_path):
    card = speech.prepare(speech_packs(tmp_path), tmp_path / "speech", progress=False)
    assert card["dropped"] == {"clipped": 1}
    assert card["aligned"] == 59
    assert card["kinds"]["yue_tan"]["clips"] == 20
    found = speech.load(tmp_path / "speech")
    quoted = next(row for row in found.rows if row["id"] == "k_5")
    assert (quoted["text"], quoted["normalised"]) == ('He said "2".', "He said number 2.")
    assert (quoted["language"], quoted["pinyin"]) == ("en", "")
    chinese = found.chosen(speaker="yue_tan")
    assert chinese.rows[4]["text"] == chinese.rows[4]["normalised"] == "你好4"
    assert chinese.rows[4]["pinyin_sandhi"] == "ni2 hao3"
    assert np.abs(chinese[4] - tone(280)).max() < 1e-3
    assert "CC BY-SA" in chinese.rows[0]["licence"]
    alignments = speech.load_alignments(tmp_path / "speech")
    assert alignments["k_5"] == WORDS and "k_0" not in alignments
    takes = collections.defaultdict(set)
    for row in found.rows:
        takes[row["text"]].add(row["split"])
    assert all(len(side) == 1 for side in takes.values())
    assert 2 <= len(found.chosen(split="held_out", speaker="kathleen")) <= 4


def test_one_language_is_enough(tmp_path):
    (speech_packs(tmp_path) / "speech-zh.zip").unlink()
    card = speech.prepare(tmp_path, tmp_path / "speech", progress=False)
    assert list(card["kinds"]) == ["kathleen"]


def test_the_same_pack_gives_the_same_files(tmp_path):
    effects_pack(tmp_path)
    for name in ("first", "second"):
        effects.prepare(tmp_path, tmp_path / name, progress=False)
    for file in ("samples.npy", "clips.json", "card.json"):
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()


@pytest.mark.parametrize(
    ("samples", "problem"),
    [
        (tone(440), ""),
        (tone(440, 0.01), "too short"),
        (tone(440, 31), "too long"),
        (tone(440) * np.float32(np.nan), "damaged"),
        (tone(440, amplitude=0.001), "silent"),
        (np.sign(tone(440)), "clipped"),
    ],
)
def test_checks(samples, problem):
    assert Checks(max_clipped=0.01).problem(samples) == problem


def test_what_is_no_pack_is_refused_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "sfx.zip").write_bytes(b"no zip")
    with pytest.raises(ValueError, match=r"no pack of sound effects"):
        effects.prepare(tmp_path, tmp_path / "effects", progress=False)
    assert not (tmp_path / "effects").exists()
    with pytest.raises(ValueError, match=r"none of speech-en.zip, speech-zh.zip"):
        speech.prepare(tmp_path, tmp_path / "speech", progress=False)
    with pytest.raises(ValueError, match="no prepared set"):
        speech.load(tmp_path / "speech")
    with pytest.raises(ValueError, match="data audio --only speech"):
        speech.load_alignments(tmp_path / "speech")


def test_another_folder_is_never_overwritten(tmp_path):
    precious = tmp_path / "effects"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years of work")
    with pytest.raises(ValueError, match="holds something else"):
        effects.prepare(effects_pack(tmp_path), precious, progress=False)
    assert (precious / "thesis.txt").exists()


def test_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setenv("GENAI_HOME", str(tmp_path / "home"))
    assert cli.main(["data", "audio", "--only", "effects"]) == 2
    assert "--from" in capsys.readouterr().err
    effects_pack(tmp_path)
    assert cli.main(["data", "audio", "--only", "effects", "--from", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "bell: 40 clips" in printed and "duplicate: 1" in printed
    assert len(effects.load()) == 46
