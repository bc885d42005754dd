"""Train the music model, and publish the best weights with their card."""

import argparse
import dataclasses
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.audio.music import tunes
from genai_demo.audio.music.batches import Batches, padded
from genai_demo.audio.music.data import Music, load
from genai_demo.audio.music.events import NAMES, ROWS, decode, head, is_drawn
from genai_demo.audio.music.pieces import LAYOUTS, STYLES
from genai_demo.core import checkpoint, training
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.loop import Average, shard, update
from genai_demo.core.options import BATCH, DROPOUT, LEARNING_RATE, SHAPE, SHARE, WEIGHT
from genai_demo.core.schedule import Optimisers, rate_factor
from genai_demo.core.transformer import Transformer, TransformerConfig

NAME = "audio-music"
CONFIG = TransformerConfig(ROWS, layers=6, width=256, heads=4, context=1024, dropout=0.1)
PROBES = 48
"""Held-out pieces of each layout that are measured during training."""
LEARNT = 24
"""The same of pieces that are learnt."""
LICENCE = "tunes public domain or traditional; the Nottingham set under GPL-3.0"
LIMITS = (
    "Western tunes of a few styles, mostly Irish and English dance music and Bach's chorales; rare styles "
    "(strathspey, slip jig) are learnt from few pieces and miss the wanted key more often. No words, no dynamics, no "
    "form beyond repeats; chords are plain triads and sevenths. A tune may share a run of some notes with a known one."
)


@dataclass(frozen=True)
class MusicSettings:
    """How to train. ``batch`` counts rows of ``context`` tokens a step, over all processes."""

    batch: int = 8
    accumulate: int = 1
    matrix_rate: float = 0.01
    """Learning rate of Muon (Jordan et al. 2024) for the matrices."""
    embedding_rate: float = 0.002
    """Learning rate of AdamW for the embedding and the other weights that are no matrices."""
    decay: float = 0.1
    """Weight decay of the matrices."""
    warm_up: int = 30
    """Steps in which the rates grow from zero."""
    steps: int = 0
    """Length of the whole run; 0: unknown, the rates stay."""
    cool_down: float = 0.6
    """Last share of the run, in which the rates fall to zero in a line."""
    average_steps: float = 30.0
    """Half-life of the weight average."""
    compile: bool = False
    """Let PyTorch's compiler fuse the pass; on a CPU it wants a C++ compiler."""
    seed: int = 0


class MusicTask:
    """Next-event prediction; what follows from the order of events is not learnt (see events.py)."""

    def __init__(self, config: TransformerConfig, settings: MusicSettings, music: Music):
        self.config, self.settings, self.music = config, settings, music
        self.device = pick_device()
        torch.manual_seed(settings.seed)
        self.model = Transformer(config).to(self.device)
        self.ema = Average(self.model, Transformer(config).to(self.device))
        self.batches = Batches(music, settings.seed, config.context)
        self.modules: dict[str, nn.Module] = {"model": self.model}
        self.averaged: dict[str, nn.Module] = {"model": self.ema.target}
        self.course = Optimisers(self.model, settings.matrix_rate, settings.embedding_rate, settings.decay)
        self.optimizers, self.rates = self.course.by_name, self.course.rates
        self.hidden = torch.compile(self.model.hidden) if settings.compile else self.model.hidden

    def loss(self, tokens: Tensor, targets: Tensor) -> Tensor:
        """Mean cross-entropy in nats. tokens, targets: (B, T) int64, -100 where nothing is learnt."""
        return self.model.loss(self.hidden(tokens), targets, self.settings.compile)

    def step(self, step: int) -> dict[str, float | Tensor]:
        settings = self.settings
        factor = rate_factor(step, settings.steps, settings.warm_up, settings.cool_down)
        self.course.set_rates(factor)
        rows, mask = self.batches.rows(step * settings.batch, settings.batch)
        tokens, learnt = shard(torch.from_numpy(rows)), shard(torch.from_numpy(mask))

        def losses() -> Iterator[Tensor]:
            parts = zip(tokens.chunk(settings.accumulate), learnt.chunk(settings.accumulate), strict=True)
            for part, flags in parts:
                part, flags = part.to(self.device), flags.to(self.device)
                with autocast(self.device):
                    loss = self.loss(part[:, :-1], part[:, 1:].masked_fill(~flags[:, 1:], -100))
                yield loss

        loss = update(list(self.optimizers.values()), losses())
        half_life = min(settings.average_steps, 0.1 * (step + 1))
        self.ema.update(0.5 ** (1 / half_life))
        return {"loss": loss, "rate": factor}

    def evaluate(self) -> dict[str, float]:
        """Bits per drawn event on held-out pieces by task and style.

        tune, chords, soprano, voices: the melody, chords to a melody, the melody of a chorale, the three
        voices under it; score: the mean of these that there are; train: the same of pieces that it learns from.
        """
        figures = bits_per_event(self.ema.target, self.music, PROBES)
        learnt = bits_per_event(self.ema.target, self.music, LEARNT, "train")
        return {"score": mean_of_tasks(figures), "train": mean_of_tasks(learnt), **figures}

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """A few tunes as text, drawn without the grammar: what the model alone knows of it."""
        lines = []
        for style, layout, metre in (("jig", "melody", "6/8"), ("reel", "melody and chords", "4/4"),
                                     ("chorale", "chorale", "4/4")):  # fmt: skip
            tokens = torch.tensor([head(style, layout, 2, "maj", metre)], device=self.device)
            for _ in range(100):
                logits = self.ema.target(tokens)[0, -1, : len(NAMES)] / 0.9
                tokens = torch.cat([tokens, torch.multinomial(logits.softmax(-1), 1)[None]], 1)
            lines.append(" ".join(NAMES[t].replace(" ", "_") for t in tokens[0].tolist()))
        path.with_suffix(".txt").write_text("\n\n".join(lines) + "\n", encoding="utf-8")

    def start_from_published(self) -> None:
        """Take the weights of ``checkpoints/``."""
        checkpoint.load_weights(NAME, self.model).requires_grad_(True).train()
        self.ema.target.load_state_dict(self.model.state_dict())

    def start_from_run(self, state: dict[str, Any]) -> None:
        """Take the networks of another run. state: its ``state.pt``."""
        self.model.load_state_dict(state["modules"]["model"])
        self.ema.target.load_state_dict(state["averaged"]["model"])


def mean_of_tasks(figures: dict[str, float]) -> float:
    """The mean of the tasks' bits an event, of those that were measured."""
    return float(np.mean([figures[k] for k in ("tune", "chords", "soprano", "voices") if k in figures]))


@torch.inference_mode()
def bits_per_event(model: Transformer, music: Music, most: int, split: str = "held_out") -> dict[str, float]:
    """Mean cost of the drawn events of pieces, at most ``most`` of each layout. See MusicTask.evaluate."""
    device = next(model.parameters()).device
    costs: dict[str, list[float]] = defaultdict(list)
    for layout in LAYOUTS:
        for index in music.chosen(split, "", layout)[:most]:
            tokens = padded([music.piece(index)])[:, : model.config.context + 1]
            batch = torch.from_numpy(tokens).to(device)
            with autocast(device):
                nats = F.cross_entropy(model(batch[:, :-1])[0], batch[0, 1:], reduction="none")
            bits = nats.float().cpu().numpy() / np.log(2)
            leading = leads(tokens[0])[1:]
            drawn = is_drawn(tokens[0])[1:]
            name, other = ("soprano", "voices") if layout == "chorale" else ("tune", "chords")
            costs[name] += bits[drawn & leading].tolist()
            costs[other] += bits[drawn & ~leading].tolist()
            costs[f"style_{STYLES[music.style[index]].replace(' ', '_')}"] += bits[drawn].tolist()
    return {name: float(np.mean(values)) for name, values in costs.items() if values}


def leads(tokens: np.ndarray) -> np.ndarray:
    """Which tokens belong to the leading voice: (T,) bool."""
    found, leading = np.zeros(len(tokens), bool), False
    for i, token in enumerate(tokens.tolist()):
        if NAMES[token].startswith(("bar ", "voice ")):
            leading = NAMES[token].startswith("bar ")
        found[i] = leading
    return found


# --------------------------------------------------------------------------- the command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the training of the music model."""
    parser.add_argument("--data", help="prepared data (default: data/music)")
    parser.add_argument("--layers", type=SHAPE, default=CONFIG.layers, help="blocks")
    parser.add_argument("--width", type=SHAPE, default=CONFIG.width, help="width of the residual stream")
    parser.add_argument("--heads", type=SHAPE, default=CONFIG.heads, help="attention heads")
    parser.add_argument("--context", type=SHAPE, default=CONFIG.context, help="tokens seen at once")
    parser.add_argument("--dropout", type=DROPOUT, default=CONFIG.dropout, help="of every block's branches")
    parser.add_argument("--batch", type=BATCH, default=MusicSettings.batch, help="rows of tokens a step, all processes")
    parser.add_argument("--accumulate", type=SHAPE, default=1, help="micro-batches a step")
    parser.add_argument(
        "--rate", type=LEARNING_RATE, default=MusicSettings.matrix_rate, help="learning rate of the matrices"
    )
    parser.add_argument(
        "--embedding-rate", type=LEARNING_RATE, default=MusicSettings.embedding_rate, help="of the embedding"
    )  # fmt: skip
    parser.add_argument("--decay", type=WEIGHT, default=MusicSettings.decay, help="weight decay of the matrices")
    parser.add_argument("--cool-down", type=SHARE, default=MusicSettings.cool_down, help="last share of --steps")
    parser.add_argument("--compile", action="store_true", help="fuse the pass: slow to start, then faster")
    training.add_arguments(parser, f"runs/{NAME}")


def run(args: argparse.Namespace) -> None:
    """Train as the options say. Raises ValueError for bad options."""
    training.train(args, NAME, lambda: make_task(args), publish)


def make_task(args: argparse.Namespace) -> MusicTask:
    """The task that the options describe, on the prepared data."""
    config = TransformerConfig(ROWS, args.layers, args.width, args.heads, args.context, dropout=args.dropout)
    settings = MusicSettings(
        args.batch, args.accumulate, args.rate, args.embedding_rate, args.decay, steps=args.steps,
        cool_down=args.cool_down, compile=args.compile, seed=args.seed,
    )  # fmt: skip
    return MusicTask(config, settings, load(args.data))


def publish(folder: Path, task: MusicTask) -> None:
    """Best weights of a run into ``checkpoints/``, and beside them the index that finds copies."""
    best = training.best_of(folder)
    model = Transformer(task.config)
    model.load_state_dict(best["averaged"]["model"])
    data = task.music.card
    card = {
        "purpose": "Writes tunes in many styles, finds chords and the lower voices of chorales, goes on with a tune.",
        "config": dataclasses.asdict(task.config),
        "licence": LICENCE,
        "limits": LIMITS,
        "data": {k: data[k] for k in ("origin", "pieces", "tokens", "splits", "sources", "styles")},
        "metres": data["metres"],
        "metres_with_chords": data["metres_with_chords"],
        "out_of_key": data["out_of_key"],
        "training": training.record(best, task.settings, rows=task.settings.batch),
    }
    checkpoint.save_checkpoint(NAME, model, card, eight_bit=True)
    train = task.music.chosen("train")
    pieces = [(task.music.titles[i], decode(task.music.piece(i).tolist()).lead) for i in train]
    tunes.publish(pieces, LICENCE)
