"""The decoder-only Transformer that writes text and music.

Notable choices, all from the public speed-runs of GPT-2 (see docs/experiments.md for ours)
- Every block sees a token together with the few before it (``Shift``), which attention would
  need many more examples to learn.
- RMSNorm without gain, rotary positions, queries and keys normalised, squared ReLU, no biases.
- The projections back into the residual stream start at zero: a new model is its embedding alone.
- Input and output share one embedding; the logits are capped smoothly by ``softcap``.
- One forward pass serves training and decoding: with a ``Cache`` it takes the next tokens only.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.core.attention import causal_attention
from genai_demo.core.next_token import next_token_loss


@dataclass(frozen=True)
class TransformerConfig:
    """Shape of the model; stored in the card."""

    rows: int = 12_288
    """Rows of the embedding: the tokenizer's size."""
    layers: int = 6
    width: int = 384
    heads: int = 6
    context: int = 512
    """Tokens that it sees at once."""
    softcap: float = 20.0
    rope_base: float = 10_000.0
    reach: int = 3
    """Tokens before the present one that every block mixes into its view of it; 0 leaves that out."""
    dropout: float = 0.0
    """Of the two branches of every block, in training."""

    def __post_init__(self) -> None:
        check_heads(self.width, self.heads)


def check_heads(width: int, heads: int) -> None:
    """Raises ValueError where attention heads with rotary positions cannot share so many channels."""
    if heads < 1 or width < 2 * heads or width % (2 * heads):
        raise ValueError(f"The width {width} cannot be shared by {heads} heads of even size.")


def norm(x: Tensor) -> Tensor:
    """Root mean square one along the last dimension (Zhang & Sennrich 2019, without gain)."""
    return F.rms_norm(x, (x.shape[-1],))


def turns(start: int, end: int, speeds: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Cosines and signed sines of these positions for ``rotate``, (T, D) each. speeds: (D / 2,)."""
    angles = torch.arange(start, end, device=speeds.device)[:, None] * speeds
    cos, sin = angles.cos().to(dtype), angles.sin().to(dtype)
    return torch.cat([cos, cos], -1), torch.cat([-sin, sin], -1)


def rotate(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Rotary positions (Su et al. 2021): each number of the first half turns with its partner in the second.

    x: (..., T, D).
    """
    cos, sin = turn
    return torch.addcmul(x * cos, x.roll(x.shape[-1] // 2, -1), sin)


class Cache:
    """Keys and values of the tokens so far, with room for the whole context: (B, H, T, D) a layer.

    And what each block saw of the last few tokens, (B, reach, W).
    """

    def __init__(self, config: TransformerConfig, batch: int, like: Tensor):
        shape = (batch, config.heads, config.context, config.width // config.heads)
        self.keys = [like.new_zeros(shape) for _ in range(config.layers)]
        self.values = [like.new_zeros(shape) for _ in range(config.layers)]
        self.tails = [like.new_zeros(batch, config.reach, config.width) for _ in range(config.layers)]
        self.length = 0

    def extend(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Store the new ones after the old; returns all of them."""
        end = self.length + keys.shape[2]
        self.keys[layer][:, :, self.length : end] = keys
        self.values[layer][:, :, self.length : end] = values
        return self.keys[layer][:, :, :end], self.values[layer][:, :, :end]

    def repeat(self, batch: int) -> None:
        """Several continuations of the one sequence."""
        self.keys = [k.expand(batch, -1, -1, -1).clone() for k in self.keys]
        self.values = [v.expand(batch, -1, -1, -1).clone() for v in self.values]
        self.tails = [t.expand(batch, -1, -1).clone() for t in self.tails]

    def pick(self, rows: Tensor) -> None:
        """Keep these sequences, in this order (beam search)."""
        self.keys = [self._picked(k, rows) for k in self.keys]
        self.values = [self._picked(v, rows) for v in self.values]
        self.tails = [t[rows] for t in self.tails]

    def _picked(self, stored: Tensor, rows: Tensor) -> Tensor:
        """These rows of keys or values; the room behind the tokens so far, most of it, is not copied."""
        found = stored.new_empty(len(rows), *stored.shape[1:])
        found[:, :, : self.length] = stored[rows, :, : self.length]
        return found


class Shift(nn.Module):
    """Adds the few tokens before each, channel by channel weighted. (B, T, W) -> (B, T, W).

    A causal depthwise convolution beside an identity (the "Canon" layers of Allen-Zhu 2025).
    """

    def __init__(self, config: TransformerConfig, layer: int):
        super().__init__()
        self.layer = layer
        self.weight = nn.Parameter(torch.zeros(config.reach, config.width))

    def forward(self, x: Tensor, cache: Cache | None) -> Tensor:
        reach, size = len(self.weight), x.shape[1]
        if not reach:
            return x
        before = F.pad(x, (0, 0, reach, 0)) if cache is None else torch.cat([cache.tails[self.layer].to(x), x], 1)
        if cache is not None:
            cache.tails[self.layer] = before[:, -reach:]
        weight = self.weight.to(x.dtype)
        for i in range(reach):
            x = x + weight[i] * before[:, i : i + size]
        return x


class Attention(nn.Module):
    """Causal self-attention over heads. (B, T, W) -> (B, T, W)."""

    def __init__(self, config: TransformerConfig, layer: int):
        super().__init__()
        self.heads, self.layer = config.heads, layer
        self.to_qkv = nn.Linear(config.width, 3 * config.width, bias=False)
        self.project = nn.Linear(config.width, config.width, bias=False)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], cache: Cache | None, seen: list[Tensor] | None) -> Tensor:
        qkv = self.to_qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        (q, k), v = rotate(norm(qkv[:2]), turn), qkv[2]
        if cache is not None:
            k, v = cache.extend(self.layer, k, v)
        causal = q.shape[2] > 1
        mask = None
        if causal and k.shape[2] > q.shape[2]:  # a chunk after others: it sees all of them and its own past
            mask = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=x.device).tril(k.shape[2] - q.shape[2])
        if seen is not None:
            seen.append(self.weights(q, k))
        if causal and mask is None:
            y = causal_attention(q, k, v)
        else:
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.project(y.transpose(1, 2).flatten(2))

    @staticmethod
    def weights(q: Tensor, k: Tensor) -> Tensor:
        """What the fused attention computes inside: (B, H, T, T'), rows add up to one."""
        scores = q.float() @ k.float().transpose(-1, -2) / math.sqrt(q.shape[-1])
        future = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).triu(1 + k.shape[2] - q.shape[2])
        return scores.masked_fill(future, -torch.inf).softmax(-1)


class Block(nn.Module):
    """Attention, then a two-layer network with squared ReLU (So et al. 2021), each added to its input."""

    def __init__(self, config: TransformerConfig, layer: int):
        super().__init__()
        self.shift = Shift(config, layer)
        self.attention = Attention(config, layer)
        self.expand = nn.Linear(config.width, 4 * config.width, bias=False)
        self.project = nn.Linear(4 * config.width, config.width, bias=False)
        self.dropout = config.dropout

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], cache: Cache | None, seen: list[Tensor] | None) -> Tensor:
        x = x + self.drop(self.attention(self.shift(norm(x), cache), turn, cache, seen))
        positive = F.relu(self.expand(norm(x)))
        return x + self.drop(self.project(positive * positive))

    def drop(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.dropout, self.training) if self.dropout else x


class Transformer(nn.Module):
    """Tokens to logits of the next token. (B, T) int64 -> (B, T, rows) float32."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.rows, config.width)
        self.blocks = nn.ModuleList(Block(config, i) for i in range(config.layers))
        half = config.width // config.heads // 2
        self.faster: Callable[[Tensor, Cache], Tensor] | None = None
        """Takes the place of ``step`` where there is something faster (see quantise.py)."""
        self.register_buffer("speeds", config.rope_base ** (-torch.arange(half) / half), persistent=False)
        self.initialise()

    @torch.no_grad()
    def initialise(self, source: torch.Generator | None = None) -> None:
        """Embedding N(0, 0.02), matrices uniform with variance 1 / inputs, residual projections zero.

        source: of the random numbers, else torch's own.
        """
        nn.init.normal_(self.embedding.weight, std=0.02, generator=source)
        for block in self.blocks:
            for matrix in (block.attention.to_qkv, block.expand):
                bound = math.sqrt(3 / matrix.in_features)
                nn.init.uniform_(matrix.weight, -bound, bound, generator=source)
            for matrix in (block.attention.project, block.project):
                nn.init.zeros_(matrix.weight)

    def matrices(self) -> list[nn.Parameter]:
        """The weights of all linear layers, the embedding aside."""
        return [m.weight for m in self.blocks.modules() if isinstance(m, nn.Linear)]

    def vectors(self) -> list[nn.Parameter]:
        """All other weights."""
        return [self.embedding.weight, *(m.weight for m in self.blocks.modules() if isinstance(m, Shift))]

    def hidden(self, tokens: Tensor, cache: Cache | None = None, seen: list[Tensor] | None = None) -> Tensor:
        """The normalised state above every token: (B, T, W).

        cache: the tokens continue those of the cache, which grows by them.
        seen: a list that receives the attention of every layer, (B, H, T, T').
        Raises ValueError where the context is too small for all of them.
        """
        start = cache.length if cache is not None else 0
        end = start + tokens.shape[1]
        if end > self.config.context:
            raise ValueError(f"The model sees {self.config.context} tokens at once, not {end}.")
        x = norm(self.embedding(tokens))
        turn = turns(start, end, self.speeds, x.dtype)
        for block in self.blocks:
            x = block(x, turn, cache, seen)
        if cache is not None:
            cache.length = end
        return norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        """(..., W) to (..., rows) float32."""
        raw = F.linear(hidden, self.embedding.weight).float()
        return self.config.softcap * torch.tanh(raw / self.config.softcap) if self.config.softcap else raw

    def loss(self, hidden: Tensor, targets: Tensor, fused: bool = False) -> Tensor:
        """Mean cross-entropy of the next token in nats, 0 where there is nothing to learn.

        hidden: (B, T, W). targets: (B, T) int64, -100 where nothing is learnt. fused: see ``next_token_loss``.
        """
        hidden, targets = hidden.flatten(0, 1), targets.flatten()
        if self.config.softcap:
            return next_token_loss(hidden, self.embedding.weight, targets, self.config.softcap, fused)
        return F.cross_entropy(self.logits(hidden), targets, reduction="sum") / (targets >= 0).sum().clamp(min=1)

    def step(self, tokens: Tensor, cache: Cache) -> Tensor:
        """Logits after one more token for every sequence of the cache: (B,) -> (B, rows)."""
        if self.faster is not None:
            return self.faster(tokens, cache)
        return self.logits(self.hidden(tokens[:, None], cache)[:, -1])

    def forward(self, tokens: Tensor, cache: Cache | None = None) -> Tensor:
        return self.logits(self.hidden(tokens, cache))
