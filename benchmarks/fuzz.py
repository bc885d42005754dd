"""Hostile values to every function of the page: ``python -m benchmarks.fuzz --examples 3000 --seed 1``.

Every function that the page's configuration lists is called, those without a public name too, with one or two of its
values replaced by something hostile, the wrong number of values, or strange events. An answer must be a result or a
sentence; nothing outside the app's folder may be opened, and no connection made (``benchmarks.watched``).
"""

import argparse
import json
import random
import re
import tempfile
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks import service

SECRET = "the-secret-of-the-machine-7d1f"
NAME = "private-letter.txt"
PATIENCE = 60.0
"""Seconds that one answer may take."""
INTERNALS = re.compile(
    r"Traceback|Errno|File \"|<class|object has no attribute|NoneType|\w+Error\b|Internal|unexpected keyword|"
    r"positional argument|could not convert|invalid literal|list index|not subscriptable|not supported between|"
    r"site-packages|/opt/|/usr/|/home/|genai_demo/|validation error|pydantic|handler \(|gradio cache|dtype|"
    r"concatenate|unhashable|not iterable|codec can't|cannot unpack|is not JSON",
)
"""Words that belong into the log, not before strangers."""
LEAKS = re.compile(rf"{SECRET}|root:[x*]?:0:0")
SENTENCE = re.compile(r"[.。!！?？…”\"]\s*$")


@dataclass(frozen=True)
class Answer:
    """What came back: a "result", an "error" with its words, a "refusal" over HTTP, or "silence"."""

    kind: str
    words: str = ""
    status: int = 200
    raw: str = ""


def hostile(secret: Path, canary: str) -> list[Any]:
    """Values that no field of the page expects."""
    files = [
        {"path": path, "meta": {"_type": "gradio.FileData"}, **more}
        for path in ("/etc/passwd", "../../../../etc/passwd", str(secret), f"file://{secret}", "/proc/self/environ", "",
                     "/dev/zero", ".", "\x00", canary, "x" * 5000)
        for more in ({}, {"url": canary, "orig_name": "../../x.png", "size": -1, "mime_type": "text/html"})
    ]  # fmt: skip
    deep: Any = 1
    for _ in range(150):
        deep = [deep]
    return [
        None, True, -1, 0, 3, 2**31, 2**63, -(2**63), 10**400, 1e308, 1e-320, float("nan"), float("inf"),
        -float("inf"), 0.5, "", " ", "abc", "0", "1e999", "nan", "\x00", "../../../../etc/passwd", "/etc/passwd",
        str(secret), "file:///etc/passwd", canary, "<script>alert(1)</script>", "' OR 1=1; --", "{0}{x}%s%n", "\ud800",
        "\u202e\u0000\uffff", "9" * 5000, "[" * 20_000, "[[1e999,1e999]]", '{"notes": [[0,1e999,1]]}', "٣", "-0,5",
        [], [[]], [None] * 100, [1, "2", {}], {}, {"a": {"b": []}}, {"__type__": "update", "value": 1}, deep,
        {"path": None}, {"url": canary}, {"path": str(secret)}, {"id": "nobody"},
        {"background": files[0], "layers": [files[4]], "composite": None},
        {"background": None, "layers": [None], "composite": None, "id": None}, [files[0], files[4]],
        [{"image": files[4], "caption": None}], [{"role": "user", "content": "x"}],
        [{"role": "\ud800", "content": [{}]}],
        [["a", None]], {"headers": ["x"], "data": [[{}]], "metadata": None}, *files,
    ]  # fmt: skip


LONG = ("A" * 1_000_000, "字" * 300_000, "1," * 300_000, "\n" * 500_000)
"""As above, and costly to send."""


class Stranger:
    """One visitor who calls functions by their number."""

    def __init__(self, url: str, language: str = "en"):
        self.url = f"{url}/gradio_api"
        self.http = httpx.Client(timeout=PATIENCE, headers={"accept-language": language}, trust_env=False)
        self.config = self.http.get(f"{url}/config").json()
        self.start: dict[int, Any] = {c["id"]: c["props"].get("value") for c in self.config["components"]}
        self.types: dict[int, str] = {c["id"]: c["type"] for c in self.config["components"]}
        self.functions = [d for d in self.config["dependencies"] if d["backend_fn"]]
        self.session = uuid.uuid4().hex

    def usual(self, function: dict[str, Any]) -> list[Any]:
        """What the untouched page would send."""
        return [None if self.types[i] == "state" else self.start[i] for i in function["inputs"]]

    def call(self, function: dict[str, Any], data: Any, **more: Any) -> Answer:
        """Run a function; a stream is cancelled at its first piece."""
        body = {"data": data, "fn_index": function["id"], "session_hash": self.session, **more}
        queued = function["queue"] is not False
        content = json.dumps(body)  # NaN and infinity go as such, lone surrogates as escapes
        reply = self.http.post(f"{self.url}/{'queue/join' if queued else 'run/predict'}", content=content,
                               headers={"content-type": "application/json"})  # fmt: skip
        if reply.status_code != 200:
            return Answer(
                "error" if "error" in reply.text[:40] else "refusal", _words(reply), reply.status_code, reply.text
            )
        if not queued:
            return Answer("result", raw=reply.text)
        return self._follow(function, body, reply.json()["event_id"])

    def _follow(self, function: dict[str, Any], body: dict[str, Any], event: str) -> Answer:
        session = body["session_hash"]
        with self.http.stream("GET", f"{self.url}/queue/data", params={"session_hash": session}) as stream:
            for line in stream.iter_lines():
                if not line.startswith("data:"):
                    continue
                message = json.loads(line[5:])
                if message.get("event_id") not in (event, None):
                    continue
                if message["msg"] in ("process_generating", "process_streaming"):
                    self.http.post(f"{self.url}/cancel", json={"session_hash": session, "fn_index": function["id"],
                                                               "event_id": event})  # fmt: skip
                    return Answer("result", raw=line)
                if message["msg"] == "process_completed":
                    output = message["output"] or {}
                    if message["success"]:
                        return Answer("result", raw=line)
                    return Answer("error", str(output.get("error")), raw=line)
                if message["msg"] == "unexpected_error":
                    return Answer("error", str(message.get("message")), raw=line)
        return Answer("silence")


def _words(reply: httpx.Response) -> str:
    try:
        found = reply.json()
    except ValueError:
        return reply.text
    return str(found.get("detail") or found.get("error")) if isinstance(found, dict) else str(found)


def fault(answer: Answer) -> str | None:
    """What is wrong with an answer; None where it is a result or a readable sentence."""
    if LEAKS.search(answer.raw) or LEAKS.search(answer.words):
        return "it shows what is in a file"
    if answer.kind == "silence":
        return "no answer"
    if answer.kind == "result":
        return None
    if answer.status == 422:  # not of the form that the protocol asks for
        return None
    if answer.status >= 500 and answer.kind == "refusal":
        return f"status {answer.status}: {answer.words[:200]}"
    if len(answer.words) > 600:
        return f"{len(answer.words)} characters: {answer.words[:100]}"
    if found := INTERNALS.search(answer.words):
        return f"{found.group()!r} in: {answer.words[:300]}"
    return None if SENTENCE.search(answer.words) else f"no sentence: {answer.words[:300]!r}"


def allowed(event: str, folder: Path) -> bool:
    """Whether an app may do this while it serves: write in its folder, read code, weights and its folder."""
    verb, _, rest = event.partition(" ")
    if verb == "read":
        return not re.match(r"/etc/(passwd|shadow)|/proc/(self|\d+)/environ", rest) and NAME not in rest
    if verb == "write":
        return Path(rest).is_relative_to(folder) or rest == "/dev/null"
    return False


def disturb(
    function: dict[str, Any], usual: list[Any], values: list[Any], dice: random.Random
) -> tuple[Any, dict[str, Any]]:
    """Data for one call, and more fields of its body."""
    data, more = list(usual), {}
    if data and dice.random() < 0.92:
        for place in dice.sample(range(len(data)), min(len(data), dice.choice((1, 1, 1, 2, 3)))):
            data[place] = dice.choice(LONG) if dice.random() < 0.01 else dice.choice(values)
    elif dice.random() < 0.5:
        data = data[:-1] if dice.random() < 0.5 else [*data, dice.choice(values)]
    if dice.random() < 0.15:
        more["event_data"] = dice.choice(values)
    if dice.random() < 0.1:
        more["trigger_id"] = dice.choice((-1, 0, 1, 10**9, function["targets"][0][0] if function["targets"] else 5))
    return data, more


def fuzz(running: service.Service, examples: int, seed: int, secret: Path, canary: str) -> dict[str, Any]:
    """Call functions with hostile values; counts, and the faults that were found."""
    dice, values = random.Random(seed), hostile(secret, canary)
    stranger = Stranger(running.url)
    running.events()
    counts: Counter[str] = Counter()
    faults: dict[str, str] = {}
    order: list[dict[str, Any]] = []
    for number in range(examples):
        if number % 40 == 0:
            stranger.session = uuid.uuid4().hex
        if not order:
            order = dice.sample(stranger.functions, len(stranger.functions))
        function = order.pop()
        data, more = disturb(function, stranger.usual(function), values, dice)
        name = function["api_name"] or f"function {function['id']}"
        try:
            answer = stranger.call(function, data, **more)
        except httpx.HTTPError as error:
            answer = Answer("silence", repr(error))
        counts[answer.kind] += 1
        wrong = fault(answer)
        if wrong:
            shown = json.dumps([data, more])
            faults.setdefault(f"{name}: {wrong}", shown if len(shown) < 700 else shown[:700] + "...")
        for event in running.events():
            if not allowed(event, running.folder):
                faults.setdefault(f"{name}: {event}", json.dumps([data, more])[:700])
        if running.process.poll() is not None:
            faults[f"{name}: the app has ended"] = json.dumps([data, more])[:2000]
            break
    return {"examples": examples, "seed": seed, "answers": dict(counts), "faults": faults}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        secret = Path(name) / NAME
        secret.write_text(SECRET, encoding="utf-8")
        with service.running(Path(name) / "app", watched=True) as running:
            report = fuzz(running, options.examples, options.seed, secret, "http://127.0.0.1:9/canary")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
