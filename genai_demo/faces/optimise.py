"""Search settings of the face models by successive halving, and train the winner longer."""

import argparse
import functools

from genai_demo.core import optimise
from genai_demo.core.halving import Knob
from genai_demo.core.optimise import Space

MODELS = ["vae", "gan"]


def bound(figures: dict[str, float]) -> float:
    """The VAE's bound at beta 1, whatever it was trained with: else the smallest beta would always win."""
    from genai_demo.faces.train_encoders import KL_SCALE

    return figures["held_out_reconstruction"] + figures["held_out_kl"] / KL_SCALE


def spaces() -> dict[str, Space]:
    """By model. The GAN's trials want a start that has learnt already: ``-- --init published``."""
    from genai_demo.faces import train

    parser = functools.partial(optimise.train_parser, "faces", train.add_arguments)
    vae = [
        Knob("rate", 2e-4, 2e-2, 0.002, log=True),
        Knob("beta", 0.25, 4.0, 1.0, log=True),
        Knob("width", 1024, 4096, 2048, step=512),
    ]
    gan = [
        Knob("rate", 2e-4, 6e-3, 0.0015, log=True),
        Knob("adversarial", 0.05, 0.8, 0.2, log=True),
        Knob("anchor", 0.4, 6.0, 1.5, log=True),
        Knob("augment", 0.0, 0.8, 0.3),
    ]
    return {
        "vae": Space(vae, parser, train.make_task, bound, ["--model=vae"]),
        "gan": Space(gan, parser, train.make_task, fixed=["--model=gan"]),
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the search."""
    optimise.add_arguments(parser, "faces", MODELS)


def run(args: argparse.Namespace) -> None:
    """Search as the options say. Raises ValueError as ``core.optimise.run``."""
    optimise.run(args, "faces", spaces())
