"""From the finished points to the files that the lab reads, and to the tables and drawings of docs/curves.md."""

import json
from pathlib import Path
from typing import Any

from benchmarks.curves import MEDIA, Place, key_of, plan
from benchmarks.readme import fill
from genai_demo.lab import curves
from genai_demo.lab.curves import Measured
from genai_demo.ui.curves_view import AXES_OF, DAMAGES, QUESTIONS, Words, answer, drawing

DOCS = Path(__file__).parents[1] / "docs"
COMMAND = "python -m benchmarks.curves --publish"


def rows_of(place: Place, point: dict[str, Any]) -> list[dict[str, float]]:
    """The rows of a curve that a training gives: one, or its whole course where the axis is time."""
    figures, recipe = point["figures"], point["recipe"]
    common = {"seed": recipe["seed"], "parameters": figures["parameters"], "examples": figures["examples"]}
    names = ("held_out", "learnt", "steps", "seconds")
    if place.axis == "time":
        return [{"x": moment["seconds"], **{n: moment[n] for n in names}, **common} for moment in figures["course"]]
    known = {"examples": figures["examples"], "size_steps": figures["parameters"], "size_time": figures["parameters"]}
    x = known.get(place.axis, place.x)
    return [{"x": x, **{n: figures[n] for n in names}, **common}]


def content(medium: str, done: dict[str, dict[str, Any]], seeds: int) -> dict[str, Any] | None:
    """What the file of a medium says; None where nothing of it was measured."""
    found: dict[str, list[dict[str, float]]] = {}
    used = []
    for place in plan(medium, seeds):
        point = done.get(key_of(place.recipe))
        if point is not None:
            used.append(point)
            found.setdefault(place.axis, []).extend(rows_of(place, point))
    if not used:
        return None
    last, kind = max(used, key=lambda point: point["date"]), MEDIA[medium]
    return {
        "medium": medium,
        "measure": curves.MEASURES[medium],
        "command": COMMAND,
        "hardware": last["hardware"],
        "date": last["date"],
        "torch": last["torch"],
        "examples": max(point["figures"]["examples"] for point in used),
        "held_out": last["figures"]["held_out_examples"],
        "settings": {"size": kind.size, "steps": kind.steps, "batch": kind.batch},
        "curves": found,
    }


def write(done: dict[str, dict[str, Any]], seeds: int, folder: Path = curves.FOLDER, docs: Path = DOCS) -> list[str]:
    """Write the files of all media that were measured; returns their names.

    Every file is checked as the lab checks it before it takes the place of the old one.
    """
    written = []
    for medium in MEDIA:
        file = content(medium, done, seeds)
        if file is None:
            continue
        measured = curves.parse(file, medium)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{medium}.json"
        path.write_text(_compact(file), encoding="utf-8")
        written.append(path.name)
        page = docs / "curves.md"
        page.write_text(fill(page.read_text(encoding="utf-8"), medium, chapter(measured, docs)), encoding="utf-8")
    return written


def _compact(file: dict[str, Any]) -> str:
    """JSON with a line for every training."""
    lines = []
    for axis, found in file["curves"].items():
        rows = ",\n".join(f"   {json.dumps(row)}" for row in found)
        lines.append(f'  "{axis}": [\n{rows}\n  ]')
    head = json.dumps({**file, "curves": {}}, indent=1)
    return head.replace('"curves": {}', '"curves": {\n' + ",\n".join(lines) + "\n }") + "\n"


def chapter(measured: Measured, docs: Path) -> str:
    """Drawings, answers and tables of a model, in Markdown; the drawings go into docs/curves/."""
    words = Words(measured, "en")
    lines = []
    for question in QUESTIONS:
        lines += [f"**{words.say(f'ask.{question}')}** {answer(measured, question, 'en')}", ""]
        for axis in AXES_OF[question]:
            drawn = drawing(measured, axis, "en", standalone=True)
            if drawn:
                (docs / "curves").mkdir(exist_ok=True)
                file = f"curves/{measured.medium}-{axis}.svg"
                (docs / file).write_text(drawn + "\n", encoding="utf-8")
                lines += [f"![{words.name('size_steps' if axis == 'size' else axis)}]({file})", ""]
        for axis in ("size_steps", "size_time") if question == "size" else AXES_OF[question]:
            if measured.curves.get(axis):
                lines += [*table(words, axis), ""]
    known = measured.about
    settings = ", ".join(f"{name} {value}" for name, value in known["settings"].items())
    lines.append(
        f"{known['date']}, one core of {known['hardware']}, PyTorch {known['torch']}, {known['held_out']:,} examples "
        f"held out. Usual {settings}. From seed to seed: {words.gap(measured.noise)}."
    )
    return "\n".join(lines)


def table(words: Words, axis: str) -> list[str]:
    """The points of an axis as lines of Markdown."""
    titles = {"size_steps": "parameters, equal steps", "size_time": "parameters, equal time"}
    title = titles.get(axis, words.name(axis, "name" if axis in DAMAGES else "axis"))
    digits = 3 if words.medium == "text" else 1
    lines = [f"| {title} | never seen | learnt | trainings | steps | CPU seconds |", "|---:|---:|---:|---:|---:|---:|"]
    for p in words.measured.curves[axis]:
        seen, learnt = (
            f"{words.factor * figure:.{digits}f}" + (f" ± {words.factor * spread:.{digits}f}" if spread else "")
            for figure, spread in ((p.held_out, p.held_out_spread), (p.learnt, p.learnt_spread))
        )
        lines.append(f"| {words.place(axis, p.x)} | {seen} | {learnt} | {p.seeds} | {p.steps:,.0f} | {p.seconds:.3g} |")
    return lines
