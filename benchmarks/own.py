"""Fine-tuning as the lab does it, on its examples: the published model beside the tuned one on the held-out part.

    python -m benchmarks.own --seconds 90

Prints JSON: figures before and after, steps, the seconds of the checks, and how long the brake takes.
"""

import argparse
import json
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

from genai_demo.audio.effects import own as sounds_own
from genai_demo.core.device import describe, pick_device
from genai_demo.core.rounding import significant
from genai_demo.core.tuning import Tuning
from genai_demo.faces import own as faces_own
from genai_demo.text import own as text_own
from genai_demo.text.own_example import logbook


def tune(make: Any, seconds: float) -> dict[str, Any]:
    """Train for so many seconds, and then once more until the brake is pulled in the middle of a step."""
    with tempfile.TemporaryDirectory() as folder:
        tuning = Tuning(make(), Path(folder) / "run")
        for _ in tuning.train(seconds):
            pass
        best = tuning.best_point()
        pulled: list[float] = []

        def pull() -> None:
            pulled.append(time.monotonic())
            tuning.subject.brake.pull()

        tuning.waited = 0
        running = tuning.train(seconds)
        next(running)
        threading.Timer(0.3, pull).start()
        for _ in running:
            pass
        return {
            "before": tuning.points[0].figures, "after": best.figures, "best_step": best.step, "steps": tuning.step,
            "brake_seconds": significant(time.monotonic() - pulled[0]) if pulled else None,
        }  # fmt: skip


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=90, help="of each training")
    parser.add_argument("--only", choices=("texts", "pictures", "sounds"), help="one of them")
    args = parser.parse_args()
    found: dict[str, Any] = {"hardware": describe(pick_device()), "seconds": args.seconds}
    cases: dict[str, tuple[Any, Any, dict[str, bytes]]] = {
        "texts": (text_own, text_own.TextSubject, {"logbook.txt": logbook().encode()}),
        "pictures": (faces_own, faces_own.FacesSubject, faces_own.example()),
        "sounds": (sounds_own, sounds_own.SoundsSubject, sounds_own.example()),
    }
    for name, (medium, subject, files) in cases.items():
        if args.only in (None, name):
            start = time.monotonic()
            material = medium.check(files.items(), [])
            found[name] = {"check_seconds": significant(time.monotonic() - start)}
            found[name] |= tune(partial(subject, material), args.seconds)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
