"""How good our models get with more examples, time or parameters, and with worse data: the measured curves.

    python -m benchmarks.curves                   measure every point that is missing
    python -m benchmarks.curves --list            what is measured and what is missing
    python -m benchmarks.curves --only text       one model's points; --minutes 10 stops after ten minutes
    python -m benchmarks.curves --publish         measure, then write the curves of the lab and docs/curves.md;
                                                  with --finished only what was measured already

Every point is a training of its own, on one core, of a small version of one of our models. A finished point is a
line of the results file; a run that was stopped, in whatever way, goes on with the next one. Needs the prepared
faces and texts (`python -m genai_demo data faces`, `data text`) and requirements-dev.txt.
"""

import argparse
import dataclasses
import datetime
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from benchmarks.curves_models import Pictures, Recipe, Stories
from genai_demo.core.device import describe, pick_device
from genai_demo.core.rounding import significant

COUNTS = (100, 300, 1_000, 3_000, 0)
"""Numbers of examples; 0: all."""
DAMAGED = {("text", "duplicates"): 1_000, ("faces", "duplicates"): 1_000, ("text", "noise"): 3_000}
"""Examples of a set that is damaged, where they are not all."""
LONG = 4
"""The run over time is so many times as long as the others."""


@dataclass(frozen=True)
class Medium:
    """How a model is measured: its usual size and length, and what else is tried."""

    size: int
    sizes: tuple[int, ...]
    steps: int
    batch: int
    seconds: float
    """CPU time of each training that is compared at equal time."""
    damages: dict[str, tuple[float, ...]]


MEDIA = {
    "text": Medium(64, (16, 32, 64, 96), 300, 8, 20, {"duplicates": (0, 0.5, 0.9), "noise": (0, 0.2, 0.5, 0.8)}),
    "labels": Medium(8, (2, 4, 8, 16), 1200, 8, 10, {"noise": (0, 0.1, 0.2, 0.3, 0.4, 0.5)}),
    "faces": Medium(8, (4, 8, 16, 32), 800, 8, 15, {"blur": (0, 1, 2, 4), "duplicates": (0, 0.5, 0.9)}),
}
ORDER = ("examples", "noise", "blur", "duplicates", "time", "size_time", "size_steps")
DEFAULT_RESULTS = Path("runs/curves.jsonl")
Key = str


@dataclass(frozen=True)
class Place:
    """Where a training stands: on which axis, at which value. x: None where only the training tells it."""

    axis: str
    x: float | None
    recipe: Recipe


def plan(medium: str, seeds: int, scale: float = 1.0) -> list[Place]:
    """Every place of every curve of a medium; the same training may stand on several axes.

    seeds: trainings of every number of examples and every damage; the others are made once. scale: of the lengths
    of all trainings.
    """
    kind, found = MEDIA[medium], list[Place]()
    steps = max(2, round(scale * kind.steps))
    for seed in range(seeds):
        usual = Recipe(medium, kind.size, steps, kind.batch, seed=seed)
        found += [Place("examples", n or None, dataclasses.replace(usual, examples=n)) for n in COUNTS]
        for damage, amounts in kind.damages.items():
            base = dataclasses.replace(usual, examples=DAMAGED.get((medium, damage), 0))
            found += [
                Place(damage, a, dataclasses.replace(base, damage=damage, amount=a) if a else base) for a in amounts
            ]
    usual = Recipe(medium, kind.size, steps, kind.batch)
    found += [Place("size_steps", None, dataclasses.replace(usual, size=size)) for size in kind.sizes]
    by_time = dataclasses.replace(usual, steps=0, seconds=scale * kind.seconds)
    found += [Place("size_time", None, dataclasses.replace(by_time, size=size)) for size in kind.sizes]
    found.append(Place("time", None, dataclasses.replace(usual, steps=LONG * steps, course=True)))
    return found


def key_of(recipe: Recipe) -> Key:
    """The same for the same training."""
    return json.dumps(dataclasses.asdict(recipe), sort_keys=True)


def read_results(path: Path) -> dict[Key, dict[str, Any]]:
    """The finished points. A line that a kill cut off is none."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            point = json.loads(line)
            found[key_of(Recipe(**point["recipe"]))] = point
        except (ValueError, TypeError, KeyError):
            continue
    return found


def append(path: Path, point: dict[str, Any]) -> None:
    """One more line, on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cut_off = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8") as file:
        file.write(("\n" if cut_off else "") + json.dumps(point, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def benches(faces: str | None, text: str | None) -> dict[str, Callable[[], Any]]:
    """What a medium is measured with, made when first asked for."""
    made: dict[str, Any] = {}

    def once(name: str, make: Callable[[], Any]) -> Callable[[], Any]:
        def get() -> Any:
            if name not in made:
                made[name] = make()
            return made[name]

        return get

    pictures = once("pictures", lambda: Pictures(faces))
    return {"faces": pictures, "labels": pictures, "text": once("stories", lambda: Stories(text))}


def measure(recipe: Recipe, bench: Any) -> dict[str, Any]:
    """Train and measure one point: its line of the results."""
    figures = {"faces": "faces", "labels": "label_task", "text": "text"}[recipe.medium]
    start = time.monotonic()
    found = getattr(bench, figures)(recipe)
    return {
        "recipe": dataclasses.asdict(recipe),
        "figures": found | {"examples": recipe.examples or bench.size, "held_out_examples": len(bench.held_out)},
        "date": datetime.date.today().isoformat(),
        "hardware": describe(pick_device()),
        "torch": torch.__version__.split("+")[0],
        "wall_seconds": significant(time.monotonic() - start),
    }


def missing(media: list[str], seeds: int, scale: float, done: dict[Key, Any]) -> list[Recipe]:
    """What is still to be trained, each training once: all of the first seed, then of the second; axis by axis."""
    places = [place for medium in media for place in plan(medium, seeds, scale)]
    places.sort(key=lambda place: (place.recipe.seed, ORDER.index(place.axis)))
    found = {key_of(place.recipe): place.recipe for place in places}
    return [recipe for key, recipe in found.items() if key not in done]


def run(args: argparse.Namespace) -> None:
    """Measure what is missing until the time is up. Raises ValueError where data is missing."""
    torch.set_num_threads(1)
    get = benches(args.faces, args.text)
    stop = time.monotonic() + 60 * args.minutes if args.minutes else float("inf")
    waiting = missing(args.only, args.seeds, args.scale, read_results(args.results))
    for number, recipe in enumerate(waiting, 1):
        if time.monotonic() > stop:
            print(f"Time is up; {len(waiting) - number + 1} points are missing.", flush=True)
            return
        bench, words = get[recipe.medium](), describe_recipe(recipe)
        if recipe.examples > bench.size:
            print(f"{number}/{len(waiting)} {words}: left out, there are {bench.size:,} examples", flush=True)
            continue
        point = measure(recipe, bench)
        append(args.results, point)
        figures = point["figures"]
        print(f"{number}/{len(waiting)} {words}: held out {figures['held_out']:.3f}, learnt {figures['learnt']:.3f}, "
              f"{figures['seconds']:.3g} s of CPU time, {point['wall_seconds']:.3g} s in all", flush=True)  # fmt: skip


def describe_recipe(recipe: Recipe) -> str:
    """A recipe in a few words."""
    length = f"{recipe.steps} steps" if recipe.steps else f"{recipe.seconds:g} s"
    damage = f", {recipe.damage} {recipe.amount:g}" if recipe.damage else ""
    data = f"{recipe.medium}: {recipe.examples or 'all'} examples{damage}"
    return f"{data}, size {recipe.size}, {length}, seed {recipe.seed}"


def listing(args: argparse.Namespace) -> str:
    """The plan as lines: what is done, what is missing."""
    done = read_results(args.results)
    lines = []
    for medium in args.only:
        for place in plan(medium, args.seeds, args.scale):
            state = "done" if key_of(place.recipe) in done else "missing"
            lines.append(f"{state:8}{place.axis:12}{describe_recipe(place.recipe)}")
    return "\n".join(lines)


def parse(argv: list[str] | None) -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(MEDIA), default=list(MEDIA), help="models to measure")
    parser.add_argument("--minutes", type=float, default=0, help="begin no further point after so many minutes")
    parser.add_argument("--seeds", type=int, default=2, help="trainings of every point")
    parser.add_argument("--scale", type=float, default=1.0, help="of the length of every training, for a quick look")
    parser.add_argument("--faces", metavar="FOLDER", help="prepared faces (default: data/faces)")
    parser.add_argument("--text", metavar="FOLDER", help="prepared texts (default: data/text)")
    parser.add_argument("--results", type=Path, default=DEFAULT_RESULTS, help=f"default: {DEFAULT_RESULTS}")
    parser.add_argument("--list", action="store_true", help="show the points, measure nothing")
    parser.add_argument("--finished", action="store_true", help="measure nothing more")
    parser.add_argument("--publish", action="store_true", help="write the curves of the lab and docs/curves.md")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Measure, print, return the exit status."""
    args = parse(argv)
    if args.list:
        print(listing(args))
        return 0
    try:
        if not args.finished:
            run(args)
        if args.publish:
            publish(args)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def publish(args: argparse.Namespace) -> None:
    """Write what the lab and the documentation show. Raises ValueError for shortened trainings."""
    from benchmarks.curves_publish import write

    if args.scale != 1:
        raise ValueError("Only trainings of full length are published; leave out --scale.")
    names = write(read_results(args.results), args.seeds)
    print(f"Written: {', '.join(names) or 'nothing, no point is finished'}.")


if __name__ == "__main__":
    sys.exit(main())
