"""Search settings of the text model by successive halving, and train the winner longer."""

import argparse
import functools

from genai_demo.core import optimise
from genai_demo.core.halving import Knob
from genai_demo.core.optimise import Space


def spaces() -> dict[str, Space]:
    """The one model of this medium that is searched; its score is bits per byte, which no knob enters."""
    from genai_demo.text import train

    knobs = [
        Knob("rate", 2e-3, 6e-2, 0.02, log=True),
        Knob("embedding_rate", 3e-4, 1e-2, 0.003, log=True),
        Knob("dropout", 0.0, 0.3, 0.0),
    ]
    parser = functools.partial(optimise.train_parser, "text", train.add_arguments)
    return {"text": Space(knobs, parser, train.make_task)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the search."""
    optimise.add_arguments(parser, "text", ["text"])


def run(args: argparse.Namespace) -> None:
    """Search as the options say. Raises ValueError as ``core.optimise.run``."""
    optimise.run(args, "text", spaces())
