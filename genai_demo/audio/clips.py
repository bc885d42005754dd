"""Prepared recordings: how speech and effects are checked, stored, split and read.

A prepared set is a folder with

    samples.npy     (S,) int16: all clips one after the other, RATE samples a second; mapped, not loaded
    clips.json      one object a clip, in the same order: ``start`` and ``length`` in samples, ``split``
                    ("train" or "held_out"), ``source``, ``licence`` and what the room knows besides
    card.json       counts and seconds by split, kind and licence, and what was left out and why
"""

import collections
import dataclasses
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from genai_demo.audio.sounds import RATE

SPLITS = ("train", "held_out")
HELD_OUT, MOST_HELD_OUT = 0.05, 0.15
"""Share of a kind's clips that is kept from training, and the most that one long recording may make it."""
Row = dict[str, Any]


@dataclasses.dataclass
class Clips:
    """A prepared set, or some clips of it; ``samples`` stays on the disk until it is used."""

    samples: np.ndarray
    rows: list[Row]
    card: dict[str, Any]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> np.ndarray:
        """(length,) float32 in [-1, 1)."""
        row = self.rows[index]
        return self.samples[row["start"] : row["start"] + row["length"]].astype(np.float32) / 32_768

    def chosen(self, **wanted: str) -> "Clips":
        """The clips whose rows agree: ``clips.chosen(split="train", speaker="kathleen")``."""
        rows = [row for row in self.rows if all(row.get(k) == v for k, v in wanted.items())]
        return Clips(self.samples, rows, self.card)

    def licences(self) -> dict[str, int]:
        """How many clips stand under which licence, most first."""
        return dict(collections.Counter(row["licence"] for row in self.rows).most_common())


@dataclasses.dataclass(frozen=True)
class Checks:
    """What a clip must be to be kept."""

    min_seconds: float = 0.05
    max_seconds: float = 30.0
    quietest: float = -50.0
    """Peak in dBFS below which a clip counts as silent."""
    max_clipped: float = 1.0
    """Share of samples at full scale; 1: not looked at."""

    def problem(self, samples: np.ndarray) -> str:
        """Why a clip cannot be used, "" where it can. samples: (S,) float32."""
        seconds = len(samples) / RATE
        if not self.min_seconds <= seconds <= self.max_seconds:
            return "too short" if seconds < self.min_seconds else "too long"
        if not np.isfinite(samples).all():
            return "damaged"
        level = np.abs(samples)
        if level.max() < 10 ** (self.quietest / 20):
            return "silent"
        return "clipped" if (level >= 0.999).mean() > self.max_clipped else ""


def home() -> Path:
    """``data`` in the project, or in the folder of GENAI_HOME."""
    return Path(os.environ.get("GENAI_HOME") or Path(__file__).parents[2]) / "data"


def packs() -> Path:
    """The folder of local packs. Raises ValueError where GENAI_DATA does not name one."""
    folder = os.environ.get("GENAI_DATA")
    if not folder:
        raise ValueError("Name the folder of the packs with --from, or in the variable GENAI_DATA.")
    return Path(folder)


def load(folder: Path) -> Clips:
    """A prepared set. Raises ValueError where there is none, or it is damaged."""
    try:
        samples = np.load(folder / "samples.npy", mmap_mode="r")
        rows = json.loads((folder / "clips.json").read_text(encoding="utf-8"))
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        if rows[-1]["start"] + rows[-1]["length"] != len(samples):
            raise ValueError
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise ValueError(f"There is no prepared set in {folder}; run `... data audio` first.") from error
    return Clips(samples, rows, card)


def split_by_source(rows: list[Row], source: str, kind: str) -> None:
    """Adds ``split`` to every row: all clips of a source fall on one side.

    source, kind: the names of the columns. In every kind the sources come in the order of their
    checksums and are held out until HELD_OUT of its clips are; those that are too large are passed
    over, and the smallest is taken where all are. A kind of one source is trained on whole.
    """
    kinds: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for row in rows:
        kinds[row[kind]][row[source]] += 1
    held: set[str] = set()
    for sizes in kinds.values():
        total = sum(sizes.values())
        chosen = sum(size for name, size in sizes.items() if name in held)
        fitting = [name for name in sorted(sizes, key=_digest) if sizes[name] <= MOST_HELD_OUT * total]
        for name in fitting or sorted(sizes, key=lambda name: (sizes[name], name))[: len(sizes) > 1]:
            if chosen < HELD_OUT * total and name not in held:
                held.add(name)
                chosen += sizes[name]
    for row in rows:
        row["split"] = SPLITS[row[source] in held]


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def store(
    found: Iterable[tuple[np.ndarray, Row]],
    target: Path,
    checks: Checks,
    split: Callable[[list[Row]], None],
    kind: str,
    dropped: collections.Counter[str] | None = None,
    extra: Callable[[Path, list[Row]], dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Write a prepared set and return its card. The folder appears whole or not at all.

    found: clips as float32 at RATE, with what is known of them. split: fills in the split of all rows.
    kind: the column that the card counts by. dropped: what the reader has left out already.
    extra: writes more files into the folder, returns more for the card.
    Raises ValueError where the target holds something else, or nothing is left.
    """
    if target.exists() and not (target / "card.json").exists():
        raise ValueError(f"{target} holds something else than a prepared set; choose another folder with --out.")
    dropped = collections.Counter() if dropped is None else dropped
    building = target.with_name(f".{target.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    raw = building / "samples.raw"
    with raw.open("wb") as file:
        rows = list(_kept(found, file, checks, dropped))
    if not rows:
        raise ValueError(f"No clip can be used: {dict(dropped) or 'there was none'}.")
    split(rows)
    np.save(building / "samples.npy", np.memmap(raw, np.int16, "r"))
    raw.unlink()
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (building / "clips.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    card = _card(rows, kind, dropped) | (extra(building, rows) if extra else {})
    (building / "card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    building.replace(target)
    return card


def _kept(
    found: Iterable[tuple[np.ndarray, Row]], file: BinaryIO, checks: Checks, dropped: collections.Counter[str]
) -> Iterator[Row]:
    """Writes what passes the checks and is no copy; yields its rows."""
    seen: set[bytes] = set()
    position = 0
    for samples, row in found:
        if problem := checks.problem(samples):
            dropped[problem] += 1
            continue
        whole = (samples * 32_768).round().clip(-32_768, 32_767).astype(np.int16)
        digest = hashlib.sha256(whole.tobytes()).digest()
        if digest in seen:
            dropped["duplicate"] += 1
            continue
        seen.add(digest)
        file.write(whole.tobytes())
        level = np.abs(samples)
        measured = {"peak": round(float(level.max()), 4), "rms": round(float(np.sqrt((samples**2).mean())), 5)}
        yield row | {"start": position, "length": len(whole)} | measured
        position += len(whole)


def _card(rows: list[Row], kind: str, dropped: collections.Counter[str]) -> dict[str, Any]:
    def amounts(chosen: list[Row]) -> dict[str, float]:
        return {"clips": len(chosen), "seconds": round(sum(row["length"] for row in chosen) / RATE, 1)}

    def by(column: str) -> dict[str, dict[str, float]]:
        groups: dict[str, list[Row]] = collections.defaultdict(list)
        for row in rows:
            groups[row[column]].append(row)
        return {name: amounts(groups[name]) for name in sorted(groups)}

    kinds: dict[str, dict[str, float]] = by(kind)
    for name, found in kinds.items():
        found["held_out"] = sum(row["split"] == "held_out" for row in rows if row[kind] == name)
    return {
        "everything": amounts(rows),
        "splits": by("split"),
        "kinds": kinds,
        "licences": by("licence"),
        "dropped": dict(dropped),
    }
