"""The cutout network, its filter, its examples and its training, on made-up people."""

import argparse
import csv
import json

import numpy as np
import pytest
import torch

from genai_demo.core import checkpoint
from genai_demo.repair import cutout, cutout_examples, cutout_labels, train, train_cutout
from genai_demo.repair.cutout import Cutout, CutoutConfig
from genai_demo.repair.cutout_labels import People

SMALL = CutoutConfig(widths=(8, 8, 12, 16), fine=4)


def person(seed: int = 0, side: int = 128) -> tuple[np.ndarray, np.ndarray]:
    """A head on shoulders before a plain wall, (S, S, 3) uint8, and where it is, (S, S) bool."""
    rng = np.random.default_rng(seed)
    y, x = (np.mgrid[:side, :side] + 0.5) / side
    head = ((x - 0.5) / 0.24) ** 2 + ((y - 0.5) / 0.34) ** 2 < 1
    body = (y > 0.82) & (abs(x - 0.5) < 0.2 + 1.2 * (y - 0.82))
    found = np.full((side, side, 3), rng.uniform(170, 230, 3))
    found[body] = rng.uniform(20, 90, 3)
    found[head] = (200, 140, 110)
    found[head & (y < 0.3)] = (50, 30, 20)
    return (found + rng.normal(0, 3, found.shape)).clip(0, 255).astype(np.uint8), head | body


def face_points() -> np.ndarray:
    """68 landmarks in 0..1 that fit ``person``."""
    points = np.zeros((68, 2))
    jaw = np.linspace(np.pi, 0, 17)
    points[:17] = np.stack([0.5 + 0.22 * np.cos(jaw), 0.5 + 0.32 * np.sin(jaw)], 1)
    points[17:27] = np.stack([np.linspace(0.34, 0.66, 10), np.full(10, 0.42)], 1)
    points[27:36] = (0.5, 0.58)
    points[36:42], points[42:48], points[48:] = (0.4, 0.47), (0.6, 0.47), (0.5, 0.7)
    return points


def people(count: int = 12) -> People:
    made = [person(i) for i in range(count)]
    masks = np.stack([mask for _, mask in made]).astype(np.uint8) * 255
    return People(np.stack([p for p, _ in made]), masks, {"CC0": count})


# --------------------------------------------------------------------------- the filter


def brute_force(guide: np.ndarray, values: np.ndarray, radius: int, epsilon: float) -> np.ndarray:
    """The guided filter window by window, as He et al. 2013 write it. guide (H, W, 3), values (H, W)."""
    height, width = values.shape

    def window(i: int, j: int) -> tuple[slice, slice]:
        return slice(max(0, i - radius), i + radius + 1), slice(max(0, j - radius), j + radius + 1)

    a, b = np.zeros((height, width, 3)), np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            colours, wanted = guide[window(i, j)].reshape(-1, 3), values[window(i, j)].ravel()
            spread = np.cov(colours.T, bias=True) + epsilon * np.eye(3)
            together = (colours * wanted[:, None]).mean(0) - colours.mean(0) * wanted.mean()
            a[i, j] = np.linalg.solve(spread, together)
            b[i, j] = wanted.mean() - a[i, j] @ colours.mean(0)
    found = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            found[i, j] = a[window(i, j)].mean((0, 1)) @ guide[i, j] + b[window(i, j)].mean()
    return found


def test_guided_filter_is_the_one_of_the_paper():
    rng = np.random.default_rng(0)
    guide, values = rng.random((13, 17, 3)), rng.random((13, 17))
    found = cutout.guided_filter(
        torch.from_numpy(guide).permute(2, 0, 1)[None], torch.from_numpy(values)[None, None], 2, 1e-2
    )
    np.testing.assert_allclose(found[0, 0].numpy(), brute_force(guide, values, 2, 1e-2), atol=1e-8)


def test_guided_filter_keeps_what_is_even_and_follows_edges():
    guide = torch.zeros(1, 3, 40, 40)
    guide[..., 20:] = 1
    flat = torch.full((1, 1, 40, 40), 0.3)
    torch.testing.assert_close(cutout.guided_filter(guide, flat, 4, 1e-3), flat)
    rough = (torch.arange(40) > 21).float().expand(1, 1, 40, 40)
    found = cutout.guided_filter(guide, rough, 4, 1e-4)
    assert found[..., 20, 20] - found[..., 20, 19] > 0.4


def test_a_coarse_mask_takes_the_edges_of_the_picture():
    pixels, mask = person(side=320)
    picture, truth = torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255, torch.from_numpy(mask)[None, None]
    coarse = torch.nn.functional.interpolate(truth.float(), (64, 64), mode="area")
    found = cutout.refined(picture, coarse)
    plain = torch.nn.functional.interpolate(coarse, (320, 320), mode="bilinear")
    assert found.shape == (1, 1, 320, 320) and found.min() >= 0 and found.max() <= 1
    error, before = ((m - truth.float()).abs().mean() for m in (found, plain))
    assert error < 0.5 * before
    assert found[..., :20, :20].max() < 0.02 and found[..., 160, 160] > 0.98


@pytest.mark.parametrize("size", [(40, 33), (900, 500)])
def test_refined_masks_have_the_size_of_the_picture(size):
    assert cutout.refined(torch.rand(1, 3, *size), torch.rand(1, 1, 48, 32)).shape == (1, 1, *size)


# --------------------------------------------------------------------------- the network


def test_shapes_and_size():
    net = Cutout(CutoutConfig())
    assert 5e5 < sum(p.numel() for p in net.parameters()) < 1e6
    small = Cutout(SMALL)
    assert small(torch.zeros(2, 3, 48, 80)).shape == (2, 1, 48, 80)
    with pytest.raises(ValueError, match="four widths"):
        CutoutConfig(widths=(8, 8, 8))
    with pytest.raises(ValueError, match="multiple"):
        CutoutConfig(view=100)


@pytest.mark.parametrize(
    ("size", "seen"), [((400, 400), (128, 128)), ((400, 100), (256, 64)), ((100, 4000), (64, 256))]
)
def test_view_keeps_the_proportions(size, seen):
    assert cutout.view_size(*size, 128) == seen


# --------------------------------------------------------------------------- labels


def test_grabcut_finds_the_made_up_person_and_checks_know_bad_masks():
    pixels, truth = person()
    found = cutout_labels.grab(pixels, face_points())
    assert (found & truth).sum() / (found | truth).sum() > 0.95
    checks = cutout_labels.Checks()
    assert cutout_labels.passes(pixels, found, checks)
    ragged = found ^ (np.random.default_rng(0).random(found.shape) < 0.2)
    shifted = np.roll(found, 25, 1)
    for bad in (np.zeros_like(found), np.ones_like(found), ragged, shifted):
        assert not cutout_labels.passes(pixels, bad, checks)
    soft = cutout_labels.softened(pixels, found)
    assert soft.dtype == np.uint8 and abs(soft / 255 - truth).mean() < 0.03


# --------------------------------------------------------------------------- examples


@pytest.fixture
def composer(monkeypatch):
    monkeypatch.setattr(cutout_examples, "SCENE_SIDE", 64)
    return cutout_examples.Composer(people(), cutout_examples.rendered_backgrounds(range(1)))


@pytest.mark.parametrize("kind", list(cutout_examples.KINDS))
def test_examples_have_their_shape_and_a_person_if_any(composer, kind):
    torch.manual_seed(0)
    pictures, masks = composer.draw(torch.arange(8), 48, 80, kind)
    assert pictures.shape == (8, 3, 48, 80) and masks.shape == (8, 1, 48, 80)
    assert pictures.abs().max() <= 1 and masks.min() >= 0 and masks.max() <= 1
    areas = masks.mean((1, 2, 3))
    assert (areas == 0).all() if kind == "nobody" else (areas > 0.02).all()


def test_a_figure_that_is_far_stands_on_the_lower_edge(composer):
    torch.manual_seed(1)
    _, masks = composer.draw(torch.arange(8), 96, 96, "far")
    assert (masks[..., -1, :].amax((1, 2)) > 0.9).all()
    assert (masks[..., 0, :].mean((1, 2)) < 0.5).all()


def test_overlap_and_its_loss():
    empty, full = torch.zeros(1, 1, 8, 8), torch.ones(1, 1, 8, 8)
    half = full.clone()
    half[..., 4:] = 0
    assert float(train_cutout.overlap(half, full)) == 0.5 and float(train_cutout.overlap(empty, empty)) == 1
    assert float(train_cutout.overlap_loss(full, full)) < 1e-6 < float(train_cutout.overlap_loss(half, full))
    assert float(train_cutout.overlap_loss(half, empty)) > 0.9


# --------------------------------------------------------------------------- training


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_HOME", str(tmp_path))
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    monkeypatch.setenv("GENAI_PRECISION", "float32")
    monkeypatch.setattr(cutout_examples, "SCENE_SIDE", 64)
    monkeypatch.setattr(train_cutout, "TRAINING_SEEDS", range(1))
    monkeypatch.setattr(train_cutout, "HELD_OUT_SEEDS", range(1))
    monkeypatch.setattr(train_cutout, "PROBES", 4)
    monkeypatch.setattr(train_cutout, "SHAPES", ((48, 48),))
    monkeypatch.setattr(train_cutout, "SMALL_SHAPES", ((32, 32),))
    return tmp_path


def test_a_few_steps_lower_the_loss(home, monkeypatch):
    settings = train_cutout.CutoutSettings(batch=6, rate=0.01, warm_up=1)
    task = train_cutout.CutoutTask(SMALL, settings, people(), people(4))
    fixed = task.batch(0)
    monkeypatch.setattr(task, "batch", lambda step: fixed)
    losses = [float(task.step(step)["loss"]) for step in range(25)]
    assert losses[-1] < 0.6 * losses[0]
    figures = task.evaluate()
    assert figures == task.evaluate() and set(figures) == {"score", "own", "close", "far", "nobody"}


def write_set(home) -> None:
    place = home / "data" / "faces"
    place.mkdir(parents=True)
    made = [person(i) for i in range(10)]
    np.save(place / "images.npy", np.stack([p for p, _ in made]))
    np.save(place / "landmarks.npy", np.stack([face_points()] * 10).astype(np.float32))
    with (place / "index.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["file", "source", "licence", "split"])
        for i in range(10):
            writer.writerow([f"{i}.png", "made", "CC0", "held_out" if i % 5 == 0 else "train"])


def test_command_makes_masks_trains_publishes_and_goes_on(home, monkeypatch):
    write_set(home)
    cutout_labels._set.cache_clear()
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    run = home / "run"
    words = ["--model", "cutout", "--run", str(run), "--batch", "4", "--evaluate-every", "2", "--sample-every", "2"]
    train.run(parser.parse_args([*words, "--steps", "2", "--publish"]))
    assert (home / "data" / "cutout" / "faces.npz").is_file() and list((run / "samples").glob("*.webp"))
    card = checkpoint.read_card("repair-cutout")
    assert card["training"]["steps"] == 2 and card["data"]["people"] == 8 and card["data"]["licences"] == {"CC0": 8}
    assert {"own", "close", "far", "nobody"} <= set(card["training"]["held_out"]) and "held_out_note" in card[
        "training"
    ]
    checkpoint.load_weights("repair-cutout", Cutout(CutoutConfig(**card["config"])))
    # The masks are there now: another run needs no OpenCV.
    monkeypatch.setattr(cutout_labels, "make", lambda *a: pytest.fail("made again"))
    cutout_labels._set.cache_clear()
    train.run(parser.parse_args([*words, "--steps", "3"]))
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert lines[-1]["step"] == 3 and torch.load(run / "state.pt", weights_only=True)["step"] == 3


def test_without_faces_there_is_a_sentence(home):
    with pytest.raises(ValueError, match="no faces to learn from"):
        cutout_labels.load("train")
    with pytest.raises(ValueError, match="no prepared set"):
        cutout_labels.load("train", [home / "nowhere"])
