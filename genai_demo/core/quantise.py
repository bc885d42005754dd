"""Eight-bit weights for writing on CPUs.

A token at a time, a CPU spends its time fetching weights and starting operations. Here a weight
takes a quarter of the bytes, and one pass of ``transformer.py`` is written out with few operations that
TorchScript starts without Python; together they write several times as fast. Prompts are read by
the model itself.
"""

import warnings

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.core import checkpoint
from genai_demo.core.device import pick_device
from genai_demo.core.transformer import Block, Cache, Transformer, TransformerConfig, rotate, turns


class EightBitLinear(nn.Module):
    """A linear layer without bias; every output has a scale of its own. (..., I) -> (..., O)."""

    def __init__(self, weight: Tensor):
        super().__init__()
        scale = weight.abs().amax(1).clamp(min=1e-8).double() / 127
        zero = torch.zeros(len(weight), dtype=torch.long)
        rounded = torch.quantize_per_channel(weight.detach().float().contiguous(), scale, zero, 0, torch.qint8)
        self.packed = torch.ops.quantized.linear_prepack(rounded, None)

    def forward(self, x: Tensor) -> Tensor:
        # the numbers are rounded call by call, with headroom for CPUs that would overflow
        return torch.ops.quantized.linear_dynamic(x, self.packed, True)


def can_quantise() -> bool:
    """Whether this CPU has kernels for eight-bit layers."""
    return torch.backends.quantized.engine in ("x86", "fbgemm", "onednn", "qnnpack")


class Norm(nn.Module):
    """``model.norm`` for a last dimension of known size, in three operations."""

    def __init__(self, size: int):
        super().__init__()
        self.least = nn.Buffer(torch.tensor(1e-6))
        self.scale = nn.Buffer(torch.tensor(size**-0.5))

    def forward(self, x: Tensor) -> Tensor:
        return x / torch.addcmul(self.least, torch.linalg.vector_norm(x, 2.0, [-1], True), self.scale)


class EightBitBlock(nn.Module):
    """``Block`` for one token of each sequence: (B, 1, W) -> (B, 1, W)."""

    def __init__(self, block: Block):
        super().__init__()
        width, self.heads = block.attention.to_qkv.in_features, block.attention.heads
        self.shift = nn.Buffer(torch.cat([block.shift.weight, torch.ones(1, width)]).detach())
        self.norm, self.norm_head = Norm(width), Norm(width // self.heads)
        self.to_qkv, self.from_heads = (
            EightBitLinear(m.weight) for m in (block.attention.to_qkv, block.attention.project)
        )
        self.expand, self.contract = (EightBitLinear(m.weight) for m in (block.expand, block.project))

    def forward(
        self, x: Tensor, turn: tuple[Tensor, Tensor], tail: Tensor, keys: Tensor, values: Tensor, here: int
    ) -> Tensor:
        size, width = x.shape[0], x.shape[2]
        recent = torch.cat([tail, self.norm(x)], 1)
        tail.copy_(recent[:, 1:])
        mixed = (self.shift * recent).sum(1)
        qkv = self.to_qkv(mixed).view(size, 3, self.heads, 1, width // self.heads).transpose(0, 1)
        q, k = rotate(self.norm_head(qkv[:2]), turn).unbind(0)
        keys[:, :, here : here + 1] = k
        values[:, :, here : here + 1] = qkv[2]
        y = F.scaled_dot_product_attention(q, keys[:, :, : here + 1], values[:, :, : here + 1])
        x = x + self.from_heads(y.view(size, 1, width))
        positive = F.relu(self.expand(self.norm(x)))
        return x + self.contract(positive * positive)


class EightBitStep(nn.Module):
    """What ``Transformer.step`` computes, with rounded matrices. Tests hold the two against each other."""

    def __init__(self, model: Transformer):
        super().__init__()
        self.embedding, self.speeds = nn.Buffer(model.embedding.weight.detach()), nn.Buffer(model.speeds)
        self.norm = Norm(model.config.width)
        self.blocks = nn.ModuleList(EightBitBlock(block) for block in model.blocks)
        self.head, self.softcap = EightBitLinear(model.embedding.weight), model.config.softcap

    def forward(
        self, tokens: Tensor, tails: list[Tensor], keys: list[Tensor], values: list[Tensor], here: int
    ) -> Tensor:
        """Logits after one more token for every sequence, number ``here`` of each: (B,) -> (B, rows)."""
        x = self.norm(F.embedding(tokens[:, None], self.embedding))
        turn = turns(here, here + 1, self.speeds, x.dtype)
        for i, block in enumerate(self.blocks):
            x = block(x, turn, tails[i], keys[i], values[i], here)
        raw = self.head(self.norm(x)[:, 0])
        return self.softcap * torch.tanh(raw / self.softcap) if self.softcap else raw


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
    if pick_device().type == "cpu" and can_quantise():
        model.faster = FasterStep(model)
    return model


class FasterStep:
    """``EightBitStep`` in TorchScript, over a ``Cache``: takes the place of ``Transformer.step``."""

    def __init__(self, model: Transformer):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of TorchScript; the version of PyTorch is pinned
            warnings.simplefilter("ignore", UserWarning)  # of the quantised tensors; likewise
            self.script = torch.jit.freeze(torch.jit.script(EightBitStep(model).eval()))

    @torch.inference_mode()
    def __call__(self, tokens: Tensor, cache: Cache) -> Tensor:
        """One more token for every sequence: (B,) -> logits (B, rows). The cache grows by it."""
        logits = self.script(tokens, cache.tails, cache.keys, cache.values, cache.length)
        cache.length += 1
        return logits
