"""A cache that is bounded by the bytes of what it holds, where entries may be small or large."""

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

import numpy as np
from PIL import Image
from torch import Tensor

from genai_demo.core import limits

Function = TypeVar("Function", bound=Callable[..., Any])
PLAIN = 64
"""Bytes that a number or another small value counts as."""
PIXEL_BYTES = {"1": 1, "L": 1, "P": 1}
"""In Pillow's memory; every other mode takes four."""


def bytes_of(value: Any) -> int:
    """Memory of texts, arrays, tensors and pictures, and of tuples, lists and mappings of them."""
    if isinstance(value, (bytes, str)):
        return len(value)
    if isinstance(value, (np.ndarray, Tensor)):
        return int(value.nbytes)
    if isinstance(value, Image.Image):
        return value.width * value.height * PIXEL_BYTES.get(value.mode, 4)
    if isinstance(value, Mapping):
        return sum(bytes_of(part) for pair in value.items() for part in pair)
    if isinstance(value, (tuple, list)):
        return sum(map(bytes_of, value))
    return PLAIN


def within(megabytes: float) -> Callable[[Function], Function]:
    """As ``functools.lru_cache`` for as many results as have room: what was not asked for longest is forgotten.

    A result that alone is larger is not kept. ``most_bytes`` of the function is the bound, ``kept()`` gives entries and
    bytes.
    """
    most = int(megabytes * limits.MEGABYTE)

    def decorate(function: Function) -> Function:
        found: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        lock = threading.Lock()
        held = 0

        @functools.wraps(function)
        def call(*args: Hashable) -> Any:
            nonlocal held
            with lock:
                if args in found:
                    found.move_to_end(args)
                    return found[args][0]
            value = function(*args)  # outside of the lock: others need not wait, and it may call itself
            size = bytes_of(value)
            with lock:
                if size <= most and args not in found:
                    found[args], held = (value, size), held + size
                while held > most:
                    held -= found.popitem(last=False)[1][1]
            return value

        def cache_clear() -> None:
            nonlocal held
            with lock:
                found.clear()
                held = 0

        call.cache_clear = cache_clear  # type: ignore[attr-defined]
        call.most_bytes = most  # type: ignore[attr-defined]
        call.kept = lambda: (len(found), held)  # type: ignore[attr-defined]
        return call  # type: ignore[return-value]

    return decorate
