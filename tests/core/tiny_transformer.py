"""A small Transformer with random weights, for the tests of what reads and writes with one."""

import torch

from genai_demo.core.transformer import Transformer, TransformerConfig

CONFIG = TransformerConfig(rows=128, layers=2, width=32, heads=2, context=64)


def lively(config: TransformerConfig = CONFIG, seed: int = 0) -> Transformer:
    """A random model with opinions."""
    torch.manual_seed(seed)
    model = Transformer(config).eval().requires_grad_(False)
    for p in model.parameters():
        p.copy_(torch.randn(p.shape) * (0.6 if p.shape[0] == config.rows else 1.2 / p.shape[1] ** 0.5))
    return model
