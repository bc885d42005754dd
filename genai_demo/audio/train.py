"""Train one of the audio models, and publish the best weights with their card.

``python -m genai_demo train audio --model NAME --help`` shows the options of that model.
"""

import argparse
import sys
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace

from genai_demo.core import doors

MODELS = {
    "vocoder": "genai_demo.audio.train_vocoder",
    "letters": "genai_demo.audio.speech.train_letters",
    "speech": "genai_demo.audio.speech.train",
    "music": "genai_demo.audio.music.train",
    "effects-codec": "genai_demo.audio.effects.train",
    "effects": "genai_demo.audio.effects.train",
    "effects-classifier": "genai_demo.audio.effects.train",
}
"""Modules with ``add_arguments`` and ``run`` of their own; effects learn in this order."""


def chosen(arguments: Sequence[str]) -> ModuleType | SimpleNamespace:
    """The door of the model that the arguments name; this module where they name none, for its help and errors."""
    return doors.chosen(MODELS, arguments, sys.modules[__name__])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The one option that all have in common."""
    parser.add_argument("--model", choices=MODELS, required=True, help="what to train; with --help: its options")


def run(args: argparse.Namespace) -> None:
    """Never reached: arguments that name a model lead to its own door, all others to an error."""
    raise ValueError(f"Name a model with --model: {', '.join(MODELS)}.")
