"""A task small enough to train in milliseconds; run as a script, it is a training process of its own."""

import argparse
import time
from pathlib import Path

import torch
from torch import Tensor, nn

from genai_demo.core.loop import Average, LoopOptions, Run, batch_indices, processes, update

EXAMPLES, BATCH = 48, 8


class TinyTask:
    """A two-layer net that learns a made-up function; no batch norm, no noise unless asked for."""

    def __init__(self, accumulate: int = 1, noise: float = 0.0, pause: float = 0.0, seed: int = 3):
        torch.manual_seed(seed)
        self.x = torch.randn(EXAMPLES, 6)
        self.y = self.x.square().sum(1, keepdim=True).sin()
        self.net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
        self.accumulate, self.noise, self.pause, self.seed = accumulate, noise, pause, seed
        self.ema = Average(self.net, nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1)))
        self.modules = {"net": self.net}
        self.averaged = {"net": self.ema.target}
        self.optimizers = {"net": torch.optim.Adam(self.net.parameters(), lr=0.01)}
        self.scores: dict[int, float] = {}
        """What ``evaluate`` reports, by how often it has been asked."""
        self.evaluations = 0

    def step(self, step: int) -> dict[str, float | Tensor]:
        time.sleep(self.pause)
        chosen = batch_indices(self.seed, step, EXAMPLES, BATCH)
        x = self.x[chosen] + self.noise * torch.randn(len(chosen), 6)
        parts = zip(x.chunk(self.accumulate), self.y[chosen].chunk(self.accumulate), strict=True)
        loss = update(self.optimizers["net"], ((self.net(a) - b).square().mean() for a, b in parts))
        self.ema.update(0.9)
        return {"loss": loss}

    def evaluate(self) -> dict[str, float]:
        self.evaluations += 1
        return {"score": self.scores.get(self.evaluations, 1.0)}

    def sample_sheet(self, path: Path) -> None:
        path.with_suffix(".txt").write_text(str(self.net(self.x[:1]).item()))


def run(task: TinyTask, folder: Path, **options: float) -> Run:
    """Resume in ``folder`` if something is there, and train silently."""
    found = Run(task, LoopOptions(folder, progress=False, **{"log_every": 1, "seed": task.seed} | options))
    found.resume()
    found.train()
    return found


def weights(task: TinyTask) -> list[Tensor]:
    """Everything that a resumed run must have in common with one that was never killed."""
    moments = [v for s in task.optimizers["net"].state_dict()["state"].values() for v in s.values()]
    return [*task.net.state_dict().values(), *task.ema.target.state_dict().values(), *moments]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--noise", type=float, default=0.0)
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--save-every", type=int, default=0)
    parser.add_argument("--evaluate-every", type=int, default=0)
    parser.add_argument("--patience", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(1)
    with processes(torch.device("cpu")):
        run(
            TinyTask(noise=args.noise, pause=args.pause), args.folder, steps=args.steps, save_every=args.save_every,
            evaluate_every=args.evaluate_every, patience=args.patience,
        )  # fmt: skip
