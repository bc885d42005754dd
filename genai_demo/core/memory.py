"""Memory that Python has freed goes back to the system, where the C library can do that."""

import ctypes
import functools
from collections.abc import Callable

M_ARENA_MAX = -8
"""Of mallopt(3)."""


@functools.cache
def _trim() -> Callable[[int], int] | None:
    """malloc_trim of the GNU C library, or None elsewhere."""
    try:
        function = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    function.argtypes, function.restype = [ctypes.c_size_t], ctypes.c_int
    return function


def few_pools(count: int = 2) -> bool:
    """Let the threads of this process share so many pools, in the place of eight a core; whether the library can.

    What one thread frees can then be used by the others: a server of many short tasks stays smaller.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, count))
    except (AttributeError, OSError, TypeError):
        return False


def give_back() -> bool:
    """Hand back what is free; whether there was anything. Tens of milliseconds, during which Python runs on.

    Without it the pieces that threads free stay with the process: hundreds of megabytes after some minutes of many
    visitors.
    """
    function = _trim()
    return bool(function and function(0))
