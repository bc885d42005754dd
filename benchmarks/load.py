"""Many visitors at once: ``python -m benchmarks.load --visitors 50 --minutes 10``; ``--requests 2000`` is a soak,
``--visitors 3 --actions 100`` an hour of three visitors who do not think in between.

Starts the app, opens it in so many pages, lets them use all tabs with time to think in between, and reports errors,
answers that belonged to someone else, memory, and how right the wait was that the page showed. JSON on the output;
``--fill`` writes the rows of docs/trust.md.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks import readme, service, visits
from genai_demo.core import limits
from genai_demo.core.rounding import significant

DOCS = Path(__file__).parents[1] / "docs" / "trust.md"
THINK = 5.0
"""Seconds between two things that a visitor does, on average."""
WARM = 0.4
"""Share of the run after which memory should not grow any more: every model has been used by then."""
NOTICED = 1.0
"""Seconds; who waits less does not read how long it will take."""


async def visit(me: visits.Visitor, until: Any, actions: int | None = None) -> None:
    """Use the page until the test is over, or so many things are done, one after the other."""
    beat = asyncio.create_task(me.heartbeat())
    tabs: list[Any] = [*visits.TABS.values()]
    todo: Any = visits.Visitor.arrive
    done = 0
    while not until() and done != actions:
        try:
            await todo(me)
            done += 1
        except visits.QueueFull as full:
            await asyncio.sleep(full.seconds + me.dice.random())
        except (visits.Wrong, httpx.HTTPError, OSError) as error:
            if not until():
                me.tally.errors.append(f"{getattr(todo, '__name__', todo)}: {error!r}"[:300])
            done += 1
        if actions is None:
            await visits.pause(me, THINK)
        todo = me.dice.choice(tabs)
    beat.cancel()
    with contextlib.suppress(asyncio.CancelledError, httpx.HTTPError):
        await beat


async def crowd(
    app: service.Service, visitors: int, minutes: float | None, requests: int | None, actions: int | None
) -> dict[str, Any]:
    """Let visitors in, a few a second, and measure until the time is over, or requests or actions are done."""
    tally, memory, start = visits.Tally(), [], time.monotonic()
    over = False

    def until() -> bool:
        return over or (requests is not None and tally.requests >= requests)

    async def watch() -> None:
        while True:
            memory.append(app.resident_bytes())
            await asyncio.sleep(1)

    unlimited = httpx.Limits(max_connections=None, max_keepalive_connections=200, keepalive_expiry=2)
    async with httpx.AsyncClient(timeout=httpx.Timeout(900), limits=unlimited, trust_env=False) as http:
        config = (await http.get(f"{app.url}/config")).json()
        info = (await http.get(f"{app.url}/gradio_api/info?all_endpoints=True")).json()
        page = visits.read_page(config)
        visits.name_values(page, info, config)
        watching = asyncio.create_task(watch())
        tasks = []
        for number in range(visitors):
            tasks.append(asyncio.create_task(visit(visits.Visitor(number, app.url, page, http, tally), until, actions)))
            await asyncio.sleep(0.3)
        while (
            not until()
            and not all(task.done() for task in tasks)
            and (minutes is None or time.monotonic() - start < 60 * minutes)
        ):
            await asyncio.sleep(0.5)
        over = True
        await asyncio.wait(tasks, timeout=180)
        for task in tasks:
            task.cancel()
        watching.cancel()
    return summary(tally, memory, time.monotonic() - start, visitors)


def summary(tally: visits.Tally, memory: list[int], seconds: float, visitors: int) -> dict[str, Any]:
    """The figures of a run."""
    warm = memory[int(WARM * len(memory)) :] or memory
    part = max(1, len(warm) // 5)
    first, last = statistics.mean(warm[:part]), statistics.mean(warm[-part:])
    waits = [w for w in tally.waits if w.real >= NOTICED]
    times = [t for spent in tally.answers.values() for t in spent]
    return {
        "visitors": visitors,
        "minutes": significant(seconds / 60),
        "requests": tally.requests,
        "answers": len(times),
        "queue_full": tally.full,
        "errors": len(tally.errors),
        "error_examples": sorted(set(tally.errors))[:12],
        "belonged_to_others": tally.foreign[:12],
        "owners_checked": tally.checked,
        "median_answer_seconds": significant(statistics.median(times)) if times else None,
        "median_wait_shown": significant(statistics.median(w.shown for w in waits)) if waits else None,
        "median_wait_real": significant(statistics.median(w.real for w in waits)) if waits else None,
        "waits": len(waits),
        "memory_after_warm_up_mb": round(first / limits.MEGABYTE),
        "memory_at_the_end_mb": round(last / limits.MEGABYTE),
        "memory_growth": significant(last / first - 1),
        "memory_mb_by_half_minute": [round(m / limits.MEGABYTE) for m in memory[::30]],
        "load_average": round(os.getloadavg()[1], 1),
        "seconds_by_function": {
            name: [len(spent), significant(statistics.median(spent))] for name, spent in sorted(tally.answers.items())
        },
    }


def table(report: dict[str, Any]) -> str:
    """Rows for docs/trust.md."""
    shown, real = report["median_wait_shown"], report["median_wait_real"]
    wait = "nobody waited"
    if report["waits"]:
        wait = f"{shown:.1f} s shown, {real:.1f} s real ({report['waits']} waits)"
    return "\n".join(
        [
            "| what | measured |",
            "|---|---|",
            f"| visitors, minutes | {report['visitors']}, {report['minutes']:.1f} |",
            f"| requests | {report['requests']:,} |",
            f"| told that the queue is full | {report['queue_full']:,} |",
            f"| other errors | {report['errors']} |",
            f"| answers that belonged to someone else | {len(report['belonged_to_others'])} of "
            f"{report['owners_checked']:,} checked |",
            f"| median time of an answer | {report['median_answer_seconds']:.1f} s |",
            f"| wait, median | {wait} |",
            f"| memory after warm-up, at the end | {report['memory_after_warm_up_mb']} MB, "
            f"{report['memory_at_the_end_mb']} MB ({100 * report['memory_growth']:+.0f} %) |",
            f"| load average of the machine (2 cores) | {report['load_average']} |",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=None, help="10 where no number of requests is given")
    parser.add_argument("--requests", type=int, default=None, help="stop after so many")
    parser.add_argument("--actions", type=int, default=None, help="of each visitor, without a pause; stop after them")
    parser.add_argument("--fill", action="store_true", help="write the rows of docs/trust.md")
    options = parser.parse_args()
    minutes = options.minutes if options.minutes or options.requests or options.actions else 10.0
    with tempfile.TemporaryDirectory() as name, service.running(Path(name), counted=True) as app:
        report = asyncio.run(crowd(app, options.visitors, minutes, options.requests, options.actions))
        report["held_at_the_end"] = app.held()
        report["tracebacks_in_the_log"] = app.log.count("Traceback")
    print(json.dumps(report, indent=1))
    print(table(report))
    if options.fill:
        block = "hour" if options.actions else "load"
        DOCS.write_text(readme.fill(DOCS.read_text(encoding="utf-8"), block, table(report)), encoding="utf-8")


if __name__ == "__main__":
    main()
