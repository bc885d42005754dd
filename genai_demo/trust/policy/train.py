"""Train the classifier of the content policy: ``python -m genai_demo train trust --model policy``.

Half of what it learns are harmless sentences of the prepared texts, half are sentences composed from templates, of
which one in five is harmless and speaks of the same things. A few minutes of one core.
"""

import argparse
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.core import checkpoint, training
from genai_demo.core.loop import Average, batch_indices, update
from genai_demo.trust.policy import examples, normalise
from genai_demo.trust.policy.model import KINDS, NAME, PolicyConfig, PolicyNet, features, packed
from genai_demo.trust.policy.prepared import load

LICENCE = "non-commercial research and demonstration only"
TERMS = "The harmless sentences come from texts of many sources, some without a stated licence; see the card of `text`."
LIMITS = (
    "It has learnt wishes to harm from sentences that one author composed, and nothing from real requests: what is "
    "worded in a wholly different way passes. It reads one sentence at a time and knows no irony. It judges English "
    "and Chinese only, and stands beside word lists and patterns that do most of the work."
)
HARMLESS, COMPOSED, HELD_OUT = 30_000, 60_000, 10_000
"""Sentences of each language, composed ones, and held-out ones of both sorts."""
MISTAKES = 2e-4
"""Share of harmless held-out sentences of each language that its threshold lets it stop."""


@dataclasses.dataclass(frozen=True)
class PolicySettings:
    """How to train. ``batch`` counts sentences a step, over all processes."""

    batch: int = 256
    rate: float = 0.02
    steps: int = 0
    decay: float = 1e-4
    dropped: float = 0.4
    """Share of a sentence's features that are left out at random."""
    seed: int = 0


@dataclasses.dataclass
class Examples:
    """Feature numbers of sentences and their kinds."""

    rows: list[list[int]]
    kinds: Tensor
    """(N,) int64."""
    chinese: Tensor
    """(N,) bool."""
    plain: int = 0
    """So many of each language, the first ones, are sentences of the prepared texts."""

    def __len__(self) -> int:
        return len(self.rows)


def rows_of(sentences: list[str], buckets: int) -> list[list[int]]:
    """Their features, as ``check`` reads them."""
    return [features(normalise.views(s)[0], buckets) for s in sentences]


def gather(data: str | None, config: PolicyConfig, split: str, harmless: int, composed: int) -> Examples:
    """Harmless sentences of both languages and composed ones, held-out ones for the split "held_out"."""
    texts = load(data)
    plain = [s for language in examples.LANGUAGES for s in examples.sentences(texts, split, language, harmless)]
    made = examples.compose(composed, 1, split == "held_out")
    chinese = [i >= len(plain) // 2 for i in range(len(plain))] + [language == "zh" for _, language, _ in made]
    kinds = [0] * len(plain) + [KINDS.index(kind) for kind, _, _ in made]
    return Examples(
        rows_of([*plain, *(s for _, _, s in made)], config.buckets),
        torch.tensor(kinds),
        torch.tensor(chinese),
        len(plain) // 2,
    )


class PolicyTask:
    """Cross entropy over the kinds; every batch is half corpus, half composed."""

    def __init__(self, config: PolicyConfig, settings: PolicySettings, learnt: Examples, held_out: Examples):
        self.config, self.settings, self.learnt, self.held_out = config, settings, learnt, held_out
        torch.manual_seed(settings.seed)
        self.network = PolicyNet(config)
        self.ema = Average(self.network, PolicyNet(config))
        self.modules: dict[str, nn.Module] = {"network": self.network}
        self.averaged: dict[str, nn.Module] = {"network": self.ema.target}
        optimizer = torch.optim.AdamW(self.network.parameters(), lr=settings.rate, weight_decay=settings.decay)
        self.optimizers: dict[str, torch.optim.Optimizer] = {"network": optimizer}

    def step(self, step: int) -> dict[str, float | Tensor]:
        settings = self.settings
        if settings.steps:
            for group in self.optimizers["network"].param_groups:
                group["lr"] = settings.rate * max(0.02, 1 - step / settings.steps)
        chosen = batch_indices(settings.seed, step, len(self.learnt), settings.batch).tolist()
        rows = [self.thinned(self.learnt.rows[i]) for i in chosen]

        def losses() -> Iterator[Tensor]:
            yield F.cross_entropy(self.network(*packed(rows)), self.learnt.kinds[chosen])

        loss = update(self.optimizers["network"], losses())
        self.ema.update(0.5 ** (1 / min(100.0, 0.1 * (step + 1))))
        return {"loss": loss}

    def thinned(self, row: list[int]) -> list[int]:
        """A row without some of its features, never empty."""
        kept = (torch.rand(len(row)) >= self.settings.dropped).tolist()
        return [n for n, keep in zip(row, kept, strict=True) if keep] or row[:1]

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """Held-out cross entropy, and the shares found at the threshold that stops MISTAKES of the harmless."""
        logits = self.ema.target(*packed(self.held_out.rows))
        harmless = self.held_out.kinds == 0
        worst = logits.softmax(1)[:, 1:].amax(1)
        n = self.held_out.plain
        parts = (worst[:n], worst[n : 2 * n]) if n else (worst[harmless],) * 2
        limits = [threshold_of(part) for part in parts]
        stopped = worst >= torch.tensor(limits)[self.held_out.chinese.long()]
        return {
            "score": float(F.cross_entropy(logits, self.held_out.kinds)),
            "found": float(stopped[~harmless].float().mean()),
            "threshold_en": limits[0],
            "threshold_zh": limits[1],
        }

    def start_from_published(self) -> None:
        """Take the weights of ``checkpoints/``."""
        checkpoint.load_weights(NAME, self.network).requires_grad_(True).train()
        self.ema.target.load_state_dict(self.network.state_dict())

    def start_from_run(self, state: dict[str, Any]) -> None:
        """Take the network of another run. state: its ``state.pt``."""
        self.network.load_state_dict(state["modules"]["network"])
        self.ema.target.load_state_dict(state["averaged"]["network"])

    def sample_sheet(self, path: Path) -> None:
        """Composed sentences and what the network makes of them."""
        made = examples.compose(40, 2, True)
        with torch.inference_mode():
            found = self.ema.target(*packed(rows_of([s for _, _, s in made], self.config.buckets))).softmax(1)
        lines = [
            f"{kind}\t{KINDS[int(p.argmax())]}\t{float(p.max()):.3f}\t{s}"
            for (kind, _, s), p in zip(made, found, strict=True)
        ]
        path.with_suffix(".tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def threshold_of(harmless: Tensor) -> float:
    """The probability that MISTAKES of these, of harmless sentences, reach; at least 0.5."""
    return max(0.5, float(np.quantile(harmless.double().numpy(), 1 - MISTAKES)))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``train trust --model policy``."""
    training.add_arguments(parser, f"runs/{NAME}")
    parser.add_argument("--data", help="prepared texts (default: data/text)")
    parser.add_argument("--batch", type=int, default=PolicySettings.batch, help="sentences a step")
    parser.add_argument("--rate", type=float, default=PolicySettings.rate, help="learning rate")


def run(args: argparse.Namespace) -> None:
    """Train, and publish if asked to."""
    training.train(args, NAME, lambda: make_task(args), publish)


def make_task(args: argparse.Namespace) -> PolicyTask:
    """The task that the options describe."""
    config = PolicyConfig()
    settings = PolicySettings(args.batch, args.rate, args.steps, seed=args.seed)
    learnt = gather(args.data, config, "train", HARMLESS, COMPOSED)
    return PolicyTask(config, settings, learnt, gather(args.data, config, "held_out", HELD_OUT, HELD_OUT))


def publish(folder: Path, task: PolicyTask) -> None:
    """Best weights of a run into ``checkpoints/``, with what is known about their training."""
    best = training.best_of(folder)
    network = PolicyNet(task.config)
    network.load_state_dict(best["averaged"]["network"])
    counts = torch.bincount(task.learnt.kinds, minlength=len(KINDS)).tolist()
    card = {
        "purpose": "Finds sentences that the content policy stops, beside word lists and patterns.",
        "config": {**dataclasses.asdict(task.config), "kinds": list(task.config.kinds)},
        "threshold": {la: round(best["figures"][f"threshold_{la}"], 5) for la in examples.LANGUAGES},
        "licence": LICENCE,
        "terms": TERMS,
        "limits": LIMITS,
        "data": {
            "sentences": len(task.learnt),
            "balance": dict(zip(KINDS, counts, strict=True)),
            "held_out": len(task.held_out),
            "harmless": "prepared texts in English and Chinese, and templates that speak of the same things",
            "unsafe": "composed from templates and fillers of ours (examples.sealed), no data set of other people",
        },
        "training": training.record(best, task.settings, sentences=task.settings.batch),
    }
    checkpoint.save_checkpoint(NAME, network, card)
