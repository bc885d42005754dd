"""Training of the effects' three networks, on made-up recordings."""

import argparse
import dataclasses
import itertools
import json

import numpy as np
import pytest
import torch

from genai_demo.audio.effects import spectrograms, train, train_codec, train_flow
from genai_demo.audio.effects.codec import Codec
from genai_demo.audio.effects.kinds import NAMES
from genai_demo.audio.effects.settings import Settings
from genai_demo.audio.effects.train_classifier import augmented
from genai_demo.audio.effects.train_codec import CodecTask, beginning, probes, roughness, strip
from genai_demo.audio.mel import LOWEST
from genai_demo.core import checkpoint
from genai_demo.core.loop import LoopOptions, Run
from tests.audio.tiny_effects import CLASSIFIER, CODEC, EFFECTS, home, lively, write_set

__all__ = ["home"]


@pytest.fixture
def clips(home, monkeypatch):
    write_set(home)
    monkeypatch.setattr(train_codec, "PROBES", 8)
    monkeypatch.setattr(train_flow, "PROBES", 16)
    return spectrograms.load("train"), spectrograms.load("held_out")


def effects_task(clips, **settings) -> train_flow.EffectsTask:
    torch.manual_seed(0)
    codec = lively(Codec(CODEC))
    tokens = [train_flow.encode(codec, [split]) for split in clips]
    return train_flow.EffectsTask(
        EFFECTS, Settings(**{"batch": 8, "rate": 0.003, "warm_up": 4} | settings), codec, *tokens
    )


def command(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model")
    train.add_arguments(parser)
    return parser.parse_args([*words])


def test_the_flow_learns(clips):
    task = effects_task(clips, average_steps=5)
    before = task.evaluate()
    for step in range(30):
        task.step(step)
    after = task.evaluate()
    assert after["score"] < 0.9 * before["score"] and after["train"] < 0.9 * before["train"]


def test_two_halves_of_a_run_equal_the_whole(clips, home):
    def trained(folder: str, *lengths: int) -> dict[str, torch.Tensor]:
        for steps in lengths:
            task = effects_task(clips)
            loop = Run(task, LoopOptions(home / folder, steps, progress=False))
            loop.resume()
            loop.train()
        return task.network.state_dict() | {f"average {k}": v for k, v in task.ema.target.state_dict().items()}

    whole, halves = trained("whole", 8), trained("halves", 3, 8)
    assert all(torch.equal(whole[name], halves[name]) for name in whole)


def test_a_batch_holds_windows_of_like_length_and_hides_some_conditions(clips):
    task = effects_task(clips, batch=12)
    lengths = [[len(task.tokens.moments[i][0]) for i in task.chosen(step)] for step in range(4)]
    assert all(max(a) <= min(b) for a, b in itertools.pairwise(lengths))
    seen = np.concatenate([task.chosen(step) for step in range(200)])
    counts = np.bincount(task.tokens.kinds[seen], minlength=36)
    assert counts[counts > 0].tolist() == [600] * 4  # kinds come equally often
    torch.manual_seed(0)
    batch = task.batch(task.tokens, seen[:400], train=True)
    told = batch.condition.kind.sum(1)
    assert 0.8 < float(told.mean()) < 0.97
    assert float(batch.condition.traits[told == 0].abs().sum()) == 0
    known = batch.condition.traits[told == 1][:, 1::2].mean(0)
    assert 0.7 < float(known.min()) <= float(known.max()) < 0.9
    ambient = torch.tensor([NAMES[k] in ("rain", "helicopter") for k in task.tokens.kinds[seen[:400]]])
    assert float(batch.condition.edges[ambient].abs().sum()) == 0
    assert float(batch.condition.edges[~ambient].amax((1, 2)).min()) == 1
    inside = batch.mask.bool().expand_as(batch.tokens)
    assert float(batch.tokens[~inside].abs().max()) == 0 and float(batch.tokens[inside].std()) == pytest.approx(
        1, abs=0.15
    )


def test_the_discriminator_joins_and_counts(clips):
    task = CodecTask(CODEC, Settings(4, 0.001, adversarial=0.1, matching=1.0, warm_up=1), *clips)
    before = [p.clone() for p in task.judge.parameters()]
    real = probes(clips[1])
    tokens, written = task.codec.encode(real)[0], task.codec.decode(task.codec.encode(real)[0])
    figures = task.step(0)
    assert {"values", "divergence", "fooled", "matching", "judge"} <= set(figures)
    assert any(not torch.equal(a, b) for a, b in zip(before, task.judge.parameters(), strict=True))
    assert torch.equal(task.codec.encode(real)[0], tokens)  # the generator's tokens keep their meaning
    assert not torch.equal(task.codec.decode(tokens), written)
    smeared = torch.nn.functional.avg_pool1d(real, 5, 1, 2)
    assert roughness(smeared) < 0.8 * roughness(real)


def test_strips_are_full_of_sound(clips):
    short = next(i for i, mel in enumerate(clips[0].mels) if mel.shape[1] < 30)
    torch.manual_seed(0)
    found = strip(clips[0], short, 64)
    assert found.shape == (100, 64) and torch.equal(found[:, :20], clips[0].mel(short)[:, :20])
    silent = (found.max(0).values == LOWEST).sum()
    assert 0 < int(silent) < 40
    long = next(i for i, mel in enumerate(clips[0].mels) if mel.shape[1] > 120)
    whole = clips[0].mel(long)
    part = strip(clips[0], long, 64)
    assert any(torch.equal(part, whole[:, i : i + 64]) for i in range(whole.shape[1] - 63))


def test_windows_fit():
    assert beginning(torch.ones(100, 3), 5)[0].tolist() == [1, 1, 1, pytest.approx(LOWEST), pytest.approx(LOWEST)]
    for length in (3, 200):
        found = augmented(torch.zeros(100, length))
        assert found.shape == (100, 128) and float(found.min()) >= LOWEST - 1e-4


def test_three_commands_train_publish_and_go_on(clips, home, monkeypatch):
    for name, small in (
        ("CodecConfig", lambda: CODEC),
        ("EffectsConfig", lambda *_: EFFECTS),
        ("ClassifierConfig", lambda names: CLASSIFIER),
    ):
        monkeypatch.setattr(train, name, small)
    every = ["--evaluate-every", "2", "--sample-every", "2", "--batch", "8", "--publish"]
    for model in train.MODELS:
        if model == "effects":  # the codec is read back from its card
            monkeypatch.setattr(train, "CodecConfig", type(CODEC))
        run = home / model
        train.run(command("--model", model, "--run", str(run), "--steps", "2", *every))
        lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
        assert lines[-1]["step"] == 2 and "score" in lines[-1] and list((run / "samples").iterdir())
        card = checkpoint.read_card(f"audio-{model}")
        assert card["training"]["steps"] == 2 and card["data"]["licences"] == {"CC0": 24} and card["terms"]
        train.run(command("--model", model, "--run", str(run), "--steps", "3", "--batch", "8"))
        assert torch.load(run / "state.pt", weights_only=True)["step"] == 3
    assert checkpoint.read_card("audio-effects")["config"] == json.loads(json.dumps(dataclasses.asdict(EFFECTS)))


@pytest.mark.parametrize("model", ["effects-codec", "effects-classifier"])
def test_another_run_or_the_published_weights_are_a_start(clips, home, monkeypatch, model):
    monkeypatch.setattr(train, "CodecConfig", lambda: CODEC)
    task = train.make_task(command("--model", model, "--batch", "4"), *clips)
    loop = Run(task, LoopOptions(home / "first", 2, evaluate_every=2, progress=False))
    loop.train()
    train.publish(model, home / "first", task, clips[0])
    state = torch.load(home / "first" / "state.pt", weights_only=True)
    for start in (lambda t: t.start_from_run(state), lambda t: t.start_from_published()):
        other = train.make_task(command("--model", model, "--batch", "4", "--seed", "5"), *clips)
        start(other)
        for mine, theirs in zip(other.ema.target.parameters(), task.ema.target.parameters(), strict=True):
            torch.testing.assert_close(mine, theirs, atol=1e-3, rtol=1e-2)
        other.step(0)


def test_words_for_what_is_missing(home):
    with pytest.raises(ValueError, match="No model is called 'trumpet'"):
        train.run(command("--model", "trumpet"))
    with pytest.raises(ValueError, match="no prepared set"):
        train.run(command("--model", "effects", "--steps", "1"))
    write_set(home, 4)
    with pytest.raises(ValueError, match="no checkpoint called 'audio-effects-codec'"):
        train.run(command("--model", "effects", "--steps", "1", "--run", str(home / "run")))
