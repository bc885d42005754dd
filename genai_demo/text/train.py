"""Train the text model, or learn its tokenizer, and publish the best weights with their card."""

import argparse
import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.core import checkpoint, training
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.loop import Average, shard, update
from genai_demo.core.options import BATCH, DROPOUT, LEARNING_RATE, SHAPE, SHARE, Whole
from genai_demo.core.schedule import Optimisers, rate_factor
from genai_demo.core.transformer import Transformer, TransformerConfig
from genai_demo.text.batches import Batches
from genai_demo.text.data import LICENCES, Texts, load
from genai_demo.text.documents import LANGUAGES, TASKS
from genai_demo.text.forms import OFFERED
from genai_demo.text.mixture import WEIGHTS
from genai_demo.text.tokenizer import Tokenizer, load_tokenizer

NAME = "text"
PROBES = 24
"""Held-out documents of each task and language that are measured during training."""
LEARNT = 12
"""The same of documents that are learnt."""
TITLE = "Llama-genai-text"
"""What the model is called where it is shown: the name of a model that learnt from words of Llama begins with it (Llama
3.1 Community License, 1.b.i). Its files keep theirs."""
TERMS = (
    "Built with Llama: part of the training text was written by Llama 3.1 (Llama 3.1 Community License). Part of "
    "the rest is for research and non-commercial use only or states no licence; see the sources. Texts of the source "
    "'written' were written for this project by a large language model."
)
LIMITS = (
    "Small, and trained on CPUs: part of its training text it has never seen, most of the rest once, everyday "
    "translations several times. Simple English stories are synthetic with repetitive openings; modern Chinese "
    "prose is thin; most Chinese conversations are machine-made. Nothing it writes is a fact."
)

PEERS = ("peers", "peers_command", "gpt2_peer")
"""What benchmarks/ wrote into the card about others on the same data: it holds for new weights too."""


@dataclass(frozen=True)
class TextSettings:
    """How to train. ``batch`` counts rows of ``context`` tokens a step, over all processes."""

    batch: int = 32
    accumulate: int = 1
    matrix_rate: float = 0.02
    """Learning rate of Muon (Jordan et al. 2024) for the matrices."""
    embedding_rate: float = 0.003
    """Learning rate of AdamW for the embedding and the other weights that are no matrices."""
    decay: float = 0.02
    """Weight decay of the matrices."""
    warm_up: int = 50
    """Steps in which the rates grow from zero."""
    steps: int = 0
    """Length of the whole run; 0: unknown, the rates stay."""
    cool_down: float = 0.4
    """Last share of the run, in which the rates fall to zero in a line."""
    average_steps: float = 50.0
    """Half-life of the weight average."""
    compile: bool = False
    """Let PyTorch's compiler fuse the pass; on a CPU it wants a C++ compiler."""
    sources: tuple[str, ...] = ()
    """Only texts of sources whose names begin so; none for all."""
    weights: dict[str, float] = dataclasses.field(default_factory=dict)
    """How often an epoch holds the texts of each source, see ``mixture.weight_of``; others come once."""
    mix: float = 1.0
    """Share of the run's weights in what is published; the rest are the published ones that it began with."""
    seed: int = 0


class TextTask:
    """Next-token prediction on all tasks at once."""

    def __init__(self, config: TransformerConfig, settings: TextSettings, texts: Texts, tokenizer: Tokenizer):
        self.config, self.settings, self.texts, self.tokenizer = config, settings, texts, tokenizer
        self.device = pick_device()
        torch.manual_seed(settings.seed)
        self.model = Transformer(config).to(self.device)
        self.ema = Average(self.model, Transformer(config).to(self.device))
        self.batches = Batches(
            texts, tokenizer, settings.seed, config.context, sources=settings.sources, weights=settings.weights
        )
        self.modules: dict[str, nn.Module] = {"model": self.model}
        self.averaged: dict[str, nn.Module] = {"model": self.ema.target}
        self.course = Optimisers(self.model, settings.matrix_rate, settings.embedding_rate, settings.decay)
        self.optimizers, self.rates = self.course.by_name, self.course.rates
        self.hidden = torch.compile(self.model.hidden) if settings.compile else self.model.hidden

    def rate_factor(self, step: int) -> float:
        """Share of the rates at this step."""
        settings = self.settings
        return rate_factor(step, settings.steps, settings.warm_up, settings.cool_down)

    def loss(self, tokens: Tensor, targets: Tensor) -> Tensor:
        """Mean cross-entropy in nats. tokens, targets: (B, T) int64, -100 where nothing is learnt."""
        return self.model.loss(self.hidden(tokens), targets, self.settings.compile)

    def step(self, step: int) -> dict[str, float | Tensor]:
        self.course.set_rates(self.rate_factor(step))
        rows, mask = self.batches.rows(step * self.settings.batch, self.settings.batch)
        tokens, learnt = shard(torch.from_numpy(rows)), shard(torch.from_numpy(mask))

        def losses() -> Iterator[Tensor]:
            parts = zip(tokens.chunk(self.settings.accumulate), learnt.chunk(self.settings.accumulate), strict=True)
            for part, flags in parts:
                part, flags = part.to(self.device), flags.to(self.device)
                with autocast(self.device):
                    loss = self.loss(part[:, :-1], part[:, 1:].masked_fill(~flags[:, 1:], -100))
                yield loss

        loss = update(list(self.optimizers.values()), losses())
        half_life = min(self.settings.average_steps, 0.1 * (step + 1))
        self.ema.update(0.5 ** (1 / half_life))
        return {"loss": loss, "rate": self.rate_factor(step)}

    def evaluate(self) -> dict[str, float]:
        """Bits per byte on held-out documents of every task and language; score: their mean.

        train: the same of documents that it learns from. Where score rises while train falls, it overfits.
        """
        figures, learnt = {}, []
        for task, language in measured_tasks(self.texts):
            chosen = self.texts.chosen("held_out", task, language)[:PROBES]
            name = task if task in ("code", "translate") else f"{task}_{language}"
            figures[name] = bits_per_byte(self.ema.target, self.texts, chosen, self.tokenizer)
            chosen = self.texts.chosen("train", task, language)[:LEARNT]
            learnt.append(bits_per_byte(self.ema.target, self.texts, chosen, self.tokenizer))
        return {"score": float(np.mean(list(figures.values()))), "train": float(np.mean(learnt)), **figures}

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """The beginning of one text of every task, at temperature 0.8."""
        lines = []
        for task, language in measured_tasks(self.texts):
            head = [self.tokenizer.control(task)]
            if task not in ("code", "translate"):
                head.append(self.tokenizer.control(language))
            head += map(self.tokenizer.control, OFFERED.get((task, language), OFFERED.get((task, ""), ()))[:1])
            if task == "chat":
                head.append(self.tokenizer.control("user"))
            elif task == "translate":
                head.append(self.tokenizer.control(language))
            else:
                head.append(self.tokenizer.control("body"))
            tokens = torch.tensor([head], device=self.device)
            for _ in range(60):
                logits = self.ema.target(tokens)[0, -1, : self.tokenizer.text_size] / 0.8
                tokens = torch.cat([tokens, torch.multinomial(logits.softmax(-1), 1)[None]], 1)
            lines.append(f"[{task} {language}] {self.tokenizer.decode(tokens[0].tolist())}")
        path.with_suffix(".txt").write_text("\n\n".join(lines) + "\n", encoding="utf-8")

    def start_from_published(self) -> None:
        """Take the weights of ``checkpoints/``."""
        checkpoint.load_weights(NAME, self.model).requires_grad_(True).train()
        self.ema.target.load_state_dict(self.model.state_dict())

    def start_from_run(self, state: dict[str, Any]) -> None:
        """Take the networks of another run. state: its ``state.pt``."""
        self.model.load_state_dict(state["modules"]["model"])
        self.ema.target.load_state_dict(state["averaged"]["model"])


def measured_tasks(texts: Texts) -> list[tuple[str, str]]:
    """The pairs of task and language that have held-out documents."""
    found = []
    for task in TASKS:
        found += [(task, language) for language in LANGUAGES if len(texts.chosen("held_out", task, language))]
    return found


@torch.inference_mode()
def bits_per_byte(model: Transformer, texts: Texts, chosen: np.ndarray, tokenizer: Tokenizer) -> float:
    """Mean cost of the documents in bits per UTF-8 byte of their text.

    Every token of text and the end are charged, control tokens in between are given. A document
    longer than the context is read in windows that overlap by half, so that what is charged has
    at least half a context before it.
    """
    device, context = next(model.parameters()).device, model.config.context
    bits, size = 0.0, int(texts.bytes[chosen].sum())
    for index in chosen:
        tokens = torch.from_numpy(texts.document(index).astype(np.int64)).to(device)
        charged = tokens[1:] < tokenizer.text_size
        charged[-1] = True
        first, stop = 0, 0
        while stop < len(tokens) - 1:
            stop_here = min(first + context, len(tokens) - 1)
            window = tokens[first : stop_here + 1]
            with autocast(device):
                logits = model(window[None, :-1])[0]
            nats = F.cross_entropy(logits, window[1:], reduction="none")
            nats[~charged[first:stop_here]] = 0
            bits += float(nats[stop - first :].sum()) / float(np.log(2))
            stop, first = stop_here, max(0, stop_here - context // 2)
    return bits / max(1, size)


# --------------------------------------------------------------------------- the command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", choices=("text", "tokenizer"), default="text", help="what to train")
    parser.add_argument("--data", help="prepared data (default: data/text); for the tokenizer: your own texts")
    parser.add_argument("--licence", choices=LICENCES, default="all", help="texts that the tokenizer learns from")
    parser.add_argument("--layers", type=SHAPE, default=TransformerConfig.layers, help="blocks")
    parser.add_argument("--width", type=SHAPE, default=TransformerConfig.width, help="width of the residual stream")
    parser.add_argument("--heads", type=SHAPE, default=TransformerConfig.heads, help="attention heads")
    parser.add_argument(
        "--reach", type=Whole(0, 64), default=TransformerConfig.reach, help="tokens that every block mixes into one"
    )
    parser.add_argument("--context", type=SHAPE, default=TransformerConfig.context, help="tokens seen at once")
    parser.add_argument("--sources", nargs="+", default=[], help="only texts of sources whose names begin so")
    parser.add_argument(
        "--weights", nargs="+", default=[], metavar="SOURCE=COPIES",
        help="copies of a source's texts in an epoch, such as tatoeba=5 chat:SGD=0.1, in place of the mixture's own",
    )  # fmt: skip
    parser.add_argument("--dropout", type=DROPOUT, default=0.0, help="of every block's branches")
    parser.add_argument("--batch", type=BATCH, default=TextSettings.batch, help="rows of tokens a step, all processes")
    parser.add_argument("--accumulate", type=SHAPE, default=1, help="micro-batches a step")
    parser.add_argument(
        "--rate", type=LEARNING_RATE, default=TextSettings.matrix_rate, help="learning rate of the matrices"
    )
    parser.add_argument(
        "--embedding-rate", type=LEARNING_RATE, default=TextSettings.embedding_rate, help="of the embedding"
    )
    parser.add_argument("--cool-down", type=SHARE, default=TextSettings.cool_down, help="last share of --steps")
    parser.add_argument("--mix", type=SHARE, default=1.0, help="share of the new weights; the rest stay as published")
    parser.add_argument("--compile", action="store_true", help="fuse the pass: slow to start, then half as fast again")
    training.add_arguments(parser, f"runs/{NAME}")


def run(args: argparse.Namespace) -> None:
    if args.model == "tokenizer":
        from genai_demo.text import train_tokenizer

        train_tokenizer.run(args.data, args.licence)
        return
    training.train(args, NAME, lambda: make_task(args), publish)


def make_task(args: argparse.Namespace) -> TextTask:
    """The task that the options describe, on the prepared data."""
    tokenizer = load_tokenizer()
    config = TransformerConfig(tokenizer.size, args.layers, args.width, args.heads, args.context, reach=args.reach,
                        dropout=args.dropout)  # fmt: skip
    settings = TextSettings(
        args.batch, args.accumulate, args.rate, args.embedding_rate, steps=args.steps, cool_down=args.cool_down,
        compile=args.compile, sources=tuple(args.sources), weights=weights_of(args.weights), mix=args.mix,
        seed=args.seed,
    )  # fmt: skip
    texts = load(args.data)
    for option in args.weights:
        name = option.rpartition("=")[0].rpartition(":")[2]
        if not any(source.startswith(name) for source in texts.card["source_names"]):
            raise ValueError(f"--weights {option}: no source of the training text has a name that begins so.")
    return TextTask(config, settings, texts, tokenizer)


def weights_of(options: list[str]) -> dict[str, float]:
    """The mixture, changed by options such as ``tatoeba=5``. Raises ValueError for anything else."""
    found = dict(WEIGHTS)
    for option in options:
        name, _, copies = option.rpartition("=")
        if not name or not re.fullmatch(r"\d+(\.\d+)?", copies):
            raise ValueError(f"--weights {option}: write SOURCE=COPIES, such as tatoeba=5 or chat:SGD=0.1.")
        found[name] = float(copies)
    return found


def publish(folder: Path, task: TextTask) -> None:
    """Best weights of a run into ``checkpoints/``, with what is known about their training.

    With ``mix`` below one a mean of them and of the published ones that the run began with, which often is better
    than either (WiSE-FT, Wortsman et al. 2022); its held-out figures are measured here.
    """
    best = training.best_of(folder)
    model = Transformer(task.config)
    model.load_state_dict(best["averaged"]["model"])
    if task.settings.mix < 1:
        before = checkpoint.load_weights(NAME, Transformer(task.config)).state_dict()
        model.load_state_dict({k: torch.lerp(before[k], v, task.settings.mix) for k, v in model.state_dict().items()})
        task.ema.target.load_state_dict(model.state_dict())
        best["figures"] = task.evaluate()
    data = {k: task.texts.card[k] for k in ("origin", "licence", "everything", "splits", "tasks", "sources", "dropped")}
    try:
        old = checkpoint.read_card(NAME)
    except ValueError:
        old = {}
    kept = PEERS if old.get("data") == data else ()
    card = {
        "title": TITLE,
        "purpose": "Writes stories, news, product texts and poems, translates, chats, completes Python.",
        "config": dataclasses.asdict(task.config),
        "licence": "non-commercial research and demonstration only",
        "limits": LIMITS,
        "terms": TERMS,
        "forms": task.texts.forms(),
        "data": data,
        "training": training.record(best, task.settings, tokens=task.settings.batch * task.config.context),
        **{k: old[k] for k in kept if k in old},
    }
    checkpoint.save_checkpoint(NAME, model, card, eight_bit=True)
