"""What a language model's training minimises: the mean cost of the next token, computed in chunks of rows.

A whole step's logits are much larger than a CPU's caches: 4,096 tokens by 12,288 are 200 MB in float32, read and
written several times. Here a chunk of them is made, turned into its loss and into its gradient, and forgotten, so that
the logits cost hardly more than the three matrix products around them. The way back only scales what is there already.
"""

import functools
from collections.abc import Callable

import torch
from torch import Tensor
from torch.library import custom_op

CHUNK = 6_291_456
"""Logits that are there at a time: half of them fit into the cache of a core in bfloat16."""

Kernel = Callable[[Tensor, Tensor, float], tuple[Tensor, Tensor]]


def next_token_loss(hidden: Tensor, weight: Tensor, targets: Tensor, softcap: float, fused: bool = False) -> Tensor:
    """Mean cross-entropy of softcap * tanh(hidden @ weight.T / softcap) in nats, over the rows that have a target.

    hidden: (N, W) floating. weight: (V, W) float32, the output layer. targets: (N,) int64, negative where nothing is to
    be predicted. softcap: the largest logit; it must be positive. fused: let PyTorch's compiler fuse what happens to a
    chunk (slow to start). Products are in bfloat16 under autocast. Where no row has a target the loss is 0. Gradients
    reach hidden and weight; there are no second ones.
    """
    dtype = torch.get_autocast_dtype(hidden.device.type)
    dtype = dtype if torch.is_autocast_enabled(hidden.device.type) else weight.dtype
    rows = (targets >= 0).nonzero()[:, 0]
    loss, _, _ = _loss(hidden[rows].to(dtype), weight, targets[rows], softcap, fused)
    return loss


def chunk_loss(raw: Tensor, targets: Tensor, softcap: float) -> tuple[Tensor, Tensor]:
    """Summed cost of a chunk, and its gradient with respect to ``raw``, the products before the cap: (R, V) each."""
    bent = torch.tanh(raw.float() / softcap)
    weights = torch.exp(bent * softcap - softcap)  # no logit is above the cap: nothing can overflow
    total = weights.sum(-1, keepdim=True)
    is_target = torch.arange(raw.shape[1], device=raw.device) == targets[:, None]
    logits_of_targets = torch.where(is_target, bent, 0).sum() * softcap
    gradient = (weights / total - is_target.float()) * (1 - bent * bent)
    return (total.log() + softcap).sum() - logits_of_targets, gradient.to(raw.dtype)


@functools.cache
def _fused() -> Kernel:
    return torch.compile(chunk_loss)


@custom_op("genai_demo::next_token_loss", mutates_args=())
def _loss(
    hidden: Tensor, weight: Tensor, targets: Tensor, softcap: float, fused: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Mean loss, and its gradients with respect to hidden and weight."""
    kernel = _fused() if fused else chunk_loss
    matrix, count = weight.to(hidden.dtype), max(1, len(hidden))
    total, to_hidden, to_weight = weight.new_zeros(()), torch.empty_like(hidden), torch.zeros_like(weight)
    rows = max(64, CHUNK // len(weight))
    for here in (slice(start, start + rows) for start in range(0, len(hidden), rows)):
        loss, gradient = kernel(hidden[here] @ matrix.T, targets[here], softcap)
        total += loss
        torch.mm(gradient, matrix, out=to_hidden[here])
        to_weight += gradient.T @ hidden[here]
    return total / count, to_hidden / count, to_weight / count


@_loss.register_fake
def _(hidden: Tensor, weight: Tensor, targets: Tensor, softcap: float, fused: bool) -> tuple[Tensor, Tensor, Tensor]:
    return weight.new_empty(()), torch.empty_like(hidden), torch.empty_like(weight)


def _keep(ctx, inputs, output) -> None:
    ctx.save_for_backward(*output[1:])


def _backward(ctx, grad: Tensor, *_: Tensor) -> tuple[Tensor | None, ...]:
    to_hidden, to_weight = ctx.saved_tensors
    return to_hidden * grad, to_weight * grad, None, None, None


_loss.register_autograd(_backward, setup_context=_keep)
