"""From logits to the next token: the sampling controls, each with its source."""

import dataclasses

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


LIKELIEST = 1024
"""So many tokens are looked at first; nearly always the nucleus is among them."""


def candidates(
    logits: Tensor, controls: Controls, before: Tensor | None = None, bonus: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Probabilities after all controls, and the tokens they belong to, the likeliest first: (B, K) each.

    logits: (B, V) float32. before: (B, T) tokens that the repetition penalty counts. bonus: (B, V) nats, added
    after the temperature, so that it weighs the same at every one; at temperature 0 it is left out. Rows add up
    to one; K is the same for all rows, tokens that may not come have probability zero.
    """
    if controls.repetition_penalty != 1 and before is not None and before.shape[1]:
        here = logits.gather(1, before)
        factor = controls.repetition_penalty
        logits = logits.scatter(1, before, torch.where(here > 0, here / factor, here * factor))
    if controls.temperature == 0:
        best = logits.argmax(1, keepdim=True)
        return torch.ones_like(best, dtype=logits.dtype), best
    logits = logits / controls.temperature
    if bonus is not None:
        logits = logits + bonus
    size = logits.shape[1]
    for count in (min(controls.top_k, size),) if controls.top_k else (min(LIKELIEST, size), size):
        values, tokens = logits.topk(count)
        rest = values if controls.top_k else logits  # what the probabilities are shares of
        probabilities = (values - rest.logsumexp(1, keepdim=True)).exp()
        if controls.top_p < 1:
            above = probabilities.cumsum(1) - probabilities  # what the likelier tokens reach together
            probabilities = probabilities.masked_fill(above >= controls.top_p, 0.0)
        if controls.min_p > 0:
            probabilities = probabilities.masked_fill(probabilities < controls.min_p * probabilities[:, :1], 0.0)
        if not probabilities[:, -1].any():
            break  # the last one is ruled out, so everything less likely is too
    return probabilities / probabilities.sum(1, keepdim=True), tokens


def filtered(logits: Tensor, controls: Controls, before: Tensor | None = None) -> Tensor:
    """As ``candidates``, spread over the vocabulary: (B, V)."""
    probabilities, tokens = candidates(logits, controls, before)
    return torch.zeros_like(logits).scatter(1, tokens, probabilities)


def draw(probabilities: Tensor, tokens: Tensor, sources: list[torch.Generator]) -> Tensor:
    """One token a row, by one number from each row's own generator, so that rows do not disturb each other.

    probabilities, tokens: (B, K), as ``candidates`` gives them -> (B,) on the CPU.
    """
    reached = probabilities.cpu().double().cumsum(1)
    points = torch.stack([torch.rand(1, dtype=torch.float64, generator=source) for source in sources])
    places = torch.searchsorted(reached, points * reached[:, -1:], right=True)
    return tokens.cpu().gather(1, places)[:, 0]
