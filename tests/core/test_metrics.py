"""Precision, recall, PSNR and SSIM on cases whose answer is known."""

import numpy as np
import pytest
import torch

from genai_demo.core.metrics import distances, precision_recall, psnr, ssim


@pytest.fixture
def source():
    return np.random.default_rng(0)


def test_distances_against_norms(source):
    a, b = source.normal(size=(5, 3)), source.normal(size=(4, 3))
    expected = [[np.linalg.norm(x - y) for y in b] for x in a]
    np.testing.assert_allclose(distances(a, b), expected)


def test_identical_sets_have_full_precision_and_recall(source):
    points = source.normal(size=(50, 8))
    assert precision_recall(points, points.copy()) == (1.0, 1.0)


def test_sets_far_apart_have_none(source):
    points = source.normal(size=(50, 8))
    assert precision_recall(points, points + 1000) == (0.0, 0.0)


def test_a_collapsed_generator_has_precision_without_recall(source):
    real = source.normal(size=(200, 4))
    fake = real[:1] + 1e-3 * source.normal(size=(200, 4))
    precision, recall = precision_recall(real, fake)
    assert precision == 1.0
    assert recall < 0.05


def test_a_scattered_generator_has_recall_without_precision(source):
    real = 0.01 * source.normal(size=(100, 4))
    fake = np.concatenate([real[:20], 50 * source.normal(size=(80, 4))])
    precision, recall = precision_recall(real, fake)
    assert precision == pytest.approx(0.2, abs=0.05)
    assert recall > 0.5


def test_psnr_by_hand():
    first = torch.zeros(2, 3, 16, 16)
    second = first.clone()
    second[0] += 0.2
    second[1] += 2.0
    torch.testing.assert_close(psnr(first, second), torch.tensor([20.0, 0.0]), atol=1e-4, rtol=1e-4)
    assert psnr(first, first).min() >= 100


def test_ssim_of_identical_is_one_and_noise_lowers_it():
    torch.manual_seed(0)
    image = torch.rand(3, 3, 24, 24) * 2 - 1
    torch.testing.assert_close(ssim(image, image), torch.ones(3))
    before = torch.ones(3)
    for strength in (0.1, 0.3, 1.0):
        found = ssim(image, image + strength * torch.randn_like(image))
        assert (found < before).all()
        before = found


def test_ssim_of_flat_pictures_by_hand():
    a, b = 0.5, -0.25
    first, second = torch.full((1, 3, 16, 16), a), torch.full((1, 3, 16, 16), b)
    c1 = (0.01 * 2) ** 2
    expected = (2 * a * b + c1) / (a * a + b * b + c1)  # without variance only the luminance term is left
    assert float(ssim(first, second)) == pytest.approx(expected, abs=1e-4)
