"""How well faces of different groups are repaired, and whether holes are filled with pieces of training faces.

Groups come from the labels of the prepared faces, which programs guessed from appearance: they are wrong for many
single faces and say something about groups only.
"""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import torch

from genai_demo.core import groups
from genai_demo.core.device import pick_device
from genai_demo.core.losses import FeatureDistance
from genai_demo.core.metrics import psnr, ssim
from genai_demo.core.rounding import rounded
from genai_demo.repair import damage
from genai_demo.repair.data import home
from genai_demo.repair.evaluate import ours

PROBLEMS = {"hole": "inpaint", "shrink4": "enlarge4"}
PICTURES = 240
HALVES = {"gender": ("fa_male", ("labelled female", "labelled male"))}
THIRDS = {
    "age": ("fa_age", ("youngest third", "middle third", "oldest third")),
    "skin": ("omi_skin_color", ("lightest third", "middle third", "darkest third")),
}
NOTE = (
    "Groups are labels that programs guessed from appearance, not facts about anybody. Differences may come from "
    "hair, background and sharpness as well as from the group."
)


class LabelledFaces:
    """Faces of one split with their labels, mapped into memory."""

    def __init__(self, split: str, folder: str | Path | None = None):
        place = Path(folder) if folder else home() / "faces"
        try:
            with (place / "index.csv").open(newline="", encoding="utf-8") as handle:
                rows = list(csv.DictReader(handle))
            self.images = np.load(place / "images.npy", mmap_mode="r")
        except (OSError, ValueError) as error:
            raise ValueError(f"There is no prepared set in {place}.") from error
        self.places = [i for i, row in enumerate(rows) if row["split"] == split]
        self.rows = [rows[i] for i in self.places]

    def __len__(self) -> int:
        return len(self.places)

    def picture(self, index: int) -> np.ndarray:
        """(H, W, 3) float32 in [0, 1]."""
        return self.images[self.places[index]].astype(np.float32) / 255

    def numbers(self, column: str) -> np.ndarray:
        """A label of every face, NaN where it is unknown."""
        return np.array([float(row.get(column) or "nan") for row in self.rows])


def members(faces: LabelledFaces, chosen: np.ndarray) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
    """Names of the groups, and the number of each chosen face's, -1 where it is unknown."""
    found: dict[str, tuple[tuple[str, ...], np.ndarray, np.ndarray]] = {}
    for name, (column, names) in HALVES.items():
        found[name] = (names, faces.numbers(column)[chosen], np.array([0.5]))
    for name, (column, thirds) in THIRDS.items():
        values = faces.numbers(column)
        found[name] = (thirds, values[chosen], groups.thirds(values))
    return {k: (n, np.where(np.isnan(v), -1, np.searchsorted(cuts, v))) for k, (n, v, cuts) in found.items()}


def spaced(count: int, most: int) -> np.ndarray:
    """Up to ``most`` of ``count`` places, evenly."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int))


def repaired(faces: LabelledFaces, chosen: np.ndarray, problem: str) -> dict[str, np.ndarray]:
    """PSNR (dB), SSIM and feature distance of every chosen face after its repair; of a hole, PSNR inside it."""
    method, judge = ours(PROBLEMS[problem], 0.5), FeatureDistance(pick_device())
    found: dict[str, list[float]] = {"psnr": [], "ssim": [], "features": [], "inside": []}
    for index in chosen:
        truth = faces.picture(int(index))
        rng = np.random.default_rng((11, int(index)))
        case = damage.damage(truth, problem, 0.3 + 0.5 * float(rng.random()), rng)
        made = method(case).clip(0, 1).astype(np.float32)
        a, b = (torch.from_numpy(x).permute(2, 0, 1)[None] * 2 - 1 for x in (made, truth))
        with torch.inference_mode():
            found["psnr"].append(float(psnr(a, b)))
            found["ssim"].append(float(ssim(a, b)))
            found["features"].append(float(judge(a.to(pick_device()), b.to(pick_device()))))
        hole = case.mask
        error = float(np.square(made - truth)[hole].mean()) if hole.any() else 1.0
        found["inside"].append(-10 * float(np.log10(max(error, 1e-10))))
    return {name: np.array(values) for name, values in found.items()}


def by_group(count: int = PICTURES, folder: str | None = None) -> dict[str, Any]:
    """Quality of repaired held-out faces in every group, and how much it is above that of the others."""
    faces = LabelledFaces("held_out", folder)
    chosen = spaced(len(faces), count)
    parts = members(faces, chosen)
    figures: dict[str, Any] = {"note": NOTE}
    for problem in PROBLEMS:
        values = repaired(faces, chosen, problem)
        figures[problem] = {
            group: {
                name: {
                    measure: groups.difference(values[measure][mine == i], values[measure][(mine != i) & (mine >= 0)])
                    for measure in ("psnr", "ssim", "features")
                }
                for i, name in enumerate(names)
                if (mine == i).sum() > 1 and ((mine != i) & (mine >= 0)).sum() > 1
            }
            for group, (names, mine) in parts.items()
        }
    return rounded(figures)


def memorised(count: int = PICTURES, folder: str | None = None) -> dict[str, Any]:
    """Holes in training faces beside holes in held-out ones: a filler that remembers fills the first better.

    ``share_told_apart`` is how often a training face has the better repair in a random pair (0.5: no memory).
    """
    found = {}
    for split in ("train", "held_out"):
        faces = LabelledFaces(split, folder)
        found[split] = repaired(faces, spaced(len(faces), count), "hole")["inside"]
    gap = groups.difference(found["train"], found["held_out"])
    apart = (found["train"][:, None] > found["held_out"][None]).mean()
    return rounded(
        {
            "psnr_inside_holes_of_training_faces": float(found["train"].mean()),
            "psnr_inside_holes_of_held_out_faces": float(found["held_out"].mean()),
            "difference": gap["above_others"],
            "difference_interval": gap["interval"],
            "share_told_apart": float(apart),
            "faces_of_each": float(min(map(len, found.values()))),
        }
    )
