"""A subject of one straight line, which learns in no time."""

import sys
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn

from genai_demo.core import tuning
from genai_demo.core.loop import batch_indices
from genai_demo.core.tuning import Brake, Tuning

SETTINGS: dict[str, Any] = {"seed": 0}


class Line:
    """y = 2 x + 1."""

    every = 10

    def __init__(self, network: nn.Module | None = None) -> None:
        torch.manual_seed(0)
        self.brake, self.network = Brake(), network or nn.Linear(1, 1)
        self.brake.watch(self.network)
        self.networks: dict[str, nn.Module] = {"line": self.network}
        self.optimizer: Any = torch.optim.AdamW(self.network.parameters(), lr=0.05)
        self.x = torch.linspace(-1, 1, 37)[:, None]

    def step(self, step: int) -> float:
        x = self.x[batch_indices(0, step, len(self.x), 8)]
        self.optimizer.zero_grad()
        loss = (self.network(x) - 2 * x - 1).square().mean()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.inference_mode()
    def measure(self) -> dict[str, float]:
        return {"score": float((self.network(self.x + 0.01) - 2 * self.x - 1.02).square().mean())}


def LineTuning(folder: Path) -> Tuning:
    """A fresh training of a fresh line."""
    return Tuning(Line(), folder, SETTINGS)


def slow(folder: str) -> None:
    """Train until killed, saying how often it has saved."""
    tuning.SAVE_EVERY = 0.0
    running, saved = LineTuning(Path(folder)), 0
    save = running.save

    def saying() -> None:
        nonlocal saved
        save()
        saved += 1
        print("saved", saved)
        sys.stdout.flush()

    running.save = saying  # type: ignore[method-assign]
    for _ in running.train(60):
        time.sleep(0.02)
