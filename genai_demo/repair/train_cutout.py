"""Training of the cutout network: ``python -m genai_demo train repair --model cutout``.

The masks it learns from are made by a program from the prepared faces, see ``cutout_labels``. So the held-out
figures say how well the network agrees with that program on people it has not seen, and no more.
"""

import argparse
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.core import checkpoint, training
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.loop import Average, batch_indices, update
from genai_demo.core.pictures import save_rows
from genai_demo.core.schedule import rate_factor
from genai_demo.repair import cutout_labels
from genai_demo.repair.cutout import Cutout, CutoutConfig
from genai_demo.repair.cutout_examples import Composer, rendered_backgrounds
from genai_demo.repair.cutout_labels import People

NAME = "repair-cutout"
SHAPES = ((128, 128), (112, 144), (144, 112))
SMALL_SHAPES = ((80, 80), (64, 96), (96, 64))
"""Heights and widths of the views; the small ones in the first part of a run, which they make three times as fast."""
PROBES = 48
TRAINING_SEEDS, HELD_OUT_SEEDS = range(100, 106), range(7, 9)
"""Of the rendered backgrounds."""


@dataclasses.dataclass(frozen=True)
class CutoutSettings:
    """How to train. ``batch`` counts pictures a step, over all processes."""

    batch: int = 16
    rate: float = 0.002
    steps: int = 0
    """Length of the run; 0: unknown, the rate stays."""
    cool_down: float = 0.5
    """Last share of the run, in which the rate falls to zero in a line."""
    small: float = 0.5
    """First share of the run, in which the views are small; with ``steps`` 0 none are."""
    warm_up: int = 30
    average_steps: float = 60.0
    """Half-life of the weight average."""
    seed: int = 0


def overlap_loss(probability: Tensor, mask: Tensor) -> Tensor:
    """1 - soft Dice (Milletari et al. 2016, V-Net, eq. 2), a picture at a time. (B, 1, H, W) in 0..1 -> scalar.

    One per cent of the area is added above and below, so that a picture of nobody has a gradient too.
    """
    slack = 0.01 * mask.shape[-1] * mask.shape[-2]
    shared = (probability * mask).sum((1, 2, 3))
    both = probability.square().sum((1, 2, 3)) + mask.square().sum((1, 2, 3))
    return (1 - (2 * shared + slack) / (both + slack)).mean()


def overlap(first: Tensor, second: Tensor) -> Tensor:
    """Intersection over union of masks (B, 1, H, W), cut at a half; 1 where both are empty. -> (B,)."""
    first, second = first > 0.5, second > 0.5
    union = (first | second).sum((1, 2, 3))
    return torch.where(union > 0, (first & second).sum((1, 2, 3)) / union.clamp(min=1), torch.ones(()))


class CutoutTask:
    """Finds people in pictures that were put together on the fly."""

    def __init__(self, config: CutoutConfig, settings: CutoutSettings, people: People, held_out: People):
        self.config, self.settings, self.people, self.held_out = config, settings, people, held_out
        self.device = pick_device()
        torch.manual_seed(settings.seed)
        self.network = Cutout(config).to(self.device, memory_format=torch.channels_last)
        average = Cutout(config).to(self.device, memory_format=torch.channels_last)
        self.ema = Average(self.network, average)
        self.modules: dict[str, nn.Module] = {"network": self.network}
        self.averaged: dict[str, nn.Module] = {"network": self.ema.target}
        optimizer = torch.optim.AdamW(self.network.parameters(), lr=settings.rate, betas=(0.9, 0.99), weight_decay=0.01)
        self.optimizers: dict[str, torch.optim.Optimizer] = {"network": optimizer}
        self.composer = Composer(people, rendered_backgrounds(TRAINING_SEEDS))
        self._probes: dict[str, tuple[Tensor, Tensor]] = {}

    def rate_factor(self, step: int) -> float:
        """Warm up, hold, cool down in a line."""
        settings = self.settings
        return rate_factor(step, settings.steps, settings.warm_up, settings.cool_down)

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """This process's share of the examples of a step."""
        chosen = batch_indices(self.settings.seed, step, len(self.people), self.settings.batch)
        shapes = SMALL_SHAPES if step < self.settings.small * self.settings.steps else SHAPES
        pictures, masks = self.composer.draw(chosen, *shapes[step % len(shapes)])
        return pictures.to(self.device, memory_format=torch.channels_last), masks.to(self.device)

    def step(self, step: int) -> dict[str, float | Tensor]:
        for group in self.optimizers["network"].param_groups:
            group["lr"] = self.settings.rate * self.rate_factor(step)
        pictures, masks = self.batch(step)
        figures: dict[str, float | Tensor] = {"rate": self.rate_factor(step)}

        def losses() -> Iterator[Tensor]:
            with autocast(self.device):
                logits = self.network(pictures)
            logits = logits.float()
            figures["pixels"] = F.binary_cross_entropy_with_logits(logits, masks)
            figures["overlap"] = overlap_loss(logits.sigmoid(), masks)
            yield figures["pixels"] + figures["overlap"]

        figures["loss"] = update(self.optimizers["network"], losses())
        self.ema.update(0.5 ** (1 / min(self.settings.average_steps, 0.1 * (step + 1))))
        return {k: v.detach() if isinstance(v, Tensor) else v for k, v in figures.items()}

    def start_from_published(self) -> None:
        """Take the weights of ``checkpoints/``."""
        checkpoint.load_weights(NAME, self.network).requires_grad_(True).train()
        self.ema.target.load_state_dict(self.network.state_dict())

    def start_from_run(self, state: dict[str, Any]) -> None:
        """Take the network of another run. state: its ``state.pt``."""
        self.network.load_state_dict(state["modules"]["network"])
        self.ema.target.load_state_dict(state["averaged"]["network"])

    def probes(self, kind: str) -> tuple[Tensor, Tensor]:
        """Held-out people, the same examples of a kind every time (see ``cutout_examples.KINDS``)."""
        if not self._probes:
            composer = Composer(self.held_out, rendered_backgrounds(HELD_OUT_SEEDS))
            chosen = torch.linspace(0, len(self.held_out) - 1, PROBES).round().long()
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(0)
                self._probes = {k: composer.draw(chosen, *SHAPES[0], k) for k in ("own", "close", "far", "nobody")}
        return self._probes[kind]

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """Intersection over union with held-out masks, by kind; of pictures of nobody the share taken for a person."""
        figures = {}
        for kind in ("own", "close", "far", "nobody"):
            pictures, masks = self.probes(kind)
            found = []
            for part in pictures.split(12):
                with autocast(self.device):
                    found.append(self.ema.target(part.to(self.device)).float().sigmoid().cpu())
            mask = torch.cat(found)
            figures[kind] = float((mask > 0.5).float().mean() if kind == "nobody" else overlap(mask, masks).mean())
        score = 1 - (figures["own"] + figures["close"] + figures["far"]) / 3 + figures["nobody"]
        return {"score": score, **figures}

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """Held-out pictures, the masks found, and the masks wanted."""
        shown = [self.probes(k) for k in ("own", "close", "far")]
        pictures, masks = (torch.cat([pair[i][:5] for pair in shown]) for i in range(2))
        with autocast(self.device):
            found = self.ema.target(pictures.to(self.device)).float().sigmoid().cpu()
        save_rows([pictures, *(m.expand(-1, 3, -1, -1) * 2 - 1 for m in (found, masks))], path)


# --------------------------------------------------------------------------- the command


def run(args: argparse.Namespace) -> None:
    """Make the masks if there are none yet, train, and publish. args: see ``train.add_arguments``."""
    training.train(args, NAME, lambda: make_task(args), publish)


def make_task(args: argparse.Namespace) -> CutoutTask:
    """The task that the options describe, on the masks made from the prepared pictures."""
    people, held_out = (cutout_labels.load(split, args.data, quiet=False) for split in ("train", "held_out"))
    settings = CutoutSettings(args.batch, args.rate, args.steps, args.cool_down, seed=args.seed)
    return CutoutTask(CutoutConfig(), settings, people, held_out)


def publish(folder: Path, task: CutoutTask) -> None:
    """Best weights of a run into ``checkpoints/``, with what is known about their training."""
    best = training.best_of(folder)
    network = Cutout(task.config)
    network.load_state_dict(best["averaged"]["network"])
    card = {
        "purpose": "Finds the person in a portrait, to cut them out and place them in another scene.",
        "config": dataclasses.asdict(task.config),
        "licence": "non-commercial research and demonstration only",
        "terms": TERMS,
        "limits": LIMITS,
        "data": {
            "people": len(task.people),
            "held_out": len(task.held_out),
            "masks": "made by a program: GrabCut started from the landmarks, kept if it passes checks; none by hand",
            "licences": task.people.licences,
        },
        "training": {
            **training.record(best, task.settings, pictures=task.settings.batch),
            "held_out_note": HELD_OUT_NOTE,
        },
    }
    checkpoint.save_checkpoint(NAME, network, card)


TERMS = (
    "Trained on prepared face pictures, most of whose sources state no licence (their licences are counted under "
    "data). For non-commercial research and demonstration only."
)
HELD_OUT_NOTE = (
    "Intersection over union with held-out masks that were themselves made by GrabCut, of people before plain "
    "backgrounds (own), the same put before other backgrounds (close, far); nobody: share of the pixels of pictures "
    "without people that are taken for a person. It is agreement with a program, not with people's judgement."
)
LIMITS = (
    "Made for portraits of one person seen from the front, and good before plain backgrounds. Before busy ones parts "
    "of the background often stay and parts of hair, hats or clothes go, most of all where they are as dark as what "
    "is behind them; of photographs about every second shows such a fault. Hands, things in front of the person, whole "
    "bodies, people seen from behind or from the side, and groups are found badly or not at all: it knows bodies only "
    "as simple shapes that were drawn under heads. Hair is no finer than the edges that the filter finds."
)
