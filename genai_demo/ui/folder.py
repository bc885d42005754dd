"""A temporary folder of this run alone, in memory where there is room: gone when the app ends, or with the next start.

What visitors upload lies there, and what they download.
"""

import contextlib
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

from genai_demo.core import limits
from genai_demo.core.locks import lock

PREFIX = "genai_demo-"
LOCK = "in-use"
SHARED_MEMORY = Path("/dev/shm")
"""Where Linux has a file system in memory."""
HALF_DONE_SECONDS = 600
"""After which a file that was begun and never named is an upload that broke off."""


class RunFolder:
    """The folder, claimed and locked. ``close`` removes it."""

    def __init__(self, base: Path | None = None):
        """base: where to make it; otherwise GRADIO_TEMP_DIR, or memory, or the system's temporary folder.

        From then on Gradio and ``tempfile`` write into it. Folders of runs that ended badly are removed.
        """
        told = base or os.environ.get("GRADIO_TEMP_DIR")
        usual = Path(tempfile.gettempdir())
        self.base = Path(told) if told else SHARED_MEMORY if has_memory(SHARED_MEMORY) else usual
        self.base.mkdir(parents=True, exist_ok=True)
        for place in {self.base} if told else {self.base, usual}:
            sweep(place)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self.base))  # readable by this user alone
        self._lock = (self.path / LOCK).open("wb")
        lock(self._lock)
        self._before = os.environ.get("GRADIO_TEMP_DIR"), tempfile.tempdir
        os.environ["GRADIO_TEMP_DIR"] = tempfile.tempdir = str(self.path)
        self._closed = threading.Event()
        threading.Thread(target=self._tidy, daemon=True).start()

    @property
    def in_memory(self) -> bool:
        """Whether nothing in it is written to a disk (what the system swaps out aside)."""
        return kind_of(self.path) == "tmpfs"

    def _tidy(self) -> None:
        while not self._closed.wait(60):
            remove_half_done(self.path)

    def empty(self) -> None:
        """Remove everything but the lock."""
        for path in self.path.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != LOCK:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Remove the folder and everything in it."""
        self._closed.set()
        self._lock.close()
        shutil.rmtree(self.path, ignore_errors=True)
        before, tempfile.tempdir = self._before
        if before is None:
            os.environ.pop("GRADIO_TEMP_DIR", None)
        else:
            os.environ["GRADIO_TEMP_DIR"] = before


def sweep(base: Path) -> list[Path]:
    """Remove the folders of runs that are over; which ones."""
    removed = []
    for folder in base.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), (folder / LOCK).open("r+b") as file:
            if lock(file):
                shutil.rmtree(folder, ignore_errors=True)
                removed.append(folder)
        if folder in removed:  # Windows keeps a file that is open, here the lock, and the folder around it
            shutil.rmtree(folder, ignore_errors=True)
    return removed


def remove_half_done(folder: Path, age: float = HALF_DONE_SECONDS) -> None:
    """Remove uploads that broke off: files that lie directly in the folder. Whole ones lie one level deeper."""
    for path in folder.iterdir():
        with contextlib.suppress(OSError):
            if path.name != LOCK and path.is_file() and time.time() - path.stat().st_mtime > age:
                path.unlink()


def kind_of(path: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Kind of the file system that a path lies on, such as "ext4"; "" where the system does not tell."""
    if not mounts.is_file():
        return ""
    rows = [line.split()[1:3] for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines()]
    resolved = path.resolve()
    found = [(len(place), kind) for place, kind in rows if resolved.is_relative_to(place.replace("\\040", " "))]
    return max(found, default=(0, ""), key=lambda pair: pair[0])[1]


def has_memory(folder: Path) -> bool:
    """Whether this is a file system in memory with room for what visitors upload and download."""
    if not (folder.is_dir() and os.access(folder, os.W_OK) and kind_of(folder) == "tmpfs"):
        return False
    return shutil.disk_usage(folder).free >= limits.MIN_SHARED_MEMORY_BYTES


def has_space(folder: str | Path) -> bool:
    """Whether the disk has room for an upload."""
    place = next(p for p in (Path(folder), *Path(folder).resolve().parents) if p.exists())
    return shutil.disk_usage(place).free >= limits.MIN_FREE_BYTES
