"""What long texts cost: ``python -m benchmarks.long_inputs``; a table of functions, sizes and seconds of the processor.

Every function that the page's configuration lists is called once for each of its values that can hold words, and for
each sort of text, with 10, 100 and 1,000 kB of it, as the page would send it. Measured is what the whole process of
the app computed until it answered: a refusal with a sentence, or the first piece of a result.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import service
from benchmarks.fuzz import Answer, Stranger

SIZES = (10, 100, 1_000)
"""kB of a text, as it is sent."""
SORTS = {
    "letters": "a",
    "words": "how do I write, ",
    "Chinese": "怎么写",
    "signs": "[1,",
    "digits": "4 ",
    "lines": "a.\n",
}
FREE = {"textbox", "code", "chatbot", "html"}
"""Components whose value can be any words: they get every sort of text."""
CHOICES = {"dropdown", "radio", "checkboxgroup"}
"""Components that refuse what is no choice of theirs: they get letters."""
PAUSE = 0.08
"""Seconds between calls: the app lets nobody ask more often."""
NOTABLE = 0.2
"""Seconds for 1,000 kB from which a function is shown as slow."""


@dataclass
class Row:
    """One value of a function: seconds by sort of text, in the order of SIZES."""

    function: str
    place: int
    kind: str
    seconds: dict[str, list[float]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    """To the longest text."""

    @property
    def slowest(self) -> str:
        """The sort of text that costs most at its longest."""
        return max(self.seconds, key=lambda sort: self.seconds[sort][-1])


def long_text(sort: str, kilobytes: int) -> str:
    """A text of a sort, as long as asked for in UTF-8."""
    unit = SORTS[sort]
    return unit * (1_000 * kilobytes // len(unit.encode()))


def processor_seconds(process: int) -> float:
    """What all threads of a process have computed so far (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def value_of(kind: str, text: str) -> Any:
    """The value that a component of this kind would send with a long text."""
    if kind != "chatbot":
        return text
    return [{"role": "user", "metadata": None, "options": None, "content": [{"type": "text", "text": text}]}]


def places(stranger: Stranger) -> Iterator[tuple[dict[str, Any], int, str]]:
    """Functions and the places of their values that can be words, any words first."""
    for kinds in (FREE, CHOICES):
        for function in stranger.functions:
            for place, number in enumerate(function["inputs"]):
                if stranger.types[number] in kinds:
                    yield function, place, stranger.types[number]


def settled(running: service.Service) -> float:
    """Seconds that the process has computed, once it computes no more."""
    before = processor_seconds(running.process.pid)
    while True:
        time.sleep(PAUSE)
        now = processor_seconds(running.process.pid)
        if now - before < 0.02:
            return now
        before = now


def measure(running: service.Service, wanted: str = "") -> list[Row]:
    """All functions, or those whose names begin with ``wanted``."""
    stranger, rows = Stranger(running.url), []
    for function, place, kind in places(stranger):
        name = function["api_name"] or f"function {function['id']}"
        if not name.startswith(wanted):
            continue
        row = Row(name, place, kind)
        rows.append(row)
        for sort in SORTS if kind in FREE else ("letters",):
            row.seconds[sort] = []
            for size in SIZES:
                data = stranger.usual(function)
                data[place] = value_of(kind, long_text(sort, size))
                start = settled(running)
                answer = stranger.call(function, data)
                row.seconds[sort].append(settled(running) - start)
            row.answers[sort] = said(answer)
        print(line(row), flush=True)
    return rows


def said(answer: Answer) -> str:
    """An answer in a few words."""
    return answer.kind if answer.kind == "result" else f"{answer.kind}: {answer.words[:90]}"


def line(row: Row) -> str:
    """A row of the table: its slowest sort of text."""
    seconds = row.seconds[row.slowest]
    growth = seconds[-1] / max(0.01, seconds[-2])
    numbers = " | ".join(f"{s:.2f}" for s in seconds)
    mark = " **slow**" if seconds[-1] > NOTABLE else ""
    where = f"| {row.function} | {row.place} {row.kind} | {row.slowest}"
    return f"{where} | {numbers} | {growth:.1f}{mark} | {row.answers[row.slowest]} |"


def main() -> None:
    """Print the table as Markdown, and as JSON where asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="functions whose names begin so")
    parser.add_argument("--json", type=Path, help="a file for the numbers")
    options = parser.parse_args()
    print("| function | value | text | " + " | ".join(f"{size:,} kB" for size in SIZES) + " | growth | answer |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, service.running(Path(folder) / "app") as running:
        rows = measure(running, options.only)
    slow = sorted({row.function for row in rows if row.seconds[row.slowest][-1] > NOTABLE})
    print(f"\n{len(rows)} values; above {NOTABLE} s: {', '.join(slow) or 'none'}")
    if options.json:
        options.json.write_text(json.dumps([vars(row) for row in rows], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
