"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable

PATIENCE = 120.0
"""Seconds after which something counts as hanging, on the slowest of machines."""


def wait_for(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Until the condition holds; fails with the words ``what`` where it never does."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.02)
