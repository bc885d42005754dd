"""Eight-bit weights for writing on CPUs.

A token at a time, a CPU spends its time fetching weights and starting operations. Here a weight takes a quarter of
the bytes, and one pass of ``transformer.py`` is written out with few operations; together they write several times as
fast. Prompts are read by the model itself.

The kernels are those that PyTorch keeps: plain ``torch.int8`` tensors with their scales beside them, in the place of
its quantised tensors, which go, and of TorchScript, which goes and is not supported from Python 3.14 on. Nothing is
compiled, so a model is ready at once. docs/experiments.md tells what that costs.
"""

import sys

import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core import checkpoint
from genai_demo.core.device import pick_device
from genai_demo.core.transformer import Block, Cache, Transformer, TransformerConfig, turns

ALIGNED = 16
"""The kernels read so many weights at once, and do not look whether there are that many."""


def has_kernels() -> bool:
    """Whether this CPU multiplies eight-bit weights in vectors.

    PyTorch has such code for AVX2, AVX-512 and 64-bit ARM, but not in what Microsoft's compiler builds: on Windows
    plain weights are faster.
    """
    vectors = torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512") or torch.cpu.get_capabilities().get("neon")
    return bool(vectors) and sys.platform != "win32"


def can_quantise(config: TransformerConfig) -> bool:
    """Whether eight-bit steps can be made of a model of this shape here."""
    return has_kernels() and config.width % ALIGNED == 0 and config.rows % ALIGNED == 0


class EightBitLinear:
    """A linear layer without bias whose weights are rounded: (B, I) -> (B, O) bfloat16. Each row for itself."""

    def __init__(self, weight: Tensor):
        weight = weight.detach().float()
        self.scale = (weight.abs().amax(1).clamp(min=1e-8) / 127).bfloat16()
        """Of every output."""
        levels = (weight / self.scale.float()[:, None]).round().clamp(-127, 127)
        self.weight = levels.to(torch.int8).contiguous()

    def __call__(self, x: Tensor) -> Tensor:
        return torch._weight_int8pack_mm(x.bfloat16(), self.weight, self.scale)


class Norm:
    """``transformer.norm`` for a last dimension of known size, in three operations."""

    def __init__(self, size: int):
        self.least, self.scale = torch.tensor(1e-6), torch.tensor(size**-0.5)

    def __call__(self, x: Tensor) -> Tensor:
        return x / torch.addcmul(self.least, torch.linalg.vector_norm(x, 2, -1, True), self.scale)


class EightBitBlock:
    """``Block`` for one token of each sequence: (B, W) -> (B, W)."""

    def __init__(self, block: Block, layer: int):
        width, self.heads = block.attention.to_qkv.in_features, block.attention.heads
        self.layer, self.reach = layer, len(block.shift.weight)
        self.shift = torch.cat([block.shift.weight, torch.ones(1, width)]).detach()
        self.norm, self.norm_head = Norm(width), Norm(width // self.heads)
        self.to_qkv = EightBitLinear(block.attention.to_qkv.weight)
        self.from_heads = EightBitLinear(block.attention.project.weight)
        self.expand, self.contract = EightBitLinear(block.expand.weight), EightBitLinear(block.project.weight)

    def __call__(self, x: Tensor, turn: tuple[Tensor, Tensor], cache: Cache) -> Tensor:
        size, width = x.shape
        head, here, (cos, sin) = width // self.heads, cache.length, turn
        recent = torch.cat((cache.tails[self.layer], self.norm(x).unsqueeze(1)), 1)
        cache.tails[self.layer] = recent.narrow(1, 1, self.reach)
        qkv = self.to_qkv((recent * self.shift).sum(1)).float().view(size, 3, self.heads, head)
        qk = self.norm_head(qkv.narrow(1, 0, 2))
        q, k = torch.addcmul(qk * cos, qk.roll(head // 2, -1), sin).unbind(1)
        keys, values = cache.keys[self.layer], cache.values[self.layer]
        keys.select(2, here).copy_(k)
        values.select(2, here).copy_(qkv.select(1, 2))
        keys, values = keys.narrow(2, 0, here + 1), values.narrow(2, 0, here + 1)
        y = F.scaled_dot_product_attention(q.unsqueeze(2), keys, values)
        x = x + self.from_heads(y.view(size, width))
        positive = self.expand(self.norm(x)).relu_()
        return x + self.contract(positive.mul_(positive))


class FasterStep:
    """What ``Transformer.step`` computes, with rounded matrices, in the place of it.

    Tests hold the two against each other.
    """

    def __init__(self, model: Transformer):
        self.embedding, self.softcap = model.embedding.weight.detach(), model.config.softcap
        self.norm = Norm(model.config.width)
        self.blocks = [EightBitBlock(block, layer) for layer, block in enumerate(model.blocks)]
        self.head = EightBitLinear(self.embedding / (self.softcap or 1))
        cos, sin = turns(0, model.config.context, model.speeds, torch.float32)
        self.turns = list(zip(cos, sin, strict=True))

    @torch.inference_mode()
    def __call__(self, tokens: Tensor, cache: Cache) -> Tensor:
        """One more token for every sequence: (B,) -> logits (B, rows) float32. The cache grows by it."""
        x = self.norm(self.embedding[tokens])
        turn = self.turns[cache.length]
        for block in self.blocks:
            x = block(x, turn, cache)
        raw = self.head(self.norm(x)).float()
        cache.length += 1
        return raw.tanh_().mul_(self.softcap) if self.softcap else raw


def load_writer(name: str) -> Transformer:
    """A published Transformer, ready to write: with eight-bit steps where the CPU computes in them.

    Raises ValueError where its checkpoint is missing or broken.
    """
    try:
        config = TransformerConfig(**checkpoint.read_card(name).get("config", {}))
    except TypeError as error:
        raise ValueError(f"The settings on the card of {name!r} do not fit this program. Fetch it again.") from error
    found = checkpoint.load_weights(name, Transformer(config)).to(pick_device())
    assert isinstance(found, Transformer)
    return made_faster(found)


def made_faster(model: Transformer) -> Transformer:
    """The model itself, with eight-bit steps where the CPU computes in them. Its weights must stay as they are."""
    if pick_device().type == "cpu" and can_quantise(model.config):
        model.faster = FasterStep(model)
    return model
