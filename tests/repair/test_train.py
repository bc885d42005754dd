"""Training of the restorer, on made-up pictures."""

import argparse
import json

import pytest
import torch

from genai_demo import __main__ as cli
from genai_demo.core import checkpoint
from genai_demo.repair import data, train
from genai_demo.repair.examples import draw
from genai_demo.repair.model import TASKS
from tests.repair.tiny import CONFIG, picture, write_set


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_HOME", str(tmp_path))
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    write_set(tmp_path)
    return tmp_path


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    return parser.parse_args(["--channels", "8", "--batch", "4", *words])


def test_sets_are_found_and_split(home):
    write_set(home, 10, "faces-photographs")
    assert len(data.load("train")) == 32 + 8 and len(data.load("held_out")) == 8 + 2
    assert data.load("train").licences == {"CC0": 40}
    assert len(data.load("train", [home / "data" / "faces"])) == 32
    with pytest.raises(ValueError, match="no prepared set"):
        data.load("train", [home / "nowhere"])


def test_without_pictures_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_HOME", str(tmp_path))
    with pytest.raises(ValueError, match="no pictures to learn from"):
        data.load()


def test_own_pictures_become_squares(home, capsys):
    from PIL import Image

    folder = home / "mine"
    folder.mkdir()
    Image.fromarray(picture(600, 1, height=400)).save(folder / "a.png")
    Image.fromarray(picture(64, 2)).save(folder / "small.png")
    (folder / "b.png").write_bytes(b"no picture")
    assert cli.main(["data", "repair", "--from", str(folder), "--quiet"]) == 0
    assert "of 1 pictures; 2 files not used" in capsys.readouterr().out
    found = data.load("train", [home / "data" / "repair"])
    assert 2 <= len(found) <= data.MOST_SQUARES and found[0].shape == (128, 128, 3)
    assert cli.main(["data", "repair", "--from", str(home / "data"), "--quiet"]) == 2


def test_batches_repeat_and_differ_by_step(home):
    pictures = data.load("train")
    chosen = torch.arange(6)
    first, again, other = (draw(pictures, chosen, 3, step) for step in (5, 5, 6))
    assert torch.equal(first.damaged, again.damaged) and torch.equal(first.task, again.task)
    assert not torch.equal(first.damaged, other.damaged)
    assert first.damaged.shape == first.target.shape == (6, 3, 128, 128)


def test_training_learns_publishes_and_goes_on(home, monkeypatch):
    settings = train.RepairSettings(batch=4, rate=0.003, warm_up=1, average_steps=5)
    task = train.RepairTask(CONFIG, settings, data.load("train"), data.load("held_out"))
    x = train.probes(data.load("train"), "denoise", 4)

    def loss() -> float:
        with torch.inference_mode():
            faithful, _, amounts = task.network(x.damaged, x.mask, x.task)
            return float(task.plain_terms(x, faithful, amounts, {}))

    before = loss()
    monkeypatch.setattr(task, "batch", lambda step: x)
    for step in range(24):
        task.step(step)
    assert loss() < 0.88 * before
    run = home / "run"
    words = ["--run", str(run), "--steps", "2", "--evaluate-every", "2", "--sample-every", "2", "--publish"]
    train.run(arguments(*words))
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert set(TASKS) <= set(lines[-1]) and lines[-1]["step"] == 2
    assert list((run / "samples").glob("*.webp"))
    card = checkpoint.read_card("repair")
    assert card["training"]["steps"] == 2 and card["data"]["licences"] == {"CC0": 32}
    train.run(arguments("--run", str(run), "--steps", "3"))
    assert torch.load(run / "state.pt", weights_only=True)["step"] == 3


def test_the_second_phase_teaches_the_detail_and_leaves_the_rest_to_pixels(home):
    settings = train.RepairSettings(
        batch=8, warm_up=1, perceptual=1.0, adversarial=0.05, matching=1.0, variety=0.1, seed=1
    )
    task = train.RepairTask(CONFIG, settings, data.load("train"), data.load("held_out"))
    before = task.network.detail.weight.clone()
    judged = [p.clone() for p in task.judge.parameters()]
    figures = [task.step(step) for step in range(2)]
    assert {"features", "fooled", "matching", "variety", "judge"} <= set(figures[0])
    assert not torch.equal(before, task.network.detail.weight)
    assert any(not torch.equal(a, b) for a, b in zip(judged, task.judge.parameters(), strict=True))
    assert {f"{name}_detailed" for name in TASKS} <= set(task.evaluate())


def test_the_faithful_output_learns_from_pixels_alone(home):
    settings = train.RepairSettings(batch=8, warm_up=1, matching=1.0)
    task = train.RepairTask(CONFIG, settings, data.load("train"), data.load("held_out"))
    x = task.batch(0)
    faithful, detail, _ = task.network(x.damaged, x.mask, x.task)
    loss = task.detail_terms(x, task.composed(x, faithful.detach() + detail), torch.zeros(8, CONFIG.noise), {})
    loss.backward()
    assert task.network.faithful.weight.grad is None and task.network.detail.weight.grad is not None


def test_both_outputs_learn_to_keep_the_face(home, monkeypatch):
    seen = []

    class Distance(torch.nn.Module):
        def __init__(self, device):
            super().__init__()

        def forward(self, target, *versions):
            seen.append((len(target), len(versions)))
            return torch.stack([(version - target).square().mean() for version in versions]).mean()

    monkeypatch.setattr(train, "IdentityDistance", Distance)
    for settings, outputs in ((train.RepairSettings(batch=8, warm_up=1, identity=1.0), 1),
                              (train.RepairSettings(batch=8, warm_up=1, matching=1.0, identity=1.0), 2)):  # fmt: skip
        task = train.RepairTask(CONFIG, settings, data.load("train"), data.load("held_out"))
        figures = task.step(0)
        assert seen[-1] == (4, outputs) and float(figures["identity"]) > 0


def test_variety_is_cheap_for_different_fillings():
    mask, noise = torch.ones(2, 1, 8, 8), torch.ones(2, 4)
    same = torch.zeros(2, 3, 8, 8)
    assert train.variety_loss(same, same, mask, noise) > 5 * train.variety_loss(same, same + 0.5, mask, noise)


def test_the_users_pixels_stay_where_there_is_a_hole(home):
    x = draw(data.load("train"), torch.arange(24), 0, 1)
    restored = torch.full_like(x.damaged, 9.0)
    found = train.RepairTask.composed(x, restored)
    for row, mask in zip(found, x.mask, strict=True):
        if mask.any():
            assert bool((row[:, mask[0] > 0] == 9).all()) and bool((row[:, mask[0] == 0] != 9).all())
        else:
            assert bool((row == 9).all())
