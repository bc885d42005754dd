"""Measure what the trust in this app rests on; prints JSON and writes it into the cards."""

import argparse
import importlib
import json

MODELS = {"policy": "genai_demo.trust.policy.evaluate"}
"""Modules with ``evaluate(data, quick, write)``."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``python -m genai_demo evaluate trust``."""
    parser.add_argument("--only", nargs="+", choices=MODELS, default=list(MODELS), help="some of them")
    parser.add_argument("--data", help="prepared texts (default: data/text)")
    parser.add_argument("--quick", action="store_true", help="a part of everything, never written to a card")
    parser.add_argument("--no-card", action="store_true", help="only print, leave the cards alone")


def run(args: argparse.Namespace) -> None:
    """Print the figures. Raises ValueError where nothing is prepared."""
    found = {
        name: importlib.import_module(MODELS[name]).evaluate(args.data, args.quick, not (args.no_card or args.quick))
        for name in args.only
    }
    print(json.dumps(found, indent=2, ensure_ascii=False))
