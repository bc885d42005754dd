"""From logits to the next token: the sampling controls, each with its source."""

import dataclasses
import math

import torch
from torch import Tensor

from genai_demo.core import limits


@dataclasses.dataclass(frozen=True)
class Controls:
    """How to choose the next token. The order of the filters is the order of the fields."""

    repetition_penalty: float = 1.0
    """Divides the positive logits of tokens that were there already, multiplies negative ones
    (Keskar et al. 2019, section 4.1); 1 leaves it out."""
    temperature: float = 0.8
    """Divides the logits; 0 always takes the likeliest token."""
    top_k: int = 0
    """Only the k likeliest tokens; 0 for all."""
    top_p: float = 0.95
    """Only the likeliest tokens that together reach this probability (Holtzman et al. 2020)."""
    min_p: float = 0.0
    """Only tokens at least this share as likely as the likeliest (Nguyen et al. 2024)."""

    def check(self) -> "Controls":
        """Itself. Raises ValueError with a sentence for a value that makes no sense."""
        for name, low, high in (
            ("repetition_penalty", 1.0, 2.0),
            ("temperature", 0.0, limits.MAX_TEMPERATURE),
            ("top_k", 0, 1_000),
            ("top_p", 0.01, 1.0),
            ("min_p", 0.0, 0.5),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
                raise ValueError(f"{name.replace('_', ' ')} must be a number from {low:g} to {high:g}.")
        return self


def filtered(logits: Tensor, controls: Controls, before: Tensor | None = None) -> Tensor:
    """Probabilities after all controls. logits: (B, V) float32 -> (B, V), rows add up to one.

    before: (B, T) tokens that the repetition penalty counts.
    """
    if controls.repetition_penalty != 1 and before is not None and before.shape[1]:
        here = logits.gather(1, before)
        factor = controls.repetition_penalty
        logits = logits.scatter(1, before, torch.where(here > 0, here / factor, here * factor))
    if controls.temperature == 0:
        return torch.nn.functional.one_hot(logits.argmax(1), logits.shape[1]).float()
    logits = logits / controls.temperature
    if 0 < controls.top_k < logits.shape[1]:
        least = logits.topk(controls.top_k).values[:, -1:]
        logits = logits.masked_fill(logits < least, -math.inf)
    probabilities = logits.softmax(1)
    if controls.top_p < 1:
        ordered, places = probabilities.sort(1, descending=True)
        above = ordered.cumsum(1) - ordered  # what the likelier tokens reach together
        ordered = ordered.masked_fill(above >= controls.top_p, 0.0)
        probabilities = torch.zeros_like(probabilities).scatter(1, places, ordered)
    if controls.min_p > 0:
        least = controls.min_p * probabilities.amax(1, keepdim=True)
        probabilities = probabilities.masked_fill(probabilities < least, 0.0)
    return probabilities / probabilities.sum(1, keepdim=True)


def draw(probabilities: Tensor, sources: list[torch.Generator]) -> Tensor:
    """One token a row, each from a generator of its own, so that rows do not disturb each other. -> (B,)."""
    rows = zip(probabilities.cpu(), sources, strict=True)
    return torch.cat([torch.multinomial(row, 1, generator=source) for row, source in rows])
