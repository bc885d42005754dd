"""The effects' networks: loops are circles, padding is not seen, the codec and the flow learn."""

import dataclasses

import numpy as np
import pytest
import torch

from genai_demo.audio.effects.classifier import WINDOW, Classifier, ClassifierConfig, judge, windows
from genai_demo.audio.effects.codec import CENTRE, SPREAD, Codec, MelJudge, divergence, tokens_of, whole_tokens
from genai_demo.audio.effects.layers import Neighbours
from genai_demo.audio.effects.model import EDGE_SCALES, Condition, Effects, edges, sample
from genai_demo.audio.mel import LOWEST
from tests.audio.tiny_effects import CODEC, EFFECTS, lively

KINDS = len(EFFECTS.kinds)


def condition(count: int, tokens: int, event: bool = False) -> Condition:
    kind = torch.nn.functional.one_hot(torch.arange(count) % KINDS, KINDS).float()
    at = torch.arange(float(tokens))
    near = edges(at, tokens - 1 - at) * event
    return Condition(kind, torch.linspace(-1, 1, 4 * count).view(count, 4), near.expand(count, -1, -1))


@pytest.mark.parametrize("length", [3, 20])
def test_neighbours_agree_with_a_grouped_convolution(length):
    layer = lively(Neighbours(5, 7))
    x = torch.randn(2, length, 5)
    weight = layer.weight.T[:, None]
    wanted = torch.nn.functional.conv1d(x.transpose(1, 2), weight, layer.bias, padding=3, groups=5)
    torch.testing.assert_close(layer(x), wanted.transpose(1, 2))


def test_turned_noise_gives_the_turned_sound():
    """Velocity, sampling and decoding commute with turning the circle; without ``loop`` they do not."""
    network, codec = lively(Effects(EFFECTS)), lively(Codec(CODEC))
    x = torch.randn(2, 15, EFFECTS.latent)

    def drawn(noise: torch.Tensor, loop: bool) -> torch.Tensor:
        return codec.decode(sample(network, noise, condition(2, 15), 3, 2.0, loop), loop)

    turned = drawn(x.roll(4, 1), True)
    torch.testing.assert_close(turned, drawn(x, True).roll(16, 2), atol=2e-4, rtol=1e-4)
    assert (drawn(x.roll(4, 1), False) - drawn(x, False).roll(16, 2)).abs().max() > 0.01


def test_what_lies_behind_a_shorter_example_is_not_seen():
    network = lively(Effects(EFFECTS))
    x, told = torch.randn(1, 9, EFFECTS.latent), condition(1, 9, event=True)
    alone = network(x, torch.tensor([0.3]), told)
    longer = torch.cat([x, 5 * torch.randn(1, 6, EFFECTS.latent)], 1)
    more = dataclasses.replace(told, edges=torch.cat([told.edges, torch.randn(1, 6, 2 * len(EDGE_SCALES))], 1))
    mask = (torch.arange(15) < 9).float()[None, :, None]
    torch.testing.assert_close(network(longer, torch.tensor([0.3]), more, mask=mask)[:, :9], alone)


def test_every_condition_changes_the_velocity():
    network = lively(Effects(EFFECTS))
    x, time, told = torch.randn(1, 9, EFFECTS.latent), torch.tensor([0.5]), condition(1, 9, event=True)
    plain = network(x, time, told)
    for name in ("kind", "traits", "edges"):
        other = dataclasses.replace(told, **{name: getattr(told, name) + 0.5})
        assert (network(x, time, other) - plain).abs().max() > 1e-3, name
    assert (network(x, time + 0.3, told) - plain).abs().max() > 1e-3


def test_without_guidance_the_unconditional_velocity_is_not_needed():
    network, x, told = lively(Effects(EFFECTS)), torch.randn(2, 9, EFFECTS.latent), condition(2, 9)
    plain = sample(network, x, told, 4, 1.0)
    torch.testing.assert_close(sample(network, x, told, 4, 1.0 + 1e-6), plain, atol=1e-4, rtol=1e-4)
    assert (sample(network, x, told, 4, 3.0) - plain).abs().max() > 1e-3


def test_the_edges_tell_first_last_and_middle():
    near = edges(torch.arange(200.0), 199 - torch.arange(200.0))
    scales = len(EDGE_SCALES)
    assert near[0, :scales].tolist() == [1] * scales and near[-1, scales:].tolist() == [1] * scales
    assert near[100].max() < 0.15
    torch.testing.assert_close(near.flip(0)[:, :scales], near[:, scales:])


def test_the_codec_learns_to_copy():
    torch.manual_seed(0)
    codec = Codec(CODEC)
    mel = LOWEST + 8 * torch.rand(4, 100, 1).expand(4, 100, 32) * torch.linspace(0, 1, 32)
    optimizer = torch.optim.Adam(codec.parameters(), 0.003)

    def loss() -> torch.Tensor:
        mean, log_variance = codec.encode(mel)
        assert mean.shape == log_variance.shape == (4, 8, CODEC.latent)
        return (codec.decode(mean) - mel).abs().mean() + 0.001 * divergence(mean, log_variance)

    before = float(loss().detach())
    for _ in range(80):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
    assert float(loss().detach()) < 0.5 * before


def test_what_few_components_explain_is_copied_before_training():
    generator = torch.Generator().manual_seed(0)
    axes = torch.randn(CODEC.latent, 400, generator=generator) / 20
    tokens = torch.randn(2, 50, CODEC.latent, generator=generator) @ axes + 0.3
    mel = (tokens.unflatten(2, (4, 100)).flatten(1, 2) * SPREAD + CENTRE).transpose(1, 2)
    torch.testing.assert_close(tokens_of(mel), tokens)
    codec = Codec(CODEC)
    assert (codec.decode(codec.encode(mel)[0]) - mel).abs().max() > 0.5
    codec.start_from_components(tokens.flatten(0, 1))
    mean, _ = codec.encode(mel)
    torch.testing.assert_close(codec.decode(mean), mel, atol=1e-3, rtol=1e-4)
    torch.testing.assert_close(mean.flatten(0, 1).std(0), torch.ones(CODEC.latent), atol=0.02, rtol=0)


def test_divergence_is_that_of_normal_distributions():
    mean, variance = torch.tensor([[0.7]]), torch.tensor([[0.3]])
    wanted = torch.distributions.kl_divergence(
        torch.distributions.Normal(mean, variance.sqrt()), torch.distributions.Normal(0.0, 1.0)
    )
    torch.testing.assert_close(divergence(mean, variance.log()), wanted.mean())
    assert whole_tokens(torch.zeros(1, 100, 5)).shape == (1, 100, 8)


def test_the_judges_see_patches_and_windows():
    opinion, features = MelJudge(4)(torch.randn(2, 100, 64))
    assert opinion.shape[:2] == (2, 1) and len(features) == 4
    network = lively(Classifier(ClassifierConfig(EFFECTS.kinds, 4, 8)))
    chances, seen = judge(network, torch.randn(100, 300))
    assert chances.shape == (KINDS,) and float(chances.sum()) == pytest.approx(1, abs=1e-5) and seen.shape == (16,)
    for length in (5, WINDOW, WINDOW + 1, 1000):
        parts = windows(torch.arange(float(length)).expand(100, -1))
        assert parts.shape[1:] == (100, WINDOW)
        assert set(np.arange(length)) <= set(parts[:, 0].flatten().tolist())  # nothing is left out
