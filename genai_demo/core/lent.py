"""Networks that take the place of the published ones, for as long as one piece of work goes on.

A visitor who has trained weights of their own lends them to their own events: whatever runs inside
``lending`` finds them by the name of the checkpoint, whatever runs beside it, in other threads or for
other visitors, finds the published ones.
"""

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Lent:
    """A network in the place of a published one."""

    network: Any
    fingerprint: str
    """As ``core.cards.fingerprint`` of its weights: what is made with them says so."""


_nothing: Mapping[str, Lent] = {}
_lent: ContextVar[Mapping[str, Lent]] = ContextVar("lent", default=_nothing)


def find(name: str) -> Lent | None:
    """What takes the place of a checkpoint here and now, or None."""
    return _lent.get().get(name)


@contextlib.contextmanager
def lending(networks: Mapping[str, Lent]) -> Iterator[None]:
    """Use these networks, by name of checkpoint, in what runs inside and in threads that copy its context."""
    token = _lent.set(networks)
    try:
        yield
    finally:
        _lent.reset(token)
