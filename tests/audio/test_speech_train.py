"""Features, batches and training of speech, on made-up clips."""

import argparse
import dataclasses
import json
import shutil

import numpy as np
import pytest
import torch

from genai_demo.audio import vocoder
from genai_demo.audio.speech import batches, data, features, generate, train
from genai_demo.audio.speech.model import SpeechModel
from genai_demo.audio.speech.phonemes import MARKS, SYMBOLS
from genai_demo.audio.speech.teacher import prepare as teacher
from genai_demo.audio.speech.teacher.journal import Journal
from genai_demo.audio.speech.teacher.scripts import Line
from genai_demo.core import checkpoint
from tests.audio.made_teacher import Singer
from tests.audio.tiny_speech import CONFIG, write_set

SETTINGS = train.SpeechSettings(batch=4, rate=0.003, warm_up=1, window=24, average_steps=5)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a prepared set and its features, and where the phones truly end."""
    home = tmp_path_factory.mktemp("home")
    truth = write_set(home)
    features.prepare(home / "data" / "speech", progress=False)
    return home, truth


@pytest.fixture
def home(made, monkeypatch, tmp_path):
    monkeypatch.setenv("GENAI_HOME", str(made[0]))
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    return made[0]


def test_features_describe_every_clip(home, made):
    found = features.load()
    assert found.card["clips"] == len(found.speaker) == 40 and found.card["left_out"] == 0
    assert found.first_frame[-1] == len(found.mel) and found.first_phone[-1] == len(found.symbol)
    lengths = np.add.reduceat(found.frames, found.first_phone[:-1])
    assert np.array_equal(lengths, np.diff(found.first_frame)) and found.frames.min() >= 1
    vowels = np.isin(found.symbol, [SYMBOLS.index(s) for s in ("IY", "UW")])
    assert found.voiced[vowels].mean() > 0.95 and not found.voiced[found.symbol == SYMBOLS.index("S")].any()
    assert 185 < np.exp(found.card["pitch_mean"][0]) < 215 and 235 < np.exp(found.card["pitch_mean"][1]) < 265
    assert abs(float(found.energy[found.symbol != 0].mean())) < 1
    closings = found.symbol[found.first_phone[1:] - 2]
    assert set(closings.tolist()) == {SYMBOLS.index(".")}


def test_boundaries_of_unaligned_clips_are_found(home, made):
    found, truth = features.load(), made[1]
    errors = []
    for clip, name in zip(range(16, 40), truth, strict=True):  # the Mandarin ones come last
        first, last = found.first_phone[clip : clip + 2]
        ends = np.cumsum(found.frames[first:last]) * train.FRAME_MILLISECONDS / 1000
        errors += list(np.abs(ends[: len(truth[name]) - 1] - truth[name][:-1]))
    assert np.mean(errors) < 0.02


def test_the_deck_holds_every_clip_once(home):
    found = features.load()
    items = batches.deck(found, np.random.default_rng(0))
    assert sorted(i for item in items for i in item) == np.flatnonzero(found.split == 0).tolist()
    assert any(len(item) > 1 for item in items)


def test_joined_words_lose_the_silence_between_them(home):
    found = features.load()
    first, second = (int(i) for i in found.chosen("train", "yue_tan")[:2])
    columns, mel = batches.row(found, (first, second))
    alone = [batches.row(found, (i,))[0] for i in (first, second)]
    assert columns["symbol"].tolist() == alone[0]["symbol"].tolist()[:-2] + alone[1]["symbol"].tolist()[1:]
    assert columns["place"].tolist() == alone[0]["place"].tolist()[:-2] + alone[1]["place"].tolist()[1:]
    assert columns["frames"].sum() == len(mel)
    kept = {len(batches.row(found, (first, second), np.random.default_rng(i))[0]["symbol"]) for i in range(20)}
    assert kept == {len(columns["symbol"]), len(columns["symbol"]) + 1}


def test_batches_repeat_and_cover_an_epoch(home):
    found = features.load()
    one, other = batches.Batches(found, 4, 0), batches.Batches(found, 4, 0)
    for step in (7, 0, 3):
        assert one.items_of(step) == other.items_of(step)
    batch = one.batch(2)
    assert torch.equal(batch.mel, other.batch(2).mel)
    longest = int(batch.frames.sum(1).max())
    assert longest <= batch.mel.shape[1] < longest + batches.FRAMES_STEP and not batch.mel[:, longest:].any()
    one.items_of(0)
    seen = {i for step in range(len(one.order)) for item in one.items_of(step) for i in item}
    assert seen == set(np.flatnonzero(found.split == 0).tolist())


def test_training_lowers_the_errors(home):
    task = train.SpeechTask(CONFIG, SETTINGS, features.load())
    before = task.evaluate()
    for step in range(30):
        figures = task.step(step)
    after = task.evaluate()
    assert {"mel", "refined", "duration", "pitch", "energy", "loss"} <= set(figures)
    assert after["kathleen_mel"] < 0.8 * before["kathleen_mel"]
    assert after["yue_tan_duration"] < before["yue_tan_duration"]


def test_the_discriminator_joins_and_teaches_the_refiner_alone(home):
    task = train.SpeechTask(CONFIG, dataclasses.replace(SETTINGS, judge_from=1), features.load())
    judged = [p.clone() for p in task.judge.parameters()]
    assert "judge" not in task.step(0)
    assert all(torch.equal(a, b) for a, b in zip(judged, task.judge.parameters(), strict=True))
    assert {"judge", "fooled", "matching"} <= set(task.step(1))
    assert any(not torch.equal(a, b) for a, b in zip(judged, task.judge.parameters(), strict=True))
    batch = task.batches.batch(2)
    task.model.zero_grad(set_to_none=True)
    spoken = task.say(batch)
    made, real = task.windows(spoken, batch.mel)
    assert made.shape == real.shape == (4, 24, 100)
    task.judge_terms(made, real, {})[None].sum().backward()
    assert all(p.grad is None for p in task.model.decoder.parameters())


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    return parser.parse_args(["--width", "32", "--batch", "4", "--log-every", "1", *words])


def test_train_resume_publish_speak(home, tmp_path, monkeypatch):
    options = ["--judge-from", "2", "--evaluate-every", "3", "--sample-every", "3", "--cool-down", "0"]
    for folder, budgets in (("whole", (3,)), ("parts", (1, 3))):
        for steps in budgets:
            train.run(arguments("--run", str(tmp_path / folder), "--steps", str(steps), *options))
    whole, parts = (torch.load(tmp_path / f / "state.pt", weights_only=True) for f in ("whole", "parts"))
    for kind in ("model", "judge"):
        for name, tensor in whole["modules"][kind].items():
            assert torch.equal(tensor, parts["modules"][kind][name]), name
    assert (tmp_path / "whole" / "samples" / "0000003.webp").stat().st_size > 1000
    lines = [json.loads(line) for line in (tmp_path / "whole" / "log.jsonl").read_text().splitlines()]
    assert "score" in lines[-1] and "yue_tan_sharp_refined" in lines[-1]
    train.run(arguments("--run", str(tmp_path / "whole"), "--steps", "3", "--publish", *options))
    card = checkpoint.read_card(train.NAME)
    assert card["training"]["steps"] == 3 and card["training"]["items"] == 12
    assert "isolated words" in card["limits"] and "Yue Tan" in card["terms"] and card["data"]["licences"] == {"CC0": 40}
    monkeypatch.setattr(vocoder, "vocode", lambda mel: np.zeros(256 * (mel.shape[1] - 1), np.float32))
    generate._load.cache_clear()
    generate._card.cache_clear()
    rate, samples = generate.speak("Two keys. 是。")
    assert rate == 22_050 and len(samples) > 1000
    again = train.make_task(arguments())
    again.start_from_published()
    assert torch.equal(again.model.decoder.out.weight, generate.model().decoder.out.weight)
    generate._load.cache_clear()
    generate._card.cache_clear()


def test_without_speech_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_HOME", str(tmp_path))
    with pytest.raises(ValueError, match="data audio"):
        train.make_task(arguments())
    with pytest.raises(ValueError, match="no features"):
        features.load(tmp_path)


def test_features_of_other_phones_are_refused(home, tmp_path):
    shutil.copytree(features.folder_of(), tmp_path / "features")
    card = json.loads((tmp_path / "features" / "card.json").read_text())
    (tmp_path / "features" / "card.json").write_text(json.dumps(card | {"symbols": ["?"]}))
    with pytest.raises(ValueError, match="other phones"):
        features.load(tmp_path)


# --------------------------------------------------------------------------- by a teacher


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """A prepared set of two singing voices, with its features."""
    folder = tmp_path_factory.mktemp("taught")
    words = ("妈妈", "苹果", "学校", "火车", "朋友", "老师", "电话", "医院")
    lines = [Line(voice, "zh", f"我看见{word}了。") for word in words for voice in ("anna", "ben")]
    lines += [
        Line(voice, "mixed", f"请打开 {word} 看一下。") for word in ("Python", "coffee") for voice in ("anna", "ben")
    ]
    journal = Journal(folder / "spoken")
    teacher.speak(journal, lines, {"anna": Singer(), "ben": Singer(gain=0.7)}, listener=None, minutes=10)
    teacher.assemble(journal, folder / "set")
    features.prepare(folder / "set", progress=False)
    return folder / "set"


def test_a_teacher_gives_exact_times_and_pitch(taught):
    found = features.load(taught)
    assert found.speakers == ["anna", "ben"] and found.card["boundaries"] == "exact, by the teacher"
    assert found.card["clips"] == 20 and found.card["left_out"] == 0 and found.card["made_by"] == "Kokoro-82M"
    finals = np.isin(found.mark, [MARKS.index(f"zh{tone}") for tone in (1, 2, 3, 4)])
    milliseconds = found.frames[finals] * train.FRAME_MILLISECONDS  # 100, with the gap after a word 125
    assert np.abs(milliseconds - 112.5).max() < 12.5 + train.FRAME_MILLISECONDS
    assert found.voiced[finals].all()
    level = found.mark == MARKS.index("zh1")  # a first tone is high and even, a fourth one falls
    assert np.median(np.abs(found.melody[level])) < 0.1  # but where a third reaches into a gap
    assert (
        found.melody[found.mark == MARKS.index("zh4")][:, 0] > found.melody[found.mark == MARKS.index("zh4")][:, 2]
    ).all()
    owner = np.repeat(np.arange(20), np.diff(found.first_phone))
    languages = [set(found.language[owner == clip].tolist()) for clip in range(20)]
    assert languages.count({1}) == 16 and languages.count({0, 1}) == 4


def test_one_model_learns_voices_that_speak_both_languages(taught, tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    task = train.SpeechTask(dataclasses.replace(CONFIG, speakers=2), SETTINGS, features.load(taught))
    items = batches.deck(task.features, np.random.default_rng(0))
    assert all(len(item) == 1 for item in items)
    seen = {int(n) for step in range(4) for n in task.batches.batch(step).phones.speaker.argmax(-1).flatten()}
    assert seen == {0, 1}
    before = task.evaluate()
    for step in range(30):
        task.step(step)
    assert task.evaluate()["anna_mel"] < 0.9 * before["anna_mel"]
    options = ["--data", str(taught), "--run", str(tmp_path / "run"), "--evaluate-every", "1", "--sample-every", "1"]
    train.run(arguments(*options, "--steps", "1", "--publish"))
    card = checkpoint.read_card(train.NAME)
    assert card["voices"] == ["anna", "ben"] and card["licence"] == "Apache-2.0" and "Kokoro-82M" in card["terms"]


def test_other_voices_begin_in_the_middle_of_the_published_ones_and_keep_their_licence(taught, tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    options = ["--data", str(taught), "--run", str(tmp_path / "run"), "--evaluate-every", "1", "--sample-every", "1"]
    options += ["--init", "published", "--steps", "1", "--publish"]
    config = train.make_task(arguments(*options)).config
    torch.manual_seed(7)
    earlier = SpeechModel(dataclasses.replace(config, speakers=3))
    card = {"config": dataclasses.asdict(earlier.config), "licence": "CC BY-SA 3.0", "terms": train.TERMS}
    checkpoint.save_checkpoint(train.NAME, earlier, card | {"training": {}})
    task = train.make_task(arguments(*options))
    statistics = task.model.pitch_mean.clone()
    task.start_from_published()
    assert torch.allclose(
        task.model.decoder.out.weight, earlier.decoder.out.weight, atol=1e-3
    )  # kept in half precision
    assert torch.equal(task.model.pitch_mean, statistics) and len(statistics) == 2
    table = earlier.encoder.embeddings[-1].weight
    assert torch.allclose(task.model.encoder.embeddings[-1].weight, table.mean(0).expand(2, -1), atol=1e-3)
    assert torch.equal(task.ema.target.decoder.out.weight, task.model.decoder.out.weight)
    for _ in range(2):  # again on top of its own card
        train.run(arguments(*options))
        card = checkpoint.read_card(train.NAME)
        assert card["licence"] == "CC BY-SA 3.0" and card["voices"] == ["anna", "ben"]
        assert card["terms"] == train.TAUGHT_TERMS + train.BEGAN + train.TERMS


def test_pitch_of_other_clips_is_refused(taught, tmp_path):
    shutil.copytree(taught, tmp_path / "set")
    np.save(tmp_path / "set" / "pitch.npy", np.zeros(7, np.float32))
    with pytest.raises(ValueError, match="does not fit"):
        features.prepare(tmp_path / "set", progress=False)
    (tmp_path / "set" / "phones.json").write_text("{")
    with pytest.raises(ValueError, match=r"phones.json is damaged"):
        data.load_phones(tmp_path / "set")
