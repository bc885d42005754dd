"""The measured curves of our models, and what they answer: how much data, how long, how big, how clean.

`python -m benchmarks.curves --publish` measures them and writes ``measured/MEDIUM.json``. Nothing here knows a
figure of its own: every answer is computed from what the files say.
"""

import csv
import io
import itertools
import json
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("measured")
MEDIA = ("text", "labels", "faces")
DAMAGES = ("noise", "blur", "duplicates")
COUNTED = ("examples", "size_steps", "size_time")
"""Axes whose values are counts, of which there is at least one."""
AXES = ("examples", "time", "size_steps", "size_time", *DAMAGES)
MEASURES = {"text": "bits_per_byte", "labels": "accuracy", "faces": "psnr"}
SMALLER_IS_BETTER = {"text"}
FIELDS = ("x", "seed", "held_out", "learnt", "steps", "seconds", "parameters", "examples")
"""Of every measured point, all numbers."""
MAX_BYTES, MAX_POINTS = 200_000, 500
CLOSE = 0.1
"""Share of a curve's whole improvement that may be missing where it counts as reached."""
CERTAIN = 2.0
"""Differences of fewer standard deviations of a training's figure are taken for chance."""


@dataclass(frozen=True)
class Point:
    """The trainings of one value: means, and standard deviations over ``seeds`` trainings (0 for a single one)."""

    x: float
    held_out: float
    learnt: float
    held_out_spread: float
    learnt_spread: float
    seeds: int
    steps: float
    seconds: float
    parameters: float
    examples: float


@dataclass(frozen=True)
class Measured:
    """A file of the folder: the curves of one model by axis, and how they were measured."""

    medium: str
    curves: dict[str, list[Point]]
    rows: dict[str, list[dict[str, float]]]
    """The trainings behind the points."""
    about: dict[str, Any]
    """command, hardware, date, torch, settings, held_out, examples"""

    @property
    def sign(self) -> int:
        """1 where larger figures are better, else -1."""
        return -1 if self.medium in SMALLER_IS_BETTER else 1

    @property
    def noise(self) -> float:
        """Standard deviation of a held-out figure from seed to seed, over all points; 0 where all are single.

        Damaged data are left out: what half the labels contradict is learnt or not by chance, which says nothing about
        the other trainings.
        """
        curves = [curve for axis, curve in self.curves.items() if axis not in DAMAGES]
        found = [(p.held_out_spread**2, p.seeds - 1) for curve in curves for p in curve if p.seeds > 1]
        return math.sqrt(sum(v * n for v, n in found) / sum(n for _, n in found)) if found else 0.0

    def gain(self, worse: float, better: float) -> float:
        """How much better the second figure is; negative where it is worse."""
        return self.sign * (better - worse)


def available() -> list[str]:
    """The media that have a file."""
    return [name for name in MEDIA if (FOLDER / f"{name}.json").is_file()]


def load(medium: str) -> Measured:
    """The curves of a medium. Raises ValueError for an unknown name, a missing file, or one that is none of ours."""
    if medium not in MEDIA:
        raise ValueError(f"No model is called {medium!r}. Choose one of {', '.join(MEDIA)}.")
    path = FOLDER / f"{medium}.json"
    if not path.is_file():
        raise ValueError("These curves have not been measured yet. Run `python -m benchmarks.curves --publish`.")
    try:
        _require(path.stat().st_size <= MAX_BYTES)
        return parse(json.loads(path.read_text(encoding="utf-8")), medium)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"The measured curves {path.name} are damaged. Fetch them again.") from error


def parse(content: dict[str, Any], medium: str) -> Measured:
    """Check a file's content. Raises KeyError or TypeError where it is not what the command writes."""
    _require(content["medium"] == medium and not set(content["curves"]) - set(AXES))
    rows = {axis: [_checked(row, axis) for row in found] for axis, found in content["curves"].items() if found}
    _require(0 < sum(map(len, rows.values())) <= MAX_POINTS)
    about = {k: content[k] for k in ("command", "hardware", "date", "torch", "settings", "held_out", "examples")}
    return Measured(medium, {axis: points(found) for axis, found in rows.items()}, rows, about)


def _checked(row: dict[str, Any], axis: str) -> dict[str, float]:
    _require(set(row) == set(FIELDS))
    _require(all(isinstance(v, (int, float)) and not isinstance(v, bool) and math.isfinite(v) for v in row.values()))
    _require(row["x"] >= (1 if axis in COUNTED else 0))
    return row


def _require(right: bool) -> None:
    if not right:
        raise TypeError("not what the command writes")


def points(rows: Sequence[dict[str, float]]) -> list[Point]:
    """Trainings that share a value of the axis become one point; in the order of the axis.

    Of two moments of one training that the clock could not tell apart the later one counts.
    """
    together: defaultdict[float, dict[float, dict[str, float]]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: row["steps"]):
        together[row["x"]][row["seed"]] = row
    found = []
    for x, by_seed in sorted(together.items()):
        same = list(by_seed.values())
        mean = {name: sum(row[name] for row in same) / len(same) for name in FIELDS}
        spread = {
            name: math.sqrt(sum((row[name] - mean[name]) ** 2 for row in same) / max(1, len(same) - 1))
            for name in ("held_out", "learnt")
        }
        found.append(
            Point(x, mean["held_out"], mean["learnt"], spread["held_out"], spread["learnt"], len(same),
                  mean["steps"], mean["seconds"], mean["parameters"], mean["examples"])
        )  # fmt: skip
    return found


# --------------------------------------------------------------------------- what they answer


@dataclass(frozen=True)
class Answer:
    """A verdict by name and the figures that it rests on, for a sentence."""

    verdict: str
    figures: dict[str, float]


def enough_data(measured: Measured) -> Answer | None:
    """From how many examples on more of them bring nothing that could be told from chance.

    Verdicts: ``flat`` (the fewest do as well as all), ``enough`` (some number below all does), ``more`` (all are
    best). None where it was not measured.
    """
    curve = measured.curves.get("examples", [])
    if len(curve) < 2:
        return None
    first, last = curve[0], curve[-1]
    best = max(curve, key=lambda p: measured.sign * p.held_out)
    whole = measured.gain(first.held_out, best.held_out)
    chance = CERTAIN * measured.noise
    reached = next(p for p in curve if measured.gain(p.held_out, best.held_out) <= max(CLOSE * whole, chance))
    verdict = "flat" if reached is first else "more" if reached is last else "enough"
    return Answer(verdict, {
        "first": first.x, "first_figure": first.held_out, "all": last.x, "all_figure": last.held_out,
        "enough": reached.x, "enough_figure": reached.held_out,
        "seen": last.steps * measured.about["settings"]["batch"],
    })  # fmt: skip


def learnt_by_heart(measured: Measured) -> Answer | None:
    """How far the figure on the examples that were learnt runs ahead of the held-out one: few examples against all.

    Verdicts: ``overfits`` (further with few), ``same``.
    """
    curve = measured.curves.get("examples", [])
    if len(curve) < 2:
        return None
    few, everything = (measured.gain(p.held_out, p.learnt) for p in (curve[0], curve[-1]))
    verdict = "overfits" if few - everything > CERTAIN * measured.noise and few > 0 else "same"
    return Answer(verdict, {"first": curve[0].x, "few": few, "all": curve[-1].x, "everything": everything})


def long_enough(measured: Measured) -> Answer | None:
    """What the second half of the longest training still brought. Verdicts: ``still``, ``done``."""
    curve = measured.curves.get("time", [])
    if len(curve) < 3:
        return None
    first, last = curve[0], curve[-1]
    half = min(curve[:-1], key=lambda p: abs(p.x - last.x / 2))
    whole, second = measured.gain(first.held_out, last.held_out), measured.gain(half.held_out, last.held_out)
    verdict = "still" if second > max(0.05 * whole, CERTAIN * measured.noise) else "done"
    return Answer(verdict, {
        "half": half.x, "half_figure": half.held_out, "last": last.x, "last_figure": last.held_out,
        "share": second / whole if whole > 0 else 0.0, "steps": last.steps,
    })  # fmt: skip


def big_enough(measured: Measured) -> Answer | None:
    """Whether the largest model is best, after equally many steps and after equal time.

    Verdicts: ``bigger`` (both), ``steps_only`` (only after equal steps), ``smaller`` (neither).
    """
    steps, time = measured.curves.get("size_steps", []), measured.curves.get("size_time", [])
    if len(steps) < 2 or len(time) < 2:
        return None

    def best(curve: list[Point]) -> Point:
        return max(curve, key=lambda p: measured.sign * p.held_out)

    by_steps, by_time = best(steps), best(time)
    verdict = "bigger" if by_time is time[-1] else "steps_only"
    if by_steps is not steps[-1]:
        verdict = "smaller"
    return Answer(verdict, {
        "steps_parameters": by_steps.x, "steps_figure": by_steps.held_out, "smallest_figure": steps[0].held_out,
        "time_parameters": by_time.x, "time_figure": by_time.held_out, "seconds": by_time.seconds,
        "largest": time[-1].x, "largest_figure": time[-1].held_out, "smallest": steps[0].x,
        "largest_seconds": steps[-1].seconds,
    })  # fmt: skip


def cost_of(measured: Measured, axis: str) -> Answer | None:
    """What damaged data costs, and how many undamaged examples would do as badly.

    Verdicts: ``free`` (within chance even at the largest amount), ``beyond`` (worse than the fewest examples),
    ``equal`` (as bad as a number of examples between them), ``unknown`` (the examples were not measured, or make no
    difference).
    """
    curve = measured.curves.get(axis, [])
    if len(curve) < 2:
        return None
    clean, worst = curve[0], curve[-1]
    chance = CERTAIN * measured.noise
    harmless = clean
    for point in curve[1:]:
        if measured.gain(point.held_out, clean.held_out) > chance:
            break
        harmless = point
    figures = {
        "clean_figure": clean.held_out, "worst": worst.x, "worst_figure": worst.held_out,
        "loss": measured.gain(worst.held_out, clean.held_out), "harmless": harmless.x,
    }  # fmt: skip
    if harmless is worst:
        return Answer("free", figures)
    by_number = measured.curves.get("examples", [])
    if len(by_number) < 2 or measured.gain(by_number[0].held_out, by_number[-1].held_out) <= chance:
        return Answer("unknown", figures)
    figures["first"] = by_number[0].x
    if measured.gain(worst.held_out, by_number[0].held_out) > 0:
        return Answer("beyond", figures)
    return Answer("equal", figures | {"as_few": equal_number(measured, by_number, worst.held_out)})


def equal_number(measured: Measured, curve: list[Point], figure: float) -> float:
    """How many examples do as well as ``figure``: between two measured numbers in a line over their logarithm."""
    for a, b in itertools.pairwise(curve):
        step = measured.gain(a.held_out, b.held_out)
        part = measured.gain(a.held_out, figure) / step if step > 0 else 0.0
        if 0 <= part <= 1 and step > 0:
            return math.exp(math.log(a.x) + part * (math.log(b.x) - math.log(a.x)))
    return curve[-1].x


def as_csv(measured: Measured) -> str:
    """Every training of every curve, a line each."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["medium", "measure", "axis", *FIELDS])
    for axis, rows in measured.rows.items():
        for row in rows:
            writer.writerow([measured.medium, MEASURES[measured.medium], axis, *(row[name] for name in FIELDS)])
    return buffer.getvalue()
