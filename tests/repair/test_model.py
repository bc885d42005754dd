"""The restoration network."""

import pytest
import torch

from genai_demo.repair.model import TASKS, PatchJudge, RepairConfig, Restorer
from tests.repair.tiny import CONFIG, lively


def inputs(height: int = 64, width: int = 64, count: int = 2) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    source = torch.Generator().manual_seed(0)
    x = torch.rand(count, 3, height, width, generator=source) * 2 - 1
    mask = torch.zeros(count, 1, height, width)
    mask[:, :, 16:40, 8:32] = 1
    return x, mask, torch.zeros(count, dtype=torch.long)


def test_a_new_network_returns_what_is_known():
    x, mask, task = inputs()
    faithful, detail, amounts = Restorer(CONFIG)(x, mask, task)
    torch.testing.assert_close(faithful, x * (1 - mask))
    assert not detail.any() and amounts.shape == (2, CONFIG.measures)


@pytest.mark.parametrize("size", [(64, 64), (72, 104), (8, 8), (128, 40)])
def test_any_size_goes_through(size):
    x, mask, task = inputs(*size)
    faithful, detail, _ = lively()(x, mask[:, :, : size[0], : size[1]], task)
    assert faithful.shape == detail.shape == x.shape


def test_what_is_under_the_mask_is_never_seen():
    x, mask, task = inputs()
    other = torch.where(mask > 0, -x, x)
    for a, b in zip(lively()(x, mask, task), lively()(other, mask, task), strict=True):
        assert torch.equal(a, b)


def test_task_and_noise_change_the_result():
    network = lively()
    x, mask, task = inputs()
    plain = network(x, mask, task)[0]
    assert not torch.equal(plain, network(x, mask, task + TASKS.index("old"))[0])
    assert not torch.equal(plain, network(x, mask, task, torch.ones(2, CONFIG.noise))[0])
    assert torch.equal(plain, network(x, mask, task, torch.zeros(2, CONFIG.noise))[0])


def test_one_fourier_layer_sees_the_whole_picture():
    network = lively()
    x, mask, task = inputs(128, 128, 1)
    moved = x.clone()
    moved[..., :8, :8] += 0.5
    change = (network(moved, mask, task)[0] - network(x, mask, task)[0]).abs()
    assert change[..., 100:, 100:].max() > 0


def test_rows_of_a_batch_do_not_disturb_each_other():
    network = lively()
    x, mask, task = inputs()
    both = network(x, mask, task)[0]
    torch.testing.assert_close(network(x[1:], mask[1:], task[1:])[0], both[1:], rtol=1e-4, atol=1e-5)


def test_the_published_shape_is_small_enough():
    assert sum(p.numel() for p in Restorer(RepairConfig()).parameters()) < 3_000_000


def test_the_judge_looks_at_patches():
    judge = PatchJudge(8)
    x, mask, _ = inputs(128, 128)
    opinion, seen = judge(x, mask)
    assert opinion.shape == (2, 1, 8, 8) and len(seen) == 4
