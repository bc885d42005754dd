"""Training of the network that finds blemishes: ``python -m genai_demo train repair --model blemishes``.

Pictures are blemished on the fly, see ``blemish_examples``. So the held-out figures say how well blemishes are found
that a program drew, over pictures that were not learnt from.
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
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.loop import Average, shard, step_seed, update
from genai_demo.core.pictures import save_rows
from genai_demo.core.schedule import rate_factor
from genai_demo.repair import blemish_examples
from genai_demo.repair.blemish_examples import Prints
from genai_demo.repair.blemish_network import KINDS, BlemishConfig, BlemishFinder
from genai_demo.repair.evaluate_blemishes import right

NAME = "repair-blemishes"
SIDE, SMALL_SIDE = 224, 144
"""Of the crops; the small ones in the first part of a run."""
PROBES = 40


@dataclasses.dataclass(frozen=True)
class BlemishSettings:
    """How to train. ``batch`` counts pictures a step, over all processes."""

    batch: int = 8
    rate: float = 0.003
    steps: int = 0
    """Length of the run; 0: unknown, the rate stays."""
    cool_down: float = 0.5
    """Last share of the run, in which the rate falls to zero in a line."""
    small: float = 0.9
    """First share of the run, in which the crops are small; with ``steps`` 0 none are."""
    warm_up: int = 50
    focus: float = 2.0
    """Exponent of the focal loss."""
    overlap: float = 1.0
    """Weight of the Dice loss beside it."""
    average_steps: float = 60.0
    """Half-life of the weight average."""
    seed: int = 0


def focal_loss(logits: Tensor, truth: Tensor, weight: Tensor, focus: float) -> Tensor:
    """Cross-entropy that cares about what is not yet known (Lin et al. 2017, eq. 4), per pixel that is to be found.

    All (B, K, H, W) -> scalar. Every kind counts alike; half a per cent of the area is added to what is to be found.
    """
    wrong = torch.where(truth > 0, 1 - logits.sigmoid(), logits.sigmoid())
    loss = weight * wrong**focus * F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    area = truth.shape[0] * truth.shape[2] * truth.shape[3]
    return (loss.sum((0, 2, 3)) / (truth.sum((0, 2, 3)) + 0.005 * area)).mean()


def dice_loss(logits: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """1 - soft Dice (Milletari et al. 2016, V-Net, eq. 2) over a batch, a kind at a time. (B, K, H, W) -> scalar."""
    found = logits.sigmoid() * weight
    truth = truth * weight
    slack = 0.0005 * truth.shape[0] * truth.shape[2] * truth.shape[3]
    shared = (found * truth).sum((0, 2, 3))
    both = found.square().sum((0, 2, 3)) + truth.square().sum((0, 2, 3))
    return (1 - (2 * shared + slack) / (both + slack)).mean()


def agreement(found: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Precision, recall and their harmonic mean for every kind, within ``evaluate_blemishes.NEAR`` pixels.

    found, truth: (B, KINDS, H, W) bool.
    """
    figures = {}
    for k, kind in enumerate(KINDS):
        total = sum((right(a, b) for a, b in zip(found[:, k], truth[:, k], strict=True)), np.zeros(4))
        precision, recall = total[0] / max(1, total[1]), total[2] / max(1, total[3])
        figures[f"{kind}_precision"], figures[f"{kind}_recall"] = float(precision), float(recall)
        figures[f"{kind}_f"] = float(2 * precision * recall / max(1e-6, precision + recall))
    return figures


class BlemishTask:
    """Finds blemishes in pictures that were blemished on the fly."""

    def __init__(self, config: BlemishConfig, settings: BlemishSettings, prints: Prints, held_out: Prints):
        self.config, self.settings, self.prints, self.held_out = config, settings, prints, held_out
        self.device = pick_device()
        torch.manual_seed(settings.seed)
        self.network = BlemishFinder(config).to(self.device, memory_format=torch.channels_last)
        average = BlemishFinder(config).to(self.device, memory_format=torch.channels_last)
        self.ema = Average(self.network, average)
        self.modules: dict[str, nn.Module] = {"network": self.network}
        self.averaged: dict[str, nn.Module] = {"network": self.ema.target}
        optimizer = torch.optim.AdamW(self.network.parameters(), lr=settings.rate, betas=(0.9, 0.99), weight_decay=0.02)
        self.optimizers: dict[str, torch.optim.Optimizer] = {"network": optimizer}
        self._probes: tuple[Tensor, ...] = ()

    def rate_factor(self, step: int) -> float:
        """Warm up, hold, cool down in a line."""
        settings = self.settings
        return rate_factor(step, settings.steps, settings.warm_up, settings.cool_down)

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """This process's share of the examples of a step."""
        mine = shard(torch.arange(self.settings.batch)).tolist()
        side = SMALL_SIDE if step < self.settings.small * self.settings.steps else SIDE
        found = blemish_examples.batch(self.prints, [(step_seed(self.settings.seed, step), i) for i in mine], side)
        return tuple(x.to(self.device, memory_format=torch.channels_last) for x in found)

    def step(self, step: int) -> dict[str, float | Tensor]:
        for group in self.optimizers["network"].param_groups:
            group["lr"] = self.settings.rate * self.rate_factor(step)
        self.network.train()
        pictures, truth, weight = self.batch(step)
        figures: dict[str, float | Tensor] = {"rate": self.rate_factor(step)}

        def losses() -> Iterator[Tensor]:
            with autocast(self.device):
                logits = self.network(pictures)
            logits = logits.float()
            figures["focal"] = focal_loss(logits, truth, weight, self.settings.focus)
            figures["dice"] = dice_loss(logits, truth, weight)
            yield figures["focal"] + self.settings.overlap * figures["dice"]

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

    def probes(self) -> tuple[Tensor, ...]:
        """Held-out pictures with blemishes, the same every time: pictures, truths and weights."""
        if not self._probes:
            self._probes = blemish_examples.batch(self.held_out, [(7, i) for i in range(PROBES)], SIDE)
        return self._probes

    def found(self) -> Tensor:
        """Probabilities (PROBES, KINDS, H, W) on the probes."""
        rows = []
        for part in self.probes()[0].split(8):
            with autocast(self.device):
                rows.append(self.ema.target(part.to(self.device)).float().sigmoid().cpu())
        return torch.cat(rows)

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """Precision, recall and F on held-out pictures by kind; the score is 1 - mean F."""
        figures = agreement(self.found().numpy() > 0.5, self.probes()[1].numpy() > 0.5)
        return {"score": 1 - float(np.mean([figures[f"{kind}_f"] for kind in KINDS])), **figures}

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """Held-out pictures, what is found (red scratches, green dust, blue stains), and what was to be found."""
        pictures, truth, _ = self.probes()
        save_rows([pictures[:10], *(x[:10] * 2 - 1 for x in (self.found(), truth))], path)


# --------------------------------------------------------------------------- the command


def run(args: argparse.Namespace) -> None:
    """Train, and publish. args: see ``train.add_arguments``."""
    training.train(args, NAME, lambda: make_task(args), publish)


def make_task(args: argparse.Namespace) -> BlemishTask:
    """The task that the options describe, on the photographs and faces that are there."""
    prints, held_out = (blemish_examples.load(split, args.data) for split in ("train", "held_out"))
    settings = BlemishSettings(args.batch, args.rate, args.steps, args.cool_down, seed=args.seed)
    return BlemishTask(BlemishConfig(), settings, prints, held_out)


def publish(folder: Path, task: BlemishTask) -> None:
    """Best weights of a run into ``checkpoints/``, with what is known about their training."""
    best = training.best_of(folder)
    network = BlemishFinder(task.config)
    network.load_state_dict(best["averaged"]["network"])
    card = {
        "purpose": "Marks scratches, folds and dust of old photographs, to be filled by the restorer.",
        "config": dataclasses.asdict(task.config),
        "licence": "non-commercial research and demonstration only",
        "terms": TERMS,
        "limits": LIMITS,
        "data": {
            "photographs": len(task.prints.photographs),
            "faces": len(task.prints.rows),
            "held_out": len(task.held_out),
            "blemishes": "drawn by a program; none of a real print",
            "licences": task.prints.licences,
        },
        "training": {
            **training.record(best, task.settings, pictures=task.settings.batch),
            "held_out_note": HELD_OUT_NOTE,
        },
    }
    checkpoint.save_checkpoint(NAME, network, card)


TERMS = (
    "Trained on photographs of many sources and on synthetic faces, for a part of which no licence is stated (counted "
    "under data). For non-commercial research and demonstration only."
)
HELD_OUT_NOTE = (
    "Pixels within 2 pixels of the truth, in held-out crops with blemishes drawn by the same program as in training."
)
LIMITS = (
    "It has seen drawn blemishes only, on photographs of 288 pixels and on faces. Edges, twigs, wires and letters are "
    "sometimes taken for scratches, lights and eyes for dust; what is white on white is missed. Stains, its third "
    "answer, are not offered: it finds too few of them."
)
