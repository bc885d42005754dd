"""How likely the model finds a text."""

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core.device import pick_device
from genai_demo.text.network import encoded, head_of, model


@torch.inference_mode()
def log_probabilities(rows: list[tuple[list[int], list[int]]]) -> Tensor:
    """Of what comes after, given what comes before it, in nats. rows: before and after, N times; result: (N,)."""
    size = max(len(before) + len(after) for before, after in rows)
    batch = torch.zeros(len(rows), size, dtype=torch.long)
    counts = torch.zeros(len(rows), size - 1, dtype=torch.bool)
    for i, (before, after) in enumerate(rows):
        batch[i, : len(before) + len(after)] = torch.tensor([*before, *after])
        counts[i, len(before) - 1 : len(before) + len(after) - 1] = True
    batch = batch.to(pick_device())
    found = model()(batch[:, :-1]).log_softmax(-1).gather(-1, batch[:, 1:, None])[..., 0]
    return found.cpu().masked_fill(~counts, 0).sum(1)


@torch.inference_mode()
def mean_log_probability(before: list[int], tokens: list[int]) -> float:
    """Of tokens, given those before them, in nats a token."""
    net = model()
    whole = torch.tensor([(before + tokens)[-net.config.context :]], device=pick_device())
    new = min(len(tokens), whole.shape[1] - 1)
    logits = net(whole[:, :-1])[0, -new:]
    return -float(F.cross_entropy(logits, whole[0, -new:]))


@torch.inference_mode()
def score(text: str, kind: str = "story", language: str = "en") -> dict[str, Any]:
    """Bits per UTF-8 byte that the text costs the model, and its tokens. The start of a long text is read first."""
    tokens = encoded(text)
    if not tokens:
        raise ValueError("Write some text first.")
    net, head = model(), head_of(kind, language)
    context, nats = net.config.context, 0.0
    sequence = head + tokens
    stop = len(head) - 1
    while stop < len(sequence) - 1:
        first = max(0, stop - context // 2)
        end = min(first + context, len(sequence) - 1)
        window = torch.tensor([sequence[first : end + 1]], device=pick_device())
        logits = net(window[:, :-1])[0, stop - first :]
        nats += float(F.cross_entropy(logits, window[0, 1 + stop - first :], reduction="sum"))
        stop = end
    return {"bits_per_byte": nats / math.log(2) / len(text.encode("utf-8", "replace")), "tokens": len(tokens)}
