"""The command line: ``python -m genai_demo VERB MEDIUM``.

Every pair of a verb and a medium is a door: a module with ``add_arguments(parser)`` and
``run(args)``. Only the door that is asked for is imported. Where several models share a door it has
``chosen(arguments)``, which returns the door of the one that they name.
"""

import argparse
import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace
from typing import NoReturn

from genai_demo.core import environment
from genai_demo.core.options import free_of_escapes

DOORS = {
    ("data", "faces"): "genai_demo.faces.data",
    ("train", "faces"): "genai_demo.faces.train",
    ("evaluate", "faces"): "genai_demo.faces.evaluate",
    ("optimise", "faces"): "genai_demo.faces.optimise",
    ("generate", "faces"): "genai_demo.faces.generate_command",
    ("data", "repair"): "genai_demo.repair.data",
    ("train", "repair"): "genai_demo.repair.train",
    ("evaluate", "repair"): "genai_demo.repair.evaluate",
    ("optimise", "repair"): "genai_demo.repair.optimise",
    ("generate", "repair"): "genai_demo.repair.generate_command",
    ("data", "text"): "genai_demo.text.data",
    ("train", "text"): "genai_demo.text.train",
    ("evaluate", "text"): "genai_demo.text.evaluate",
    ("optimise", "text"): "genai_demo.text.optimise",
    ("generate", "text"): "genai_demo.text.generate_command",
    ("data", "audio"): "genai_demo.audio.data",
    ("train", "audio"): "genai_demo.audio.train",
    ("evaluate", "audio"): "genai_demo.audio.evaluate",
    ("optimise", "audio"): "genai_demo.audio.optimise",
    ("generate", "audio"): "genai_demo.audio.generate_command",
    ("train", "trust"): "genai_demo.trust.train",
    ("evaluate", "trust"): "genai_demo.trust.evaluate",
}
PROGRAM = "python -m genai_demo"
OVERVIEW = """\
  data       fetch or read the examples, check and clean them, write a data card
  train      train a model; goes on where an earlier run of the same folder stopped
  optimise   search settings by many short trainings, train the best longer
  evaluate   measure the models on held-out data; JSON out, figures into the cards
  generate   make new ones from seeds

Each has its own options:  python -m genai_demo train faces --help"""
BAD_INPUT, FAILED, INTERRUPTED, CLOSED_PIPE = 2, 1, 130, 141
WRITES_CHECKPOINTS = ("data", "train", "optimise")
"""Verbs that need no weights, and may be the first to fill their folder."""


class OneSentence(argparse.ArgumentParser):
    """A parser that says in one sentence what is wrong with the options, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}; --help lists the options\n")


class HelpFormatter(argparse.ArgumentDefaultsHelpFormatter):
    """Shows defaults, but only where there is something to show; keeps most options on one line."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=36)

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if action.default is None or action.default is False or action.default == []:
            return action.help
        return super()._get_help_string(action)


def overview() -> argparse.ArgumentParser:
    """The parser for everything but a complete pair of verb and medium."""
    verbs, media = (list(dict.fromkeys(column)) for column in zip(*DOORS, strict=True))
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Generative AI that anyone can see, steer and understand.",
        epilog=OVERVIEW,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("verb", choices=verbs, help="what to do, see below")
    parser.add_argument("medium", choices=media, help="with which models")
    return parser


def door_parser(verb: str, medium: str, door: ModuleType | SimpleNamespace) -> argparse.ArgumentParser:
    """The parser of one door, its description the first line of the module's docstring."""
    description = (door.__doc__ or "").partition("\n")[0]
    program = f"{PROGRAM} {verb} {medium}"
    parser = OneSentence(
        prog=program, usage=f"{program} [options]", description=description, formatter_class=HelpFormatter
    )
    door.add_arguments(parser)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one door. Returns the exit status; bad input is one sentence on stderr, status 2."""
    arguments = sys.argv[1:] if arguments is None else arguments
    # Prints help or error, and exits, unless a complete pair comes first: then the help is the door's.
    chosen = overview().parse_args(arguments[:2])
    if (chosen.verb, chosen.medium) not in DOORS:
        return _complain(missing(chosen.verb, chosen.medium), BAD_INPUT)
    try:
        door = importlib.import_module(DOORS[chosen.verb, chosen.medium])
        door = door.chosen(arguments[2:]) if hasattr(door, "chosen") else door
        args = door_parser(chosen.verb, chosen.medium, door).parse_args(arguments[2:])
        environment.check(chosen.verb in WRITES_CHECKPOINTS)
        environment.check_device()
        door.run(args)
    except BrokenPipeError:
        raise
    except ValueError as error:
        return _complain(error, BAD_INPUT)
    except OSError as error:
        return _complain(told(error), FAILED)
    except (MemoryError, RuntimeError) as error:
        if not out_of_memory(error):
            raise
        return _complain("There is not enough memory for this. Choose a smaller batch, model or picture.", FAILED)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("genai_demo"):
            raise
        return _complain(f"{error.name} is not installed: pip install -r requirements-dev.txt", FAILED)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return INTERRUPTED
    return 0


def missing(verb: str, medium: str) -> str:
    """What there is in the place of a door that is not."""
    there = [v for v, m in DOORS if m == medium]
    words = " and ".join(filter(None, [", ".join(there[:-1]), there[-1]]))
    return f"There is no `{verb} {medium}`. There is {words}, such as `{PROGRAM} {there[0]} {medium} --help`."


def told(error: OSError) -> str:
    """What went wrong, with the file that it went wrong with, and no number."""
    if error.filename is None or not error.strerror:
        return str(error)
    return f"{error.filename}: {error.strerror}."


def out_of_memory(error: Exception) -> bool:
    """Whether this is what Python and PyTorch raise where memory ends. Of the CPU PyTorch has no class of its own."""
    return isinstance(error, MemoryError) or "allocate memory" in str(error) or "out of memory" in str(error)


def _complain(what: object, status: int) -> int:
    print(f"{PROGRAM}: {what}", file=sys.stderr)
    return status


def program() -> int:
    """``main`` as a shell calls it: any terminal can show what it says, and a pipe that was closed ends it quietly."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese shows its code
    try:
        try:
            return main([free_of_escapes(words) for words in sys.argv[1:]])
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        with contextlib.suppress(OSError):  # what is left unsaid goes nowhere, at the end of the program too
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(program())
