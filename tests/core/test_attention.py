"""Attention in blocks against PyTorch's own."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core import attention
from genai_demo.core.attention import BLOCK, causal_attention


def tensors(length: int, dtype: torch.dtype = torch.float32, size: int = 24) -> list[Tensor]:
    generator = torch.Generator().manual_seed(length)
    return [torch.randn(2, 3, length, size, generator=generator).to(dtype).requires_grad_() for _ in range(3)]


def results(attend, given: list[Tensor]) -> list[Tensor]:
    """The output and the gradients of q, k and v for one random direction."""
    out = attend(*given)
    direction = torch.randn(out.shape, generator=torch.Generator().manual_seed(9)).to(out.dtype)
    return [out.detach(), *torch.autograd.grad(out, given, direction)]


def reference(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


@pytest.mark.parametrize("length", [1, 2, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK - 5])
def test_output_and_gradients_are_those_of_pytorch(length: int) -> None:
    given = tensors(length)
    for ours, theirs in zip(results(causal_attention, given), results(reference, given), strict=True):
        torch.testing.assert_close(ours, theirs, atol=2e-5, rtol=1e-4)


def test_bfloat16_is_as_exact_as_pytorchs() -> None:
    exact = results(reference, tensors(300, torch.float32))
    given = [t.detach().bfloat16().requires_grad_() for t in tensors(300)]
    for ours, theirs, right in zip(results(causal_attention, given), results(reference, given), exact, strict=True):
        assert ours.dtype == torch.bfloat16
        assert (ours.float() - right).norm() < 1.6 * (theirs.float() - right).norm() + 1e-3 * right.norm()


def test_under_autocast_the_products_are_in_bfloat16() -> None:
    q, k, v = tensors(BLOCK + 8)
    with torch.autocast("cpu", torch.bfloat16):
        assert causal_attention(q, k, v).dtype == torch.bfloat16


def test_nothing_comes_from_the_future() -> None:
    q, k, v = (t.detach() for t in tensors(2 * BLOCK + 7))
    before = causal_attention(q, k, v)
    place = BLOCK + 3
    for changed in (k, v):
        changed[:, :, place:] += 1
    after = causal_attention(q, k, v)
    assert torch.equal(before[:, :, :place], after[:, :, :place])
    assert not torch.allclose(before[:, :, place:], after[:, :, place:])


def test_what_is_kept_is_of_the_size_that_is_announced() -> None:
    """torch.compile plans with the announced sizes."""
    q, k, v = (t.detach().flatten(0, 1) for t in tensors(2 * BLOCK + 7))
    torch.library.opcheck(attention._attend, (q, k, v), test_utils=("test_schema", "test_faketensor"))
    out, kept = attention._attend(q, k, v)
    torch.library.opcheck(
        attention._attend_backward, (out, q, k, v, kept), test_utils=("test_schema", "test_faketensor")
    )
