"""Fetches or reads face pictures, checks and cleans them, and writes the data set with its card.

Without --from: the pack faces-256.zip (or faces-128.zip) in the folder that the variable GENAI_DATA
names, else the public repositories at pinned commits. A prepared folder holds

    images.npy      (N, 128, 128, 3) uint8, to be mapped into memory
    index.csv       file, source, licence, synthetic, split and every label, in the order of the images
    landmarks.npy   (N, 68, 2) float32 in 0..1 of the picture, NaN where unknown; only where some are known
    dropped.csv     every picture that was left out, and why
    card.json       counts by source, licence and split, label balance, what was dropped, the settings
"""

import argparse
import csv
import functools
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from tqdm import tqdm

from genai_demo.core import imagecheck
from genai_demo.core.options import Whole
from genai_demo.core.picturefiles import Archive, Folder, open_place
from genai_demo.faces import recrop, sources
from genai_demo.faces.cleaning import BASIC_COLUMNS, OWN, Cleaner, parse_numbers
from genai_demo.faces.pack import PHOTOGRAPHS, SYNTHETIC, find_pack, read_landmarks, read_rows

if TYPE_CHECKING:
    from torch import Tensor

SIZE = 128
ADULT = 18
"""Years that a generator's faces have at least, as guessed."""
WRITTEN_ON = ("realorfake-fake", "face-memory-ai")
"""Sources whose pictures carry a line of writing at the lower right."""


@dataclass
class Faces:
    """A prepared set, or one part of it; all fields in the same order.

    ``images``: torch uint8 (N, 3, size, size). ``labels``: name to float32 (N,), NaN where unknown;
    the labels that are words stay in index.csv. ``files``: N names. ``landmarks``: float32 (N, 68, 2)
    in 0..1 of the picture, NaN where unknown, or None.
    """

    images: "Tensor"
    labels: dict[str, np.ndarray]
    files: list[str]
    landmarks: np.ndarray | None


def default_folder(photographs: bool = False, side: int = SIZE) -> Path:
    """``data/faces`` or ``data/faces-photographs`` in the project, or in the folder of GENAI_HOME.

    Pictures that are larger than 128 pixels have a folder of their own, such as ``data/faces-256``: what trains at 128
    goes on beside them.
    """
    home = Path(os.environ.get("GENAI_HOME") or Path(__file__).parents[2])
    name = "faces-photographs" if photographs else "faces"
    return home / "data" / (name if side <= SIZE else f"{name}-{side}")


def prepare(
    source: str | Path | None = None,
    out: str | Path | None = None,
    size: int = SIZE,
    photographs: bool = False,
    progress: bool = True,
    licence: str = "all",
    keep_greyscale: bool = False,
    base_url: str | None = None,
) -> dict[str, Any]:
    """Writes the data set into ``out`` and returns its card.

    ``source``: a folder or zip of pictures (cut to the central square), or of a prepared pack with
    an index.csv; without it see the module. ``photographs``: the photographs of real people, which
    serve encoders and never a generator. ``licence``: "all", or "open" for open licences only.
    ``base_url``: a mirror of raw.githubusercontent.com.

    The folder appears whole or not at all, and replaces an earlier prepared set only. A download
    that was stopped goes on where it was. ValueError when the source cannot be used, pictures are
    out of reach, or none is left.
    """
    if not 16 <= size <= 1024:
        raise ValueError(f"The size {size} is out of range; choose 16 to 1024 pixels.")
    if licence not in ("all", "open"):
        raise ValueError(f"{licence!r} is no choice of licences; use 'all' or 'open'.")
    target = Path(out) if out is not None else default_folder(photographs, size)
    if target.exists() and not (target / "card.json").exists() and (not target.is_dir() or any(target.iterdir())):
        raise ValueError(f"{target} holds something else than a prepared set; choose another folder with --out.")
    _repair(target)
    cleaner = Cleaner(size, photographs, licence, keep_greyscale)
    place = Path(source) if source is not None else _pack_from_environment(photographs)
    building = target.with_name(f".{target.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        if place is None:
            origin = "public repositories"
            _read_public(cleaner, building, target.with_name(target.name + "-download"), base_url, progress)
        else:
            origin = _read_place(cleaner, building, open_place(place), progress)
        card = cleaner.finish(building, origin)
        _replace(target, building)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return card


def _pack_from_environment(photographs: bool) -> Path | None:
    folder = os.environ.get("GENAI_DATA")
    if not folder:
        return None
    names = PHOTOGRAPHS if photographs else SYNTHETIC
    if (pack := find_pack(folder, names)) is None:
        raise ValueError(f"GENAI_DATA names {folder}, but there is no {' or '.join(names)}; unset it to download.")
    return pack


def _read_place(cleaner: Cleaner, building: Path, place: Folder | Archive, progress: bool) -> str:
    rows = read_rows(place)
    if rows is not None:
        cleaner.landmarks = read_landmarks(place)
        found: list[tuple[dict[str, str], str | None]] = [(row, None) for row in rows]
    else:
        found = [({"file": name, **OWN}, problem) for name, problem in place.entries()]
    with cleaner.open(building, len(found)):
        for row, problem in tqdm(found, unit="picture", disable=not progress):
            cleaner.add(row, functools.partial(_decode, place.read, row["file"]), problem)
    return "own pictures" if rows is None else "prepared pack"


def _decode(read: Callable[[Any], bytes], where: str | Path) -> Image.Image:
    return imagecheck.decode_picture(read(where))


def _read_public(cleaner: Cleaner, building: Path, cache: Path, base_url: str | None, progress: bool) -> None:
    if cleaner.size not in (recrop.SIDE, 2 * recrop.SIDE):
        raise ValueError(f"The public pictures come at {recrop.SIDE} or {2 * recrop.SIDE} pixels; or use --from.")
    rows = [row for row in sources.read_manifest() if cleaner.is_wanted(row) is None]
    refused = sources.fetch(rows, cache, base_url, progress, side=cleaner.size)
    with cleaner.open(building, len(rows)):
        for row in rows:
            path = sources.cached_path(cache, row["file"])
            cleaner.add(row, functools.partial(_decode, Path.read_bytes, path), refused.get(row["file"]))


def _replace(target: Path, building: Path) -> None:
    """Swaps the finished folder in by renaming."""
    old = _old(target)
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        os.replace(target, old)
    os.replace(building, target)
    shutil.rmtree(old, ignore_errors=True)


def _repair(target: Path) -> None:
    """Puts the old set back when a kill came between the two renames."""
    if _old(target).exists() and not target.exists():
        os.replace(_old(target), target)


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def load(folder: str | Path | None = None, split: str = "train", photographs: bool = False) -> Faces:
    """A prepared set: its training part, its "held_out" part (5 %), or "all" of it.

    ValueError when it has not been prepared.
    """
    import torch

    if split not in ("train", "held_out", "all"):
        raise ValueError(f"{split!r} is no part of the set; use 'train', 'held_out' or 'all'.")
    place = Path(folder) if folder is not None else default_folder(photographs)
    try:
        with (place / "index.csv").open(newline="", encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
        images = np.load(place / "images.npy", mmap_mode="r")
        points = np.load(place / "landmarks.npy") if (place / "landmarks.npy").exists() else None
    except (OSError, ValueError) as error:
        command = "python -m genai_demo data faces" + (" --photographs" if photographs else "")
        raise ValueError(f"There is no prepared set in {place}; run `{command}` first.") from error
    if len(rows) != len(images):
        raise ValueError(f"The set in {place} is damaged; run `python -m genai_demo data faces` again.")
    chosen = np.array([i for i, row in enumerate(rows) if split in ("all", row["split"])], np.int64)
    kept = [rows[i] for i in chosen]
    labels = {name: parse_numbers([row[name] for row in kept]) for name in rows[0] if name not in BASIC_COLUMNS}
    return Faces(
        images=torch.from_numpy(images[chosen]).permute(0, 3, 1, 2).contiguous(),
        labels={name: values for name, values in labels.items() if values is not None},
        files=[row["file"] for row in kept],
        landmarks=None if points is None else points[chosen],
    )


def for_generators(faces: Faces) -> Faces:
    """The faces that a generator may learn to draw: none that looks younger than ``ADULT``, none with writing on it."""
    ages = faces.labels.get("fa_age", np.full(len(faces.files), np.nan, np.float32))
    young = ages < ADULT  # False where unknown
    written_on = np.array([any(f"/{source}/" in f"/{file}" for source in WRITTEN_ON) for file in faces.files], bool)
    chosen = np.flatnonzero(~(young | written_on))
    return Faces(
        images=faces.images[chosen],
        labels={name: values[chosen] for name, values in faces.labels.items()},
        files=[faces.files[i] for i in chosen],
        landmarks=None if faces.landmarks is None else faces.landmarks[chosen],
    )


def words_of(folder: str | Path, split: str, column: str) -> list[str]:
    """A label in words of every picture of a part, empty where unknown. Raises ValueError as ``load``."""
    try:
        with (Path(folder) / "index.csv").open(newline="", encoding="utf-8") as handle:
            return [row.get(column, "") for row in csv.DictReader(handle) if row["split"] == split]
    except OSError as error:
        raise ValueError(
            f"There is no prepared set in {folder}; run `python -m genai_demo data faces` first."
        ) from error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m genai_demo data faces``."""
    parser.add_argument("--from", dest="source", metavar="PATH", help="your own pictures: a folder or a zip")
    parser.add_argument("--out", metavar="FOLDER", help="where to write; else data/faces or data/faces-photographs")
    parser.add_argument("--size", type=Whole(16, 1024), default=SIZE, metavar="PIXELS", help="side of the pictures")
    parser.add_argument("--photographs", action="store_true", help="real people's photographs, for encoders only")
    parser.add_argument("--licence", choices=("all", "open"), default="all", help="open: only sources under CC0")
    parser.add_argument("--keep-greyscale", action="store_true", help="keep pictures without colour")
    parser.add_argument("--quiet", action="store_true", help="no progress bar, no summary")


def run(args: argparse.Namespace) -> None:
    """Prepares the set that the options describe and prints what came of it."""
    card = prepare(
        args.source, args.out, args.size, args.photographs, not args.quiet, args.licence, args.keep_greyscale
    )
    if args.quiet:
        return
    print(f"{card['count']} pictures of {card['size']} px in {args.out or default_folder(args.photographs, args.size)}")
    print("  " + ", ".join(f"{name} {count}" for name, count in card["splits"].items()))
    for name, count in card["sources"].items():
        print(f"  {count:6d}  {name} (licence: {card['licence_of_source'][name]})")
    for reason, count in card["dropped"].items():
        print(f"  {count:6d}  dropped: {reason}")
    print("Details: card.json and dropped.csv beside the pictures.")
