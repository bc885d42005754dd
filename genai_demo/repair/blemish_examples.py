"""What the network that finds blemishes learns from: photographs and faces, aged, blemished and scanned by a program.

Crops of pictures of any finesse become prints (in colour, faded, sepia or grey), are blemished or left alone, and are
then scanned: softened, grained, packed as JPEG. Captions, frames and wires are drawn on some before, as what is no
blemish.
"""

import csv
import io
import os
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from genai_demo.repair import blemish_drawing as drawing
from genai_demo.repair.blemish_drawing import COVERED, SEEN, Plate
from genai_demo.repair.damage import blocks
from genai_demo.repair.data import home
from genai_demo.repair.tone import LUMA

FACES = ("faces-256", "faces")
"""Prepared sets; the first that is there is used."""
FACE_SHARE = 0.25
"""Of the examples, where there are photographs as well."""
CLEAN = 0.15
"""Of the examples, without a blemish."""
LEAST_ZOOM, MOST_ZOOM = 0.7, 2.2
"""How much larger a picture is made than it is stored: larger ones are soft, as photographs at full size are."""
LETTERS = "AaBbEeHhiIklLmNnoOrRsStTuvWxyz 0123456789.,-"
"""Of captions."""
FAINT_WEIGHT = 0.25
"""Of what is covered but cannot be seen."""
ALIKE = 6
"""Bits of 64 by which the hashes of copies of a picture differ at most."""
PAINTERS: dict[Callable[[Plate], None], float] = {
    drawing.film: 0.3, drawing.scratch: 0.55, drawing.parallels: 0.08, drawing.fold: 0.22, drawing.cracks: 0.15,
    drawing.hair: 0.25, drawing.specks: 0.5, drawing.stain: 0.22, drawing.foxing: 0.12, drawing.lost: 0.14,
    drawing.torn: 0.1,
}  # fmt: skip
"""What is drawn, with the probability of each; scratches, hairs and spots often several times."""
SEVERAL: dict[Callable[[Plate], None], int] = {
    drawing.scratch: 5,
    drawing.hair: 3,
    drawing.lost: 3,
    drawing.cracks: 2,
    drawing.fold: 2,
    drawing.specks: 2,
}


@dataclass
class Prints:
    """Whole pictures of one split, (H, W, 3) uint8 of any size."""

    photographs: list[np.ndarray]
    faces: np.ndarray | None
    """A prepared set, mapped into memory."""
    rows: np.ndarray
    """Those of ``faces`` that belong here."""
    licences: dict[str, int]

    def __len__(self) -> int:
        return len(self.photographs) + len(self.rows)

    def one(self, rng: np.random.Generator) -> np.ndarray:
        """Any of them, faces as often as FACE_SHARE says."""
        faces = not self.photographs or (len(self.rows) > 0 and rng.random() < FACE_SHARE)
        if faces and self.faces is not None:
            return np.asarray(self.faces[self.rows[rng.integers(len(self.rows))]])
        return self.photographs[rng.integers(len(self.photographs))]


def load(split: str, folders: Sequence[str | Path] | None = None) -> Prints:
    """One split ("train" or "held_out") of the photographs' pack, if there is one in the folder of GENAI_DATA, and of
    prepared faces, if there are any. folders: prepared sets in their place.

    Photographs of the training that are copies of held-out ones are left out. Raises ValueError where there is nothing.
    """
    licences: dict[str, int] = {}
    photographs = [] if folders else _photographs(split, licences)
    faces, rows = None, np.zeros(0, int)
    for folder in [Path(f) for f in folders] if folders else [home() / name for name in FACES]:
        if (folder / "images.npy").is_file() and faces is None:
            with (folder / "index.csv").open(newline="", encoding="utf-8") as handle:
                index = list(csv.DictReader(handle))
            faces = np.load(folder / "images.npy", mmap_mode="r")
            rows = np.array([i for i, row in enumerate(index) if row["split"] == split], int)
            for i in rows:
                licences[index[i]["licence"]] = licences.get(index[i]["licence"], 0) + 1
    if not photographs and not len(rows):
        raise ValueError(
            "There are no pictures to learn from. Run `python -m genai_demo data faces` first, or set GENAI_DATA to "
            "the folder with photographs.zip."
        )
    return Prints(photographs, faces, rows, licences)


def _photographs(split: str, licences: dict[str, int]) -> list[np.ndarray]:
    path = Path(os.environ.get("GENAI_DATA", ".")) / "photographs.zip"
    if not path.is_file():
        return []
    with zipfile.ZipFile(path) as pack:
        rows = list(csv.DictReader(io.StringIO(pack.read("index.csv").decode())))

        def read(row: dict[str, str]) -> np.ndarray:
            return np.asarray(Image.open(io.BytesIO(pack.read(row["file"]))).convert("RGB"))

        hidden = [fingerprint(read(row)) for row in rows if row["split"] == "held_out"] if split == "train" else []
        found = []
        for row in rows:
            if row["split"] != split:
                continue
            picture = read(row)
            mark = fingerprint(picture)
            if any((mark ^ other).bit_count() <= ALIKE for other in hidden):
                continue
            found.append(picture)
            licences[row["licence"]] = licences.get(row["licence"], 0) + 1
    return found


def fingerprint(picture: np.ndarray) -> int:
    """64 bits that copies of a picture share (difference hash): is it lighter to the right?"""
    small = cv2.resize(picture, (9, 8), interpolation=cv2.INTER_AREA).astype(np.float32) @ LUMA
    return int("".join("1" if bit else "0" for bit in (small[:, 1:] > small[:, :-1]).ravel()), 2)


# --------------------------------------------------------------------------- one example


def crop(picture: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """A square of a picture, enlarged or reduced, mirrored or not: (side, side, 3) float32 in [0, 1]."""
    height, width = picture.shape[:2]
    zoom = float(np.exp(rng.uniform(np.log(LEAST_ZOOM), np.log(MOST_ZOOM))))
    part = int(min(height, width, max(16, round(side / zoom))))
    y, x = int(rng.integers(height - part + 1)), int(rng.integers(width - part + 1))
    square = picture[y : y + part, x : x + part]
    how = cv2.INTER_AREA if part > side else [cv2.INTER_CUBIC, cv2.INTER_LINEAR][int(rng.integers(2))]
    square = cv2.resize(square, (side, side), interpolation=how).astype(np.float32) / 255
    square = square[:, ::-1] if rng.random() < 0.5 else square
    return np.ascontiguousarray(square)


def aged(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """In the tones of a print: as it is, grey, toned or faded."""
    kind = rng.random()
    if kind < 0.35:
        return picture
    grey = (picture @ LUMA)[..., None]
    if kind < 0.75:
        tint = np.array([1.0, rng.uniform(0.78, 1), rng.uniform(0.55, 1)], np.float32)
        if kind < 0.5:
            tint = np.ones(3, np.float32)
        picture = grey * tint if rng.random() < 0.6 else 1 - (1 - grey) * (1 - 0.35 * (1 - tint))
        picture = picture.repeat(3, 2) if picture.shape[2] == 1 else picture
    else:
        picture = grey + np.float32(rng.uniform(0.2, 0.9)) * (picture - grey)
        picture = picture * np.array([1, *rng.uniform(0.7, 1.05, 2)], np.float32)
    low, high = rng.uniform(0, 0.3), rng.uniform(0.65, 1)
    return (np.float32(low) + np.float32(high - low) * picture).clip(0, 1).astype(np.float32)


def decorated(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """With what is thin but belongs there: captions, frames, and bars or wires in rows."""
    kind = rng.random()
    level = float(rng.choice([rng.uniform(0, 0.3), rng.uniform(0.7, 1)]))
    colour = (level + rng.normal(0, 0.08, 3)).clip(0, 1).astype(np.float32)
    layer = np.zeros(picture.shape[:2], np.uint8)
    if kind < 0.12:
        _captions(layer, rng)
    elif kind < 0.2:
        wide = int(rng.integers(3, max(4, len(layer) // 8)))
        layer[:] = 255
        layer[wide : -wide if rng.random() < 0.6 else None, wide:-wide] = 0
        if rng.random() < 0.3:
            cv2.rectangle(layer, (2 * wide, 2 * wide), (len(layer) - 2 * wide,) * 2, 255, 1, cv2.LINE_AA)
    elif kind < 0.27:
        _rows_of_bars(layer, rng)
    alpha = layer[..., None].astype(np.float32) / 255
    return picture + alpha * (colour - picture)


def _captions(layer: np.ndarray, rng: np.random.Generator) -> None:
    side = len(layer)
    for _ in range(rng.integers(1, 4)):
        words = "".join(rng.choice(list(LETTERS), int(rng.integers(3, 22))))
        at = int(rng.integers(-20, side // 2)), int(rng.integers(10, side))
        thick = int(rng.integers(1, 3))
        cv2.putText(layer, words, at, int(rng.integers(0, 8)), rng.uniform(0.3, 1.5), 255, thick, cv2.LINE_AA)


def _rows_of_bars(layer: np.ndarray, rng: np.random.Generator) -> None:
    side = len(layer)
    angle = rng.uniform(0, np.pi) if rng.random() < 0.4 else np.pi / 2
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    middle, gap, reach = rng.uniform(0, side, 2), rng.uniform(5, 25), rng.uniform(0.1, 0.6) * side
    thick, count = int(rng.integers(1, 3)), int(rng.integers(4, 14))
    for i in range(count):
        at = middle + (i - count / 2) * gap * across
        ends = [np.round((at + s * reach * along) * 16).astype(int).tolist() for s in (-1, 1)]
        cv2.line(layer, ends[0], ends[1], (255,), thick, cv2.LINE_AA, 4)


def scanned(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As a scanner or a camera gives it: light, softness, grain, JPEG."""
    if rng.random() < 0.3:
        picture = picture.clip(0, 1) ** np.float32(np.exp(rng.uniform(-0.4, 0.4)))
    if rng.random() < 0.15:
        picture = (picture @ LUMA)[..., None].repeat(3, 2)
    if rng.random() < 0.35:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.0))
    if rng.random() < 0.5:
        grain: np.ndarray = rng.standard_normal((*picture.shape[:2], 1 if rng.random() < 0.6 else 3), np.float32)
        if rng.random() < 0.5:
            grain = cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.4, 0.9)).reshape(*picture.shape[:2], -1) * 2
        picture = picture + np.float32(rng.uniform(0, 0.06)) * grain
    if rng.random() < 0.4:
        picture = blocks(picture, rng.uniform(0, 0.7), rng)
    return picture.clip(0, 1).astype(np.float32)


def example(prints: Prints, side: int, rng: np.random.Generator, clean: float = CLEAN) -> tuple[np.ndarray, ...]:
    """A picture (side, side, 3) in [0, 1], what is to be found (KINDS, side, side) bool, and weights likewise float32.

    clean: probability that there is nothing to be found.
    """
    whole = decorated(aged(crop(prints.one(rng), side, rng), rng), rng)
    plate = Plate.of(whole, rng)
    if rng.random() >= clean:
        much = rng.uniform(0.4, 1.2)
        for painter, probability in PAINTERS.items():
            if rng.random() < much * probability:
                for _ in range(int(rng.integers(1, 1 + SEVERAL.get(painter, 1)))):
                    painter(plate)
    truth = plate.cover > COVERED
    change = cv2.dilate(np.abs(plate.picture - whole).max(2), np.ones((3, 3), np.uint8))
    weight = np.where(truth & (change < SEEN), np.float32(FAINT_WEIGHT), np.float32(1))
    weight[(plate.cover > 0.1) & ~truth] = 0.3  # fringes are neither
    return scanned(plate.picture, rng), truth, weight


def batch(prints: Prints, seeds: Sequence[Sequence[int]], side: int, clean: float = CLEAN) -> tuple[Tensor, ...]:
    """Examples of these seeds: pictures (B, 3, H, W) in [-1, 1], truths and weights (B, KINDS, H, W) float32."""
    rows = [example(prints, side, np.random.default_rng(tuple(seed)), clean) for seed in seeds]
    pictures, truths, weights = (np.stack(column) for column in zip(*rows, strict=True))
    x = torch.from_numpy(pictures).permute(0, 3, 1, 2) * 2 - 1
    return x, torch.from_numpy(truths).float(), torch.from_numpy(weights)
