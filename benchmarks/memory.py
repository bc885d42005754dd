"""What the app holds after each round of use: ``python -m benchmarks.memory --visitors 3 --rounds 6``.

Every round, each visitor uses every room once, with seeds that nobody has used; what grows with the rounds never stops
growing. A line a round, then the largest states and caches.
"""

import argparse
import asyncio
import contextlib
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from benchmarks import service, visits
from genai_demo.core import limits

REST = 6
"""Seconds after a round, in which the app gives back what is free."""


async def animation(me: visits.Visitor) -> None:
    await me.call("draw_path", frames=48)
    await me.call("save_animation", fps=12)


async def painting(me: visits.Visitor) -> None:
    await me.call("paint_picture", seed=me.seed, side="1024")
    await me.call("paint_seeds", seed=me.seed)


async def scene(me: visits.Visitor) -> None:
    output = await me.call("compose_face", face=me.seed)
    person = {"path": output[0]["path"], "meta": {"_type": "gradio.FileData"}}
    await me.call("compose_picture", upload=person, seed=me.seed)


async def long_sounds(me: visits.Visitor) -> None:
    await me.call("play_effect", kind="wind", seconds=10.0, seed=me.seed)
    await me.call("compose_piece", bars=16, seed=me.seed, style=me.dice.choice(["chorale", "air", "waltz"]))
    await me.call("hear_music", sound=me.dice.choice(["organ", "piano", "flute", "concertina"]))


async def chat(me: visits.Visitor) -> None:
    await me.call("continue_text", words=f"{me.word} at the harbour. ", length=200, seed=me.seed)


ROOMS: dict[str, Callable[[visits.Visitor], Awaitable[None]]] = {
    **visits.TABS, "animation": animation, "painting": painting, "scene": scene, "long sounds": long_sounds,
    "chat": chat,
}  # fmt: skip


async def use(me: visits.Visitor, rooms: list[str]) -> None:
    """One round of one visitor."""
    for name in rooms:
        try:
            await ROOMS[name](me)
        except visits.QueueFull as full:
            await asyncio.sleep(full.seconds)
        except (visits.Wrong, httpx.HTTPError, OSError, KeyError) as error:
            me.tally.errors.append(f"{name}: {error!r}"[:300])
    me.seed += 1_009


async def measure(app: service.Service, visitors: int, rounds: int, rooms: list[str]) -> None:
    """Print what the app holds after the start and after each round."""
    tally = visits.Tally()
    async with httpx.AsyncClient(timeout=httpx.Timeout(900), trust_env=False) as http:
        config = (await http.get(f"{app.url}/config")).json()
        info = (await http.get(f"{app.url}/gradio_api/info?all_endpoints=True")).json()
        page = visits.read_page(config)
        visits.name_values(page, info, config)
        print(line("start", 0.0, held := await asyncio.to_thread(app.held)), flush=True)
        guests = [visits.Visitor(number, app.url, page, http, tally) for number in range(visitors)]
        beats = [asyncio.create_task(guest.heartbeat()) for guest in guests]
        for guest in guests:
            await guest.arrive()
        for number in range(1, rounds + 1):
            begun = time.monotonic()
            await asyncio.gather(*(use(guest, rooms) for guest in guests))
            seconds = time.monotonic() - begun
            await asyncio.sleep(REST)
            print(line(str(number), seconds, held := await asyncio.to_thread(app.held)), flush=True)
        for beat in beats:
            beat.cancel()
            with contextlib.suppress(asyncio.CancelledError, httpx.HTTPError):
                await beat
    print(table("states", {kind: (1, size) for kind, size in held["states"].items()}))
    print(table("caches", held["caches"]))
    print(f"{tally.requests} requests, {len(tally.errors)} errors {sorted(set(tally.errors))[:8]}")


def megabytes(count: int) -> str:
    return f"{count / limits.MEGABYTE:.0f} MB"


def line(name: str, seconds: float, held: dict[str, Any]) -> str:
    """A round in words."""
    caches = sum(size for _, size in held["caches"].values())
    return (
        f"round {name} ({seconds:.0f} s): resident {megabytes(held['resident_bytes'])}, malloc "
        f"{megabytes(held['malloc_used_bytes'])} used, {megabytes(held['malloc_free_bytes'])} free; tensors "
        f"{megabytes(held['tensor_bytes'])}, {held['pictures']} pictures {megabytes(held['picture_bytes'])}, caches "
        f"{megabytes(caches)}, {held['visits']} visits {megabytes(sum(held['states'].values()))}, "
        f"{held['threads']} threads"
    )


def table(name: str, found: dict[str, tuple[int, int]]) -> str:
    """The largest first."""
    largest = sorted(found.items(), key=lambda item: -item[1][1])[:14]
    return f"{name}:\n" + "\n".join(f"  {size / limits.MEGABYTE:7.2f} MB  {n:5}  {key}" for key, (n, size) in largest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--rooms", nargs="+", choices=ROOMS, default=list(ROOMS), metavar="ROOM")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, service.running(Path(name), counted=True) as app:
        asyncio.run(measure(app, options.visitors, options.rounds, options.rooms))


if __name__ == "__main__":
    main()
