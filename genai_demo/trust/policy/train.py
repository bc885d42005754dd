"""Train the classifier of the content policy: ``python -m genai_demo train trust --model policy``.

First it learns vectors of words from the prepared texts. Then it sees harmless sentences of these texts, and sentences
composed from templates, of which every third is harmless and speaks of the same things. Some ten minutes of one core.
"""

import argparse
import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.core import checkpoint, training
from genai_demo.core.loop import Average, batch_indices, update
from genai_demo.core.options import BATCH, LEARNING_RATE
from genai_demo.core.rounding import significant
from genai_demo.trust.policy import examples, normalise, vectors
from genai_demo.trust.policy.model import (
    FIRST,
    KINDS,
    NAME,
    NOTHING,
    RUNS,
    UNKNOWN,
    PolicyConfig,
    PolicyNet,
    Row,
    letters_of,
    padded,
    probabilities,
    row_of,
)
from genai_demo.trust.policy.prepared import Texts, load

LICENCE = "non-commercial research and demonstration only"
TERMS = "The harmless sentences come from texts of many sources, some without a stated licence; see the card of `text`."
LIMITS = (
    "It has learnt wishes to harm from sentences that one author composed, and nothing from real requests: what is "
    "worded in a wholly different way passes. It reads one sentence at a time and knows no irony. It judges English "
    "and Chinese only, and stands beside word lists and patterns that do most of the work."
)
HARMLESS, COMPOSED, HELD_OUT = 60_000, 80_000, 20_000
"""Sentences of each language, composed ones, and held-out ones of both sorts."""
MISTAKES = 3e-4
"""Share of harmless held-out sentences of each language that its threshold lets it stop."""
LEAST = (0.9, 0.75)
"""Thresholds are no lower, English and Chinese: MISTAKES of the held-out sentences are too few to set them by alone.
From these on none (English) and 1 % (Chinese) of the hand-written harmless sentences for tuning were stopped; with 0.5
2 % were.
"""
OFTEN = 8
"""So often a word must stand in the composed sentences to join the table."""
SEEN = 40
"""Words of a sentence that are learnt from at once."""
NEIGHBOURS, LIKE = 8, 0.5
"""A word may be replaced by so many of its nearest, if the cosine of their vectors is larger."""
COMMON = 30_000
"""A word that occurs more often is not replaced."""
HARD = 1_000
"""Harmless sentences of each language that it took for others, and sees more often."""


@dataclasses.dataclass(frozen=True)
class PolicySettings:
    """How to train. ``batch`` counts sentences a step, over all processes."""

    batch: int = 192
    rate: float = 0.004
    steps: int = 0
    decay: float = 1e-3
    words_slower: float = 0.3
    """Rate of the word vectors, as a share."""
    dropped: float = 0.08
    """Share of a sentence's words that are made unknown at random."""
    swapped: float = 0.1
    """Share that is replaced by a word of a similar vector."""
    seed: int = 0


@dataclasses.dataclass
class Examples:
    """Sentences in numbers and their kinds."""

    rows: list[Row]
    kinds: Tensor
    """(N,) int64."""
    chinese: Tensor
    """(N,) bool."""
    plain: int = 0
    """So many of each language, the first ones, are sentences of the prepared texts."""

    def __len__(self) -> int:
        return len(self.rows)


def plain_view(sentence: str) -> str:
    """A sentence as ``check`` reads it."""
    return normalise.views(sentence)[0]


def rows_of(sentences: list[str], table: dict[str, int]) -> list[Row]:
    """Sentences in numbers."""
    return [row_of(plain_view(s), table) for s in sentences]


def words_in(sentences: list[str]) -> list[str]:
    """Words, characters and pairs that stand often enough in these sentences, in the order of their first place."""
    counts: Counter[str] = Counter()
    for sentence in sentences:
        for run in RUNS.findall(plain_view(sentence)):
            counts.update([run] if run[0] < "\u3400" else [*run, *map("".join, itertools.pairwise(run))])
    return [word for word, count in counts.items() if count >= OFTEN]


def gather(texts: Texts, table: dict[str, int], split: str, harmless: int, composed: int) -> Examples:
    """Harmless sentences of both languages and composed ones, held-out ones for the split "held_out"."""
    plain = [s for language in examples.LANGUAGES for s in examples.sentences(texts, split, language, harmless)]
    made = examples.compose(composed, 1, split == "held_out")
    chinese = [i >= len(plain) // 2 for i in range(len(plain))] + [language == "zh" for _, language, _ in made]
    kinds = [0] * len(plain) + [KINDS.index(kind) for kind, _, _ in made]
    rows = rows_of([*plain, *(s for _, _, s in made)], table)
    return Examples(rows, torch.tensor(kinds), torch.tensor(chinese), len(plain) // 2)


def neighbours(known: vectors.Vectors, wanted: set[int]) -> dict[int, list[int]]:
    """Of the wanted numbers of a table those of the most similar words, of the same length in Chinese."""
    chinese = np.array([word[0] >= "\u3400" for word in known.words], bool)
    lengths = np.where(chinese, [len(word) for word in known.words], 0)
    found = {}
    for number in sorted(wanted):
        place = number - FIRST
        others = np.flatnonzero(lengths == lengths[place])
        like = known.values[others] @ known.values[place]
        best = [i for i in np.argsort(-like)[: NEIGHBOURS + 1] if like[i] > LIKE and others[i] != place]
        if best and known.counts[place] <= COMMON:
            found[number] = [int(others[i]) + FIRST for i in best]
    return found


class Mistakes(nn.Module):
    """Numbers of harmless sentences that were taken for others, -1 for none: kept with the state of a run."""

    numbers: Tensor
    searched: Tensor

    def __init__(self, count: int):
        super().__init__()
        self.register_buffer("numbers", torch.full((count,), -1))
        self.register_buffer("searched", torch.tensor(0))

    def found(self) -> list[int]:
        """Those that are there."""
        return self.numbers[self.numbers >= 0].tolist()


class PolicyTask:
    """Cross entropy over the kinds; every batch is half prepared texts, half composed.

    table: the words and their numbers; known: vectors of the first of them, if there are any.
    """

    def __init__(
        self,
        settings: PolicySettings,
        table: dict[str, int],
        learnt: Examples,
        held_out: Examples,
        known: vectors.Vectors | None = None,
    ):
        self.settings, self.table, self.learnt, self.held_out = settings, table, learnt, held_out
        letters = letters_of(table)
        self.config = PolicyConfig(len(table), len(letters))
        torch.manual_seed(settings.seed)
        self.network = PolicyNet(self.config)
        self.network.letters.copy_(letters)
        self.near: dict[int, list[int]] = {}
        with torch.no_grad():
            self.network.vectors.weight[FIRST - 1 :].normal_(0, 0.3 * self.config.width**-0.5)
            if known is not None:
                last = FIRST + len(known.words)
                self.network.vectors.weight[FIRST:last] = torch.from_numpy(known.values)
                said = {n for row in learnt.rows[2 * learnt.plain :] for both in row for n in both}
                self.near = neighbours(known, {n for n in said if FIRST <= n < last})
        self.ema = Average(self.network, PolicyNet(self.config))
        self.mistakes = Mistakes(2 * min(HARD, learnt.plain))
        self.modules: dict[str, nn.Module] = {"network": self.network, "mistakes": self.mistakes}
        self.averaged: dict[str, nn.Module] = {"network": self.ema.target}
        others = [p for name, p in self.network.named_parameters() if name != "vectors.weight"]
        groups = [
            {"params": [self.network.vectors.weight], "weight_decay": 0.0},
            {"params": others, "weight_decay": settings.decay},
        ]
        self.optimizers: dict[str, torch.optim.Optimizer] = {"network": torch.optim.AdamW(groups, lr=settings.rate)}

    def step(self, step: int) -> dict[str, float | Tensor]:
        settings = self.settings
        rate = settings.rate * min(1.0, (step + 1) / 50)
        if settings.steps:
            rate *= max(0.02, 1 - step / settings.steps)
            if self.learnt.plain and (third := 3 * step // settings.steps) > int(self.mistakes.searched):
                self.mistakes.numbers.copy_(torch.tensor(self.taken_for_others()))
                self.mistakes.searched.fill_(third)
        for group, share in zip(self.optimizers["network"].param_groups, (settings.words_slower, 1.0), strict=True):
            group["lr"] = rate * share
        chosen = self.chosen(step)
        rng = np.random.default_rng((settings.seed, step, chosen[0]))
        rows = [self.varied(self.learnt.rows[i], rng) for i in chosen]

        def losses() -> Iterator[Tensor]:
            yield F.cross_entropy(self.network(padded(rows)), self.learnt.kinds[chosen])

        loss = update(self.optimizers["network"], losses())
        self.ema.update(0.5 ** (1 / min(100.0, 0.1 * (step + 1))))
        return {"loss": loss}

    def chosen(self, step: int) -> list[int]:
        """Numbers of a batch: half from the prepared texts, a third of these hard ones, half composed."""
        settings, plain = self.settings, 2 * self.learnt.plain
        half = settings.batch // 2
        if not plain:
            return batch_indices(settings.seed, step, len(self.learnt), settings.batch).tolist()
        mine = batch_indices(settings.seed, step, plain, half).tolist()
        if hard := self.mistakes.found():
            picked = batch_indices(settings.seed + 1, step, len(hard), half).tolist()[: len(mine) // 3]
            mine[: len(picked)] = [hard[i] for i in picked]
        made = batch_indices(settings.seed + 2, step, len(self.learnt) - plain, settings.batch - half)
        return mine + (made + plain).tolist()

    def taken_for_others(self) -> list[int]:
        """The harmless sentences of the prepared texts that it is most sure are something else."""
        worst = 1 - probabilities(self.ema.target, self.learnt.rows[: 2 * self.learnt.plain])[:, 0]
        parts = worst.split(max(1, self.learnt.plain))
        return [
            i * self.learnt.plain + int(n)
            for i, part in enumerate(parts)
            for n in part.topk(min(HARD, len(part))).indices
        ]

    def varied(self, row: Row, rng: np.random.Generator) -> Row:
        """A row with some of its words made unknown, and some replaced by others in like company."""
        settings = self.settings
        found: Row = []
        for draw, (word, pair) in zip(rng.random(min(len(row), SEEN)).tolist(), row, strict=False):
            if draw < settings.dropped:
                word, pair = UNKNOWN, NOTHING
            elif draw < settings.dropped + settings.swapped:
                word, pair = (
                    int(rng.choice(self.near[number])) if number in self.near else number for number in (word, pair)
                )
            found.append((word, pair))
        return found

    def evaluate(self) -> dict[str, float]:
        """Share missed at the thresholds that stop MISTAKES of the harmless, both held out, and the cross entropy."""
        found = probabilities(self.ema.target, self.held_out.rows)
        harmless = self.held_out.kinds == 0
        worst = found[:, 1:].amax(1)
        n = self.held_out.plain
        parts = (worst[:n], worst[n : 2 * n]) if n else (worst[harmless],) * 2
        limits = [threshold_of(part, least) for part, least in zip(parts, LEAST, strict=True)]
        stopped = worst >= torch.tensor(limits)[self.held_out.chinese.long()]
        share = float(stopped[~harmless].float().mean())
        return {
            "score": 1 - share,
            "loss": float(F.nll_loss(found.clamp_min(1e-9).log(), self.held_out.kinds)),
            "found": share,
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
        found = probabilities(self.ema.target, rows_of([s for _, _, s in made], self.table))
        lines = [
            f"{kind}\t{KINDS[int(p.argmax())]}\t{float(p.max()):.3f}\t{s}"
            for (kind, _, s), p in zip(made, found, strict=True)
        ]
        path.with_suffix(".tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def threshold_of(harmless: Tensor, least: float) -> float:
    """The probability that MISTAKES of these, of harmless sentences, reach, and no less than ``least``."""
    return max(least, float(np.quantile(harmless.double().numpy(), 1 - MISTAKES)))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``train trust --model policy``."""
    training.add_arguments(parser, f"runs/{NAME}")
    parser.add_argument("--data", help="prepared texts (default: data/text)")
    parser.add_argument("--batch", type=BATCH, default=PolicySettings.batch, help="sentences a step")
    parser.add_argument("--rate", type=LEARNING_RATE, default=PolicySettings.rate, help="learning rate")


def run(args: argparse.Namespace) -> None:
    """Train, and publish if asked to."""
    training.use_cpu(args)
    training.train(args, NAME, lambda: make_task(args), publish)


def make_task(args: argparse.Namespace) -> PolicyTask:
    """The task that the options describe."""
    settings = PolicySettings(args.batch, args.rate, args.steps, seed=args.seed)
    texts = load(args.data)
    known = vectors.learn(texts, PolicyConfig.width)
    words = dict.fromkeys([*known.words, *words_in([s for _, _, s in examples.compose(COMPOSED, 1)])])
    table = {word: number for number, word in enumerate(words, FIRST)}
    learnt = gather(texts, table, "train", HARMLESS, COMPOSED)
    return PolicyTask(settings, table, learnt, gather(texts, table, "held_out", HELD_OUT, HELD_OUT), known)


def publish(folder: Path, task: PolicyTask) -> None:
    """Best weights of a run into ``checkpoints/``, with what is known about their training."""
    best = training.best_of(folder)
    network = PolicyNet(task.config)
    network.load_state_dict(best["averaged"]["network"])
    counts = torch.bincount(task.learnt.kinds, minlength=len(KINDS)).tolist()
    card = {
        "purpose": "Finds sentences that the content policy stops, beside word lists and patterns.",
        "config": {k: list(v) if isinstance(v, tuple) else v for k, v in dataclasses.asdict(task.config).items()},
        "threshold": {la: significant(best["figures"][f"threshold_{la}"]) for la in examples.LANGUAGES},
        "licence": LICENCE,
        "terms": TERMS,
        "limits": LIMITS,
        "data": {
            "sentences": len(task.learnt),
            "words": "vectors of words and of Chinese characters, learnt from the prepared texts",
            "balance": dict(zip(KINDS, counts, strict=True)),
            "held_out": len(task.held_out),
            "harmless": "prepared texts in English and Chinese, and templates that speak of the same things",
            "unsafe": "composed from templates and fillers of ours (examples.sealed), no data set of other people",
        },
        "training": training.record(best, task.settings, sentences=task.settings.batch),
    }
    checkpoint.save_checkpoint(NAME, network, card, eight_bit=True)
