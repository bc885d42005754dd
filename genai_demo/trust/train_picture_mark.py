"""Train the invisible mark in pictures, and publish the best weights with their card.

It learns from prepared pictures of any kind: what matters is that they are like those that will be marked.
"""

import argparse
import csv
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from genai_demo.core import carriers, checkpoint, training
from genai_demo.core.loop import batch_indices
from genai_demo.core.options import BATCH, LEARNING_RATE, STEPS, WEIGHT, Number
from genai_demo.core.picturemark import NAME, PSNR, PictureMark, PictureMarkConfig, luma_of
from genai_demo.trust import attacks
from genai_demo.trust.mark_task import MarkTask, graded, means, read_back

SETS = ("data/faces", "data/faces-photographs")
SIDE = 128
EXAMS = {
    "as it is": lambda x: x,
    "JPEG 75": lambda x: attacks.jpeg(x, 75),
    "JPEG 50": lambda x: attacks.jpeg(x, 50),
    "half size": lambda x: attacks.resize(x, 0.5),
    "blur": lambda x: attacks.blur(x, 1.0),
    "noise": lambda x: attacks.noise(x, 10 / 255),
    "crop": lambda x: x[..., 6:-6, 6:-6],
    "dark": lambda x: x * 0.7,
}
"""What held-out pictures go through; the crop begins at (6, 6)."""


@dataclass(frozen=True)
class PictureMarkSettings:
    """How to train."""

    batch: int = 16
    rate: float = 0.003
    pattern_rate: float = 0.01
    """Of the patterns: thousands of numbers, each of little weight."""
    steps: int = 0
    milder: int = 300
    """Steps in which the attacks grow to their full strength."""
    psnr: float = PSNR
    hidden: float = 1.5
    """Weight of what the mark costs the eye: its square over the local variance."""
    seed: int = 0


class PictureMarkTask(MarkTask):
    """Bits in, attack, bits out."""

    def __init__(self, config: PictureMarkConfig, settings: PictureMarkSettings, folders: list[str]):
        self.config, self.settings = config, settings
        torch.manual_seed(settings.seed)
        super().__init__(NAME, PictureMark(config), PictureMark(config), settings)
        self.pictures, self.licences = read_sets(folders, "train")
        self.held_out, _ = read_sets(folders, "held_out")

    def step(self, step: int) -> dict[str, float | Tensor]:
        settings = self.settings
        random = np.random.default_rng([settings.seed, step])
        chosen = batch_indices(settings.seed, step, len(self.pictures), settings.batch)
        pictures = torch.stack([self._example(int(i), random) for i in chosen])
        bits = torch.from_numpy(random.integers(0, 2, (len(pictures), self.config.bits))).float()
        loss, figures = self._loss(pictures, bits, random, min(1.0, step / settings.milder))
        self.learn(step, loss)
        return figures

    def _example(self, index: int, random: np.random.Generator) -> Tensor:
        """A picture, or a part of it enlarged: (3, 128, 128)."""
        picture = self.pictures[index]
        if random.random() < 0.35:
            side = int(random.integers(40, SIDE))
            top, left = random.integers(SIDE - side + 1, size=2)
            part = Image.fromarray(picture[top : top + side, left : left + side])
            picture = np.asarray(part.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
        if random.random() < 0.5:
            picture = picture[:, ::-1]
        return torch.from_numpy(picture.astype(np.float32) / 255).permute(2, 0, 1)

    def _loss(
        self, pictures: Tensor, bits: Tensor, random: np.random.Generator, strength: float
    ) -> tuple[Tensor, dict[str, float | Tensor]]:
        network: Any = self.network
        luma = luma_of(pictures)
        added = network.residue(luma, bits, self.settings.psnr)
        marked = pictures + added
        marked = marked + ((marked.clamp(0, 1) * 255).round() / 255 - marked).detach()  # as a file holds it
        reads: list[Tensor] = []
        finds: list[Tensor] = []
        counts: list[dict[str, Tensor]] = []
        for part, words in zip(marked.chunk(4), bits.chunk(4), strict=True):
            part = attacks.one(part, random, strength)
            top, left, tile = 0, 0, self.config.tile
            if random.random() < 0.7:
                part, (top, left) = attacks.crop(part, float(random.uniform(1 - 0.5 * strength, 1)), random)
            if random.random() < 0.5:
                part = attacks.one(part, random, 0.6 * strength)
            place = (-top % tile) * tile + (-left % tile)
            read, find, count = read_back(network.carriers, network.sums(luma_of(part)), place, words)
            reads, finds, counts = [*reads, read], [*finds, find], [*counts, count]
        wide = F.avg_pool2d(luma, 7, 1, 3, count_include_pad=False)
        variance = F.avg_pool2d((luma - wide).square(), 7, 1, 3, count_include_pad=False)
        seen = (added.square() / (variance + 0.0003)).mean()
        read, find = torch.stack(reads).mean(), torch.stack(finds).mean()
        figures = {"read": read.detach(), "find": find.detach(), "seen": seen.detach(), **means(counts)}
        return read + 0.1 * find + self.settings.hidden * seen, figures

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """Share of bits that are wrong and of marks that are not found, after each attack; score: mean of both."""
        torch.manual_seed(0)
        chosen = np.random.default_rng(0).permutation(len(self.held_out))[:96]
        pictures = torch.from_numpy(self.held_out[chosen].astype(np.float32) / 255).permute(0, 3, 1, 2)
        bits = (torch.rand(len(pictures), self.config.bits) > 0.5).float()
        network: Any = self.ema.target
        added = network.residue(luma_of(pictures), bits, self.settings.psnr)
        marked = ((pictures + added).clamp(0, 1) * 255).round() / 255
        exams = {name: [self._reading(p[None]) for p in attack(marked)] for name, attack in EXAMS.items()}
        figures = graded(exams, bits)
        figures["unmarked z"] = max(self._reading(picture[None]).z for picture in pictures)
        figures["pilot"] = float(network.carriers.pilot.sigmoid())
        figures["psnr"] = float(-10 * (marked - pictures).square().mean((1, 2, 3)).log10().mean())
        return figures

    def _reading(self, picture: Tensor) -> carriers.Reading:
        network: Any = self.ema.target
        return carriers.decide(network.carriers, network.sums(luma_of(picture)))

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """Pictures, marked pictures, and the mark ten times as strong."""
        pictures = torch.from_numpy(self.held_out[:6].astype(np.float32) / 255).permute(0, 3, 1, 2)
        bits = (torch.rand(len(pictures), self.config.bits) > 0.5).float()
        added = self.ema.target.residue(luma_of(pictures), bits, self.settings.psnr)  # type: ignore[operator]
        rows = [pictures, pictures + added, (0.5 + 10 * added).expand(-1, 3, -1, -1)]
        sheet = torch.cat([torch.cat(list(row), 2) for row in rows], 1).clamp(0, 1)
        Image.fromarray((sheet * 255).byte().permute(1, 2, 0).numpy()).save(path.with_suffix(".png"))


def read_sets(folders: list[str], split: str) -> tuple[np.ndarray, dict[str, int]]:
    """The pictures of one split of prepared sets: (N, 128, 128, 3) uint8, and how many stand under which licence.

    Raises ValueError where none of the folders holds a set.
    """
    parts = []
    licences: dict[str, int] = {}
    for folder in map(Path, folders):
        try:
            with (folder / "index.csv").open(newline="", encoding="utf-8") as handle:
                rows = list(csv.DictReader(handle))
            images = np.load(folder / "images.npy", mmap_mode="r")
        except (OSError, ValueError):
            continue
        kept = [i for i, row in enumerate(rows) if row["split"] == split]
        for i in kept:
            licences[rows[i]["licence"]] = licences.get(rows[i]["licence"], 0) + 1
        parts.append(images[kept])
    if not parts or parts[0].shape[1:] != (SIDE, SIDE, 3):
        raise ValueError(f"There are no prepared pictures in {', '.join(folders)}. Run `data faces` first.")
    return np.concatenate(parts), licences


# --------------------------------------------------------------------------- the command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", nargs="+", default=list(SETS), help="prepared sets of pictures")
    parser.add_argument("--batch", type=BATCH, default=PictureMarkSettings.batch, help="pictures a step")
    parser.add_argument("--rate", type=LEARNING_RATE, default=PictureMarkSettings.rate, help="learning rate")
    parser.add_argument(
        "--pattern-rate", type=LEARNING_RATE, default=PictureMarkSettings.pattern_rate, help="of the patterns"
    )
    parser.add_argument("--milder", type=STEPS, default=PictureMarkSettings.milder, help="steps of growing attacks")
    parser.add_argument("--psnr", type=Number(10, 100), default=PSNR, help="dB that a marked picture keeps")
    parser.add_argument("--hidden", type=WEIGHT, default=PictureMarkSettings.hidden, help="weight of what the eye sees")
    training.add_arguments(parser, f"runs/{NAME}")


def run(args: argparse.Namespace) -> None:
    training.use_cpu(args)
    settings = PictureMarkSettings(
        args.batch, args.rate, args.pattern_rate, args.steps, args.milder, args.psnr, args.hidden, args.seed
    )
    training.train(args, NAME, lambda: PictureMarkTask(PictureMarkConfig(), settings, args.data), publish)


def publish(folder: Path, task: PictureMarkTask) -> None:
    """Best weights of a run into ``checkpoints/``, with what is known about their training."""
    best = training.best_of(folder)
    network = PictureMark(task.config)
    network.load_state_dict(best["averaged"]["network"])
    card = {
        "purpose": "Puts 32 bits invisibly into pictures that this app made, and finds them again.",
        "config": dataclasses.asdict(task.config),
        "licence": "non-commercial research and demonstration only",
        "terms": "Learnt to hide in synthetic faces and photographs, whose licences are listed here.",
        "limits": "Not safe against somebody who knows the network, or who rotates, warps or repaints the picture.",
        "data": {"pictures": len(task.pictures), "licences": task.licences},
        "training": training.record(best, task.settings, pictures=task.settings.batch),
    }
    checkpoint.save_checkpoint(NAME, network, card)
