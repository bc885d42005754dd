"""The classifier: vectors of words and of Chinese characters, a convolution over their order, one hidden layer."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.trust.policy.normalise import HAN

NAME = "policy"
KINDS = ("harmless", "violence", "hate", "selfharm", "sexual")
LONGEST = 240
"""Characters of a sentence that are read at once; longer ones are cut."""
RUNS = re.compile(f"[a-z0-9]+|[{HAN}]+")
INFLECTIONS = (
    ("ies", "y"), ("s", ""), ("es", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("er", ""), ("ly", ""),
)  # fmt: skip
"""Endings of English words that have no vector, and what stands in their place in a word that may have one."""
NOTHING, UNKNOWN, FIRST = 0, 1, 2
"""Numbers of no word and of any word without a vector; from FIRST on the words of the table."""
TOGETHER = 32
"""Sentences that go through the network at once, of similar length."""

Row = list[tuple[int, int]]
"""A sentence: at every place a word and nothing, or a Chinese character and the pair that it begins."""


@dataclass(frozen=True)
class PolicyConfig:
    """Sizes of the network."""

    words: int
    """Of the table."""
    letters: int
    """Bytes of the table's words."""
    width: int = 48
    channels: int = 48
    hidden: int = 48
    spans: tuple[int, ...] = (1, 3, 5)
    """Words that a convolution sees at once."""
    dropped: float = 0.3
    kinds: tuple[str, ...] = KINDS


class PolicyNet(nn.Module):
    """Numbers of words, sentence by sentence, to logits of the kinds."""

    letters: Tensor

    def __init__(self, config: PolicyConfig):
        super().__init__()
        self.config = config
        self.register_buffer("letters", torch.zeros(config.letters, dtype=torch.uint8))
        self.vectors = nn.Embedding(config.words + FIRST, config.width, padding_idx=NOTHING)
        self.spans = nn.ModuleList(
            nn.Conv1d(2 * config.width, config.channels, span, padding=span // 2) for span in config.spans
        )
        self.hidden = nn.Linear(2 * config.channels * len(config.spans), config.hidden)
        self.out = nn.Linear(config.hidden, len(config.kinds))

    def forward(self, numbers: Tensor) -> Tensor:
        """numbers (B, L, 2) int64, NOTHING after the end of a sentence -> logits (B, kinds)."""
        there = (numbers[..., 0] != NOTHING)[:, None].float()
        found = self.vectors(numbers).flatten(2)
        if self.training:
            found = F.dropout(found, 0.1)
        found = found.transpose(1, 2)
        pooled = []
        for span in self.spans:
            seen = torch.relu(span(found)) * there
            pooled += [seen.amax(2), seen.sum(2) / there.sum(2).clamp_min(1)]
        kept = F.dropout(torch.cat(pooled, 1), self.config.dropped, self.training)
        return self.out(torch.relu(self.hidden(kept)))

    def table(self) -> dict[str, int]:
        """The words that it knows, and their numbers."""
        words = bytes(self.letters.tolist()).decode("utf-8").split("\n")
        return {word: number for number, word in enumerate(words, FIRST)}


def letters_of(words: Iterable[str]) -> Tensor:
    """The words of a table as the network keeps them: (N,) uint8."""
    return torch.tensor(list("\n".join(words).encode("utf-8")), dtype=torch.uint8)


def _number(word: str, table: dict[str, int]) -> int:
    found = table.get(word)
    if found is None and len(word) > 4:
        for ending, other in INFLECTIONS:
            if word.endswith(ending) and (found := table.get(word.removesuffix(ending) + other)) is not None:
                break
    return UNKNOWN if found is None else found


def row_of(view: str, table: dict[str, int]) -> Row:
    """A plain view of a sentence in numbers. Never empty."""
    found: Row = []
    for run in RUNS.findall(view[:LONGEST]):
        if run[0] < "\u3400":
            found.append((_number(run, table), NOTHING))
        else:
            found += [
                (table.get(a, UNKNOWN), table.get(a + b, NOTHING)) for a, b in zip(run, run[1:] + " ", strict=True)
            ]
    return found or [(UNKNOWN, NOTHING)]


def padded(rows: Sequence[Row]) -> Tensor:
    """Rows as the network takes them."""
    longest = max(map(len, rows))
    return torch.tensor([row + [(NOTHING, NOTHING)] * (longest - len(row)) for row in rows])


@torch.no_grad()
def probabilities(net: PolicyNet, rows: Sequence[Row]) -> Tensor:
    """(N, kinds) of sentences."""
    found = torch.empty(len(rows), len(net.config.kinds))
    order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
    for first in range(0, len(order), TOGETHER):
        chosen = order[first : first + TOGETHER]
        found[chosen] = net(padded([rows[number] for number in chosen])).softmax(1)
    return found
