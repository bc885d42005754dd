"""Reads the pack of sound effects, checks it, and stores it as one array of samples with an index.

``prepare`` writes data/effects as ``genai_demo.audio.clips`` describes. A row of the index has

    id              file in the pack: "rain/rain_012.ogg"
    class           one of 36: "rain", "dogs", "game_laser" ...
    source          the file that it was cut from, as the pack states it
    recording       the same for all clips of one recording; the split goes by it
    licence         as the pack states it, with the author where there is one
    start, length, split, peak, rms     see clips
"""

import collections
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from genai_demo.audio import clips, sounds
from genai_demo.audio.clips import Checks, Clips, Row

PACK = "sfx.zip"
CHECKS = Checks(min_seconds=0.02, max_seconds=30)
"""Full scale is no fault here: the games' square waves are meant to be there."""


def default_folder() -> Path:
    """``data/effects`` in the project, or in the folder of GENAI_HOME."""
    return clips.home() / "effects"


def recording_of(source: str) -> str:
    """What clips of one recording have in common.

    The takes A, B ... of a clip of ESC, and the numbered variants of a step, were recorded together.
    """
    found = re.sub(r"^(esc10/\d+-\d+)-[A-Z]", r"\1", source)
    return re.sub(r"^(sounds-mod/.+)\.\d+(\.\w+)$", r"\1\2", found)


def read_pack(path: Path, dropped: collections.Counter[str]) -> Iterator[tuple[np.ndarray, Row]]:
    """The clips of a pack and their rows; files that cannot be read are counted in ``dropped``.

    Raises ValueError where ``path`` is no such pack.
    """
    try:
        with zipfile.ZipFile(path) as pack:
            with pack.open("index.csv") as handle:
                index = list(csv.DictReader(io.TextIOWrapper(handle, "utf-8")))
            for entry in index:
                row = {
                    "id": entry["file"],
                    "class": entry["class"],
                    "source": entry["source"],
                    "recording": recording_of(entry["source"]),
                    "licence": entry["licence"] or "not stated",
                }
                try:
                    samples = sounds.read(pack.read(entry["file"]), CHECKS.max_seconds)
                except (ValueError, KeyError, zipfile.BadZipFile) as error:
                    dropped["missing" if isinstance(error, KeyError) else str(error)] += 1
                    continue
                yield samples, row
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is no pack of sound effects: a zip with sounds and an index.csv.") from error


def prepare(source: Path | None = None, target: Path | None = None, progress: bool = True) -> dict[str, Any]:
    """Write the prepared set and return its card.

    source: the folder of the packs (default: GENAI_DATA). target: default ``data/effects``.
    Raises ValueError where there is no pack or nothing of it can be used.
    """
    from tqdm import tqdm

    folder = Path(source) if source is not None else clips.packs()
    dropped: collections.Counter[str] = collections.Counter()
    found = tqdm(read_pack(folder / PACK, dropped), unit="clip", disable=not progress)
    return clips.store(
        found,
        Path(target) if target is not None else default_folder(),
        CHECKS,
        lambda rows: clips.split_by_source(rows, "recording", "class"),
        "class",
        dropped,
    )


def load(folder: str | Path | None = None) -> Clips:
    """The prepared effects. Raises ValueError where there are none."""
    return clips.load(Path(folder) if folder is not None else default_folder())
