"""A small restorer and made-up pictures."""

import contextlib
import csv
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from genai_demo.core import checkpoint
from genai_demo.repair.model import RepairConfig, Restorer
from genai_demo.repair.network import load_network

CONFIG = RepairConfig(channels=8, blocks=1, deep_blocks=1)


def lively(seed: int = 0) -> Restorer:
    """A random network whose outputs differ from its input."""
    torch.manual_seed(seed)
    network = Restorer(CONFIG)
    with torch.no_grad():
        for p in network.parameters():
            p.add_(0.05 * torch.randn_like(p))
    return network.requires_grad_(False).eval()


def picture(side: int = 128, seed: int = 0, height: int | None = None) -> np.ndarray:
    """Smooth colours with edges, (H, W, 3) uint8."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: height or side, :side] / side
    waves = [0.5 + 0.3 * np.sin(rng.uniform(3, 9) * x + rng.uniform(3, 9) * y + c) for c in range(3)]
    found = np.stack(waves, -1)
    found[(x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.08] = rng.uniform(0.1, 0.9, 3)
    return (found * 255).astype(np.uint8)


def write_set(folder: Path, count: int = 40, name: str = "faces") -> Path:
    """A prepared set as ``data faces`` leaves it, with the columns that are needed."""
    place = folder / "data" / name
    place.mkdir(parents=True)
    np.save(place / "images.npy", np.stack([picture(seed=i) for i in range(count)]))
    with (place / "index.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["file", "source", "licence", "split"])
        for i in range(count):
            writer.writerow([f"{i}.png", "made", "CC0", "held_out" if i % 5 == 0 else "train"])
    return place


def publish(network: Restorer | None = None) -> None:
    """The small restorer into the folder of GENAI_CHECKPOINTS."""
    checkpoint.save_checkpoint("repair", network or lively(), {"config": dataclasses.asdict(CONFIG)})


@contextlib.contextmanager
def published(folder: Path) -> Iterator[None]:
    """The small restorer in a folder of its own, in the place of the published weights."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENAI_CHECKPOINTS", str(folder))
        patch.setenv("GENAI_DEVICE", "cpu")
        publish()
        load_network.cache_clear()
        yield
        load_network.cache_clear()
