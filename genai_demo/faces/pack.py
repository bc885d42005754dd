"""Reads the index and the landmarks of a prepared pack, trusting neither."""

import csv
import io
import pickle
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy._core import multiarray

from genai_demo.core.picturefiles import Archive, Folder, MissingFile

SYNTHETIC, PHOTOGRAPHS = ("faces-256.zip", "faces-128.zip"), ("faces-128-photographs.zip",)
"""Names of the packs in the folder of GENAI_DATA; of several the first that is there is read."""
INDEX, LANDMARKS = "index.csv", "landmarks68.npz"
MAX_INDEX_BYTES = 256 * 2**20


def find_pack(folder: str | Path, names: Sequence[str]) -> Path | None:
    """The first of these packs that lies in the folder, or None."""
    return next((Path(folder) / name for name in names if (Path(folder) / name).is_file()), None)


def read_rows(place: Folder | Archive) -> list[dict[str, str]] | None:
    """The index, one dictionary a picture, or None where there is none. ValueError when it is no index."""
    try:
        data = place.read(INDEX, MAX_INDEX_BYTES)
    except MissingFile:
        return None
    except ValueError as error:
        raise ValueError(f"The {INDEX} cannot be used: {error}; repair or remove it.") from error
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"The {INDEX} is no comma-separated UTF-8 text; repair or remove it.") from error
    if not rows or not rows[0].get("file"):
        raise ValueError(f"The {INDEX} has no column 'file'; repair or remove it.")
    return [{name: value or "" for name, value in row.items() if name} for row in rows if row.get("file")]


def read_landmarks(place: Folder | Archive) -> dict[str, np.ndarray]:
    """File name to (68, 2) float32 in 0..1 of the picture; empty where the pack has none."""
    try:
        data = place.read(LANDMARKS)
    except MissingFile:
        return {}
    except ValueError as error:
        raise ValueError(f"The {LANDMARKS} cannot be used: {error}; repair or remove it.") from error
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_INDEX_BYTES:
                raise ValueError("file too large")
            names = _read_names(archive.read("names.npy"))
            points = np.load(io.BytesIO(archive.read("lm.npy")), allow_pickle=False).astype(np.float32)
        if points.shape != (len(names), 68, 2):
            raise ValueError("wrong shape")
    except Exception as error:
        # A damaged or hostile file fails in many ways: BadZipFile, KeyError, EOFError, UnpicklingError ...
        raise ValueError(f"The {LANDMARKS} is damaged ({error}); repair or remove it.") from error
    return dict(zip(names, points, strict=True))


def _read_names(data: bytes) -> list[str]:
    """An array of strings; also one saved as Python objects, with nothing but strings let through."""
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    dtype = read_header(stream)[2]
    names = _StringUnpickler(stream).load() if dtype.hasobject else np.load(io.BytesIO(data), allow_pickle=False)
    return [str(name) for name in np.asarray(names).ravel()]


class _StringUnpickler(pickle.Unpickler):
    """Unpickles arrays and text only: whatever else a file asks for is refused, so it cannot run code."""

    def find_class(self, module: str, name: str) -> Any:
        allowed = {"_reconstruct", "scalar"} if module.endswith("core.multiarray") else {"ndarray", "dtype"}
        if module not in ("numpy", "numpy.core.multiarray", "numpy._core.multiarray") or name not in allowed:
            raise ValueError(f"{module}.{name} is not allowed")
        return getattr(multiarray if name in ("_reconstruct", "scalar") else np, name)
