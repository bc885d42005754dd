"""Masks of people for the cutout network to learn from, made by a program: no hand has drawn any.

GrabCut (Rother, Kolmogorov & Blake 2004, OpenCV's) is started from the 68 landmarks of a prepared face, and
only masks that pass ``Checks`` are kept: most of them stand before a plain background. The masks are made once
for every set and stay beside its pictures' index in ``data/cutout``.
"""

import csv
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from genai_demo.repair.cutout import guided_filter
from genai_demo.repair.data import SIDE, home

ROUNDS = 4
"""Of GrabCut; more change little."""
MOST_LOOKED_AT = 3000
"""Pictures of a set, spread evenly over it: two thirds of those before plain backgrounds give a mask."""


@dataclass(frozen=True)
class Checks:
    """What a mask must pass. Shares of the picture unless said otherwise."""

    least_area: float = 0.3
    most_area: float = 0.9
    roughness: float = 7.5
    """Most border pixels per square root of the area; a disc has 3.5."""
    contrast: float = 20.0
    """Least difference of colour across the border, in units of Lab (median)."""
    restless: float = 16.0
    """Most deviation of the background from its own blurred self, in Lab (mean)."""
    shoulders: float = 0.45
    """Least share of the bottom row."""


def opencv() -> Any:
    """OpenCV on one thread, with a sentence where it is not installed."""
    try:
        import cv2
    except ModuleNotFoundError as error:
        raise ValueError("The masks are made with OpenCV. Install requirements-dev.txt.") from error
    cv2.setNumThreads(1)
    return cv2


def seeds(points: np.ndarray) -> np.ndarray:
    """Where GrabCut starts: (SIDE, SIDE) uint8 of 0 background, 1 person, 2 and 3 probably so.

    points: (68, 2) landmarks in pixels.
    """
    cv2 = opencv()
    y, x = np.mgrid[:SIDE, :SIDE]
    eyes, chin = points[36:48].mean(0), points[8]
    width = max(1.0, points[16, 0] - points[0, 0])
    up, middle = max(1.0, chin[1] - eyes[1]), points[[0, 16], 0].mean()
    found = np.full((SIDE, SIDE), cv2.GC_PR_BGD, np.uint8)
    head = ((x - middle) / (0.72 * width)) ** 2 + ((y - eyes[1]) / (1.3 * up)) ** 2 < 1
    neckline = chin[1] + 0.05 * up
    body = (y > neckline) & (abs(x - middle) < 0.45 * width + 2.2 * (y - neckline))
    found[(head & (y < chin[1])) | body] = cv2.GC_PR_FGD
    corners = (y < 10) & (abs(x - middle) > 0.9 * width)
    sides = (y < eyes[1] + 0.3 * up) & ((x < 2) | (x > SIDE - 3)) & (abs(x - middle) > 0.75 * width)
    found[corners | sides] = cv2.GC_BGD
    forehead = points[17:27] - [0, 0.35 * up]
    hull = cv2.convexHull(np.concatenate([points, forehead]).astype(np.float32))
    face = cv2.fillConvexPoly(np.zeros((SIDE, SIDE), np.uint8), hull.astype(np.int32), 1) > 0
    neck = (y >= chin[1] - 2) & (abs(x - middle) < 0.22 * width)
    found[face | neck] = cv2.GC_FGD
    return found


def grab(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The person in a face picture (SIDE, SIDE, 3) uint8 with landmarks (68, 2) in 0..1: (SIDE, SIDE) bool.

    One piece without holes of less than 1 %.
    """
    cv2 = opencv()
    found = seeds(points * SIDE)
    sure = found == cv2.GC_FGD
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)
    cv2.grabCut(np.ascontiguousarray(picture[..., ::-1]), found, None, *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    person = (found & 1).astype(np.uint8)
    person = cv2.morphologyEx(person, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, pieces = cv2.connectedComponents(person | sure.astype(np.uint8))
    person = (pieces == np.bincount(pieces[sure]).argmax()).astype(np.uint8)
    count, holes, figures, _ = cv2.connectedComponentsWithStats(1 - person, connectivity=4)
    for i in range(1, count):
        if figures[i, cv2.CC_STAT_AREA] < 0.01 * SIDE**2:
            person[holes == i] = 1
    return person.astype(bool)


def passes(picture: np.ndarray, person: np.ndarray, checks: Checks) -> bool:
    """Whether a mask looks like a person before a background of other colours. Arguments as in ``grab``."""
    cv2 = opencv()
    mask = person.astype(np.uint8)
    area = float(person.mean())
    inner, outer = (change(mask, np.ones((3, 3), np.uint8)) for change in (cv2.erode, cv2.dilate))
    border = (mask > inner).sum()
    if not checks.least_area < area < checks.most_area or border / person.sum() ** 0.5 > checks.roughness:
        return False
    bottom = np.flatnonzero(person[-1])
    if len(bottom) < checks.shoulders * SIDE or len(bottom) < 0.97 * (bottom[-1] - bottom[0] + 1):
        return False
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    blurred = [_blurred_inside(lab, m) for m in (mask, 1 - mask)]
    edge = (outer > inner)[2:-2, 2:-2]
    difference = np.linalg.norm(blurred[0] - blurred[1], axis=2)[2:-2, 2:-2][edge]
    if len(difference) < 20 or np.median(difference) < checks.contrast:
        return False
    if np.quantile(difference, 0.1) < 0.35 * checks.contrast:
        return False
    away = np.linalg.norm(lab - blurred[1], axis=2)[outer == 0]
    return len(away) > 0 and float(away.mean()) < checks.restless


def _blurred_inside(lab: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Colours near each pixel, of those in the mask alone."""
    cv2 = opencv()
    weight = mask.astype(np.float32)
    total = cv2.GaussianBlur(lab * weight[..., None], (0, 0), 4)
    return total / np.maximum(cv2.GaussianBlur(weight, (0, 0), 4), 1e-4)[..., None]


def softened(picture: np.ndarray, person: np.ndarray) -> np.ndarray:
    """The mask with the picture's own edges: (SIDE, SIDE) uint8."""
    guide = torch.from_numpy(picture.astype(np.float32) / 255).permute(2, 0, 1)[None]
    hard = torch.from_numpy(person.astype(np.float32))[None, None]
    soft = (guided_filter(guide, hard, 3, 1e-3) - 0.1) / 0.8
    return (soft.clamp(0, 1)[0, 0] * 255).round().to(torch.uint8).numpy()


def make(folder: Path, checks: Checks, quiet: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Masks of a prepared set: rows (M,) int64 that have one, and masks (M, SIDE, SIDE) uint8."""
    images = np.load(folder / "images.npy", mmap_mode="r")
    landmarks = np.load(folder / "landmarks.npy")
    rows, masks = [], []
    order = np.unique(np.linspace(0, len(images) - 1, MOST_LOOKED_AT).round().astype(int))
    for i in tqdm(order.tolist(), disable=quiet, desc=f"masks of {folder.name}"):
        if not np.isfinite(landmarks[i]).all():
            continue
        picture = np.asarray(images[i])
        person = grab(picture, landmarks[i])
        if passes(picture, person, checks):
            rows.append(i)
            masks.append(softened(picture, person))
    if not rows:
        raise ValueError(f"No picture of {folder} gave a mask that passes the checks.")
    return np.array(rows), np.stack(masks)


@dataclass
class People:
    """Pictures (M, SIDE, SIDE, 3) and masks (M, SIDE, SIDE), both uint8, of one split."""

    pictures: np.ndarray
    masks: np.ndarray
    licences: dict[str, int]

    def __len__(self) -> int:
        return len(self.masks)


@functools.lru_cache(maxsize=4)
def _set(folder: Path, quiet: bool) -> tuple[np.ndarray, np.ndarray, list[dict[str, str]]]:
    """Masks of a set, made if they are not there yet, and its index."""
    try:
        with (folder / "index.csv").open(newline="", encoding="utf-8") as handle:
            index = list(csv.DictReader(handle))
    except OSError as error:
        raise ValueError(f"There is no prepared set in {folder}.") from error
    path = home() / "cutout" / f"{folder.name}.npz"
    if not path.is_file():
        rows, masks = make(folder, Checks(), quiet)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as handle:
            np.savez_compressed(handle, rows=rows, masks=masks)
        part.replace(path)
    with np.load(path) as stored:
        return stored["rows"], stored["masks"], index


def load(split: str, folders: Sequence[str | Path] | None = None, quiet: bool = True) -> People:
    """People of one split ("train" or "held_out"). Makes the masks first where there are none yet.

    Raises ValueError where there is no prepared set.
    """
    names = ("faces", "faces-photographs")
    chosen = [Path(f) for f in folders] if folders else [home() / n for n in names if (home() / n).is_dir()]
    if not chosen:
        raise ValueError("There are no faces to learn from. Run `python -m genai_demo data faces` first.")
    pictures, masks, licences = [], [], dict[str, int]()
    for folder in chosen:
        rows, found, index = _set(folder, quiet)
        mine = np.array([index[i]["split"] == split for i in rows])
        for i in rows[mine]:
            licences[index[i]["licence"]] = licences.get(index[i]["licence"], 0) + 1
        pictures.append(np.asarray(np.load(folder / "images.npy", mmap_mode="r")[rows[mine]]))
        masks.append(found[mine])
    return People(np.concatenate(pictures), np.concatenate(masks), licences)
