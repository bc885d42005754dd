"""Curves with figures that were made up, in the form of the measured ones."""

import json
from pathlib import Path
from typing import Any

EXAMPLES = {100: (2.6, 1.8), 300: (2.5, 2.1), 1_000: (2.42, 2.33), 3_000: (2.40, 2.38), 25_000: (2.40, 2.39)}


def row(x: float, held_out: float, learnt: float, seed: int = 0, **changes: float) -> dict[str, float]:
    """A training."""
    common = {"steps": 300, "seconds": 7.5, "parameters": 59_584, "examples": 25_000}
    return {"x": x, "seed": seed, "held_out": held_out, "learnt": learnt, **common, **changes}


def content(medium: str = "text", **curves: list[dict[str, float]]) -> dict[str, Any]:
    """A file; ``curves`` take the place of the usual ones."""
    usual = {
        "examples": [row(n, a + 0.01 * s, b, s, examples=n) for n, (a, b) in EXAMPLES.items() for s in (0, 1)],
        "time": [row(t, v, v, seconds=t) for t, v in ((1, 3.6), (2, 3.3), (4, 2.9), (8, 2.6), (16, 2.45), (32, 2.3))],
        "size_steps": [row(p, v, v, seconds=p / 1e4) for p, v in ((10_000, 2.9), (60_000, 2.5), (270_000, 2.3))],
        "size_time": [row(p, v, v, seconds=6) for p, v in ((10_000, 2.7), (60_000, 2.5), (270_000, 2.6))],
        "noise": [row(x, v + 0.01 * s, v, s) for x, v in ((0, 2.40), (0.2, 2.41), (0.5, 2.45)) for s in (0, 1)],
        "duplicates": [row(x, v, v, examples=1_000) for x, v in ((0, 2.42), (0.5, 2.48), (0.9, 2.7))],
    }
    return {
        "medium": medium, "measure": "bits_per_byte", "command": "python -m benchmarks.curves --publish",
        "hardware": "2 CPU cores (made up), float32", "date": "2026-11-27", "torch": "2.9.0", "examples": 25_000,
        "held_out": 96, "settings": {"size": 32, "steps": 300, "batch": 4}, "curves": usual | curves,
    }  # fmt: skip


def write(folder: Path, *media: str) -> None:
    """Files of these media."""
    folder.mkdir(parents=True, exist_ok=True)
    for medium in media:
        (folder / f"{medium}.json").write_text(json.dumps(content(medium)), encoding="utf-8")
