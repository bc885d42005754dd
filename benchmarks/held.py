"""The app, with a report of what it holds: ``python -m benchmarks.held FILE`` serves it as ``app.py`` does.

For every signal SIGUSR1 it appends one line of JSON to FILE: memory as the C library counts it, threads, entries and
bytes of each cache, visits and bytes of their states. Linux, GNU C library.
"""

import ctypes
import functools
import gc
import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import torch
from PIL import Image

from genai_demo.core import limits

SKIPPED = (type, ModuleType, FunctionType, torch.nn.Module, threading.Thread)
"""What values refer to and do not own; weights are counted apart."""


class MallocInfo(ctypes.Structure):
    """Of mallinfo2(3), in bytes."""

    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
    )]  # fmt: skip


def size_of(values: Iterable[Any], seen: set[int] | None = None) -> int:
    """Bytes of values with all that they own: texts, arrays, tensors, pictures; what occurs twice counts once."""
    todo, seen, total = list(values), set() if seen is None else seen, 0
    while todo:
        value = todo.pop()
        if id(value) in seen or isinstance(value, SKIPPED):
            continue
        seen.add(id(value))
        if isinstance(value, torch.Tensor):
            storage = value.untyped_storage()
            total += 0 if storage.data_ptr() in seen else storage.nbytes()
            seen.add(storage.data_ptr())
        elif isinstance(value, np.ndarray):
            total += value.nbytes if value.base is None else 0
            todo += [] if value.base is None else [value.base]
        else:
            if isinstance(value, Image.Image):
                total += value.width * value.height * {1: 1, 2: 4, 3: 4, 4: 4}[len(value.getbands())]
            total += sys.getsizeof(value)
            todo += gc.get_referents(value)
    return total


def caches() -> dict[str, tuple[int, int]]:
    """Entries and bytes of every cache of our functions, by name."""
    found = {}
    for value in gc.get_objects():
        if isinstance(value, functools._lru_cache_wrapper) and str(value.__module__).startswith("genai_demo"):
            parts = [part for part in gc.get_referents(value) if part is not value.__wrapped__]
            name = f"{value.__module__.removeprefix('genai_demo.')}.{value.__name__}"
            found[name] = value.cache_info().currsize, size_of(parts, {id(value), id(value.__dict__)})
        elif isinstance(value, FunctionType) and "most_bytes" in value.__dict__:  # of ``core.kept``
            found[f"{value.__module__.removeprefix('genai_demo.')}.{value.__name__}"] = value.__dict__["kept"]()
    return found


def states() -> tuple[int, dict[str, int]]:
    """Visits, and bytes of their states by kind of value."""
    from genai_demo.ui.sessions import Visits

    by_kind: Counter[str] = Counter()
    visits = [visit for value in gc.get_objects() if type(value) is Visits for visit in value.session_data.values()]
    for visit in visits:
        seen: set[int] = {id(visit)}
        for value in visit.state_data.values():
            by_kind[type(value[0] if isinstance(value, list) and value else value).__name__] += size_of([value], seen)
    return len(visits), dict(by_kind)


def report() -> dict[str, Any]:
    """What the process holds now."""
    mallinfo = ctypes.CDLL(None).mallinfo2
    mallinfo.restype = MallocInfo
    gc.collect()
    info, (visits, kept) = mallinfo(), states()
    tensors = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in _of_type(torch.Tensor)}
    pictures = _of_type(Image.Image)
    with open(f"/proc/{os.getpid()}/status", encoding="utf-8") as status:
        resident = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))
    return {
        "resident_bytes": resident,
        "malloc_used_bytes": info.uordblks + info.hblkhd,
        "malloc_free_bytes": info.fordblks,
        "threads": threading.active_count(),
        "tensor_bytes": sum(tensors.values()),
        "pictures": len(pictures),
        "picture_bytes": size_of(pictures),
        "visits": visits,
        "states": kept,
        "caches": {name: found for name, found in caches().items() if found[1] > limits.MEGABYTE // 8},
    }


def _of_type(kind: type) -> list[Any]:
    return [value for value in gc.get_objects() if issubclass(type(value), kind)]


if __name__ == "__main__":
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from genai_demo.ui.app import launch

    def tell(number: int, frame: Any) -> None:
        """Append a report."""
        with open(sys.argv[1], "a", encoding="utf-8") as out:
            out.write(json.dumps(report()) + "\n")

    signal.signal(signal.SIGUSR1, tell)
    launch()
