"""Train one of the models of trust, and publish the best weights with their card.

``python -m genai_demo train trust --model NAME --help`` shows the options of that model.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace

MODELS = {
    "policy": "genai_demo.trust.policy.train",
    "picture-mark": "genai_demo.trust.train_picture_mark",
    "sound-mark": "genai_demo.trust.train_sound_mark",
}
"""Modules with ``add_arguments`` and ``run`` of their own."""


def chosen(arguments: Sequence[str]) -> ModuleType | SimpleNamespace:
    """The door of the model that the arguments name; this module where they name none, for its help and errors."""
    finder = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    finder.add_argument("--model", nargs="?")
    name = finder.parse_known_args(arguments)[0].model
    if name not in MODELS:
        return sys.modules[__name__]
    module = importlib.import_module(MODELS[name])

    def with_model(parser: argparse.ArgumentParser) -> None:
        add_arguments(parser)
        module.add_arguments(parser)

    return SimpleNamespace(__doc__=module.__doc__, add_arguments=with_model, run=module.run)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The one option that all have in common."""
    parser.add_argument("--model", choices=MODELS, required=True, help="what to train; with --help: its options")


def run(args: argparse.Namespace) -> None:
    """Never reached: arguments that name a model lead to its own door, all others to an error."""
    raise ValueError(f"Name a model with --model: {', '.join(MODELS)}.")
