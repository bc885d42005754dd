"""Search settings of the restorer by successive halving, and train the winner longer."""

import argparse
import functools

from genai_demo.core import optimise
from genai_demo.core.halving import Knob
from genai_demo.core.optimise import Space


def mean_psnr(figures: dict[str, float]) -> float:
    """Minus the mean PSNR of the faithful output in dB: no weight of a loss enters it."""
    from genai_demo.repair.model import TASKS

    return -sum(figures[task] for task in TASKS) / len(TASKS)


def spaces() -> dict[str, Space]:
    """The one model of this medium that is searched."""
    from genai_demo.repair import train

    knobs = [
        Knob("rate", 1e-4, 5e-3, 0.001, log=True),
        Knob("hole", 1.0, 16.0, 4.0, log=True),
        Knob("channels", 16, 64, 32, step=8),
    ]
    parser = functools.partial(optimise.train_parser, "repair", train.add_arguments)
    return {"restorer": Space(knobs, parser, train.make_task, mean_psnr)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the search."""
    optimise.add_arguments(parser, "repair", ["restorer"])


def run(args: argparse.Namespace) -> None:
    """Search as the options say. Raises ValueError as ``core.optimise.run``."""
    optimise.run(args, "repair", spaces())
