"""Looking inside the text model: what it thinks of every token, and where it looks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from genai_demo.core import limits
from genai_demo.core.device import pick_device
from genai_demo.core.sampling import Controls, filtered
from genai_demo.text.generate import allowed, encoded, form_mark, head_of, model
from genai_demo.text.tokenizer import CONTROLS, Tokenizer, load_tokenizer

END = "⏹"
"""How the token is shown that ends a text."""


@dataclass(frozen=True)
class TokenView:
    """One token of a text as the model sees it."""

    text: str
    probability: float
    rank: int
    """0: it was the likeliest."""
    alternatives: list[tuple[str, float]]
    """The likeliest tokens at this place."""


@torch.inference_mode()
def inspect(text: str, kind: str = "story", language: str = "en", alternatives: int = 8) -> list[TokenView]:
    """Every token of a text with its probability and what else could have come. Long texts: the newest part."""
    tokenizer, net = load_tokenizer(), model()
    head, tokens = head_of(kind, language), encoded(text)
    tokens = tokens[-(net.config.context - len(head)) :]
    whole = torch.tensor([head + tokens], device=pick_device())
    logits = net(whole[:, :-1])[0, len(head) - 1 :, : tokenizer.text_size].cpu()
    probabilities = logits.softmax(-1)
    found = []
    for token, row in zip(tokens, probabilities, strict=True):
        values, places = row.topk(alternatives)
        likely = [(_show(tokenizer, int(p)), float(v)) for p, v in zip(places, values, strict=True)]
        found.append(TokenView(_show(tokenizer, token), float(row[token]), int((row > row[token]).sum()), likely))
    return found


def _show(tokenizer: Tokenizer, token: int) -> str:
    return tokenizer.bytes_of(token).decode("utf-8", "replace")


@torch.inference_mode()
def attention(text: str, kind: str = "story", language: str = "en") -> tuple[list[str], Tensor]:
    """Tokens of a text (control tokens first, in angle brackets) and (layers, heads, T, T) attention."""
    tokenizer, net = load_tokenizer(), model()
    tokens = (head_of(kind, language) + encoded(text))[: limits.MAX_ATTENTION_TOKENS]
    seen: list[Tensor] = []
    net.hidden(torch.tensor([tokens], device=pick_device()), seen=seen)
    names = [
        f"<{CONTROLS[t - tokenizer.text_size]}>" if t >= tokenizer.text_size else _show(tokenizer, t) for t in tokens
    ]
    return names, torch.cat(seen).cpu()


@torch.inference_mode()
def align(text: str, translation: str, source: str = "en", target: str = "zh") -> tuple[list[str], list[str], Tensor]:
    """Which words of a sentence a translation looked at.

    Returns the tokens of both sides and (target tokens, source tokens) shares, rows add up to one:
    the attention at the moment when each token was predicted, averaged over the layers of the
    upper half and their heads, beside what every token of the source gets on average.
    """
    tokenizer, net = load_tokenizer(), model()
    given, found = tokenizer.encode(text.strip()), tokenizer.encode(translation.strip())
    half = net.config.context // 2 - 2
    given, found = given[:half], found[:half]
    if not given or not found:
        return [], [], torch.zeros(0, 0)
    mark = tokenizer.control
    task = [mark("translate"), *form_mark("translate"), mark(source)]
    tokens = [*task, *given, mark(target), *found]
    seen: list[Tensor] = []
    net.hidden(torch.tensor([tokens], device=pick_device()), seen=seen)
    upper = torch.cat(seen[net.config.layers // 2 :]).mean((0, 1)).cpu()
    first = len(task) + len(given)  # the place that predicts the first token of the translation
    shares = upper[first : first + len(found), len(task) : first]
    shares = shares / (shares.mean(0, keepdim=True) + 1e-6)
    return _shown(given), _shown(found), shares / shares.sum(1, keepdim=True)


def _shown(tokens: Sequence[int]) -> list[str]:
    """Tokens as text; the parts of a character that fell apart are shown with the last of them."""
    stream = load_tokenizer().stream()
    return [stream.feed(token) for token in tokens]


@torch.inference_mode()
def next_tokens(
    text: str, kind: str = "story", language: str = "en", controls: Controls | None = None, count: int = 16
) -> list[tuple[str, float, float]]:
    """The likeliest next tokens: each with its probability, and the one after the sampling controls."""
    tokenizer, net = load_tokenizer(), model()
    head, tokens = head_of(kind, language), encoded(text)
    controls = (controls or Controls()).check()
    tokens = tokens[-(net.config.context - len(head)) :]
    whole = torch.tensor([head + tokens], device=pick_device())
    logits = net(whole)[:, -1].cpu()
    logits[:, ~allowed("end")] = -math.inf
    before = logits.softmax(1)[0]
    after = filtered(logits, controls, torch.tensor([tokens], dtype=torch.long) if tokens else None)[0]
    values, places = before.topk(count)
    names = [_show(tokenizer, int(p)) if p < tokenizer.text_size else END for p in places]
    return [(name, float(v), float(after[p])) for name, v, p in zip(names, values, places, strict=True)]
