"""Reads the music pack, aligns and checks the pieces, and writes them as tokens with a data card.

A prepared folder holds

    tokens.npy      (T,) uint16: all pieces one after the other, in the form of ``events.encode``
    pieces.npz      start, length, style, layout, split, lowest and highest transposition of every piece
    titles.json     their titles
    card.json       counts, licences, how often each style leaves its key, what was left out and why
"""

import collections
import csv
import dataclasses
import hashlib
import io
import itertools
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from genai_demo.audio.music.events import MAX_BARS, MAX_SHIFT, encode
from genai_demo.audio.music.pickups import aligned
from genai_demo.audio.music.pieces import LAYOUTS, RANGES, STYLES, Piece, from_record

SETS = {
    "bach_chorales": "compositions public domain; encodings of music21's corpus (BSD)",
    "nottingham": "Nottingham Music Database (E. Foxley), mostly traditional; this copy GPL-3.0",
    "ryans_mammoth": "tunes public domain (1883); transcriptions of music21's corpus",
    "oneills_1850": "tunes public domain (1903); transcriptions of music21's corpus",
}
"""The sets that are used, and their licences."""
LOST_PICKUPS = ("ryans_mammoth", "oneills_1850")
SPLITS = ("train", "held_out")
HELD_OUT_PERCENT = 5
SAME_RUN = 16
"""Tunes that share so many intervals in a row are variants of one; both go to the same side."""
LONGEST = 1024
"""Tokens of a piece; of longer ones, the beginning is left out."""


@dataclasses.dataclass
class Music:
    """A prepared set. Arrays over pieces have the same length; see the module for the files."""

    tokens: np.ndarray
    start: np.ndarray
    length: np.ndarray
    style: np.ndarray
    """Index into STYLES."""
    layout: np.ndarray
    """Index into LAYOUTS."""
    split: np.ndarray
    """Index into SPLITS."""
    lowest: np.ndarray
    highest: np.ndarray
    """Semitones by which the piece can be moved."""
    titles: list[str]
    card: dict[str, Any]

    def piece(self, index: int) -> np.ndarray:
        """The tokens of a piece."""
        return self.tokens[self.start[index] : self.start[index] + self.length[index]]

    def chosen(self, split: str, style: str = "", layout: str = "") -> np.ndarray:
        """Indices of the pieces of a split, and of a style and layout if asked for."""
        found = self.split == SPLITS.index(split)
        if style:
            found = found & (self.style == STYLES.index(style))
        if layout:
            found = found & (self.layout == list(LAYOUTS).index(layout))
        return np.flatnonzero(found)


def default_folder() -> Path:
    """``data/music`` in the project, or in the folder of GENAI_HOME."""
    return Path(os.environ.get("GENAI_HOME") or Path(__file__).parents[3]) / "data" / "music"


def load(folder: str | Path | None = None) -> Music:
    """A prepared set. Raises ValueError where it is missing or damaged."""
    place = Path(folder) if folder else default_folder()
    try:
        card = json.loads((place / "card.json").read_text(encoding="utf-8"))
        titles = json.loads((place / "titles.json").read_text(encoding="utf-8"))
        arrays = dict(np.load(place / "pieces.npz"))
        return Music(np.load(place / "tokens.npy"), titles=titles, card=card, **arrays)
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(
            f"There is no prepared music in {place}. Run `python -m genai_demo data audio --only music` first."
        ) from error


# --------------------------------------------------------------------------- reading the pack


def read_lines(source: Path, name: str) -> Iterator[str]:
    """Lines of a file of the pack, a folder or a zip. OSError where it is missing."""
    if source.is_dir():
        with (source / name).open(encoding="utf-8", newline="") as file:
            yield from file
        return
    try:
        with zipfile.ZipFile(source) as archive, archive.open(name) as raw:
            yield from io.TextIOWrapper(raw, "utf-8", newline="")
    except (KeyError, zipfile.BadZipFile) as error:
        raise OSError(f"{source} holds no {name}") from error


def find_pack(source: Path | None) -> Path:
    """The pack: this folder or zip, or "music" or "music.zip" in it; else in the folder of GENAI_DATA."""
    place = source or Path(os.environ.get("GENAI_DATA") or ".")
    for found in (place, place / "music", place / "music.zip"):
        if (found / "index.csv").is_file() or (found.suffix == ".zip" and found.is_file()):
            return found
    raise ValueError(f"There is no music pack in {place}. Name its folder or zip with --from.")


def read_pack(source: Path, progress: bool = True) -> tuple[list[tuple[str, Piece]], dict[str, int]]:
    """All pieces with the names of their sets, and how many were left out for which reason."""
    titles = {
        row["id"]: row["title"] or catalogue_name(row["id"]) for row in csv.DictReader(read_lines(source, "index.csv"))
    }
    found: dict[str, list[Piece]] = {}
    dropped: collections.Counter[str] = collections.Counter()
    for name in tqdm(SETS, unit="set", disable=not progress):
        found[name] = []
        try:
            lines = list(read_lines(source, f"{name}.jsonl"))
        except OSError:
            continue
        for line in lines:
            record = json.loads(line)
            try:
                found[name].append(from_record(record, titles.get(record["id"], record["id"])))
            except ValueError as error:
                dropped[str(error).partition(".")[0]] += 1
    doubtful = [(name, piece) for name in LOST_PICKUPS for piece in found[name]]
    repaired = aligned(found["nottingham"], [piece for _, piece in doubtful])
    pieces = [(name, piece) for name in SETS if name not in LOST_PICKUPS for piece in found[name]]
    return pieces + [(name, piece) for (name, _), piece in zip(doubtful, repaired, strict=True)], dict(dropped)


def catalogue_name(identity: str) -> str:
    """A name for a piece without a title: "bach_bwv101_7" is "BWV 101.7"."""
    collection, _, number = identity.partition("_")
    if collection == "bach":
        return "BWV " + number.removeprefix("bwv").replace("_", ".")
    return f"{collection.replace('nott', 'Nottingham')} {number}"


# --------------------------------------------------------------------------- which go together


def plain_title(title: str) -> str:
    """Without case, articles, sorts of tune and punctuation: what variants share."""
    words = re.sub(r"[^a-z0-9 ]", "", title.lower().partition("--")[0]).split()
    return " ".join(w for w in words if w not in ("the", "a", "of", "reel", "jig", "hornpipe"))


def families(pieces: Sequence[Piece]) -> list[int]:
    """A number for every piece; the same for tunes of the same title and for those that share a long run."""
    parent = list(range(len(pieces)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    owners: dict[object, int] = {}
    for number, piece in enumerate(pieces):
        pitches = [note.pitch for note in piece.lead]
        steps = tuple(b - a for a, b in itertools.pairwise(pitches))
        marks: list[object] = [steps[i : i + SAME_RUN] for i in range(len(steps) - SAME_RUN + 1)]
        marks.append(plain_title(piece.title) or number)
        for mark in marks:
            parent[root(number)] = root(owners.setdefault(mark, number))
    return [root(i) for i in range(len(pieces))]


def is_held_out(name: str) -> bool:
    """A fixed draw by name, of HELD_OUT_PERCENT."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % 100 < HELD_OUT_PERCENT


def shifts(piece: Piece) -> tuple[int, int]:
    """By how many semitones it can go down and up so that every voice stays in its range (or as far out as it is)."""
    low, high = -MAX_SHIFT + 1, MAX_SHIFT
    for voice, notes in piece.voices.items():
        pitches = [note.pitch for note in notes]
        low = max(low, min(0, RANGES[voice][0] - min(pitches, default=60)))
        high = min(high, max(0, RANGES[voice][1] - max(pitches, default=60)))
    return low, high


# --------------------------------------------------------------------------- the prepared set


def shortened(piece: Piece) -> list[int]:
    """Its tokens; of a piece that is too long, those of its last bars. Raises ValueError where there are none."""
    bars = piece.bars
    first = max(0, bars - MAX_BARS)
    while True:
        tokens = encode(piece if not first else without_start(piece, first))
        if len(tokens) <= LONGEST:
            return tokens
        first += 4


def without_start(piece: Piece, bars: int) -> Piece:
    """Without its first bars; notes that go on from them are left out."""
    by = bars * piece.bar
    kept = {
        k: [n._replace(start=n.start - by) for n in notes if n.start >= by] for k, notes in piece.voices.items()
    }  # fmt: skip
    chords = [c._replace(start=c.start - by) for c in piece.chords if c.start >= by]
    return dataclasses.replace(piece, voices=kept, chords=chords)


def prepare(source: Path | None = None, target: Path | None = None, progress: bool = True) -> dict[str, Any]:
    """Write the prepared set and return its card. Raises ValueError where there is no pack."""
    target = target or default_folder()
    if target.exists() and not (target / "card.json").exists():
        raise ValueError(f"{target} holds something else than prepared music; choose another folder with --out.")
    found, dropped = read_pack(find_pack(source), progress)
    groups = families([piece for _, piece in found])
    rows: dict[str, list[int]] = collections.defaultdict(list)
    tokens, titles, kept = [], [], []
    for (name, piece), group in zip(found, groups, strict=True):
        try:
            coded = shortened(piece)
        except ValueError as error:
            dropped[str(error).partition(".")[0]] = dropped.get(str(error).partition(".")[0], 0) + 1
            continue
        low, high = shifts(piece)
        values = {
            "start": sum(rows["length"][-1:]) + (rows["start"][-1] if rows["start"] else 0), "length": len(coded),
            "style": STYLES.index(piece.style), "layout": list(LAYOUTS).index(piece.layout),
            "split": int(is_held_out(found[group][1].title)), "lowest": low, "highest": high,
        }  # fmt: skip
        for key, value in values.items():
            rows[key].append(value)
        tokens.append(np.array(coded, np.uint16))
        titles.append(piece.title)
        kept.append((name, piece))
    if not tokens:
        raise ValueError("No piece of the pack can be used.")
    card = describe(kept, rows, dropped)
    _write(target, np.concatenate(tokens), {k: np.array(v) for k, v in rows.items()}, titles, card)
    return card


def describe(kept: Sequence[tuple[str, Piece]], rows: dict[str, list[int]], dropped: dict[str, int]) -> dict[str, Any]:
    """The card."""
    styles: dict[str, list[Piece]] = collections.defaultdict(list)
    for (_, piece), split in zip(kept, rows["split"], strict=True):
        if not split:
            styles[piece.style].append(piece)
    away = {style: [piece.out_of_key() for piece in pieces] for style, pieces in styles.items()}
    sets = collections.Counter(name for name, _ in kept)
    return {
        "origin": "music pack",
        "pieces": len(kept),
        "tokens": sum(rows["length"]),
        "splits": {name: rows["split"].count(i) for i, name in enumerate(SPLITS)},
        "sources": {name: {"pieces": sets[name], "licence": SETS[name]} for name in SETS if sets[name]},
        "styles": {style: len(pieces) for style, pieces in sorted(styles.items(), key=lambda s: -len(s[1]))},
        "metres": {style: metres(pieces) for style, pieces in styles.items()},
        "metres_with_chords": {style: metres([p for p in pieces if p.chords]) for style, pieces in styles.items()},
        "out_of_key": {
            style: {"mean": round(float(np.mean(a)), 4), "most": round(float(np.quantile(a, 0.9)), 4)}
            for style, a in away.items()
        },
        "dropped": dropped,
    }


def metres(pieces: Sequence[Piece]) -> dict[str, int]:
    """How many pieces are in which metre, the most frequent first."""
    return dict(collections.Counter(piece.metre for piece in pieces).most_common())


def _write(target: Path, tokens: np.ndarray, arrays: dict[str, np.ndarray], titles: list[str], card: dict) -> None:
    building = target.with_name(f".{target.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    np.save(building / "tokens.npy", tokens)
    np.savez(building / "pieces.npz", allow_pickle=False, **arrays)
    (building / "titles.json").write_text(json.dumps(titles, ensure_ascii=False), encoding="utf-8")
    (building / "card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    building.replace(target)
