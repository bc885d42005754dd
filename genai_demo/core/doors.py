"""Doors that several models share: ``train audio --model vocoder`` is the door of the vocoder."""

import argparse
import importlib
from collections.abc import Mapping, Sequence
from types import ModuleType, SimpleNamespace


def chosen(models: Mapping[str, str], arguments: Sequence[str], shared: ModuleType) -> ModuleType | SimpleNamespace:
    """The door of the model that the arguments name; ``shared`` where they name none, for its help and errors.

    models: names to modules with ``add_arguments`` and ``run`` of their own. shared: a module whose options come first.
    """
    finder = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    finder.add_argument("--model", nargs="?")
    name = finder.parse_known_args(arguments)[0].model
    if name not in models:
        return shared
    module = importlib.import_module(models[name])

    def with_model(parser: argparse.ArgumentParser) -> None:
        shared.add_arguments(parser)
        module.add_arguments(parser)

    return SimpleNamespace(__doc__=module.__doc__, add_arguments=with_model, run=module.run)
