"""Every loss against its formula, written with logarithms and sigmoids."""

import pytest
import torch

from genai_demo.core.losses import (
    LOSSES,
    FeatureDistance,
    edge_loss,
    get_loss,
    zero_centred_gradient_penalty,
)

REAL = torch.tensor([0.3, -1.2, 2.0, 0.0], dtype=torch.float64)
FAKE = torch.tensor([-0.7, 0.4, 1.5, -3.0], dtype=torch.float64)


def formulas(a: torch.Tensor, b: torch.Tensor) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    d_real, d_fake = torch.sigmoid(a), torch.sigmoid(b)
    binary = -(d_real.log().mean() + (1 - d_fake).log().mean())
    hinge = (1 - a).clamp(min=0).mean() + (1 + b).clamp(min=0).mean()
    return {
        "minimax": (binary, (1 - d_fake).log().mean()),
        "non_saturating": (binary, -d_fake.log().mean()),
        "relativistic": (-torch.sigmoid(a - b).log().mean(), -torch.sigmoid(b - a).log().mean()),
        "hinge": (hinge, -b.mean()),
    }


@pytest.mark.parametrize("name", LOSSES)
def test_losses_are_what_they_say(name):
    discriminator, generator = formulas(REAL, FAKE)[name]
    loss = get_loss(name)
    torch.testing.assert_close(loss.discriminator(REAL, FAKE), discriminator)
    torch.testing.assert_close(loss.generator(REAL, FAKE), generator)


@pytest.mark.parametrize("name", LOSSES)
def test_both_sides_pull_in_opposite_directions(name):
    real, fake = REAL.clone().requires_grad_(True), FAKE.clone().requires_grad_(True)
    d_real, d_fake = torch.autograd.grad(get_loss(name).discriminator(real, fake), (real, fake))
    (g_fake,) = torch.autograd.grad(get_loss(name).generator(real, fake), fake)
    assert (d_real <= 0).all()
    assert (d_fake >= 0).all()
    assert (g_fake < 0).all()


@pytest.mark.parametrize("name", LOSSES)
def test_losses_stay_finite_when_one_side_is_sure(name):
    far = torch.tensor([500.0])
    for real, fake in ((far, -far), (-far, far)):
        assert get_loss(name).discriminator(real, fake).isfinite()
        assert get_loss(name).generator(real, fake).isfinite()


def test_unknown_loss_names_the_known_ones():
    with pytest.raises(ValueError, match=r"No loss is called 'l2'. Choose one of minimax, "):
        get_loss("l2")


def test_gradient_penalty_by_hand():
    x = torch.randn(4, 3, 5, 5)
    weight = torch.randn(3, 5, 5)
    linear = zero_centred_gradient_penalty(lambda images: (images * weight).sum((1, 2, 3)), x)
    torch.testing.assert_close(linear, weight.square().sum())  # grad = weight, everywhere
    square = zero_centred_gradient_penalty(lambda images: images.square().sum((1, 2, 3)), x)
    torch.testing.assert_close(square, 4 * x.square().sum((1, 2, 3)).mean())  # grad = 2 x


def test_gradient_penalty_can_be_minimised():
    scale = torch.tensor(3.0, requires_grad=True)
    penalty = zero_centred_gradient_penalty(lambda images: scale * images.sum((1, 2, 3)), torch.randn(2, 3, 4, 4))
    penalty.backward()
    torch.testing.assert_close(scale.grad, torch.tensor(2 * 3.0 * 48))  # d/ds s^2 n


def test_edge_loss_by_hand():
    image, target = torch.zeros(1, 1, 2, 2), torch.tensor([[[[0.0, 1.0], [0.0, 1.0]]]])
    assert edge_loss(image, target) == pytest.approx(0.5 + 0 + 1)  # pixels, rows alike, columns differ by one
    assert edge_loss(target, target) == 0
    assert edge_loss(target + 0.25, target) == pytest.approx(0.25)


def test_feature_distance_is_zero_for_equal_pictures_and_passes_gradients():
    distance = FeatureDistance(torch.device("cpu"))
    target = torch.rand(1, 3, 32, 32) * 2 - 1
    image = (target + 0.5 * torch.randn_like(target)).requires_grad_(True)
    assert distance(target, target) == pytest.approx(0, abs=1e-6)
    found = distance(image, target)
    assert 0 < found.item() <= 4
    found.backward()
    assert image.grad.abs().sum() > 0
    assert not any(p.requires_grad for p in distance.parameters())
