"""Says what pictures the restorer learns from, and cuts your own into squares for it.

It learns from the prepared faces and photographs (``data faces``, ``data faces --photographs``),
and from ``data/repair`` if there is such a set: own pictures of any size, cut into squares here.
Every set is a folder with

    images.npy      (N, 128, 128, 3) uint8
    index.csv       file, source, licence, split ("train" or "held_out") and more, in the same order
"""

import argparse
import csv
import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from genai_demo.core import imagecheck
from genai_demo.core.picturefiles import open_place

SIDE = 128
SETS = ("faces", "faces-photographs", "repair")
"""Folders below ``data``; those that are there are used."""
MOST_SQUARES = 12
"""Of one picture of your own, so that a single large one does not fill the set."""
HELD_OUT_PERCENT = 5


@dataclass
class Pictures:
    """Pictures of one split of several sets, mapped into memory one after the other."""

    arrays: list[np.ndarray]
    places: np.ndarray
    """(N, 2): number of the array, row in it."""
    licences: dict[str, int]
    """How many pictures stand under which licence."""

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, index: int) -> np.ndarray:
        """(128, 128, 3) uint8."""
        array, row = self.places[index]
        return np.asarray(self.arrays[array][row])


def home() -> Path:
    """``data`` in the project, or in the folder of GENAI_HOME."""
    return Path(os.environ.get("GENAI_HOME") or Path(__file__).parents[2]) / "data"


def load(split: str = "train", folders: Sequence[str | Path] | None = None) -> Pictures:
    """One split ("train" or "held_out") of the sets in these folders, of all that are there by default.

    Raises ValueError where there is none, or one is damaged.
    """
    chosen = [Path(f) for f in folders] if folders else [home() / name for name in SETS if (home() / name).is_dir()]
    arrays: list[np.ndarray] = []
    places: list[tuple[int, int]] = []
    licences: dict[str, int] = {}
    for folder in chosen:
        try:
            with (folder / "index.csv").open(newline="", encoding="utf-8") as handle:
                rows = list(csv.DictReader(handle))
            images = np.load(folder / "images.npy", mmap_mode="r")
            kept = [i for i, row in enumerate(rows) if row["split"] == split]
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(f"There is no prepared set in {folder}.") from error
        if len(rows) != len(images) or images.shape[1:] != (SIDE, SIDE, 3):
            raise ValueError(f"The set in {folder} is damaged or not of {SIDE} pixels; prepare it again.")
        for i in kept:
            licences[rows[i]["licence"]] = licences.get(rows[i]["licence"], 0) + 1
        places += [(len(arrays), i) for i in kept]
        arrays.append(images)
    if not places:
        raise ValueError(
            "There are no pictures to learn from. Run `python -m genai_demo data faces` and `... data faces "
            "--photographs` first, or `... data repair --from` with pictures of your own."
        )
    return Pictures(arrays, np.array(places), licences)


def squares(picture: Image.Image) -> list[np.ndarray]:
    """Squares of SIDE pixels: the whole picture's centre made smaller, and parts in full resolution."""
    width, height = picture.size
    short = min(width, height)
    box = ((width - short) // 2, (height - short) // 2, (width + short) // 2, (height + short) // 2)
    found = [picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box)]
    steps = [(x, y) for y in range(0, height - SIDE + 1, SIDE) for x in range(0, width - SIDE + 1, SIDE)]
    every = max(1, -(-len(steps) // (MOST_SQUARES - 1)))
    if short >= 2 * SIDE:
        found += [picture.crop((x, y, x + SIDE, y + SIDE)) for x, y in steps[::every]]
    return [np.asarray(square) for square in found]


def prepare(source: str | Path, out: str | Path | None = None, progress: bool = True) -> dict[str, int]:
    """Own pictures into a set of squares; returns counts. Raises ValueError where nothing can be used."""
    target = Path(out) if out is not None else home() / "repair"
    if target.exists() and not (target / "images.npy").exists():
        raise ValueError(f"{target} holds something else than a prepared set; choose another folder with --out.")
    place, found, rows, refused = open_place(Path(source)), [], [], 0
    for name, problem in tqdm(list(place.entries()), unit="picture", disable=not progress):
        try:
            if problem:
                raise ValueError(problem)
            picture = imagecheck.decode_picture(place.read(name))
        except ValueError:
            refused += 1
            continue
        if min(picture.size) < SIDE:
            refused += 1
            continue
        digest = hashlib.sha256(picture.tobytes()).digest()
        split = "held_out" if int.from_bytes(digest[:4], "big") % 100 < HELD_OUT_PERCENT else "train"
        for square in squares(picture):
            found.append(square)
            rows.append({"file": name, "source": "own pictures", "licence": "own", "split": split})
    if not found:
        raise ValueError(f"No picture in {source} can be used; they must have at least {SIDE} pixels on a side.")
    building = target.with_name(f".{target.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    np.save(building / "images.npy", np.stack(found))
    with (building / "index.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    shutil.rmtree(target, ignore_errors=True)
    building.replace(target)
    return {"squares": len(found), "pictures": len({row["file"] for row in rows}), "refused": refused}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m genai_demo data repair``."""
    parser.add_argument("--from", dest="source", metavar="PATH", help="your own pictures: a folder or a zip")
    parser.add_argument("--out", metavar="FOLDER", help="where to write; else data/repair")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def run(args: argparse.Namespace) -> None:
    """Prepare own pictures, if there are any, and print what the restorer will learn from."""
    if args.source:
        counts = prepare(args.source, args.out, not args.quiet)
        print(f"{counts['squares']} squares of {counts['pictures']} pictures; {counts['refused']} files not used")
    for split in ("train", "held_out"):
        pictures = load(split, [args.out] if args.out else None)
        print(f"{split}: {len(pictures)} pictures")
        for licence, count in sorted(pictures.licences.items()):
            print(f"  {count:6d}  {licence}")
