"""The network that finds blemishes, what it learns from, and its training, on made-up pictures."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from genai_demo.repair import blemish_drawing as drawing
from genai_demo.repair import blemish_examples as examples
from genai_demo.repair import train_blemishes as training
from genai_demo.repair.blemish_drawing import Plate
from genai_demo.repair.blemish_network import GRAIN, KINDS, BlemishConfig, BlemishFinder
from tests.repair import tiny

SMALL = BlemishConfig((4, 4, 8, 8), (1, 1, 1, 1))
PAINTERS = list(examples.PAINTERS)


@pytest.fixture
def prints(tmp_path: Path) -> examples.Prints:
    return examples.load("train", [tiny.write_set(tmp_path, 10)])


def ground(side: int = 96) -> np.ndarray:
    return np.full((side, side, 3), 0.5, np.float32)


# --------------------------------------------------------------------------- the network


@pytest.mark.parametrize("size", [(GRAIN, GRAIN), (48, 80), (160, 32)])
def test_every_pixel_of_a_picture_of_any_size_gets_every_kind(size: tuple[int, int]) -> None:
    found = BlemishFinder(SMALL).eval()(torch.rand(2, 3, *size))
    assert found.shape == (2, len(KINDS), *size) and found.isfinite().all()


def test_a_place_looks_the_same_in_a_larger_picture() -> None:
    torch.manual_seed(0)
    network, picture = BlemishFinder(SMALL).eval(), torch.rand(1, 3, 512, 512)
    with torch.inference_mode():
        whole, part = network(picture), network(picture[..., :352, :352])
    torch.testing.assert_close(whole[..., :96, :96], part[..., :96, :96], atol=1e-4, rtol=0)


@pytest.mark.parametrize("settings", [{"widths": (8, 8)}, {"depths": (1, 1, 1)}])
def test_a_network_without_four_levels_is_refused(settings: dict[str, tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match="four widths and four depths"):
        BlemishConfig(**settings)


def test_settings_survive_a_card() -> None:
    stored = training.checkpoint.json.loads(training.checkpoint.json.dumps(dataclasses.asdict(SMALL)))
    assert BlemishConfig(**stored) == SMALL


# --------------------------------------------------------------------------- the examples


@pytest.mark.parametrize("painter", PAINTERS, ids=lambda painter: painter.__name__)
def test_what_is_drawn_is_noted(painter) -> None:
    covered = changed = 0
    for seed in range(12):
        plate = Plate.of(ground(), np.random.default_rng(seed))
        painter(plate)
        assert np.isfinite(plate.picture).all() and plate.cover.min() >= 0 and plate.cover.max() <= 1
        change = np.abs(plate.picture - 0.5).max(2)
        covered += int((plate.cover.max(0) > 0.3).sum())
        changed += int(((plate.cover.max(0) > 0.3) & (change > 0.02)).sum())
    assert covered > 50 and changed > 0.85 * covered


def test_scratches_dust_and_stains_are_told_apart() -> None:
    for painter, kind in ((drawing.scratch, 0), (drawing.specks, 1), (drawing.lost, 2)):
        total = np.zeros(len(KINDS))
        for seed in range(6):
            plate = Plate.of(ground(), np.random.default_rng(seed))
            painter(plate)
            total += (plate.cover > 0.3).sum((1, 2))
        assert total[kind] > 0 and total.sum() == total[kind]


def test_an_example_is_its_seed_and_clean_ones_have_nothing(prints: examples.Prints) -> None:
    first, again, other = (examples.batch(prints, [(1, seed)], 64) for seed in (1, 1, 2))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[0], other[0])
    pictures, truths, weights = examples.batch(prints, [(2, i) for i in range(6)], 64, clean=1.0)
    assert not truths.any() and (weights == 1).all()
    assert -1 <= pictures.min() < pictures.max() <= 1


def test_what_cannot_be_seen_weighs_little(prints: examples.Prints) -> None:
    seen = set()
    for i in range(30):
        _, _, weights = examples.batch(prints, [(3, i)], 64, clean=0.0)
        seen |= {round(float(w), 3) for w in weights.unique()}
    assert seen == {examples.FAINT_WEIGHT, 0.3, 1.0}


def test_copies_share_their_fingerprint_and_others_do_not() -> None:
    one, other = tiny.picture(128, 1), tiny.picture(128, 2)
    brighter = (one * 0.9 + 20).astype(np.uint8)[2:, 2:]
    mark = examples.fingerprint(one)
    assert (mark ^ examples.fingerprint(brighter)).bit_count() <= examples.ALIKE
    assert (mark ^ examples.fingerprint(other)).bit_count() > examples.ALIKE


def test_nothing_to_learn_from_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no pictures to learn from"):
        examples.load("train", [tmp_path])


# --------------------------------------------------------------------------- the training


def test_losses_know_right_from_wrong() -> None:
    truth = (torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0)) > 0.8).float()
    weight, right = torch.ones_like(truth), 20 * (truth - 0.5)
    for loss in (training.dice_loss, lambda *x: training.focal_loss(*x, 2.0)):
        assert float(loss(right, truth, weight)) < 0.01 < 0.5 < float(loss(-right, truth, weight))
        assert float(loss(torch.full_like(truth, -20.0), torch.zeros_like(truth), weight)) < 0.01


def test_agreement_is_full_within_two_pixels_and_none_beyond() -> None:
    truth = np.zeros((1, len(KINDS), 32, 32), bool)
    truth[..., 16] = True
    for shift, value in ((0, 1.0), (2, 1.0), (3, 0.0)):
        figures = training.agreement(np.roll(truth, shift, -1), truth)
        assert all(
            figures[f"{kind}_{name}"] == pytest.approx(value) for kind in KINDS for name in ("precision", "recall", "f")
        )


def test_training_learns(prints: examples.Prints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "SIDE", 48)
    monkeypatch.setattr(training, "PROBES", 4)
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    task = training.BlemishTask(SMALL, training.BlemishSettings(batch=2, rate=0.01, warm_up=2), prints, prints)
    fixed = task.batch(0)
    monkeypatch.setattr(task, "batch", lambda step: fixed)
    losses = [float(task.step(step)["loss"]) for step in range(30)]
    assert np.mean(losses[-3:]) < 0.8 * losses[0]
    assert 0 <= task.evaluate()["score"] <= 1
