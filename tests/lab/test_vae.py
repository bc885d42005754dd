"""The VAE of the lab: shapes, its loss, and what beta does."""

import pytest
import torch

from genai_demo.lab.vae import BATCH, HELD_OUT, SIDE, Training, divergence


def pictures(count: int = HELD_OUT + 96) -> torch.Tensor:
    """Plain pictures that differ in two ways only: how red and how blue they are."""
    shade = torch.rand(count, 2, generator=torch.Generator().manual_seed(0)) * 1.6 - 0.8
    found = torch.zeros(count, 3, SIDE, SIDE)
    found[:, 0], found[:, 2] = shade[:, 0, None, None], shade[:, 1, None, None]
    return found


def trained(steps: int, beta: float = 1.0, seed: int = 0) -> Training:
    training = Training(pictures(), seed)
    training.set_beta(beta)
    for _ in range(steps):
        training.step()
    return training


def test_divergence_is_the_formula() -> None:
    assert divergence(torch.zeros(4, 2), torch.zeros(4, 2)) == 0
    normal = torch.distributions.Normal
    mean, log_variance = torch.tensor([[0.5, -1.0]]), torch.tensor([[0.3, -0.7]])
    expected = torch.distributions.kl_divergence(normal(mean, (log_variance / 2).exp()), normal(0.0, 1.0)).sum()
    torch.testing.assert_close(divergence(mean, log_variance), expected)


def test_the_loss_goes_down_on_pictures_it_has_not_seen() -> None:
    training = trained(60, beta=0.1)
    first, last = training.points[0], training.points[-1]
    assert (first.step, last.step) == (1, 60) and last.error < 0.8 * first.error


def test_beta_empties_the_code() -> None:
    light, heavy = trained(40, beta=0), trained(40, beta=20)
    assert heavy.points[-1].nats < 0.7 * light.points[-1].nats


def test_the_sheet_and_the_pairs() -> None:
    training = trained(1)
    assert training.manifold(3).shape == (9, 3, SIDE, SIDE) and training.manifold(3).abs().max() <= 1
    middle = training.network.decode(torch.zeros(1, 2))
    torch.testing.assert_close(training.manifold(3)[4:5], middle.detach())
    before, after = training.reconstructions(5)
    assert torch.equal(before, pictures()[-HELD_OUT:][:5]) and after.shape == before.shape
    assert training.codes(7).shape == (7, 2)


def test_the_same_seed_gives_the_same_training() -> None:
    first, again, other = trained(3), trained(3), trained(3, seed=1)
    assert torch.equal(first.manifold(2), again.manifold(2)) and not torch.equal(first.manifold(2), other.manifold(2))


def test_too_few_pictures_and_a_wrong_beta_get_a_sentence() -> None:
    with pytest.raises(ValueError, match="pictures of 32 x 32"):
        Training(pictures(HELD_OUT + BATCH - 1))
    with pytest.raises(ValueError, match="pictures of 32 x 32"):
        Training(torch.zeros(99, 3, 16, 16))
    with pytest.raises(ValueError, match="from 0 to 20"):
        trained(0, beta=-1)
