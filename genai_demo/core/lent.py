"""Networks that take the place of the published ones, for as long as one piece of work goes on.

A visitor who has trained weights of their own lends them to their own events: whatever runs inside
``lending`` finds them by the name of the checkpoint, whatever runs beside it, in other threads or for
other visitors, finds the published ones.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from genai_demo.core import kept

Function = TypeVar("Function", bound=Callable[..., Any])


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


def named(fingerprints: Mapping[str, str]) -> Mapping[str, Lent]:
    """Of what is lent here and now, that with these fingerprints, by name of checkpoint."""
    return {name: own for name, own in _lent.get().items() if fingerprints.get(name) == own.fingerprint}


def signatures() -> Mapping[str, Lent]:
    """What is lent here and now without the networks: to say later by what something was made."""
    return {name: Lent(None, own.fingerprint) for name, own in _lent.get().items()}


def remembered(name: str, megabytes: float) -> Callable[[Function], Function]:
    """As ``kept.within`` for what the published network makes.

    Where another is lent in its place, nothing is kept, and nothing is answered that was kept.
    """

    def decorate(function: Function) -> Function:
        published = kept.within(megabytes)(function)

        @functools.wraps(function)
        def call(*args: Any) -> Any:
            return function(*args) if find(name) else published(*args)

        for attribute in ("cache_clear", "kept", "most_bytes"):
            setattr(call, attribute, getattr(published, attribute))
        return call  # type: ignore[return-value]

    return decorate


@contextlib.contextmanager
def lending(networks: Mapping[str, Lent]) -> Iterator[None]:
    """Use these networks, by name of checkpoint, in what runs inside and in threads that copy its context."""
    token = _lent.set(networks)
    try:
        yield
    finally:
        _lent.reset(token)
