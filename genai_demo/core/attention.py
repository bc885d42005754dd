"""Causal self-attention for training on CPUs, in blocks of queries.

PyTorch's fused attention leaves the matrix units of a CPU idle: forward and backward it takes nearly three times as
long on a core with AVX512-BF16 as the plain products of a block of queries with the keys that it may see. Those are
written out here, with the probabilities kept for the way back. ``benchmarks.training`` measures it.
"""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.library import custom_op

BLOCK = 128
"""Queries in a block. Smaller ones compute less above the diagonal, larger ones start fewer products."""


def causal_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """softmax(q k^T / sqrt(D)) v, where every position sees itself and those before it.

    q, k, v: (B, H, T, D) floating, T the same in all. Returns (B, H, T, D). On a GPU, and where one block holds
    everything, it is PyTorch's own; elsewhere result and gradients agree with that up to rounding.
    """
    if q.device.type != "cpu" or q.shape[2] <= BLOCK:
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    dtype = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else q.dtype
    scaled = q.to(dtype) * q.shape[3] ** -0.5
    rows = [x.to(dtype).flatten(0, 1).contiguous() for x in (scaled, k, v)]
    return _attend(*rows)[0].unflatten(0, q.shape[:2])


def _blocks(length: int) -> Iterator[tuple[slice, slice]]:
    """The queries of each block, and the keys that they may see."""
    for first in range(0, length, BLOCK):
        end = min(first + BLOCK, length)
        yield slice(first, end), slice(0, end)


def _size(length: int) -> int:
    """Probabilities of all blocks."""
    return sum((here.stop - here.start) * seen.stop for here, seen in _blocks(length))


def _parts(kept: Tensor, count: int, length: int) -> Iterator[tuple[slice, slice, Tensor]]:
    """Each block with its view, (N, queries, keys), of the probabilities that are kept in one row. count: N."""
    start = 0
    for here, seen in _blocks(length):
        shape = count, here.stop - here.start, seen.stop
        end = start + shape[0] * shape[1] * shape[2]
        yield here, seen, kept[start:end].view(shape)
        start = end


@custom_op("genai_demo::causal_attention", mutates_args=())
def _attend(q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """(N, T, D) each to the result (N, T, D) and all probabilities, in one row block by block. q is scaled."""
    out, kept = torch.empty_like(v), q.new_empty(len(q) * _size(q.shape[1]))
    future = q.new_full((BLOCK, BLOCK), -torch.inf).triu(1)
    for here, seen, probabilities in _parts(kept, *q.shape[:2]):
        scores = q[:, here] @ k[:, seen].mT
        size = scores.shape[1]
        scores[:, :, here] += future[:size, :size]
        torch.softmax(scores, -1, out=probabilities)
        out[:, here] = probabilities @ v[:, seen]
    return out, kept


@custom_op("genai_demo::causal_attention_backward", mutates_args=())
def _attend_backward(grad: Tensor, q: Tensor, k: Tensor, v: Tensor, kept: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of q, k and v, (N, T, D) each, from that of the result."""
    to_q, to_k, to_v = torch.empty_like(q), torch.zeros_like(k), torch.zeros_like(v)
    for here, seen, probabilities in _parts(kept, *q.shape[:2]):
        to_v[:, seen].baddbmm_(probabilities.mT, grad[:, here])
        to_probabilities = grad[:, here] @ v[:, seen].mT
        to_scores = torch._softmax_backward_data(to_probabilities, probabilities, -1, q.dtype)
        to_q[:, here] = to_scores @ k[:, seen]
        to_k[:, seen].baddbmm_(to_scores.mT, q[:, here])
    return to_q, to_k, to_v


@_attend.register_fake
def _(q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    return torch.empty_like(v), q.new_empty(len(q) * _size(q.shape[1]))


@_attend_backward.register_fake
def _(grad: Tensor, q: Tensor, k: Tensor, v: Tensor, kept: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return torch.empty_like(q), torch.empty_like(k), torch.empty_like(v)


def _keep(ctx, inputs, output) -> None:
    ctx.save_for_backward(*inputs, output[1])


def _backward(ctx, grad: Tensor, _: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return _attend_backward(grad.contiguous(), *ctx.saved_tensors)


_attend.register_autograd(_backward, setup_context=_keep)
