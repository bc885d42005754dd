"""What the face finder learns from: packs of aligned faces with landmarks, and pictures without people."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from genai_demo.core.imagecheck import decode_picture, square_picture
from genai_demo.faces.data import SIZE as SIDE
from genai_demo.faces.scenes import SceneMaker

BACKGROUND_SIDE = 320


def is_held_out(name: str) -> bool:
    """Whether a file belongs to the 5 % that training never sees: decided by its name alone."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 20 == 0


def _reader(path: Path) -> Callable[[str], bytes]:
    """Reads files of a pack, zipped or not, by name."""
    if not path.exists():
        raise ValueError(f"There is no pack {path}. Give --pack the zip or folder of the aligned faces.")
    return zipfile.ZipFile(path).read if path.is_file() else lambda name: (path / name).read_bytes()


def read_pack(path: Path) -> tuple[list[str], Tensor, Tensor]:
    """Names, pictures (N, 3, SIDE, SIDE) uint8 and landmarks (N, 68, 2) in 0..1 of a pack."""
    read = _reader(path)
    try:
        names = [row["file"] for row in csv.DictReader(io.StringIO(read("index.csv").decode("utf-8")))]
        stored = np.load(io.BytesIO(read("landmarks68.npz")))
    except (KeyError, OSError) as error:
        raise ValueError(f"{path} is no pack: it needs index.csv and landmarks68.npz.") from error
    landmarks = stored["lm"].astype(np.float32)
    try:
        row = {str(name): i for i, name in enumerate(stored["names"])}
    except ValueError:  # stored as Python objects, which are not unpickled: then the order is the index's
        if len(landmarks) != len(names):
            raise ValueError(f"{path}: landmarks68.npz and index.csv differ in length and cannot be matched.") from None
        row = {name: i for i, name in enumerate(names)}
    names = [name for name in names if name in row]
    pictures = np.stack([np.asarray(square_picture(decode_picture(read(name)), SIDE)) for name in names])
    return names, torch.from_numpy(pictures).permute(0, 3, 1, 2), torch.from_numpy(landmarks[[row[n] for n in names]])


def describe_packs(paths: list[Path], folders: list[Path]) -> dict[str, Any]:
    """For the card: how many faces came from which source under which licence."""
    sources: dict[str, dict[str, Any]] = {}
    for path in paths:
        for row in csv.DictReader(io.StringIO(_reader(path)("index.csv").decode("utf-8"))):
            origin = {"licence": row["licence"], "repository": row["repo"], "commit": row["commit"]}
            sources.setdefault(row["source"], {"faces": 0, **origin})["faces"] += 1
    backgrounds = len(read_backgrounds(folders)[0])
    return {"sources": sources, "backgrounds": backgrounds, "held_out": "sha256 of the file name divisible by 20"}


def read_backgrounds(folders: list[Path]) -> tuple[list[str], Tensor]:
    """Names and middle squares (M, 3, S, S) uint8 of every picture in the folders."""
    suffixes = (".jpg", ".jpeg", ".png", ".webp")
    paths = sorted(p for folder in folders for p in folder.rglob("*") if p.suffix.lower() in suffixes)
    pictures = []
    for path in paths:
        picture = Image.open(path).convert("RGB")
        side, left, top = min(picture.size), (picture.width - min(picture.size)) // 2, 0
        box = (left, top, left + side, top + side)
        pictures.append(np.asarray(picture.resize((BACKGROUND_SIDE,) * 2, Image.Resampling.BOX, box)))
    stacked = np.stack(pictures) if pictures else np.zeros((0, BACKGROUND_SIDE, BACKGROUND_SIDE, 3), np.uint8)
    return [p.name for p in paths], torch.from_numpy(stacked).permute(0, 3, 1, 2)


def scene_makers(packs: list[Path], folders: list[Path]) -> tuple[SceneMaker, SceneMaker]:
    """(for training, held out): no face and no background is in both."""
    read = [read_pack(path) for path in packs]
    held = torch.tensor([is_held_out(name) for names, _, _ in read for name in names])
    faces, landmarks = torch.cat([r[1] for r in read]), torch.cat([r[2] for r in read])
    names, backgrounds = read_backgrounds(folders)
    away = torch.arange(len(names)) % 5 == 0
    return (
        SceneMaker(faces[~held], landmarks[~held], backgrounds[~away]),
        SceneMaker(faces[held], landmarks[held], backgrounds[away]),
    )
