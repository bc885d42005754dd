"""Measure the audio models on held-out sounds and pieces; prints JSON and writes it into the cards."""

import argparse
import json
from pathlib import Path
from typing import Any

from genai_demo.core import checkpoint
from genai_demo.core.device import describe, pick_device
from genai_demo.core.rounding import rounded

ROOMS = {"speech": "audio-speech", "music": "audio-music", "effects": "audio-effects"}
"""What can be measured, and the checkpoint whose card receives the figures."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``python -m genai_demo evaluate audio``."""
    parser.add_argument("--only", nargs="+", choices=ROOMS, default=[], help="some rooms; else all that are trained")
    parser.add_argument("--data", metavar="FOLDER", help="where the prepared ROOM/ lies; else data/")
    parser.add_argument(
        "--quick", action="store_true", help="speech, music: a part of everything, never written to the card"
    )
    parser.add_argument("--no-card", action="store_true", help="only print, leave the cards alone")


def run(args: argparse.Namespace) -> None:
    """Print the figures. Raises ValueError where nothing is trained or prepared."""
    rooms = args.only or [room for room, name in ROOMS.items() if name in checkpoint.names()]
    if not rooms:
        raise ValueError("No audio model is trained yet. Begin with `python -m genai_demo train audio --help`.")
    found = {}
    for room in rooms:
        found[room] = measured(room, _folder(room, args.data), args.quick)
        if not args.no_card and not args.quick:
            card = checkpoint.read_card(ROOMS[room])
            command = f"python -m genai_demo evaluate audio --only {room}"
            card |= {"metrics": found[room], "metrics_command": command, "metrics_hardware": describe(pick_device())}
            card["memorisation"] = {"command": command, **memorisation(room, found[room])}
            checkpoint.write_card(ROOMS[room], card)
    print(json.dumps(found, indent=2))


def _folder(room: str, given: str | None) -> str | None:
    """Where the prepared data of a room lies in a folder that was named; a teacher's where there are no recordings."""
    if given is None:
        return None
    folder = Path(given) / room
    return str(folder if folder.exists() or room != "speech" else Path(given) / "speech-teacher")


def memorisation(room: str, figures: dict[str, Any]) -> dict[str, Any]:
    """What the figures of a room say of pieces of training data that come back."""
    if room == "speech":
        return {
            "not_measured": "The model turns given words into a sound and draws nothing: what it says is what it was "
            "told, in the voices that its card names. Its texts are those of the visitor."
        }
    if room == "effects":
        near = figures.get("nearest_training", {})
        return {
            "nearest_training_sound_of_made_sounds": near.get("synthesised"),
            "the_same_of_held_out_recordings": near.get("recorded"),
            "ratio": figures.get("novelty_ratio"),
        }
    return {
        "longest_run_of_intervals_shared_with_a_training_piece": {
            style: {
                "median": found["longest_copy"],
                "worst": found.get("longest_copy_worst"),
                "median_of_real_held_out_pieces": found.get("longest_copy_real"),
                "worst_of_real_held_out_pieces": found.get("longest_copy_worst_real"),
            }
            for style, found in figures.items()
            if isinstance(found, dict) and "longest_copy" in found
        }
    }


def measured(room: str, data: str | None, quick: bool) -> dict[str, Any]:
    """The figures of one room; those of speech tell of the vocoder too."""
    if room == "speech":
        from genai_demo.audio.speech import evaluate as speech
        from genai_demo.audio.speech import evaluate_taught, generate

        if generate.cast().recorded:
            return rounded(speech.evaluate(data, quick))
        return rounded(evaluate_taught.evaluate_voices(Path(data) if data else None, quick))
    if room == "music":
        from genai_demo.audio.music.data import load
        from genai_demo.audio.music.evaluate import figures

        return rounded(figures(load(data), quick))
    from genai_demo.audio.effects.evaluate import evaluate

    return rounded(evaluate(data))
