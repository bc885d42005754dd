"""A search over a task that trains in milliseconds; run as a script, it is a searching process of its own."""

import argparse
import sys

import torch

from genai_demo.core import optimise, training
from genai_demo.core.halving import Knob
from genai_demo.core.optimise import Space
from tests.core.tiny_task import TinyTask


class Tuned(TinyTask):
    """Its score is its loss on examples that it does not learn from."""

    def __init__(self, args: argparse.Namespace):
        super().__init__(pause=args.pause)
        self.optimizers["net"].param_groups[0]["lr"] = args.rate
        self.rates = {"net": args.rate}
        source = torch.Generator().manual_seed(1)
        self.unseen = torch.randn(64, 6, generator=source)

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        loss = (self.net(self.unseen) - self.unseen.square().sum(1, keepdim=True).sin()).square().mean()
        return {"score": float(loss), "train": float((self.net(self.x) - self.y).square().mean())}


def parser() -> argparse.ArgumentParser:
    """Of a train command."""

    def add(found: argparse.ArgumentParser) -> None:
        found.add_argument("--rate", type=float, default=0.01)
        found.add_argument("--pause", type=float, default=0.0)
        training.add_arguments(found, "runs/tiny")

    return optimise.train_parser("tiny", add)


SPACES = {"tiny": Space([Knob("rate", 1e-6, 10.0, 0.01, log=True)], parser, Tuned)}


def main(arguments: list[str]) -> None:
    """``optimise tiny`` with these options."""
    found = argparse.ArgumentParser()
    optimise.add_arguments(found, "tiny", list(SPACES))
    optimise.run(found.parse_args(["--steps=4", "--device=cpu", *arguments]), "tiny", SPACES)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1:])
