"""The upsampler: its network, its training, and faces of twice the side through the door."""

import numpy as np
import pytest
import torch
from torch import nn

from genai_demo import __main__ as command_line
from genai_demo.core import checkpoint
from genai_demo.faces import data, evaluate_upsampler, generate, recipe, train_upsampler
from genai_demo.faces.model import Generator
from genai_demo.faces.train_upsampler import UpsamplerSettings, UpsamplerTask, drift
from genai_demo.faces.upsampler import Upsampler, enlarged, halved
from tests.faces.tiny import GAN, UPSAMPLER, awake, image, pictures, save_all
from tests.faces.training import names, run_steps, weights


@pytest.fixture
def tiny_checkpoints(tmp_path, monkeypatch):
    """Random networks of 16 x 16 pixels in place of the trained ones."""
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setattr(train_upsampler, "FeatureDistance", lambda device: nn.functional.mse_loss)
    generate._load.cache_clear()
    save_all()
    yield tmp_path
    generate._load.cache_clear()


def task(**settings: object) -> UpsamplerTask:
    """A small one, whose adversary joins at once."""
    torch.manual_seed(3)
    generator = awake(Generator(GAN))
    chosen = UpsamplerSettings(**{"pretrain": 0, "penalty_every": 2} | settings)
    return UpsamplerTask(UPSAMPLER, chosen, pictures(12, 32), pictures(4, 32, seed=1), generator)


# The network


def test_untrained_it_is_bicubic_interpolation():
    faces = torch.rand(2, 3, 16, 16) * 2 - 1
    network = Upsampler(UPSAMPLER)
    assert torch.allclose(network(faces, network.make_noise([1, 2])), enlarged(faces))


def test_pictures_of_other_sides_and_no_noise_are_taken():
    network = awake(Upsampler(UPSAMPLER))
    assert network(torch.zeros(1, 3, 24, 40)).shape == (1, 3, 48, 80)


def test_noise_is_that_of_the_seed_whatever_stands_beside_it():
    network = Upsampler(UPSAMPLER)
    assert torch.equal(network.make_noise([5, 6])[1:], network.make_noise([6]))
    assert not torch.equal(network.make_noise([5]), network.make_noise([6]))


def test_halving_undoes_enlarging():
    faces = nn.functional.interpolate(torch.rand(1, 3, 4, 4), size=16, mode="bicubic", align_corners=True)
    assert (halved(enlarged(faces)) - faces).abs().max() < 0.02


def test_a_mended_pixel_costs_less_than_another_face():
    before = torch.zeros(1, 3, 16, 16)
    made = enlarged(before)
    assert drift(made, before) == 0
    checks = made.clone()
    checks[..., ::2, ::2] += 0.4  # gone again at half the side, but for its mean
    checks -= 0.1
    assert drift(checks, before) < 0.2 * drift(made + 0.1, before)


# Training


def test_network_and_adversary_learn_and_the_generator_does_not(monkeypatch, tiny_checkpoints):
    subject = task()
    before = {name: weights(module) for name, module in subject.modules.items()}
    generator = weights(subject.generator)
    first, second = run_steps(subject, 2)
    assert {"edges", "features", "same", "adversarial", "judge"} <= set(second)
    assert "penalty" in first
    assert "penalty" not in second
    assert all(np.isfinite(v) for v in (*first.values(), *second.values()))
    assert not torch.equal(weights(subject.network), before["network"])
    assert not torch.equal(weights(subject.judge), before["judge"])
    assert torch.equal(weights(subject.generator), generator)


def test_before_the_contest_the_adversary_rests(tiny_checkpoints):
    subject = task(pretrain=2)
    before = weights(subject.judge)
    assert all("adversarial" not in figures for figures in run_steps(subject, 2))
    assert torch.equal(weights(subject.judge), before)


def test_pairs_are_learnt(tiny_checkpoints):
    subject = task(pretrain=100, rate=0.01, adversarial=0.0)
    real = pictures(12, 32).float() / 127.5 - 1
    plain = (enlarged(halved(real)) - real).abs().mean()
    run_steps(subject, 60)
    assert (subject.network(halved(real)) - real).abs().mean() < plain


def test_the_adversary_begins_with_what_the_gans_own_knows(tiny_checkpoints):
    subject = task()
    subject.start_adversary()
    card = checkpoint.read_card("faces-discriminator")["config"]
    known = checkpoint.load_weights(
        "faces-discriminator", train_upsampler.Discriminator(train_upsampler.GANConfig(**card))
    )
    assert torch.equal(subject.judge.head.weight, known.head.weight)
    assert torch.equal(subject.judge.blocks["16"].conv0.weight, known.blocks["16"].conv0.weight)


def test_train_publish_and_draw(tiny_checkpoints, monkeypatch, capsys):
    monkeypatch.setenv("GENAI_HOME", str(tiny_checkpoints))
    monkeypatch.setattr(train_upsampler, "UpsamplerConfig", lambda resolution: UPSAMPLER)
    monkeypatch.setattr(train_upsampler, "PROBES", 4)
    source = tiny_checkpoints / "source"
    source.mkdir()
    for i, name in enumerate(names("train", 6) + names("held_out", 4)):
        image(i, 32).save(source / name)
    data.prepare(source, size=32, progress=False)
    assert data.default_folder(side=256) == tiny_checkpoints / "data" / "faces-256"
    assert data.default_folder(side=32) == data.default_folder() == tiny_checkpoints / "data" / "faces"
    command = ["train", "faces", "--model", "upsampler", "--steps", "2", "--pretrain", "1", "--evaluate-every", "2"]
    command += ["--run", str(tiny_checkpoints / "run"), "--publish", "--sample-every", "2"]
    assert command_line.main(command) == 0, capsys.readouterr().err
    card = checkpoint.read_card("faces-upsampler")
    assert card["training"]["steps"] == 2
    assert card["data"]["count"] == 10
    assert {"frechet", "bicubic_frechet", "psnr", "features"} <= set(card["training"]["held_out"])
    assert generate.sample(1, side=2 * generate.SIDE)[0].size == (32, 32)


def test_without_large_faces_the_command_says_what_to_do(tiny_checkpoints, monkeypatch, capsys):
    monkeypatch.setenv("GENAI_HOME", str(tiny_checkpoints))
    assert command_line.main(["train", "faces", "--model", "upsampler", "--steps", "1"]) == 2
    assert "data faces" in capsys.readouterr().err


# What a generator may learn


def test_generators_learn_no_young_faces_and_no_writing():
    ages = np.array([17.9, 18.0, np.nan, 40.0], np.float32)
    files = ["images/omi/1.webp", "images/omi/2.webp", "a.png", "images/face-memory-ai/4.webp"]
    faces = data.Faces(pictures(4), {"fa_age": ages}, files, np.zeros((4, 68, 2), np.float32))
    chosen = data.for_generators(faces)
    assert chosen.files == files[1:3]
    assert torch.equal(chosen.images, faces.images[1:3])
    assert len(chosen.labels["fa_age"]) == len(chosen.landmarks) == 2


# The door


def test_faces_of_twice_the_side(tiny_checkpoints):
    assert generate.largest_side("gan") == 256
    assert generate.largest_side("vae") == 128
    small, large = generate.sample(1, 2), generate.sample(1, 2, side=256)
    assert [face.size for face in small + large] == [(16, 16)] * 2 + [(32, 32)] * 2
    alone = generate.decode(generate.latent(2), 0.7, side=256)
    assert np.abs(np.asarray(alone, int) - np.asarray(large[1], int)).max() <= 2
    point = generate.latent(2)
    recipe_of = {"model": "gan", "noise_seed": 2, "truncation": 0.7, "styles": recipe.pack_styles(point.styles)}
    assert generate.remake(recipe_of | {"side": 256}).size == (32, 32)
    assert generate.remake(recipe_of).size == (16, 16)


@pytest.mark.parametrize(("model", "side"), [("vae", 256), ("gan", 512), ("gan", 0)])
def test_other_sides_are_refused_in_a_sentence(tiny_checkpoints, model, side):
    with pytest.raises(ValueError, match="128 pixels wide"):
        generate.sample(1, model=model, side=side)


def test_without_its_weights_faces_stay_small(tiny_checkpoints):
    for path in (tiny_checkpoints / "checkpoints").glob("faces-upsampler*"):
        path.unlink()
    assert generate.largest_side() == 128
    assert generate.models_of("gan", generate.largest_side()) == ["faces-gan"]


# Its measures


def test_it_is_measured_beside_bicubic_interpolation(tiny_checkpoints, monkeypatch):
    monkeypatch.setenv("GENAI_HOME", str(tiny_checkpoints))
    monkeypatch.setattr(evaluate_upsampler, "SAMPLES", 6)
    monkeypatch.setattr(evaluate_upsampler, "feature_network", lambda: None)
    monkeypatch.setattr(evaluate_upsampler, "pooled_features", lambda _, images: images.mean((2, 3)).double().numpy())
    monkeypatch.setattr(evaluate_upsampler, "FeatureDistance", lambda device: nn.functional.mse_loss)
    source = tiny_checkpoints / "source"
    source.mkdir()
    for i, name in enumerate(names("train", 6) + names("held_out", 4)):
        image(i, 32).save(source / name)
    data.prepare(source, size=32, progress=False)
    figures = evaluate_upsampler.measure()["faces-upsampler"]
    card = checkpoint.read_card("faces-upsampler")
    assert card["metrics"] == figures
    assert card["metrics_command"].endswith("--only upsampler")
    assert {"frechet", "frechet_bicubic", "real_against_real", "psnr", "psnr_bicubic", "detail"} <= set(figures)
    assert figures["psnr_bicubic"] > figures["psnr"], "random weights are no help"


def test_detail_and_likeness_of_the_same_pictures_are_whole(monkeypatch):
    monkeypatch.setattr(evaluate_upsampler, "FeatureDistance", lambda device: nn.functional.mse_loss)
    grain = torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    faces = 0.6 * (pictures(4, 32).float() / 127.5 - 1) + 0.2 * grain
    same = evaluate_upsampler.compared(faces, faces)
    soft = evaluate_upsampler.compared(enlarged(halved(faces)), faces)
    assert same["detail"] == pytest.approx(1) and same["feature_distance"] == 0 and same["ssim"] > 0.999
    assert soft["detail"] < 1 and soft["psnr"] < same["psnr"] and soft["feature_distance"] > 0
