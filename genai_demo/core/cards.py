"""What a model card says about its weights: whether they are all there and untouched, and a short name for them."""

import functools
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from genai_demo.core import checkpoint, lent

PROGRAM = "genai_demo"
SHORT = 12
"""Hexadecimal digits of a fingerprint: enough to tell weights apart, short enough to be read aloud."""


def fingerprint(name: str) -> str:
    """A short hash of a checkpoint's weights, from the checksums on its card.

    Of one file it is how ``sha256sum`` of that file begins. Of a network that is lent in its place, that network's.
    Raises ValueError where the card is missing or broken.
    """
    if own := lent.find(name):
        return own.fingerprint
    path = checkpoint.folder() / f"{name}.json"
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        changed = 0
    return _fingerprint(path, changed)


def fingerprint_of(files: Mapping[str, bytes]) -> str:
    """What ``fingerprint`` would say of these files, weights and card by name, in ``checkpoints/``."""
    return _short([hashlib.sha256(data).hexdigest() for name, data in files.items() if not name.endswith(".json")])


@functools.lru_cache(maxsize=64)
def _fingerprint(path: Path, changed: int) -> str:
    return _short(list(_files(path.stem).values()))


def _short(sums: list[str]) -> str:
    return (sums[0] if len(sums) == 1 else hashlib.sha256("".join(sums).encode()).hexdigest())[:SHORT]


def _files(name: str) -> dict[str, str]:
    """Weight files and their checksums. Raises ValueError where the card is missing, broken, or lists none."""
    card = checkpoint.read_card(name)
    files = card.get("files") if isinstance(card, dict) else None
    if not isinstance(files, dict) or not files or not all(isinstance(s, str) for s in files.values()):
        raise ValueError(f"The card {checkpoint.folder() / f'{name}.json'} is damaged. Fetch it again.")
    return files


def problem(name: str) -> str:
    """What is wrong with a checkpoint, as a sentence that says what to do; empty where nothing is.

    Reads all of its files: 80 MB take about 0.1 s.
    """
    try:
        for _ in checkpoint.read_files(_files(name)):
            pass
    except ValueError as error:
        return str(error)
    return ""


def software(models: Sequence[str]) -> str:
    """What made a file: "genai_demo; faces-gan e587834ca000". Models without a card are left out."""
    parts = [PROGRAM]
    for name in models:
        try:
            parts.append(f"{name} {fingerprint(name)}")
        except ValueError:
            continue
    return "; ".join(parts)
