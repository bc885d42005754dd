"""Muon against PyTorch's own, and that it is in the precision that the hardware is fast in."""

import pytest
import torch

from genai_demo.core import muon


@pytest.fixture
def exact(monkeypatch):
    monkeypatch.setenv("GENAI_PRECISION", "float32")


@pytest.mark.parametrize("shape", [(24, 24), (8, 40), (40, 8)])
def test_orthogonalised_keeps_the_directions_and_levels_their_lengths(exact, shape):
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    matrix[0] *= 5  # uneven singular values
    result = muon.orthogonalised(matrix)
    u, values, v = torch.linalg.svd(matrix, full_matrices=False)
    assert result.shape == shape
    along = torch.einsum("ik,ij,kj->k", u, result, v)
    large = values > values.max() / 20
    assert along[large].min() > 0.6 and along.max() < 1.3
    torch.testing.assert_close(u @ torch.diag(along) @ v, result, atol=1e-4, rtol=1e-4)


def test_steps_are_those_of_pytorch_up_to_its_rounding(exact):
    generator = torch.Generator().manual_seed(1)
    starts = [torch.randn(shape, generator=generator) for shape in ((12, 12), (6, 20), (20, 6))]
    ours, theirs = ([torch.nn.Parameter(start.clone()) for start in starts] for _ in range(2))
    first = muon.Muon(ours, 0.02, decay=0.1)
    second = torch.optim.Muon(theirs, lr=0.02, weight_decay=0.1, momentum=0.95)
    for _ in range(5):
        for one, other in zip(ours, theirs, strict=True):
            one.grad = torch.randn(one.shape, generator=generator)
            other.grad = one.grad.clone()
        first.step()
        second.step()
    for start, one, other in zip(starts, ours, theirs, strict=True):
        moved = (other - start).norm()
        assert (one - other).norm() < 0.02 * moved


@pytest.mark.parametrize("precision, dtype", [("float32", torch.float32), ("bfloat16", torch.bfloat16)])
def test_precision_is_that_of_the_hardware(monkeypatch, precision, dtype):
    monkeypatch.setenv("GENAI_PRECISION", precision)
    assert muon.orthogonalised(torch.eye(4)).dtype == dtype


def test_a_zero_gradient_moves_nothing(exact):
    matrix = torch.nn.Parameter(torch.ones(3, 3))
    matrix.grad = torch.zeros(3, 3)
    muon.Muon([matrix], 0.1).step()
    assert torch.equal(matrix.detach(), torch.ones(3, 3))


def test_state_goes_on_where_it_stopped(exact):
    def run(steps, optimiser, matrix):
        for number in steps:
            matrix.grad = torch.randn(4, 4, generator=torch.Generator().manual_seed(number))
            optimiser.step()

    whole, part = (torch.nn.Parameter(torch.eye(4)) for _ in range(2))
    run(range(4), muon.Muon([whole], 0.1), whole)
    first = muon.Muon([part], 0.1)
    run(range(2), first, part)
    second = muon.Muon([part], 0.1)
    second.load_state_dict(first.state_dict())
    run(range(2, 4), second, part)
    assert torch.equal(whole, part)


def test_only_matrices():
    with pytest.raises(ValueError, match="matrices"):
        muon.Muon([torch.nn.Parameter(torch.ones(3))], 0.1)
