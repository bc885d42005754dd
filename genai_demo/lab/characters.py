"""A character model that learns one pasted text from scratch, step by step.

The network and its optimisers are those of the large text model; its tokens are the characters of the text.
"""

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core import limits
from genai_demo.core.decode import continuations
from genai_demo.core.sampling import Controls
from genai_demo.core.schedule import Optimisers
from genai_demo.core.transformer import Transformer, TransformerConfig

HEADS = 4
BATCH = 16
"""Windows of the text in a step."""
HELD_OUT = 0.1
"""Last share of the text, which the model never learns from."""
EVERY = 5
"""Steps between two points of the curves."""
MOST_WINDOWS = 16
"""Of the held-out part that a point looks at."""
MARGIN = 0.05
"""Nats by which the held-out part must have become worse to be called overfitting: less is chance."""
RATES = 0.02, 0.003
"""Of Muon and AdamW, as for the text model (text/train.py)."""
UNKNOWN = "\ufffd"


@dataclass(frozen=True)
class Settings:
    """Shape of the network."""

    layers: int = 2
    width: int = 64
    context: int = 64

    def check(self) -> "Settings":
        """Itself. Raises ValueError with a sentence for a value that makes no sense."""
        most = {
            "layers": (1, limits.MAX_LAB_LAYERS),
            "width": (2 * HEADS, limits.MAX_LAB_TEXT_WIDTH),
            "context": (8, limits.MAX_LAB_CONTEXT),
        }
        for name, (low, high) in most.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} must be a number from {low:g} to {high:g}.")
        if self.width % (2 * HEADS):
            raise ValueError(f"The width must be a multiple of {2 * HEADS}.")
        return self


@dataclass(frozen=True)
class Point:
    """Nats a character at one moment: of the text that is learnt and of the held-out part."""

    step: int
    learnt: float
    held_out: float


def clean(text: str) -> str:
    """The text with plain line ends. Raises ValueError where it is too short, too long or of one character only."""
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) < limits.MIN_LAB_TEXT:
        raise ValueError(
            f"This text has {len(text)} characters; to learn from it, {limits.MIN_LAB_TEXT} or more are needed."
        )
    if len(text) > limits.MAX_LAB_TEXT:
        raise ValueError(
            f"This text has {len(text)} characters; up to {limits.MAX_LAB_TEXT} can be learnt. Shorten it."
        )
    if len(set(text)) < 2:
        raise ValueError("This text is one character over and over. Paste another one.")
    return text


class CharacterModel:
    """The network, the text in two parts, and what happened so far. Raises ValueError as ``clean`` and ``check``."""

    def __init__(self, text: str, settings: Settings | None = None, seed: int = 0):
        self.settings = (settings or Settings()).check()
        text = clean(text)
        common = [c for c, _ in Counter(text).most_common(limits.MAX_LAB_CHARACTERS)]
        self.characters = [UNKNOWN, *sorted(c for c in common if c != UNKNOWN)]
        self.rows = {c: i for i, c in enumerate(self.characters)}
        tokens, held = torch.tensor(self.encode(text)), max(20, int(HELD_OUT * len(text)))
        self.learnt, self.held_out = tokens[:-held], tokens[-held:]
        size = min(self.settings.context, len(self.learnt) - 1)
        config = TransformerConfig(
            len(self.characters), self.settings.layers, self.settings.width, HEADS, context=self.settings.context
        )
        self.source, self.window = torch.Generator().manual_seed(seed), size
        self.network = Transformer(config)
        self.network.initialise(self.source)
        self.optimisers = Optimisers(self.network, *RATES, decay=0.0)
        self.step_count, self.points = 0, list[Point]()
        self._losses: list[float] = []

    def encode(self, text: str) -> list[int]:
        """Rows of the characters; 0 for one that the text does not have."""
        return [self.rows.get(c, 0) for c in text]

    @property
    def length(self) -> int:
        """Characters of the text, those that are held out among them."""
        return len(self.learnt) + len(self.held_out)

    @property
    def dropout(self) -> float:
        """As ``set_dropout``."""
        return self.network.blocks[0].dropout

    def set_dropout(self, share: float) -> None:
        """Of both branches of every block, from now on."""
        for block in self.network.blocks:
            block.dropout = min(0.9, max(0.0, float(share)))

    def step(self) -> float:
        """One step on BATCH random windows of the text; every EVERY steps a point of the curves. Returns its loss."""
        starts = torch.randint(len(self.learnt) - self.window, (BATCH, 1), generator=self.source)
        windows = self.learnt[starts + torch.arange(self.window + 1)]
        self.network.train()
        loss = F.cross_entropy(self.network(windows[:, :-1]).flatten(0, 1), windows[:, 1:].flatten())
        for optimiser in self.optimisers.by_name.values():
            optimiser.zero_grad()
        loss.backward()
        self.optimisers.set_rates(min(1.0, (self.step_count + 1) / 20))
        for optimiser in self.optimisers.by_name.values():
            optimiser.step()
        self.step_count += 1
        self._losses.append(value := loss.item())
        if self.step_count % EVERY == 0:
            mean = sum(self._losses) / len(self._losses)
            self.points.append(Point(self.step_count, mean, self.measure()))
            self._losses = []
        return value

    @torch.inference_mode()
    def measure(self) -> float:
        """Nats a character of the held-out part, of MOST_WINDOWS windows at most."""
        self.network.eval()
        size = min(self.window, len(self.held_out) - 1)
        rows = self.held_out.unfold(0, size + 1, size)[:MOST_WINDOWS]
        return float(F.cross_entropy(self.network(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten()))

    @torch.inference_mode()
    def next_characters(self, sentence: str, count: int) -> list[tuple[str, float]]:
        """The likeliest characters after a sentence, most likely first, and their probabilities, 0 to 1.

        UNKNOWN is left out, as it is never written. An empty sentence stands for a new line.
        """
        self.network.eval()
        before = self.encode(sentence)[-self.settings.context :] or [self.rows.get("\n", 1)]
        scores = self.network(torch.tensor([before]))[0, -1, 1:]
        found = F.softmax(scores.float(), -1).topk(min(count, len(scores)))
        return [(self.characters[1 + i], p) for p, i in zip(found.values.tolist(), found.indices.tolist(), strict=True)]

    def overfits(self) -> bool:
        """Whether the held-out part has become worse for a while, while the text itself is learnt better."""
        if len(self.points) < 10:
            return False
        best = min(range(len(self.points)), key=lambda i: self.points[i].held_out)
        recent = sum(p.held_out for p in self.points[-3:]) / 3
        return best < len(self.points) - 3 and recent > self.points[best].held_out + MARGIN

    def sample(
        self, start: str, length: int = 160, temperature: float = 0.8, seed: int = 0,
        going: Callable[[], bool] = lambda: True,
    ) -> str:  # fmt: skip
        """``start`` and what the model writes after it. An empty start stands for a new line.

        going: is asked after every character whether to go on.
        """
        self.network.eval()
        allowed = torch.ones(len(self.characters), dtype=torch.bool)
        allowed[0] = False
        before = self.encode(start) or [self.rows.get("\n", 1)]
        controls = Controls(temperature=temperature, top_p=1.0)
        found = continuations(self.network, before, 0, allowed, set(), controls, seed, 1, length)
        found = itertools.takewhile(lambda _: going(), found)
        return start + "".join(self.characters[token[0]] for token in found if token[0] is not None)

    @torch.inference_mode()
    def attention(self, sentence: str) -> tuple[list[str], Tensor]:
        """Characters of a sentence, as many as the model sees, and what looks at what: (layers, heads, T, T)."""
        self.network.eval()
        words = sentence[: self.settings.context]
        seen: list[Tensor] = []
        self.network.hidden(torch.tensor([self.encode(words)]), seen=seen)
        return list(words), torch.cat(seen)
