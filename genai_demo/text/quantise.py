"""Eight-bit weights for writing on CPUs.

A token at a time, a CPU spends its time fetching weights and starting operations. Here a weight
takes a quarter of the bytes, and one pass of ``model.py`` is written out with as few operations
as it takes; both together write about three times as fast. Texts are read by the model itself.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.text.model import Cache, TextModel, rotate, turns

linear = torch.ops.quantized.linear_dynamic.default
"""(x, packed weight, headroom for CPUs without VNNI): activations are rounded call by call."""


def packed(weight: Tensor) -> torch.ScriptObject:
    """A matrix (O, I) rounded to eight bits, with a scale of its own for every output."""
    scale = weight.abs().amax(1).clamp(min=1e-8).double() / 127
    zero = torch.zeros(len(weight), dtype=torch.long)
    rounded = torch.quantize_per_channel(weight.detach().float().contiguous(), scale, zero, 0, torch.qint8)
    return torch.ops.quantized.linear_prepack(rounded, None)


def can_quantise() -> bool:
    """Whether this CPU has kernels for eight-bit layers."""
    return torch.backends.quantized.engine in ("x86", "fbgemm", "onednn", "qnnpack")


class EightBitStep:
    """What ``TextModel.step`` computes, with rounded matrices. Tests hold the two against each other."""

    def __init__(self, model: TextModel):
        self.config, self.embedding, self.speeds = model.config, model.embedding.weight, model.speeds
        self.head = packed(model.embedding.weight)
        self.blocks = []
        for block in model.blocks:
            attention = block.attention
            matrices = [m.weight for m in (attention.to_qkv, attention.project, block.expand, block.project)]
            shift = torch.cat([block.shift.weight, torch.ones(1, model.config.width)]).detach()
            self.blocks.append((shift, [packed(m) for m in matrices]))
        self.least = torch.tensor(1e-6)
        self.wide = torch.tensor(model.config.width**-0.5)
        self.narrow = torch.tensor((model.config.width // model.config.heads) ** -0.5)

    def norm(self, x: Tensor, scale: Tensor) -> Tensor:
        """Root mean square one. scale: 1 / sqrt(size of the last dimension)."""
        return x / torch.addcmul(self.least, torch.linalg.vector_norm(x, 2, -1, True), scale)

    @torch.inference_mode()
    def __call__(self, tokens: Tensor, cache: Cache) -> Tensor:
        """Logits after one more token for every sequence: (B,) -> (B, rows). The cache grows by it."""
        heads, size, here = self.config.heads, len(tokens), cache.length
        x = self.norm(F.embedding(tokens[:, None], self.embedding), self.wide)
        turn = turns(here, here + 1, self.speeds, x.dtype)
        for i, (shift, (to_qkv, project, expand, contract)) in enumerate(self.blocks):
            recent = torch.cat([cache.tails[i], self.norm(x, self.wide)], 1)
            cache.tails[i] = recent[:, 1:]
            qkv = linear((shift * recent).sum(1), to_qkv, True).view(size, 3, heads, 1, -1).transpose(0, 1)
            q, k = rotate(self.norm(qkv[:2], self.narrow), turn)
            y = F.scaled_dot_product_attention(q, *cache.extend(i, k, qkv[2]))
            x = x + linear(y.view(size, 1, -1), project, True)
            positive = F.relu(linear(self.norm(x, self.wide), expand, True))
            x = x + linear(positive * positive, contract, True)
        cache.length = here + 1
        raw = linear(self.norm(x, self.wide)[:, 0], self.head, True)
        return self.config.softcap * torch.tanh(raw / self.config.softcap) if self.config.softcap else raw
