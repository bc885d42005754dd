"""Train one of the models of trust, and publish the best weights with their card.

``python -m genai_demo train trust --model NAME --help`` shows the options of that model.
"""

import argparse
import sys
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace

from genai_demo.core import doors

MODELS = {
    "policy": "genai_demo.trust.policy.train",
    "picture-mark": "genai_demo.trust.train_picture_mark",
    "sound-mark": "genai_demo.trust.train_sound_mark",
}
"""Modules with ``add_arguments`` and ``run`` of their own."""


def chosen(arguments: Sequence[str]) -> ModuleType | SimpleNamespace:
    """The door of the model that the arguments name; this module where they name none, for its help and errors."""
    return doors.chosen(MODELS, arguments, sys.modules[__name__])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The one option that all have in common."""
    parser.add_argument("--model", choices=MODELS, required=True, help="what to train; with --help: its options")


def run(args: argparse.Namespace) -> None:
    """Never reached: arguments that name a model lead to its own door, all others to an error."""
    raise ValueError(f"Name a model with --model: {', '.join(MODELS)}.")
