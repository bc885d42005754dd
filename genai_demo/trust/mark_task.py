"""What the trainings of both invisible marks have in common: rates, averages, how an exam is counted."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from genai_demo.core import carriers, checkpoint
from genai_demo.core.carriers import Carriers, Reading
from genai_demo.core.loop import Average, update

FOUND = 6.0
"""Standard deviations of the pilot from which on training counts a mark as found."""
WARM_UP = 50
"""Steps in which the rates grow from zero; over the second half of a run they fall to zero."""


class Settings(Protocol):
    """Of both trainings."""

    @property
    def rate(self) -> float: ...
    @property
    def pattern_rate(self) -> float: ...
    @property
    def steps(self) -> int: ...


class MarkTask:
    """A network with ``carriers``, its average and its optimiser; see ``core.loop.Task``."""

    def __init__(self, name: str, network: nn.Module, average: nn.Module, settings: Settings):
        """name: of the checkpoint. average: another network of the same settings."""
        self.name, self.network, self.rates_of = name, network, settings
        self.ema = Average(network, average)
        patterns = list(network.carriers.parameters())  # type: ignore[union-attr, operator]
        ids = {id(p) for p in patterns}
        rest = [p for p in network.parameters() if id(p) not in ids]
        self.optimizer = torch.optim.Adam(
            [{"params": rest, "lr": settings.rate}, {"params": patterns, "lr": settings.pattern_rate}],
            betas=(0.9, 0.99),
        )
        self.modules: dict[str, nn.Module] = {"network": network}
        self.averaged: dict[str, nn.Module] = {"network": self.ema.target}
        self.optimizers: dict[str, torch.optim.Optimizer] = {"network": self.optimizer}

    def learn(self, step: int, loss: Tensor) -> None:
        """One update at the rates of this step."""
        share, steps = min(1.0, (step + 1) / WARM_UP), self.rates_of.steps
        if steps:
            share *= min(1.0, 2 * (1 - step / steps))
        rates = (self.rates_of.rate, self.rates_of.pattern_rate)
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * share
        update(self.optimizer, [loss])
        self.ema.update(0.99 if step > 100 else 0.9)

    def start_from_published(self) -> None:
        """Take the weights of ``checkpoints/``."""
        checkpoint.load_weights(self.name, self.network).requires_grad_(True).train()
        self.ema.target.load_state_dict(self.network.state_dict())

    def start_from_run(self, state: dict[str, Any]) -> None:
        """Take the network of another run. state: its ``state.pt``."""
        self.network.load_state_dict(state["modules"]["network"])
        self.ema.target.load_state_dict(state["averaged"]["network"])


def read_back(patterns: Carriers, sums: Tensor, place: int, bits: Tensor) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """Losses of the bits and of the place of added-up tiles (B, *tile), and shares of wrong bits and right places.

    place: where the tile begins, as an index into the flat tile. bits: (B, bits) of 0 and 1.
    """
    there = torch.full((len(sums),), place)
    fits = patterns.locate(sums).flatten(1)
    margins = patterns.read(carriers.shifted(sums, there))
    figures = {
        "bit_errors": ((margins > 0) != (bits > 0)).float().mean(),
        "found": (fits.argmax(1) == place).float().mean(),
    }
    read = nn.functional.binary_cross_entropy_with_logits(margins.clamp(-12, 12), bits)
    return read, nn.functional.cross_entropy(fits.clamp(-30, 30), there), figures


def means(found: Sequence[Mapping[str, Tensor]]) -> dict[str, Any]:
    """The mean of every figure."""
    return {name: torch.stack([one[name] for one in found]).mean() for name in found[0]}


def graded(exams: Mapping[str, Sequence[Reading]], bits: Tensor) -> dict[str, float]:
    """For every exam the share of wrong bits and of marks that were missed; "score" is the mean of all."""
    figures: dict[str, float] = {}
    for name, readings in exams.items():
        wrong = [np.mean(np.array(r.bits) != b.numpy()) for r, b in zip(readings, bits, strict=True)]
        figures |= {
            f"{name}: bits": float(np.mean(wrong)),
            f"{name}: missed": float(np.mean([r.z < FOUND for r in readings])),
        }
    return {"score": float(np.mean(list(figures.values()))), **figures}
