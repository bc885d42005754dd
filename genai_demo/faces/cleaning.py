"""Checks face pictures one by one, keeps the good ones and writes the set that ``data.load`` reads."""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from genai_demo.core import imagecheck

HELD_OUT_EVERY = 20
BASIC_COLUMNS = ("file", "source", "licence", "synthetic", "split")
UNUSED_COLUMNS = ("repo", "commit", "source_path", "hash")
OWN = {"source": "own pictures", "licence": "own pictures", "synthetic": ""}
HISTOGRAM_BINS = 10


def split_of(file: str) -> str:
    """'held_out' for one name in twenty, by the name alone, so that every preparation splits alike."""
    digest = int(hashlib.sha256(file.encode()).hexdigest(), 16)
    return "held_out" if digest % HELD_OUT_EVERY == 0 else "train"


def is_open(licence: str) -> bool:
    """Whether a licence allows every use: CC0, the public domain, or pictures that are your own."""
    return licence.lower().startswith(("cc0", "public domain", OWN["licence"]))


class Cleaner:
    """Checks pictures one by one and writes the good ones, so that memory holds no more than one."""

    def __init__(self, size: int, photographs: bool, licence: str, keep_greyscale: bool):
        self.size, self.photographs, self.licence, self.keep_greyscale = size, photographs, licence, keep_greyscale
        self.seen = imagecheck.SeenPictures()
        self.rows: list[dict[str, str]] = []
        self.dropped: list[tuple[str, str, str]] = []
        self.landmarks: dict[str, np.ndarray] = {}
        self.images: BinaryIO

    def open(self, folder: Path, most: int) -> io.BufferedWriter:
        """Begins images.npy in ``folder`` for at most ``most`` pictures; a context manager that closes it."""
        self.images = (folder / "images.npy").open("wb")
        self._write_header(most)
        return self.images

    def _write_header(self, count: int) -> None:
        # NumPy pads the header for any count, so that it can be written again when the count is known.
        shape = {"shape": (count, self.size, self.size, 3), "fortran_order": False, "descr": "|u1"}
        self.images.seek(0)
        np.lib.format.write_array_header_1_0(self.images, shape)

    def is_wanted(self, row: dict[str, str]) -> str | None:
        """None, or why the row is not for this set."""
        if row.get("synthetic") == "no" and not self.photographs:
            return "photograph of a real person"
        if row.get("synthetic") == "yes" and self.photographs:
            return "no photograph"
        return "licence not open" if self.licence == "open" and not is_open(row.get("licence", "")) else None

    def add(self, row: dict[str, str], read: Callable[[], Image.Image], problem: str | None) -> None:
        """Checks one picture; ``read()`` gives it or raises ValueError with the reason."""
        detail = ""
        problem = problem or self.is_wanted(row)
        if problem is None:
            try:
                problem, detail = self._check(row, read())
            except ValueError as error:
                problem = str(error)
        if problem is not None:
            self.dropped.append((row["file"], problem, detail))

    def _check(self, row: dict[str, str], picture: Image.Image) -> tuple[str | None, str]:
        if min(picture.size) < self.size // 2:
            return "too small", f"{picture.width}x{picture.height}"
        square = picture if picture.size == (self.size, self.size) else imagecheck.square_picture(picture, self.size)
        pixels = np.asarray(square)
        if flaw := imagecheck.find_flaw(pixels, self.keep_greyscale):
            return flaw, ""
        if twin := self.seen.find_or_add(row["file"], imagecheck.difference_hash(square)):
            return "duplicate", twin
        self.images.write(pixels.tobytes())
        width = {} if row.get("width") else {"width": str(min(picture.size))}
        self.rows.append(row | width | {"split": split_of(row["file"])})
        return None, ""

    def finish(self, folder: Path, origin: str) -> dict[str, Any]:
        """Writes what stands beside the images; returns the card."""
        reasons = Counter(reason for _, reason, _ in self.dropped)
        if not self.rows:
            told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common()) or "it is empty"
            raise ValueError(f"No usable picture was found ({told}); give other pictures with --from.")
        with (folder / "images.npy").open("r+b") as self.images:
            self._write_header(len(self.rows))
        extra = [n for n in dict.fromkeys(n for row in self.rows for n in row) if n not in BASIC_COLUMNS]
        extra = [name for name in extra if name not in UNUSED_COLUMNS]
        lines = [[row.get(name, "") for name in (*BASIC_COLUMNS, *extra)] for row in self.rows]
        _write_csv(folder / "index.csv", [[*BASIC_COLUMNS, *extra], *lines])
        _write_csv(folder / "dropped.csv", [["file", "reason", "detail"], *self.dropped])
        if self.landmarks:
            unknown = np.full((68, 2), np.nan, np.float32)
            points = np.stack([self.landmarks.get(row["file"], unknown) for row in self.rows])
            np.save(folder / "landmarks.npy", points)
        card = {
            "name": "faces-photographs" if self.photographs else "faces",
            "origin": origin,
            "count": len(self.rows),
            "size": self.size,
            "splits": _counts(row["split"] for row in self.rows),
            "sources": _counts(row.get("source", "") for row in self.rows),
            "licences": _counts(row.get("licence", "") for row in self.rows),
            "licence_of_source": {row.get("source", ""): row.get("licence", "") for row in self.rows},
            "dropped": dict(reasons.most_common()),
            "labels": {name: _balance([row.get(name, "") for row in self.rows]) for name in extra},
            "with_landmarks": sum(row["file"] in self.landmarks for row in self.rows),
            "settings": {
                "licence": self.licence,
                "keep_greyscale": self.keep_greyscale,
                "smallest_side": self.size // 2,
                "duplicate_bits_of_256": imagecheck.DUPLICATE_BITS,
                "held_out": f"sha256(file) % {HELD_OUT_EVERY} == 0",
            },
        }
        (folder / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return card


def _write_csv(path: Path, lines: Iterable[Iterable[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle, lineterminator="\n").writerows(lines)


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())


def _balance(values: list[str]) -> dict[str, Any]:
    """Of numbers: how many are known, mean, deviation and a histogram; of words: their counts."""
    known = [value for value in values if value]
    numbers = parse_numbers(known)
    if numbers is None:
        return {"known": len(known), "counts": dict(Counter(known).most_common(20))}
    if not known:
        return {"known": 0}
    counts, edges = np.histogram(numbers, HISTOGRAM_BINS)
    return {
        "known": len(known),
        "mean": round(float(numbers.mean()), 4),
        "deviation": round(float(numbers.std()), 4),
        "edges": [round(float(edge), 4) for edge in edges],
        "counts": counts.tolist(),
    }


def parse_numbers(values: list[str]) -> np.ndarray | None:
    """float32, NaN for empty values and for what is not finite; None when a value is a word."""
    with suppress(ValueError):
        numbers = np.array([float(value) if value else np.nan for value in values], np.float32)
        return np.where(np.isfinite(numbers), numbers, np.nan).astype(np.float32)
    return None
