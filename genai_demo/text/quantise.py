"""Eight-bit weights for decoding on CPUs.

A token at a time, a CPU spends its time fetching weights; a quarter of the bytes is nearly four
times the speed. Weights are rounded per output channel, activations per call ("dynamic").
"""

import torch
from torch import Tensor, nn

from genai_demo.text.model import TextModel


class Int8Linear(nn.Module):
    """A linear layer without bias whose weights are rounded to eight bits. (..., I) -> (..., O)."""

    def __init__(self, weight: Tensor):
        super().__init__()
        scale = weight.abs().amax(1).clamp(min=1e-8).double() / 127
        zero = torch.zeros(len(weight), dtype=torch.long)
        rounded = torch.quantize_per_channel(weight.float().contiguous(), scale, zero, 0, torch.qint8)
        self.packed = torch.ops.quantized.linear_prepack(rounded, None)

    def forward(self, x: Tensor) -> Tensor:
        return torch.ops.quantized.linear_dynamic(x.float(), self.packed, reduce_range=True)


def can_quantise() -> bool:
    """Whether this CPU has kernels for eight-bit layers."""
    return torch.backends.quantized.engine in ("x86", "fbgemm", "onednn", "qnnpack")


@torch.no_grad()
def quantised(model: TextModel) -> TextModel:
    """The model with eight-bit linear layers and output layer, for decoding only; shares the embedding."""
    copy = TextModel(model.config)
    copy.embedding.weight = model.embedding.weight
    for mine, theirs in zip(copy.blocks, model.blocks, strict=True):
        mine.shift = theirs.shift
        for inner, outer in ((mine.attention, theirs.attention), (mine, theirs)):
            for name, layer in list(outer.named_children()):
                if isinstance(layer, nn.Linear):
                    setattr(inner, name, Int8Linear(layer.weight))
    copy.head = Int8Linear(model.embedding.weight)
    return copy.requires_grad_(False).eval()
