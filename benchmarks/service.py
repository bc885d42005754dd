"""The app in a process of its own, for measurements and for tests that stress it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[1]
STARTED = "To create a public link"
"""What Gradio says when it has found its own page."""
START_SECONDS, HELD_SECONDS = 300, 60
"""Generous: the machine may be busy."""


@dataclass
class Service:
    """A running app."""

    url: str
    process: subprocess.Popen[bytes]
    folder: Path
    """Its log, its temporary files (files/) and, where it is watched, what it touched (events.txt)."""
    start_seconds: float = 0.0
    """From the start of Python to the first page."""
    _seen: int = field(default=0, repr=False)

    @property
    def log(self) -> str:
        """Everything that it has printed."""
        return (self.folder / "log.txt").read_text(encoding="utf-8", errors="replace")

    def events(self) -> list[str]:
        """What a watched app has done since the last call: lines of ``benchmarks.watched``."""
        path = self.folder / "events.txt"
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
        new, self._seen = lines[self._seen :], len(lines)
        return new

    def resident_bytes(self) -> int:
        """Memory of the process (Linux)."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def held(self) -> dict[str, Any]:
        """What an app that was started with ``counted`` says that it holds; see ``benchmarks.held``.

        Raises RuntimeError where it says nothing.
        """
        path, before = self.folder / "held.jsonl", 0
        if path.exists():
            before = path.read_text(encoding="utf-8").count("\n")
        self.process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + HELD_SECONDS
        while time.monotonic() < deadline:
            time.sleep(0.1)
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            if text.count("\n") > before:
                found: dict[str, Any] = json.loads(text.splitlines()[-1])
                return found
        raise RuntimeError(f"The app has not said what it holds within {HELD_SECONDS} s.")

    def end(self, number: int = signal.SIGTERM, patience: float = 30) -> float:
        """Send a signal and wait; seconds until the process was gone."""
        start = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(patience)
        return time.monotonic() - start


def free_port() -> int:
    """A port of the loopback address that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(
    folder: Path,
    watched: bool = False,
    environment: dict[str, str] | None = None,
    prefix: tuple[str, ...] = (),
    counted: bool = False,
) -> Service:
    """Start the app with temporary files below ``folder`` and wait for its page.

    watched: note what it opens, writes, connects to and starts. prefix: a command to run it under. counted: let
    ``Service.held`` ask what it holds.
    Raises RuntimeError, with the log, where it ends or does not answer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tmp").mkdir(exist_ok=True)
    port = free_port()
    settings = os.environ | {
        "GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port), "GRADIO_TEMP_DIR": str(folder / "files"),
        "TORCHINDUCTOR_CACHE_DIR": str(folder / "files" / "inductor"),
        "TMPDIR": str(folder / "tmp"), "GENAI_PRIVATE": str(folder / "private"), "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    } | (environment or {})  # fmt: skip
    program = ["app.py"]
    if watched or counted:
        name, file = ("watched", "events.txt") if watched else ("held", "held.jsonl")
        program = ["-m", f"benchmarks.{name}", str(folder / file)]
    command = [*prefix, sys.executable, *program]
    begun = time.monotonic()
    with (folder / "log.txt").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=log, stderr=log)
    service = Service(f"http://127.0.0.1:{port}", process, folder)
    while time.monotonic() < begun + START_SECONDS:
        if process.poll() is not None:
            raise RuntimeError(f"The app ended at once:\n{service.log}")
        if STARTED in service.log:
            httpx.get(service.url, timeout=START_SECONDS).raise_for_status()
            service.start_seconds = time.monotonic() - begun
            return service
        time.sleep(0.05)
    service.end(signal.SIGKILL)
    raise RuntimeError(f"The app did not answer within {START_SECONDS} s:\n{service.log}")


@contextlib.contextmanager
def running(
    folder: Path, watched: bool = False, environment: dict[str, str] | None = None, counted: bool = False
) -> Iterator[Service]:
    """As ``start``; the app is ended afterwards."""
    service = start(folder, watched, environment, counted=counted)
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.process.terminate()
            try:
                service.process.wait(20)
            except subprocess.TimeoutExpired:
                service.process.kill()
                service.process.wait()
