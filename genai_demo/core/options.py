"""What the options of a command may be: numbers in a range, files that can be read, folders that can be written.

Imports nothing heavy, so that ``--help`` comes at once.
"""

import argparse
import contextlib
import math
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from genai_demo.core import limits

LONGEST = 10**9
"""Steps of a run."""
MOST_MINUTES = 1_000_000
"""Minutes of a run: two years."""
LARGEST_BATCH = 65_536
LARGEST_SHAPE = 16_384
"""Of a width, a number of layers or of heads."""
LARGEST_WEIGHT = 1e6
"""Weight of a loss."""


class Whole:
    """Type of an option that is a whole number from ``least`` to ``most``, for ``argparse``."""

    def __init__(self, least: int = 0, most: int = LONGEST):
        self.least, self.most = least, most

    def __call__(self, words: str) -> int:
        """The number. Raises argparse.ArgumentTypeError for anything else."""
        try:
            found = int(words)
        except ValueError:
            found = None
        if found is None or not self.least <= found <= self.most:
            raise argparse.ArgumentTypeError(
                f"give a whole number from {self.least:,} to {self.most:,}, not {shortened(words)}"
            )
        return found


class Number:
    """Type of an option that is a number from ``least`` to ``most``, for ``argparse``.

    above: the least number itself is too small.
    """

    def __init__(self, least: float = 0.0, most: float = LARGEST_WEIGHT, above: bool = False):
        self.least, self.most, self.above = least, most, above

    def __call__(self, words: str) -> float:
        """The number, which is finite. Raises argparse.ArgumentTypeError for anything else."""
        try:
            found = float(words)
        except ValueError:
            found = math.nan
        if not self.least <= found <= self.most or (self.above and found == self.least):
            start = f"above {self.least:,g} and up" if self.above else f"from {self.least:,g}"
            raise argparse.ArgumentTypeError(f"give a number {start} to {self.most:,g}, not {shortened(words)}")
        return found


def shortened(words: str) -> str:
    """What somebody wrote, in quotation marks, without its middle where it is long."""
    return repr(words if len(words) <= 40 else f"{words[:20]}…{words[-10:]}")


COUNT = Whole(1)
"""At least one."""
STEPS = Whole(0)
EVERY = Whole(1)
MINUTES = Number(0, MOST_MINUTES)
SEED = Whole(0, limits.MAX_SEED)
BATCH = Whole(1, LARGEST_BATCH)
SHAPE = Whole(1, LARGEST_SHAPE)
LEARNING_RATE = Number(0, 10, above=True)
SHARE = Number(0, 1)
DROPOUT = Number(0, 0.99)
WEIGHT = Number(0)


def file_to_read(path: Path) -> Path:
    """The path itself. Raises ValueError, which names it and says what to do, where no file can be read there."""
    try:
        if path.is_dir():
            raise ValueError(f"{path} is a folder. Name a file in it.")
        with path.open("rb"):
            return path
    except FileNotFoundError as error:
        raise ValueError(f"There is no file {path}. Look at the path and the spelling.") from error
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}. Choose a file that you may read.") from error


def folder_to_write(path: Path) -> Path:
    """The folder itself, which need not be there yet and is not made: what fails later leaves nothing behind.

    Raises ValueError, which names it, where it cannot be made, or nothing can be written there.
    """
    there = next(place for place in (path, *path.absolute().parents) if place.exists())
    if not there.is_dir():
        raise ValueError(f"{path} cannot be a folder: {there} is a file. Name another with --out.")
    try:
        with tempfile.TemporaryFile(dir=there):
            return path
    except OSError as error:
        raise ValueError(f"Nothing can be written in {there}: {error.strerror}. Name another with --out.") from error


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Puts the name of the file before the sentence of a ValueError about what it holds."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def free_of_escapes(words: str) -> str:
    """An argument of the command line as UTF-8, where a terminal without a language has passed on its bytes."""
    try:
        return os.fsencode(words).decode("utf-8")
    except UnicodeError:
        return words
