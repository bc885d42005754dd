"""What visitors of a load test do in each tab, and how they know that what comes back is theirs."""

import asyncio
import io
import json
import random
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np
from PIL import Image

from genai_demo.trust import metadata

FULL = re.compile(r"^Queue full, try again in (\d+) s\.$")


class QueueFull(Exception):
    """The app has said that the queue is full, and for how many seconds."""

    def __init__(self, seconds: int):
        super().__init__(seconds)
        self.seconds = seconds


class Wrong(Exception):
    """An answer that should not be: an error, or what belongs to another visitor."""


@dataclass
class Wait:
    """One time that the page showed how long it will take: seconds shown, and what it took from then on."""

    name: str
    shown: float
    real: float
    rank: int


@dataclass
class Tally:
    """What all visitors saw."""

    answers: dict[str, list[float]] = field(default_factory=dict)
    """Seconds of each answer, by function."""
    full: int = 0
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    """Answers that belonged to someone else."""
    checked: int = 0
    waits: list[Wait] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return sum(map(len, self.answers.values())) + self.full + len(self.errors)


class Visitor:
    """One page that is open, with data of its own."""

    def __init__(self, number: int, url: str, page: dict[str, Any], http: httpx.AsyncClient, tally: Tally):
        self.number, self.http, self.tally = number, http, tally
        self.url, self.page = f"{url}/gradio_api", page
        self.dice = random.Random(number)
        self.session = uuid.uuid4().hex
        self.seed = 1_000 + 17 * number
        self.word = f"Visitor{number}says"

    async def call(self, name: str, stop_after: float | None = None, **values: Any) -> list[Any]:
        """Run a function as the page does; ``stop_after`` seconds of a stream it is cancelled.

        Raises QueueFull, Wrong where the answer is an error, or ValueError for a value that the function does not take.
        """
        function = self.page["functions"][name]
        if unknown := values.keys() - set(function["names"]):
            raise ValueError(f"{name} takes no {', '.join(sorted(unknown))}: it would run with the usual values.")
        data = [values.get(n, u) for n, u in zip(function["names"], function["usual"], strict=True)]
        body = {"data": data, "fn_index": function["id"], "session_hash": self.session}
        start = time.monotonic()
        reply = await self.http.post(f"{self.url}/queue/join", json=body)
        if reply.status_code != 200:
            words = str(reply.json().get("detail")) if "json" in reply.headers.get("content-type", "") else reply.text
            if match := FULL.match(words):
                self.tally.full += 1
                raise QueueFull(int(match.group(1)))
            raise Wrong(f"{name}: status {reply.status_code}, {words[:200]}")
        output = await self._follow(name, function["id"], reply.json()["event_id"], stop_after)
        self.tally.answers.setdefault(name, []).append(time.monotonic() - start)
        return output

    async def _follow(self, name: str, index: int, event: str, stop_after: float | None) -> list[Any]:
        """The messages of one event until it is over. Texts and files of the last complete output."""
        shown: list[tuple[int, float, float]] = []
        begun: float | None = None
        last: list[Any] = []
        async with self.http.stream("GET", f"{self.url}/queue/data", params={"session_hash": self.session}) as stream:
            async for line in stream.aiter_lines():
                message = json.loads(line[5:]) if line.startswith("data:") else {}
                if message.get("event_id") != event:
                    continue
                kind = message["msg"]
                if kind == "estimation" and message["rank_eta"] is not None:
                    shown.append((message["rank"], message["rank_eta"], time.monotonic()))
                elif kind == "process_generating":
                    begun = begun or time.monotonic()
                    if not last:
                        last = message["output"]["data"]
                    if stop_after is not None and time.monotonic() - begun > stop_after:
                        cancel = {"session_hash": self.session, "fn_index": index, "event_id": event}
                        await self.http.post(f"{self.url}/cancel", json=cancel)
                        return last
                elif kind == "process_completed":
                    if not message["success"]:
                        raise Wrong(f"{name}: {message['output'].get('error')}")
                    if stop_after is None:
                        now = time.monotonic()
                        self.tally.waits += [Wait(name, eta, now - when, rank) for rank, eta, when in shown]
                    return message["output"]["data"] or last
        raise Wrong(f"{name}: the stream ended")

    def owned(self, name: str, found: Any, wanted: Any) -> None:
        """Note an answer that is not this visitor's."""
        self.tally.checked += 1
        if found != wanted:
            self.tally.foreign.append(f"{name}: {str(found)[:80]!r} in the place of {str(wanted)[:80]!r}")

    async def recipe(self, output: list[Any], ending: str) -> dict[str, Any]:
        """The recipe in the first file of that kind among the outputs."""
        files = [o["path"] for o in output if isinstance(o, dict) and str(o.get("path", "")).endswith(ending)]
        if not files:
            raise Wrong(f"no file that ends in {ending}")
        reply = await self.http.get(f"{self.url}/file={files[0]}")
        reply.raise_for_status()
        return metadata.read(reply.content).recipe or {}

    async def upload(self, name: str, data: bytes) -> dict[str, Any]:
        """A file of the visitor's, in the form that functions take."""
        reply = await self.http.post(f"{self.url}/upload", files={"files": (name, data)})
        if reply.status_code != 200:
            raise Wrong(f"upload: {reply.text[:200]}")
        return {"path": reply.json()[0], "meta": {"_type": "gradio.FileData"}}

    async def arrive(self) -> None:
        """What the page does when it is opened."""
        await self.http.get(self.url.removesuffix("/gradio_api"))
        for name in self.page["at_start"]:
            await self.call(name)

    async def heartbeat(self) -> None:
        """The connection that says the page is still open."""
        async with self.http.stream("GET", f"{self.url}/heartbeat/{self.session}") as stream:
            async for _ in stream.aiter_lines():
                pass


async def faces(me: Visitor) -> None:
    await me.call("generate_faces", seed=me.seed, count=2)
    await me.call("select_face", number=1)
    for _ in range(3):
        output = await me.call("edit_selected", gan_smile=me.dice.uniform(-2, 2))
    me.owned("edit_selected", (await me.recipe(output, ".png")).get("seed"), me.seed)


async def interpolation(me: Visitor) -> None:
    await me.call("start_keys")
    await me.call("add_seed_key", seed=me.seed)
    await me.call("remove_key", number=1)  # there is room for eight
    await me.call("draw_path", frames=8)
    await me.call("draw_map", seeds=f"{me.seed}, 2, 3, 4")


async def repair(me: Visitor) -> None:
    size = 96 + me.number, 100
    noise = np.random.default_rng(me.seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "PNG")
    picture = await me.upload("picture.png", buffer.getvalue())
    output = await me.call("repair_picture", painted={"background": picture, "layers": [], "composite": None})
    files = [o["path"] for o in output if isinstance(o, dict) and str(o.get("path", "")).endswith(".png")]
    reply = await me.http.get(f"{me.url}/file={files[-1]}")
    me.owned("repair_picture", Image.open(io.BytesIO(reply.content)).size, size)


async def text(me: Visitor) -> None:
    start = f"{me.word} that it rained. "
    output = await me.call("continue_text", words=start, length=30, seed=me.seed)
    whole = json.dumps(output, ensure_ascii=False)
    me.owned("continue_text", set(re.findall(r"Visitor\d+says", whole)), {me.word})
    await me.call("translate_aligned", words="Where is the station?")


async def speech(me: Visitor) -> None:
    words = f"Good morning, {me.number} friends."
    output = await me.call("speak_text", words=words, seed=me.seed)
    me.owned("speak_text", (await me.recipe(output, ".wav")).get("seed"), me.seed)


async def music(me: Visitor) -> None:
    output = await me.call("compose_piece", bars=4, seed=me.seed, style=me.dice.choice(["jig", "reel"]))
    output = await me.call("hear_music", tempo=1.1)
    me.owned("hear_music", (await me.recipe(output, ".wav")).get("seed"), me.seed)


async def effects(me: Visitor) -> None:
    output = await me.call("play_effect", kind=me.dice.choice(["rain", "fire"]), seconds=1.0, seed=me.seed)
    me.owned("play_effect", (await me.recipe(output, ".wav")).get("seed"), me.seed)


async def lab(me: Visitor) -> None:
    await me.call(me.dice.choice(["train_gan", "train_vae"]), stop_after=2.0, seed=me.seed)


async def trust(me: Visitor) -> None:
    output = await me.call("inspect_text", words=f"{me.word}. " * 12)
    me.owned("inspect_text", bool(output[0]), True)
    file = await me.upload("letter.txt", f"{me.word}. ".encode() * 12)
    await me.call("inspect_file", upload=file)


TABS: dict[str, Callable[[Visitor], Awaitable[None]]] = {
    "faces": faces, "interpolation": interpolation, "repair": repair, "text": text, "speech": speech, "music": music,
    "effects": effects, "lab": lab, "trust": trust,
}  # fmt: skip


def read_page(config: dict[str, Any]) -> dict[str, Any]:
    """What a visitor needs of the page's configuration: named functions, and which run when it opens."""
    parts = {c["id"]: c for c in config["components"]}
    functions = {}
    for d in config["dependencies"]:
        if d["backend_fn"] and d["api_name"] and d["queue"]:
            usual = [None if parts[i]["type"] == "state" else parts[i]["props"].get("value") for i in d["inputs"]]
            functions[d["api_name"]] = {"id": d["id"], "usual": usual, "names": [str(i) for i in d["inputs"]]}
    started = [d["api_name"] for d in config["dependencies"] if any(t[1] == "load" for t in d["targets"])]
    return {"functions": functions, "at_start": [name for name in started if name in functions]}


def name_values(page: dict[str, Any], info: dict[str, Any], config: dict[str, Any]) -> None:
    """Give the values of functions the names by which the API knows them; states have none."""
    states = {str(c["id"]) for c in config["components"] if c["type"] == "state"}
    for name, endpoint in info["named_endpoints"].items():
        if function := page["functions"].get(name.removeprefix("/")):
            known = iter(p["parameter_name"] for p in endpoint["parameters"])
            function["names"] = [n if n in states else next(known, n) for n in function["names"]]


async def pause(me: Visitor, seconds: float) -> None:
    """Think."""
    await asyncio.sleep(me.dice.expovariate(1 / seconds))
