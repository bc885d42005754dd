"""Training of the GAN: what takes part, what stays away, what adds up."""

import numpy as np
import pytest
import torch
from PIL import Image

from genai_demo.core.losses import LOSSES
from genai_demo.faces.encoders import VAE, VAEConfig
from genai_demo.faces.train_gan import Balancer, GANSettings, GANTask
from tests.faces.tiny import GAN, SHAPE, VARIATIONAL, pictures
from tests.faces.training import LIGHT, gan_task, run_steps, weights


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
    task = gan_task(anchor=1.0, feature_critic=1.0)
    seen, opinion = [], task.opinion
    monkeypatch.setattr(task, "opinion", lambda who, real, fake: seen.append(len(fake)) or opinion(who, real, fake))
    full = task.real_batches(0)
    task.update_generator(0, full, full)
    assert seen == [2, 2]  # half of the batch, each


def test_a_critic_far_ahead_waits():
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
