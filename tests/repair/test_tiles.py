"""Tiles and seams."""

import itertools

import pytest
import torch

from genai_demo.repair import tiles


@pytest.mark.parametrize("length", [8, 512, 513, 575, 800, 1000, 2311])
def test_tiles_cover_everything_and_overlap(length):
    found = tiles.starts(length)
    assert found[0] == 0 and found[-1] + tiles.TILE >= length
    for a, b in itertools.pairwise(found):
        assert b - a <= tiles.TILE - 2 * tiles.OVERLAP + 1


def test_a_network_that_does_nothing_leaves_no_seams():
    x = torch.rand(1, 4, 600, 1000)
    shares = []
    for share, values in tiles.tiled(lambda part: part[:, :3], x):
        shares.append(share)
        torch.testing.assert_close(values, x[:, :3])
    assert shares == sorted(shares) and shares[-1] == 1 and len(shares) > 3


def test_a_local_filter_gives_the_same_in_tiles():
    kernel = torch.rand(3, 3, 5, 5) / 75
    x = torch.rand(1, 3, 600, 800)
    *_, (_, values) = tiles.tiled(lambda part: torch.nn.functional.conv2d(part, kernel, padding=2), x)
    whole = torch.nn.functional.conv2d(x, kernel, padding=2)
    assert (values - whole).abs().max() < 0.02 and (values - whole).abs().mean() < 1e-4


def test_only_tiles_that_are_wanted_are_worked_on():
    x, wanted, seen = torch.rand(1, 3, 1000, 1000), torch.zeros(1, 1, 1000, 1000), []
    wanted[..., 990:, 990:] = 1
    *_, (share, values) = tiles.tiled(lambda part: seen.append(1) or 1 - part, x, wanted)
    assert len(seen) == 1 and share == 1
    assert torch.equal(values[..., :300, :300], x[..., :300, :300])
    *_, (share, values) = tiles.tiled(lambda part: 1 - part, x, torch.zeros_like(wanted))
    assert share == 1 and torch.equal(values, x)


def test_spread_keeps_what_is_known_and_is_between_it():
    known = (torch.rand(1, 1, 37, 53) < 0.1).float()
    values = torch.rand(1, 3, 37, 53)
    found = tiles.spread(values, known)
    assert torch.equal(found * known, values * known)
    assert found.min() >= (values * known)[known.expand_as(values) > 0].min() - 1e-5
    assert found.max() <= (values * known).max() + 1e-5
    torch.testing.assert_close(tiles.spread(torch.full_like(values, 0.3), known), torch.full_like(values, 0.3))


def test_a_filling_of_another_colour_is_drawn_to_its_surroundings():
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 20:44, 20:44] = 1
    picture = torch.full((1, 3, 64, 64), 0.2)
    found = tiles.without_seam(picture, torch.full_like(picture, 0.6), mask)
    torch.testing.assert_close(found, picture, rtol=0, atol=1e-4)
    pattern = 0.6 + 0.1 * torch.rand(1, 3, 64, 64) * mask
    found = tiles.without_seam(picture, pattern, mask)
    assert torch.equal(found * (1 - mask), picture * (1 - mask))
    inner = (found - pattern)[..., 20:44, 20:44]
    assert inner.std() < 0.01 and abs(float(inner.mean()) + 0.4) < 0.05
