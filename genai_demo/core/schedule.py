"""How the Transformers are trained: Muon for the matrices, AdamW for the rest, and the course of their rates."""

import torch

from genai_demo.core.muon import Muon
from genai_demo.core.transformer import Transformer


def rate_factor(step: int, steps: int, warm_up: int, cool_down: float) -> float:
    """Warm up, hold, cool down in a line (Hägele et al. 2024): from 0 to 1.

    steps: length of the run, 0 where it is unknown and the rates stay. cool_down: last share of it.
    """
    factor = min(1.0, (step + 1) / warm_up) if warm_up else 1.0
    if steps and cool_down:
        factor = min(factor, max(0.0, (steps - step) / (cool_down * steps)))
    return factor


class Optimisers:
    """Both optimisers of a Transformer, with the rates that they start from.

    matrix_rate: of Muon (Jordan et al. 2024) for the matrices. other_rate: of AdamW for the embedding and
    the other weights that are no matrices. decay: weight decay of the matrices.
    """

    def __init__(self, model: Transformer, matrix_rate: float, other_rate: float, decay: float):
        self.by_name: dict[str, torch.optim.Optimizer] = {
            "matrices": Muon(model.matrices(), matrix_rate, decay),
            "embedding": torch.optim.AdamW(model.vectors(), lr=other_rate, betas=(0.9, 0.95), weight_decay=0.0),
        }
        self.rates = {name: optimizer.param_groups[0]["lr"] for name, optimizer in self.by_name.items()}

    def set_rates(self, factor: float) -> None:
        """``factor`` times what they started from."""
        for name, optimizer in self.by_name.items():
            for group in optimizer.param_groups:
                group["lr"] = self.rates[name] * factor
