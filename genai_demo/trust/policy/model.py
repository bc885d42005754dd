"""The classifier: hashed words and character n-grams, the mean of their embeddings, one hidden layer."""

import functools
import itertools
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from genai_demo.trust.policy.normalise import HAN

NAME = "policy"
KINDS = ("harmless", "violence", "hate", "selfharm", "sexual")
LONGEST = 240
"""Characters of a sentence that are read at once; longer ones are cut."""


@dataclass(frozen=True)
class PolicyConfig:
    """Sizes of the network."""

    buckets: int = 16_384
    width: int = 12
    hidden: int = 32
    kinds: tuple[str, ...] = KINDS


class PolicyNet(nn.Module):
    """Feature numbers of sentences to logits of the kinds."""

    def __init__(self, config: PolicyConfig):
        super().__init__()
        self.config = config
        self.embedding = nn.EmbeddingBag(config.buckets, config.width, mode="mean")
        self.hidden = nn.Linear(config.width, config.hidden)
        self.out = nn.Linear(config.hidden, len(config.kinds))
        nn.init.normal_(self.embedding.weight, std=0.1)  # a mean of a hundred starts near zero: let it grow

    def forward(self, features: Tensor, starts: Tensor) -> Tensor:
        """features (F,) int64 of all sentences in a row, starts (B,) of each -> logits (B, kinds)."""
        return self.out(torch.relu(self.hidden(self.embedding(features, starts))))


@functools.lru_cache(maxsize=65_536)
def _number(feature: str, buckets: int) -> int:
    return zlib.crc32(feature.encode("utf-8")) % buckets


def features(view: str, buckets: int) -> list[int]:
    """Numbers of a plain view's features: words, pairs of words with up to one between, and parts of words.

    Of Chinese: runs of one to four characters. Never empty.
    """
    found = ["^"]
    words = re.findall("[a-z0-9]+", view)
    found += words
    found += [f"{a} {b}" for a, b in itertools.pairwise(words)]
    found += [f"{a} _ {b}" for a, b in zip(words, words[2:], strict=False)]
    for word in words:
        if len(word) > 4:
            found += [f"#{word[i : i + 4]}" for i in range(len(word) - 3)]
    for run in re.findall(f"[{HAN}]+", view):
        found += [run[i : i + n] for n in (1, 2, 3, 4) for i in range(len(run) - n + 1)]
    return [_number(f, buckets) for f in found]


def packed(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Rows of feature numbers as the network takes them."""
    sizes = torch.tensor([0, *(len(row) for row in rows[:-1])])
    return torch.tensor([number for row in rows for number in row]), sizes.cumsum(0)
