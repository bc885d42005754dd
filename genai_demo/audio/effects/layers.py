"""The one block of the effects' networks: a ConvNeXt block along time, which can also go round in a circle."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Neighbours(nn.Module):
    """Depthwise convolution over time: (B, T, C) -> (B, T, C).

    Beyond the ends there are zeros, or with ``loop`` the other end, so that the result joins itself.
    Written as a sum of shifted copies, which a CPU computes faster than a grouped convolution.
    """

    def __init__(self, width: int, reach: int):
        super().__init__()
        self.side = reach // 2
        self.weight = nn.Parameter(torch.randn(2 * self.side + 1, width) / reach**0.5)
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor, loop: bool = False) -> Tensor:
        length = x.shape[1]
        if loop:
            around = torch.arange(-self.side, length + self.side, device=x.device) % length
            padded = x[:, around]
        else:
            padded = F.pad(x, (0, 0, self.side, self.side))
        total = self.bias.expand_as(x)
        for i, weight in enumerate(self.weight):
            total = torch.addcmul(total, padded[:, i : i + length], weight)
        return total


class Block(nn.Module):
    """x + MLP(norm(neighbours(x))), after ConvNeXt (Liu et al. 2022, fig. 4): (B, T, C) -> (B, T, C).

    With a condition (B, D) the norm is scaled and shifted and the branch gated by it (adaptive
    normalisation, Peebles & Xie 2023, section 3.2). Branches start at zero: the block is then the identity.
    """

    def __init__(self, width: int, condition: int = 0, reach: int = 7, factor: int = 3, dropout: float = 0.0):
        super().__init__()
        self.neighbours = Neighbours(width, reach)
        self.norm = nn.LayerNorm(width)
        self.inner = nn.Linear(width, factor * width)
        self.outer = nn.Linear(factor * width, width)
        self.dropout = nn.Dropout(dropout)
        self.adapt = nn.Linear(condition, 3 * width) if condition else None
        if self.adapt is None:
            self.gate = nn.Parameter(torch.full((width,), 0.1))
        else:
            nn.init.zeros_(self.adapt.weight)
            nn.init.zeros_(self.adapt.bias)

    def forward(
        self, x: Tensor, condition: Tensor | None = None, loop: bool = False, mask: Tensor | None = None
    ) -> Tensor:
        """mask: (B, T, 1), zero beyond the end of a shorter example, which the others must not see."""
        h = self.norm(self.neighbours(x if mask is None else x * mask, loop))
        if self.adapt is None:
            gate = self.gate
        else:
            scale, shift, gate = self.adapt(condition)[:, None].chunk(3, -1)
            h = h * (1 + scale) + shift
        return x + gate * self.outer(self.dropout(F.gelu(self.inner(h), approximate="tanh")))


class Attention(nn.Module):
    """x + attention(norm(x)): every moment sees all others, whatever their order: (B, T, C) -> (B, T, C).

    Without positions it commutes with turning a loop; where a moment lies, the network is told otherwise.
    """

    def __init__(self, width: int, condition: int, heads: int = 4):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.project = nn.Linear(width, 3 * width)
        self.outer = nn.Linear(width, width)
        self.adapt = nn.Linear(condition, 3 * width)
        nn.init.zeros_(self.adapt.weight)
        nn.init.zeros_(self.adapt.bias)

    def forward(self, x: Tensor, condition: Tensor, mask: Tensor | None = None) -> Tensor:
        scale, shift, gate = self.adapt(condition)[:, None].chunk(3, -1)
        h = self.project(self.norm(x) * (1 + scale) + shift)
        q, k, v = h.unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        seen = None if mask is None else mask[:, None, None, :, 0].bool()
        h = F.scaled_dot_product_attention(q, k, v, attn_mask=seen)
        return x + gate * self.outer(h.transpose(1, 2).flatten(2))
