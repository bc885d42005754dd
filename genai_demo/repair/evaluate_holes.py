"""Ways to fill a hole, and the choice among them, on held-out photographs: PSNR and SSIM inside the hole.

The photographs are a pack, ``photographs.zip`` in the folder of GENAI_DATA: an ``index.csv`` with file, source and
split, and the pictures. Sources that are public benchmarks are left out. Kinds of holes
- small: blots of 3 to 6 pixels' radius; thin: strokes 2 to 4 pixels wide; wide: blots of 18 to 40;
- sky: wide ones where a large surrounding is bright and nearly without edges; texture: where there is detail without a
  direction all around; faces: holes of ``damage.hole`` in prepared faces, the square of the face being known.
"""

import csv
import io
import os
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from genai_demo.core.rounding import rounded
from genai_demo.repair.damage import as_float, hole
from genai_demo.repair.data import load
from genai_demo.repair.filling import network_filler
from genai_demo.repair.holes.choose import CLASSICAL, Filler, chosen, psnr, structure
from genai_demo.repair.holes.groups import holes_of
from genai_demo.repair.holes.join import regrained

KINDS = ("small", "thin", "wide", "sky", "texture", "faces")
BENCHMARKS = {"kodak", "bsds500", "clic2025", "urban100", "sunhays80"}
"""Sources on which nothing is reported."""
Case = tuple[np.ndarray, np.ndarray]
"""A whole picture (H, W, 3) float32 in [0, 1], and what is missing (H, W) bool."""


def photographs(split: str = "held_out") -> list[np.ndarray]:
    """(H, W, 3) float32 in [0, 1] of one split ("train" or "held_out"). Raises ValueError where there is no pack."""
    path = Path(os.environ.get("GENAI_DATA", ".")) / "photographs.zip"
    try:
        with zipfile.ZipFile(path) as pack:
            rows = list(csv.DictReader(io.StringIO(pack.read("index.csv").decode())))
            kept = [row for row in rows if row["split"] == split and row["source"] not in BENCHMARKS]
            return [as_float(Image.open(io.BytesIO(pack.read(row["file"])))) for row in kept]
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"There are no photographs in {path}. Set GENAI_DATA to the folder of the packs.") from error


def blot(size: tuple[int, int], radius: float, middle: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """A round hole with an uneven edge, (H, W) bool. middle: row and column."""
    y, x = np.mgrid[: size[0], : size[1]]
    angle = np.arctan2(y - middle[0], x - middle[1])
    edge = radius * np.ones(size)
    for waves in (2, 3, 5):
        edge += radius * rng.uniform(0, 0.2) * np.sin(waves * angle + rng.uniform(0, 2 * np.pi))
    return np.hypot(y - middle[0], x - middle[1]) < edge


def stroke(size: tuple[int, int], width: int, length: float, rng: np.random.Generator) -> np.ndarray:
    """A line that turns a little, (H, W) bool."""
    layer = Image.new("L", (size[1], size[0]))
    x, y = rng.uniform(0.15, 0.85) * size[1], rng.uniform(0.15, 0.85) * size[0]
    angle, points = rng.uniform(0, 2 * np.pi), [(x, y)]
    for _ in range(10):
        angle += rng.normal(0, 0.25)
        x, y = x + length / 10 * np.cos(angle), y + length / 10 * np.sin(angle)
        points.append((x, y))
    ImageDraw.Draw(layer).line(points, fill=255, width=width, joint="curve")
    return np.asarray(layer) > 0


def made(kind: str, picture: np.ndarray, rng: np.random.Generator) -> np.ndarray | None:
    """A hole of a kind in a photograph, (H, W) bool; None where it has no such place."""
    height, width = picture.shape[:2]
    if kind == "thin":
        return stroke((height, width), int(rng.integers(2, 5)), rng.uniform(80, 250), rng)
    if kind in ("small", "wide"):
        radius, margin = (rng.uniform(3, 6), 20) if kind == "small" else (rng.uniform(18, 40), 45)
        return blot(
            (height, width), radius, (rng.uniform(margin, height - margin), rng.uniform(margin, width - margin)), rng
        )
    radius = rng.uniform(14, 28)
    reach = int(1.3 * radius) + 24
    right = (_clear if kind == "sky" else _even)(picture * 255, reach)
    right[:reach] = right[-reach:] = False
    right[:, :reach] = right[:, -reach:] = False
    places = np.argwhere(right)
    return blot((height, width), radius, tuple(places[rng.integers(len(places))]), rng) if len(places) else None


def _slopes(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return cv2.Sobel(values, -1, 1, 0, ksize=3) / 8, cv2.Sobel(values, -1, 0, 1, ksize=3) / 8


def _clear(levels: np.ndarray, reach: int) -> np.ndarray:
    """Centres of squares that are bright and nearly without edges, in the upper part of the picture."""
    side = 2 * reach + 1
    across, down = _slopes(levels)
    calm = cv2.GaussianBlur((np.abs(across) + np.abs(down)).max(2), (0, 0), 2) < 3
    right = cv2.erode(calm.astype(np.uint8), np.ones((side, side))) > 0
    right &= cv2.blur(levels, (side, side)).mean(2) > 90
    right[int(0.6 * len(right)) :] = False
    return right


def _even(levels: np.ndarray, reach: int) -> np.ndarray:
    """Centres of squares full of detail that has no direction."""
    side = 2 * reach + 1
    across, down = _slopes(levels.mean(2))
    xx, yy, xy = (cv2.blur(v, (side, side)) for v in (across**2, down**2, across * down))
    directed = np.sqrt((xx - yy) ** 2 + 4 * xy**2) / (xx + yy + 1e-6)
    near = cv2.blur(across**2 + down**2, (13, 13))
    least, most = (how(near, np.ones((side, side))) for how in (cv2.erode, cv2.dilate))
    return (directed < 0.35) & (xx + yy > 16) & (least > 0.12 * most)


def cases(kind: str, count: int, split: str = "held_out") -> Iterator[Case]:
    """Pictures and their holes, always the same."""
    if kind == "faces":
        faces = load(split)
        for i in range(count):
            truth = faces[int(len(faces) * (i + 0.5) / count)].astype(np.float32) / 255
            yield truth, hole((128, 128), 0.2, np.random.default_rng((5, i)))
        return
    for number, picture in enumerate(photographs(split)):
        missing = made(kind, picture, np.random.default_rng((number, KINDS.index(kind))))
        if missing is not None and missing.any() and count > 0:
            count -= 1
            yield picture, missing


def evaluate(count: int, kinds: tuple[str, ...] = KINDS) -> dict[str, Any]:
    """For every kind: PSNR and SSIM of every way, of the choice, and of the choice with its grain; what was chosen."""
    fillers: dict[str, Filler] = CLASSICAL | {"network": network_filler(0, 0.5)}
    figures: dict[str, Any] = {}
    for kind in kinds:
        rows: dict[str, list[tuple[float, float]]] = {}
        names: Counter[str] = Counter()
        for truth, missing in cases(kind, count):
            found = compared(truth, missing, fillers)
            names.update(found.pop("names"))
            for way, row in found.items():
                rows.setdefault(way, []).append(row)
        figures[kind] = {
            way: dict(zip(("psnr", "ssim"), np.mean(values, 0).tolist(), strict=True)) for way, values in rows.items()
        } | {"chosen": dict(names), "pictures": len(rows.get("telea", ()))}
    return rounded(figures)


def compared(truth: np.ndarray, missing: np.ndarray, fillers: dict[str, Filler]) -> dict[str, Any]:
    """PSNR and SSIM inside the holes of every way and of the choice, and under ``names`` what was chosen."""
    start = np.where(missing[..., None], np.float32(0.5), truth)
    filled = {way: filler(start, missing) for way, filler in fillers.items()}
    holes = holes_of(missing)
    names = chosen(start, missing, holes, fillers)
    choice = start.copy()
    for one, name in zip(holes, names, strict=True):
        choice[one.box][one.shape] = filled[name][one.box][one.shape]
    filled["choice"] = choice
    grained = choice
    for one in holes:
        grained = regrained(grained, one.mask(missing.shape), missing, 0)
    filled["choice with grain"] = grained
    found: dict[str, Any] = {
        way: (psnr(values[missing], truth[missing]), float(structure(values, truth)[missing].mean()))
        for way, values in filled.items()
    }
    return found | {"names": names}
