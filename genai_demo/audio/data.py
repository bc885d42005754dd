"""Reads the packs of sounds, checks and cleans them, and writes prepared sets with data cards.

Every room prepares its own: ``genai_demo.audio.{speech,effects,music}.data.prepare(source, target, progress)``
returns the card.
"""

import argparse
import importlib
import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

ROOMS = ("speech", "effects", "music")
MOST_LINES = 40
"""Of one list in the summary."""
TEACHER = "genai_demo.audio.speech.teacher.prepare"
"""The door of ``--teacher``: speech that is made from text, not read from a pack."""


def chosen(arguments: Sequence[str]) -> ModuleType:
    """The door that the arguments ask for: the teacher's, or this one."""
    return importlib.import_module(TEACHER) if "--teacher" in arguments else sys.modules[__name__]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m genai_demo data audio``."""
    parser.add_argument("--only", nargs="+", choices=ROOMS, default=ROOMS, help="some of the rooms", metavar="ROOM")
    parser.add_argument("--from", dest="source", metavar="FOLDER", help="where the packs lie; else GENAI_DATA")
    parser.add_argument("--out", metavar="FOLDER", help="where ROOM/ is written; else data/")
    parser.add_argument("--teacher", action="store_true", help="speech made from text instead; see --help with it")
    parser.add_argument("--quiet", action="store_true", help="no progress bar, no summary")


def run(args: argparse.Namespace) -> None:
    """Prepare the rooms that the options name and print what came of them."""
    for room in args.only:
        module = importlib.import_module(f"genai_demo.audio.{room}.data")
        target = Path(args.out) / room if args.out else None
        card = module.prepare(Path(args.source) if args.source else None, target, not args.quiet)
        if not args.quiet:
            print(f"{room}:")
            print("\n".join(summary(card)))


def summary(card: dict[str, Any]) -> list[str]:
    """The counts on a card, a line each; what lies deeper than two levels stays on the card."""
    lines = []
    for name, value in card.items():
        if isinstance(value, str | int | float):
            lines.append(f"  {name}: {value}")
        elif isinstance(value, dict):
            lines.append(f"  {name}:")
            for key, found in itertools.islice(value.items(), MOST_LINES):
                if isinstance(found, dict):
                    found = ", ".join(f"{v:,} {k}" for k, v in found.items() if isinstance(v, int | float))
                lines.append(f"    {key}: {found}")
            if len(value) > MOST_LINES:
                lines.append(f"    and {len(value) - MOST_LINES} more: see card.json")
    return lines
