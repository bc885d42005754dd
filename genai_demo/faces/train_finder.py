"""Training and measuring the face finder.

    python -m genai_demo.faces.train_finder --pack faces.zip --steps 2000 --publish
    python -m genai_demo.faces.train_finder --pack faces.zip --measure

A pack is a zip (or an unpacked folder) with ``index.csv``, the aligned faces it lists, and
``landmarks68.npz``. ``--backgrounds`` names folders of pictures that show no people.
"""

import argparse
import json
import math
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from genai_demo.core import checkpoint, training
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.loop import Average, update, world
from genai_demo.core.options import BATCH, LEARNING_RATE
from genai_demo.core.rounding import rounded, significant
from genai_demo.faces.align import CROP_MIDDLE, NAME, WINDOWS, FoundFace, aligned_quad, quad_pose, search
from genai_demo.faces.finder import Finder, FinderConfig
from genai_demo.faces.finder_data import describe_packs, scene_makers
from genai_demo.faces.pack import PHOTOGRAPHS, SYNTHETIC, find_pack
from genai_demo.faces.scenes import SceneMaker, Scenes, to_images

SCENE_SIDE = 384
FALSE_POSITIVES = 0.01
MINUTES, STEPS_PER_MINUTE = 15.0, 117
"""Length of a run where nothing else is asked for, and what one core gets done."""
PURPOSE = "Finds a face in a picture, and its landmarks, so that it can be turned upright and cut out."
LIMITS = (
    "One face a picture, from the front or half turned, at least a tenth of the picture wide; measured on faces that "
    "were placed into scenes by a program. Most of the faces it learnt from are synthetic, and its sources do not "
    "say how the people of the photographs are spread over groups: nobody has measured whom it misses more often."
)
LICENCE = "Non-commercial research and demonstration only: most of the training pictures' sources state no licence."


# --------------------------------------------------------------------------- losses


def detector_loss(predicted: Tensor, scenes: Scenes) -> tuple[Tensor, Tensor]:
    """Focal loss of the heat map and L1 loss of the poses around each face's middle.

    predicted: (B, 6, G, G), see ``Detector``. Targets as in CenterNet (Zhou et al. 2019, eq. 1):
    one cell is the face, those near it are forgiven by (1 - Gaussian)^4.
    """
    grid = predicted.shape[-1]
    middles = (torch.arange(grid, device=predicted.device) + 0.5) / grid
    away = torch.stack(torch.meshgrid(middles, middles, indexing="xy"))[None, None]
    away = scenes.poses[:, :, :2, None, None] - away  # (B, K, 2, G, G), in shares of the view
    spread = (0.08 * scenes.poses[:, :, 2]).clamp(min=0.4 / grid)[:, :, None, None]
    near = (-away.square().sum(2) / (2 * spread**2)).exp() * scenes.present[:, :, None, None]
    hit = (away.abs().amax(2) <= 0.5 / grid) & scenes.present[:, :, None, None]
    hit, (near, owner) = hit.any(1), near.max(1)
    logits = predicted[:, 0].float()
    probability = logits.sigmoid()
    focal = torch.where(
        hit,
        (1 - probability) ** 2 * F.softplus(-logits),
        (1 - near) ** 4 * probability**2 * F.softplus(logits),
    ).sum() / hit.sum().clamp(min=1)

    offsets = away.gather(1, owner[:, None, None].expand(-1, 1, 2, -1, -1))[:, 0] * grid
    pose = scenes.poses.gather(1, owner.flatten(1)[..., None].expand(-1, -1, 4)).view(*owner.shape, 4)
    wanted = torch.stack([pose[..., 2].log(), pose[..., 3].cos(), pose[..., 3].sin()], 1)
    error = (predicted[:, 1:].float() - torch.cat([offsets, wanted], 1)).abs()
    weight = near * (near > 0.5)
    scale = torch.tensor([0.5, 0.5, 2.0, 2.0, 2.0], device=error.device)[:, None, None]
    return focal, (error * scale * weight[:, None]).sum() / weight.sum().clamp(min=1)


def landmark_loss(points: Tensor, logits: Tensor, scenes: Scenes) -> tuple[Tensor, Tensor]:
    """Mean distance in shares of the face's square, and cross-entropy of face or not."""
    present = scenes.present[:, 0].float()
    distance = (points - scenes.landmarks[:, 0]).norm(dim=2).mean(1) / scenes.poses[:, 0, 2]
    # Clamped, so that one face half out of its crop does not drown the others.
    distance = distance.clamp(max=0.5)
    return (distance * present).sum() / present.sum().clamp(min=1), F.binary_cross_entropy_with_logits(logits, present)


# --------------------------------------------------------------------------- the task


class FinderTask:
    """Both networks of the finder, each on ``batch`` scenes drawn afresh at every step, over all processes."""

    def __init__(
        self,
        config: FinderConfig,
        maker: SceneMaker,
        held_out: SceneMaker,
        steps: int,
        batch: int = 32,
        rate: float = 3e-3,
    ):
        self.config, self.maker, self.held_out = config, maker, held_out
        self.steps, self.batch, self.rate = steps, batch, rate
        self.device = pick_device()
        self.finder = Finder(config).to(self.device, memory_format=torch.channels_last)
        self.average = Average(self.finder, Finder(config).to(self.device, memory_format=torch.channels_last))
        self.modules: dict[str, nn.Module] = {"finder": self.finder}
        self.averaged: dict[str, nn.Module] = {"finder": self.average.target}
        self.optimizer = torch.optim.AdamW(self.finder.parameters(), lr=rate, weight_decay=0.01)
        self.optimizers = {"finder": self.optimizer}

    def start_from_published(self) -> None:
        """The networks of ``checkpoints/``. Raises ValueError where there are none, or they do not fit."""
        checkpoint.load_weights(NAME, self.finder).requires_grad_(True)
        self.average.target.load_state_dict(self.finder.state_dict())

    def start_from_run(self, state: dict[str, Any]) -> None:
        """The networks of another run."""
        self.finder.load_state_dict(state["modules"]["finder"])
        self.average.target.load_state_dict(state["averaged"]["finder"])

    def step(self, step: int) -> dict[str, float | Tensor]:
        """One step of both networks. The rate rises over 5 % of the run and falls along a cosine."""
        progress = min(1.0, step / self.steps)
        rise = min(1.0, progress / 0.05)
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * rise * (0.01 + 0.99 * (1 + math.cos(math.pi * progress)) / 2)
        # Every process draws scenes of its own: the loop seeds them differently.
        share = self.batch // world()[1]
        wide = self._place(self.maker.wide(share, self.config.view))
        close = self._place(self.maker.close(share, self.config.crop, CROP_MIDDLE))
        self.finder.train()
        with autocast(self.device):
            grid = self.finder.detector(wide.pictures)
            points, logits = self.finder.landmarker(close.pictures)
        focal, pose = detector_loss(grid, wide)
        distance, face = landmark_loss(points, logits, close)
        update(self.optimizer, [focal + pose + 25 * distance + face])
        self.average.update(min(0.99, (step + 1) / (step + 10)))
        named = {"focal": focal, "pose": pose, "distance": distance, "face": face}
        return {k: v.detach() for k, v in named.items()}

    def _place(self, scenes: Scenes) -> Scenes:
        pictures, *labels = (t.to(self.device) for t in vars(scenes).values())
        return Scenes(pictures.contiguous(memory_format=torch.channels_last), *labels)

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """The training losses on held-out scenes, always the same ones."""
        with torch.random.fork_rng():
            torch.manual_seed(0)
            wide = self._place(self.held_out.wide(256, self.config.view))
            close = self._place(self.held_out.close(256, self.config.crop, CROP_MIDDLE))
        focal, pose = detector_loss(self.average.target.detector(wide.pictures), wide)
        points, logits = self.average.target.landmarker(close.pictures)
        distance, face = landmark_loss(points, logits, close)
        named = {"score": focal + pose + 25 * distance + face, "held_out_focal": focal, "held_out_pose": pose}
        named |= {"held_out_distance": distance, "held_out_face": face}
        return {k: float(v) for k, v in named.items()}

    def sample_sheet(self, path: Path) -> None:
        """Sixteen held-out scenes of either kind."""
        with torch.random.fork_rng():
            torch.manual_seed(0)
            kinds = self.held_out.wide(16, self.config.view), self.held_out.close(16, self.config.view, CROP_MIDDLE)
        pixels = [np.asarray(image) for scenes in kinds for image in to_images(scenes.pictures)]
        rows = [np.concatenate(pixels[i : i + 8], 1) for i in range(0, len(pixels), 8)]
        Image.fromarray(np.concatenate(rows)).save(path.with_suffix(".png"))


# --------------------------------------------------------------------------- measuring


def measure(finder: Finder, maker: SceneMaker, count: int = 300, seed: int = 0) -> tuple[float, dict[str, float]]:
    """(threshold, figures) on ``count`` scenes with one face and as many without, 384 px, all steps of the search.

    The threshold is the score that 1 % of the scenes without a face exceed in any of the windows.
    Landmark error: mean distance over the distance of the outer corners of the eyes. Crop error:
    overlap (intersection over union) of the found and the true FFHQ square. Both on found faces;
    a face is found if its score reaches the threshold and its square overlaps the true one by half.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        empty = [best(finder, image) for image in to_images(maker.wide(count, SCENE_SIDE, 1.0).pictures)]
        scenes = maker.wide(count, SCENE_SIDE, 0.0, 0.0)
    threshold = float(np.quantile([face.score if face else 0.0 for face in empty], 1 - FALSE_POSITIVES))
    overlaps, errors, turns = [], [], []
    for i, image in enumerate(to_images(scenes.pictures)):
        face = best(finder, image, threshold)
        pose, truth = scenes.poses[i, 0].numpy(), scenes.landmarks[i, 0].numpy()
        if face is None or face.score < threshold:
            continue
        found = quad_pose(aligned_quad(face.landmarks / SCENE_SIDE))
        overlap = square_overlap(found, pose)
        if overlap >= 0.5:
            overlaps.append(overlap)
            turns.append(abs(math.degrees(found[3] - pose[3])))
            distance = np.hypot(*(face.landmarks / SCENE_SIDE - truth).T).mean()
            errors.append(distance / np.hypot(*(truth[45] - truth[36])))
    return threshold, {
        "scenes": count,
        "detection_rate_at_1_percent_false_positives": len(overlaps) / count,
        "landmark_error": float(np.mean(errors)),
        "landmark_error_median": float(np.median(errors)),
        "crop_overlap": float(np.mean(overlaps)),
        "crop_overlap_5th_percentile": float(np.quantile(overlaps, 0.05)),
        "turn_error_degrees": float(np.mean(turns)),
    }


def best(finder: Finder, image: Image.Image, threshold: float = 2.0) -> FoundFace | None:
    """The surest face, searched in ever smaller windows until one reaches the threshold (2: in all of them)."""
    top: FoundFace | None = None
    for share in WINDOWS:
        top = max([f for f in (top, *search(finder, image, share)) if f], key=lambda f: f.score, default=None)
        if top and top.score >= threshold:
            break
    return top


def square_overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Intersection over union of two turned squares (x, y, side, turn), on a grid of 128 x 128 points."""
    unit = (np.arange(128) + 0.5) / 128 - 0.5
    u, v = np.meshgrid(unit * first[2], unit * first[2])
    x = first[0] + math.cos(first[3]) * u - math.sin(first[3]) * v - second[0]
    y = first[1] + math.sin(first[3]) * u + math.cos(first[3]) * v - second[1]
    cosine, sine = math.cos(second[3]), math.sin(second[3])
    inside = (abs(cosine * x + sine * y) < second[2] / 2) & (abs(cosine * y - sine * x) < second[2] / 2)
    shared = float(inside.mean()) * first[2] ** 2
    return shared / (first[2] ** 2 + second[2] ** 2 - shared)


# --------------------------------------------------------------------------- the commands


def main() -> None:
    """Train, and with ``--publish`` measure; or measure the checkpoint that is there."""
    parser = argparse.ArgumentParser(prog="python -m genai_demo.faces.train_finder", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--pack", type=Path, action="append", required=True, help="zip or folder of aligned faces; repeat")
    add("--backgrounds", type=Path, action="append", default=[], help="folder of pictures without people; repeat")
    add("--measure", action="store_true", help="only measure the checkpoint and update its card")
    add("--batch", type=BATCH, help="scenes of either kind a step, over all processes")
    add("--rate", type=LEARNING_RATE, help="highest learning rate")
    training.add_arguments(parser, f"runs/{NAME}")
    options = parser.parse_args()
    try:
        if options.measure:
            _measure(options.pack, options.backgrounds, scene_makers(options.pack, options.backgrounds)[1])
        else:
            _train(options, options.pack, options.backgrounds)
    except ValueError as error:
        parser.error(str(error))


def run(args: argparse.Namespace) -> None:
    """The finder's part of ``python -m genai_demo train faces --model finder``.

    The packs are ``args.data``, else those in the folder that the variable GENAI_DATA names.
    """
    folder = Path(os.environ.get("GENAI_DATA", ""))
    packs = [path for names in (SYNTHETIC, PHOTOGRAPHS) if (path := find_pack(folder, names))]
    packs = [Path(args.data)] if args.data else packs
    if not packs:
        raise ValueError("The finder learns from a pack of faces with landmarks. Name its zip or folder with --data.")
    _train(args, packs, [])


def _train(args: argparse.Namespace, packs: list[Path], folders: list[Path]) -> None:
    """Train as long as the options say. The rate falls over the steps, else over about those of the minutes."""
    maker, held_out = scene_makers(packs, folders)
    args.steps = args.steps or max(1, round(STEPS_PER_MINUTE * (args.minutes or MINUTES)))
    chosen = {k: v for k, v in (("batch", args.batch), ("rate", args.rate)) if v}

    def publish(run: Path, task: FinderTask) -> None:
        best = training.best_of(run)
        task.average.target.load_state_dict(best["averaged"]["finder"])
        record = {k: v for k, v in training.record(best, task.config).items() if k != "settings"}
        card = {
            "purpose": PURPOSE,
            "limits": LIMITS,
            "config": asdict(task.config),
            "data": describe_packs(packs, folders),
            "licence": LICENCE,
            "training": {"command": f"{_program(packs, folders)} --steps {args.steps} --publish", **record},
            "threshold": 1.0,
        }
        checkpoint.save_checkpoint(NAME, task.average.target, card)
        _measure(packs, folders, held_out)

    training.train(args, NAME, lambda: FinderTask(FinderConfig(), maker, held_out, args.steps, **chosen), publish)


def _program(packs: list[Path], folders: list[Path]) -> str:
    """How the command begins that trains on these, or measures on them."""
    flags = [f"--pack {path.name}" for path in packs] + [f"--backgrounds {path.name}" for path in folders]
    return " ".join(["python -m genai_demo.faces.train_finder", *flags])


def _measure(packs: list[Path], folders: list[Path], held_out: SceneMaker) -> None:
    """Measure the checkpoint on held-out scenes, write the figures into its card, and print them."""
    card = checkpoint.read_card(NAME)
    finder = checkpoint.load_weights(NAME, Finder(FinderConfig(**card["config"]))).to(memory_format=torch.channels_last)
    threshold, figures = measure(finder, held_out)
    command = f"{_program(packs, folders)} --measure"
    card |= {"threshold": significant(threshold), "metrics": rounded(figures) | {"command": command}}
    checkpoint.write_card(NAME, card)
    print(json.dumps({"threshold": card["threshold"], **card["metrics"]}, indent=2))


if __name__ == "__main__":
    main()
