"""Train the restoration network, and publish the best weights with their card.

``--model cutout`` trains the network that cuts people out of pictures, ``--model blemishes`` the one that finds
scratches, dust and stains.
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
from genai_demo.core.loop import Average, batch_indices, update
from genai_demo.core.losses import FeatureDistance, get_loss
from genai_demo.core.metrics import psnr
from genai_demo.core.options import BATCH, LEARNING_RATE, SHAPE, SHARE, WEIGHT
from genai_demo.core.pictures import save_rows
from genai_demo.core.schedule import rate_factor
from genai_demo.repair.data import Pictures, load
from genai_demo.repair.examples import Examples, damaged_for, draw, stack
from genai_demo.repair.identity import IdentityDistance
from genai_demo.repair.model import TASKS, PatchJudge, RepairConfig, Restorer

NAME = "repair"
PROBES = 24
"""Held-out pictures of each task that are measured during training."""
TERMS = (
    "Trained on synthetic faces, most of whose sources state no licence, and on photographs of Flickr-Faces-HQ "
    "(CC BY-NC-SA 4.0). For non-commercial research and demonstration only."
)


@dataclasses.dataclass(frozen=True)
class RepairSettings:
    """How to train. ``batch`` counts pictures a step, over all processes."""

    batch: int = 16
    rate: float = 0.001
    steps: int = 0
    """Length of the run; 0: unknown, the rate stays."""
    cool_down: float = 0.5
    """Last share of the run, in which the rate falls to zero in a line."""
    warm_up: int = 50
    hole: float = 4.0
    """Weight of what is missing beside what is only damaged."""
    perceptual: float = 0.0
    """Weight of the distance in frozen EfficientNet-Lite0 features (detail output)."""
    adversarial: float = 0.0
    """Weight of the discriminator's opinion (detail output)."""
    matching: float = 0.0
    """Weight of feature matching: the discriminator's features of restored and real pictures (detail output)."""
    variety: float = 0.0
    """Weight of the difference between two fillings of the same hole (detail output)."""
    identity: float = 0.0
    """Weight of the distance in dlib's face embedding, of both outputs, see ``identity``."""
    estimate: float = 0.05
    """Weight of the estimate of the damage."""
    average_steps: float = 200.0
    """Half-life of the weight average."""
    seed: int = 0

    @property
    def in_detail(self) -> bool:
        """Whether the detail output learns."""
        return max(self.perceptual, self.adversarial, self.matching) > 0


def pixel_loss(picture: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """L1 of pixels and of their differences, every place weighted: (B, 3, H, W), (B, 1, H, W) -> scalar.

    The differences make blur cost something (gradient difference loss, Mathieu et al. 2016).
    """
    error = picture - target
    loss = (weight * error.abs()).mean()
    for dim in (2, 3):
        loss = loss + (weight.narrow(dim, 1, weight.shape[dim] - 1) * error.diff(dim=dim).abs()).mean()
    return loss


def matching_loss(restored: list[Tensor], real: list[Tensor]) -> Tensor:
    """Feature matching (Wang et al. 2018, pix2pixHD, eq. 4): L1 between the discriminator's features."""
    losses = [F.l1_loss(a.float(), b.detach().float()) for a, b in zip(restored, real, strict=True)]
    return torch.stack(losses).mean()


def variety_loss(first: Tensor, second: Tensor, mask: Tensor, noise: Tensor) -> Tensor:
    """Mode seeking (Mao et al. 2019, eq. 3): other noise should give another filling; small when it does.

    first, second: (B, 3, H, W). noise: (B, K), the difference of the two.
    """
    apart = (mask * (first - second).abs()).sum((1, 2, 3)) / (3 * mask.sum((1, 2, 3)) + 1e-6)
    return (1 / (apart / noise.abs().mean(1) + 0.05)).mean()


class RepairTask:
    """Restores pictures that were damaged on the fly."""

    def __init__(self, config: RepairConfig, settings: RepairSettings, pictures: Pictures, held_out: Pictures):
        self.config, self.settings, self.pictures, self.held_out = config, settings, pictures, held_out
        self.device = pick_device()
        torch.manual_seed(settings.seed)
        self.network = Restorer(config).to(self.device, memory_format=torch.channels_last)
        average = Restorer(config).to(self.device, memory_format=torch.channels_last)
        self.ema = Average(self.network, average)
        self.modules: dict[str, nn.Module] = {"network": self.network}
        self.averaged: dict[str, nn.Module] = {"network": self.ema.target}
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "network": torch.optim.AdamW(
                self.network.parameters(), lr=settings.rate, betas=(0.9, 0.99), weight_decay=1e-4
            )
        }
        if settings.adversarial or settings.matching:
            self.judge = PatchJudge().to(self.device, memory_format=torch.channels_last)
            self.modules["judge"] = self.judge
            self.optimizers["judge"] = torch.optim.AdamW(self.judge.parameters(), lr=settings.rate, betas=(0.5, 0.99))
        self.features = FeatureDistance(self.device) if settings.perceptual else None
        self.same_face = IdentityDistance(self.device) if settings.identity else None
        self.contest = get_loss("hinge")

    def rate_factor(self, step: int) -> float:
        """Warm up, hold, cool down in a line."""
        settings = self.settings
        return rate_factor(step, settings.steps, settings.warm_up, settings.cool_down)

    def batch(self, step: int) -> Examples:
        """This process's share of the examples of a step."""
        chosen = batch_indices(self.settings.seed, step, len(self.pictures), self.settings.batch)
        found = draw(self.pictures, chosen, self.settings.seed, step)
        return Examples(*(getattr(found, f.name).to(self.device) for f in dataclasses.fields(found)))

    def step(self, step: int) -> dict[str, float | Tensor]:
        for optimizer in self.optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = self.settings.rate * self.rate_factor(step)
        x = self.batch(step)
        figures: dict[str, float | Tensor] = {"rate": self.rate_factor(step)}
        made: list[Tensor] = []

        def losses() -> Iterator[Tensor]:
            noise = torch.randn(len(x.task), self.config.noise, device=self.device) * self.settings.in_detail
            with autocast(self.device):
                faithful, detail, amounts = self.network(x.damaged, x.mask, x.task, noise)
                loss = self.plain_terms(x, faithful, amounts, figures)
                versions = [self.composed(x, faithful)]
                if self.settings.in_detail:
                    whole = self.composed(x, faithful.detach() + detail)
                    made.append(whole.detach())
                    loss = loss + self.detail_terms(x, whole, noise, figures)
                    versions.append(whole)
            if self.same_face is not None:
                some = slice((len(x.task) + 1) // 2)  # the embedding costs as much as the restorer
                figures["identity"] = self.same_face(x.target[some], *(version[some] for version in versions))
                loss = loss + self.settings.identity * figures["identity"]
            yield loss

        figures["loss"] = update(self.optimizers["network"], losses())
        if "judge" in self.modules:
            figures["judge"] = update(self.optimizers["judge"], self.judge_losses(x, made[0]))
        self.ema.update(0.5 ** (1 / min(self.settings.average_steps, 0.1 * (step + 1))))
        return {k: v.detach() if isinstance(v, Tensor) else v for k, v in figures.items()}

    @staticmethod
    def composed(x: Examples, restored: Tensor) -> Tensor:
        """Where the mask covers nothing the user's own pixels stay; without a mask all is the network's."""
        has_hole = x.mask.amax((2, 3), keepdim=True)
        own = (1 - x.mask) * has_hole
        return own * x.damaged + (1 - own) * restored

    def plain_terms(self, x: Examples, faithful: Tensor, amounts: Tensor, figures: dict[str, Any]) -> Tensor:
        """Pixels, and the estimate of the damage, which only those examples teach whose task is not told."""
        weight = 1 + (self.settings.hole - 1) * x.mask
        figures["pixels"] = pixel_loss(faithful, x.target, weight)
        untold = (x.task == TASKS.index("auto")).float()[:, None]
        error = F.binary_cross_entropy_with_logits(amounts, x.amounts, reduction="none")
        figures["estimate"] = (untold * error).sum() / (untold.sum() * error.shape[1] + 1e-6)
        return figures["pixels"] + self.settings.estimate * figures["estimate"]

    def detail_terms(self, x: Examples, whole: Tensor, noise: Tensor, figures: dict[str, Any]) -> Tensor:
        """What the detail output learns from."""
        settings = self.settings
        loss = pixel_loss(whole, x.target, torch.ones_like(x.mask))
        if self.features is not None:
            figures["features"] = self.features(whole, x.target)
            loss = loss + settings.perceptual * figures["features"]
        if "judge" in self.modules:
            opinion, seen = self.judge(whole, x.mask)
            with torch.no_grad():
                real_opinion, real_seen = self.judge(x.target, x.mask)
            figures["fooled"] = self.contest.generator(real_opinion, opinion)
            figures["matching"] = matching_loss(seen, real_seen)
            loss = loss + settings.adversarial * figures["fooled"] + settings.matching * figures["matching"]
        holes = (x.mask.amax((1, 2, 3)) > 0).nonzero()[:, 0][:4]
        figures["variety"] = torch.zeros(())  # every process logs the same figures
        if settings.variety and len(holes):
            other = torch.randn(len(holes), self.config.noise, device=self.device)
            faithful, detail, _ = self.network(x.damaged[holes], x.mask[holes], x.task[holes], other)
            second = faithful.detach() + detail
            figures["variety"] = variety_loss(whole[holes], second, x.mask[holes], noise[holes] - other)
            loss = loss + settings.variety * figures["variety"]
        return loss

    def judge_losses(self, x: Examples, made: Tensor) -> Iterator[Tensor]:
        """One update of the discriminator (hinge, Lim & Ye 2017)."""
        with autocast(self.device):
            both, _ = self.judge(torch.cat([x.target, made]), torch.cat([x.mask, x.mask]))
        real, fake = both.chunk(2)
        yield self.contest.discriminator(real, fake)

    def start_from_published(self) -> None:
        """Take the weights of ``checkpoints/``."""
        checkpoint.load_weights(NAME, self.network).requires_grad_(True).train()
        self.ema.target.load_state_dict(self.network.state_dict())

    def start_from_run(self, state: dict[str, Any]) -> None:
        """Take the networks of another run. state: its ``state.pt``."""
        self.network.load_state_dict(state["modules"]["network"])
        self.ema.target.load_state_dict(state["averaged"]["network"])
        if "judge" in self.modules and "judge" in state["modules"]:
            self.judge.load_state_dict(state["modules"]["judge"])

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """PSNR in dB of the faithful output and of the detailed one on held-out pictures, for every task."""
        figures: dict[str, float] = {}
        for task in TASKS:
            x = probes(self.held_out, task, PROBES)
            found = []
            for part in range(0, len(x.task), 12):
                rows = slice(part, part + 12)
                mine = Examples(*(getattr(x, f.name)[rows].to(self.device) for f in dataclasses.fields(x)))
                with autocast(self.device):
                    faithful, detail, _ = self.ema.target(mine.damaged, mine.mask, mine.task)
                outputs = (self.composed(mine, y).clamp(-1, 1) for y in (faithful, faithful + detail))
                found.append(torch.stack([psnr(y, mine.target) for y in outputs]))
            plain, detailed = torch.cat(found, 1).mean(1).tolist()
            figures[task] = plain
            if self.settings.in_detail:
                figures[f"{task}_detailed"] = detailed
        return {"score": -float(np.mean(list(figures.values()))), **figures}

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """Held-out pictures: damaged, restored faithfully, with detail, as they were."""
        rows = [probes(self.held_out, task, 2) for task in TASKS]
        x = Examples(*(torch.cat([getattr(r, f.name) for r in rows]) for f in dataclasses.fields(rows[0])))
        noise = torch.randn(len(x.task), self.config.noise, generator=torch.Generator().manual_seed(1))
        with autocast(self.device):
            faithful, detail, _ = self.ema.target(*(t.to(self.device) for t in (x.damaged, x.mask, x.task, noise)))
        shown = [
            x.damaged * (1 - x.mask),
            *(self.composed(x, y.cpu()) for y in (faithful, faithful + detail)),
            x.target,
        ]
        save_rows(shown, path)


def probes(pictures: Pictures, task: str, count: int) -> Examples:
    """The same held-out examples of a task every time, the network told which task it is."""
    rows = []
    for i in range(min(count, len(pictures))):
        rng = np.random.default_rng((TASKS.index(task), i))
        target = pictures[int(len(pictures) * (i + 0.5) / count)].astype(np.float32) / 255
        rows.append((damaged_for(task, target, rng, 0.2 + 0.6 * float(rng.random())), target, task))
    return stack(rows)


# --------------------------------------------------------------------------- the command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", choices=("restorer", "cutout", "blemishes"), default="restorer", help="what to train"
    )
    parser.add_argument("--data", nargs="+", help="prepared sets (default: those of faces and of data/repair)")
    parser.add_argument("--channels", type=SHAPE, default=RepairConfig.channels, help="at half the side")
    parser.add_argument("--batch", type=BATCH, default=RepairSettings.batch, help="pictures a step, all processes")
    parser.add_argument("--rate", type=LEARNING_RATE, default=RepairSettings.rate, help="learning rate")
    parser.add_argument("--cool-down", type=SHARE, default=RepairSettings.cool_down, help="last share of --steps")
    parser.add_argument("--hole", type=WEIGHT, default=RepairSettings.hole, help="weight of what is missing")
    parser.add_argument("--perceptual", type=WEIGHT, default=0.0, help="weight of the feature distance")
    parser.add_argument("--adversarial", type=WEIGHT, default=0.0, help="weight of the discriminator")
    parser.add_argument("--matching", type=WEIGHT, default=0.0, help="weight of feature matching")
    parser.add_argument("--variety", type=WEIGHT, default=0.0, help="weight of the variety of fillings")
    parser.add_argument("--identity", type=WEIGHT, default=0.0, help="weight of the same face; needs dlib")
    parser.add_argument(
        "--estimate", type=WEIGHT, default=RepairSettings.estimate, help="weight of the estimate of the damage"
    )
    training.add_arguments(parser, f"runs/{NAME}")


def run(args: argparse.Namespace) -> None:
    if args.model == "cutout":
        from genai_demo.repair import train_cutout

        train_cutout.run(args)
        return
    if args.model == "blemishes":
        from genai_demo.repair import train_blemishes

        train_blemishes.run(args)
        return
    training.train(args, NAME, lambda: make_task(args), publish)


def make_task(args: argparse.Namespace) -> RepairTask:
    """The task that the options describe, on the prepared pictures."""
    settings = RepairSettings(
        args.batch, args.rate, args.steps, args.cool_down, hole=args.hole, perceptual=args.perceptual,
        adversarial=args.adversarial, matching=args.matching, variety=args.variety, identity=args.identity,
        estimate=args.estimate, seed=args.seed,
    )  # fmt: skip
    config = RepairConfig(channels=args.channels)
    return RepairTask(config, settings, load("train", args.data), load("held_out", args.data))


def publish(folder: Path, task: RepairTask) -> None:
    """Best weights of a run into ``checkpoints/``, with what is known about their training."""
    best = training.best_of(folder)
    network = Restorer(task.config)
    network.load_state_dict(best["averaged"]["network"])
    card = {
        "purpose": "Fills holes, sharpens, enlarges, removes noise and JPEG blocks, restores old photographs.",
        "config": dataclasses.asdict(task.config),
        "licence": "non-commercial research and demonstration only",
        "terms": TERMS,
        "limits": (
            "Learnt from faces of 128 pixels: other things are repaired by texture alone. What it puts into a hole or "
            "adds as detail is invented; nobody's face can be recovered from it."
        ),
        "data": {"pictures": len(task.pictures), "licences": task.pictures.licences},
        "training": training.record(best, task.settings, pictures=task.settings.batch),
    }
    checkpoint.save_checkpoint(NAME, network, card)
