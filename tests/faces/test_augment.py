"""Augmentation: harmless at zero, differentiable, and each operation within its bounds."""

import pytest
import torch

from genai_demo.faces import augment as module
from genai_demo.faces.augment import augment
from tests.faces.tiny import pictures


@pytest.fixture
def images():
    torch.manual_seed(0)
    return pictures(8).float() / 127.5 - 1


def test_strength_zero_is_the_identity(images):
    assert augment(images, 0) is images


@pytest.mark.parametrize("strength", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("cutout", [True, False])
def test_shape_and_finiteness(images, strength, cutout):
    found = augment(images, strength, cutout=cutout)
    assert found.shape == images.shape
    assert found.isfinite().all()
    assert not torch.equal(found, images)


def test_it_is_differentiable(images):
    images.requires_grad_(True)
    augment(images, 1.0).square().sum().backward()
    assert images.grad.isfinite().all()
    assert (images.grad.abs().sum((1, 2, 3)) > 0).all()


def test_gradients_are_exact_also_twice():
    image = torch.rand(2, 3, 4, 4, dtype=torch.float64, requires_grad=True)

    def view(x: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(5)
        return augment(x, 1.0)

    assert torch.autograd.gradcheck(view, image)
    assert torch.autograd.gradgradcheck(view, image)


def test_global_seed_decides(images):
    found = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        found.append(augment(images, 1.0))
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


def test_shift_moves_whole_pictures_by_up_to_an_eighth(images):
    images = images + 2  # nothing is zero, so that what flows in is seen
    shifted = module._shift(images, 1.0)
    for before, after in zip(images, shifted, strict=True):
        rows = after.any(2)[0].nonzero()[:, 0]
        columns = after.any(1)[0].nonzero()[:, 0]
        assert len(rows) >= 14
        assert len(columns) >= 14
        inside = after[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        candidates = [
            before[:, y : y + len(rows), x : x + len(columns)]
            for y in range(17 - len(rows))
            for x in range(17 - len(columns))
        ]
        assert any(torch.equal(inside, candidate) for candidate in candidates)


def test_cutout_only_removes_and_at_most_a_quarter(images):
    images = images + 2
    found = module._cutout(images, 1.0)
    gone = found == 0
    assert torch.equal(found[~gone], images[~gone])
    assert 0 < gone.float().mean((1, 2, 3)).max() <= (9 / 16) ** 2


def test_colour_treats_all_places_alike():
    images = torch.rand(4, 3, 1, 1).expand(-1, -1, 6, 6).contiguous()
    found = module._colour(images, 1.0)
    torch.testing.assert_close(found, found[:, :, :1, :1].expand_as(found))
