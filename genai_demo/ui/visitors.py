"""Who sends a request, by what name the app is called, and how much one visitor may do."""

import ipaddress
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from genai_demo.core import environment

LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
MAX_KNOWN = 5_000
"""Visitors that are remembered; who was here longest ago is forgotten first."""


@dataclass(frozen=True)
class Visitor:
    """What the headers of one request say."""

    address: str
    crowd: bool
    """Whether the address may stand for many people."""
    host: str
    """The name by which the app was called, without the port."""
    from_elsewhere: bool
    """Whether a browser says that another site has sent it."""
    length: int | None
    multipart: bool


@dataclass(frozen=True)
class Rules:
    """How requests are read.

    hosts: names that the app answers to; empty: to all. proxies: how many proxies stand in front of it, each of which
    adds to X-Forwarded-For; with 0 that header is not believed.
    """

    hosts: tuple[str, ...] = ()
    proxies: int = 0

    @classmethod
    def from_environment(cls, server: str | None) -> "Rules":
        """Of GENAI_HOSTS and GENAI_PROXIES. A server on the loopback address answers to its names alone, so that no
        site can reach it by pointing a name of its own there. Raises ValueError for a strange number of proxies.
        """
        hosts = environment.hosts()
        if (server or "127.0.0.1") in LOOPBACK[:3]:
            hosts = (*hosts, *LOOPBACK)
        return cls(hosts, environment.proxies())

    def answers_to(self, host: str) -> bool:
        """Whether the app goes by this name."""
        return not self.hosts or host in self.hosts

    def visitor(self, scope: dict[str, Any]) -> Visitor:
        """Who sent a request."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        address = (scope.get("client") or ("unknown", 0))[0]
        told = [part.strip() for part in headers.get("x-forwarded-for", "").split(",")]
        if self.proxies and len(told) >= self.proxies:
            address = told[-self.proxies][:64]
        length = headers.get("content-length", "")
        return Visitor(
            address=address,
            crowd=_is_private(address),
            host=_name(headers.get("host", "")),
            from_elsewhere=headers.get("sec-fetch-site") == "cross-site",
            length=int(length) if length.isascii() and length.isdigit() else None,
            multipart=headers.get("content-type", "").lower().startswith("multipart/"),
        )


def _is_private(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False


def _name(host: str) -> str:
    """The name in "name:port" or "[address]:port"."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


class Buckets:
    """A token bucket for each visitor: so many at once, refilled at so many a second."""

    def __init__(self, rate: float, burst: float):
        self.rate, self.burst = rate, burst
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, times: int = 1) -> float:
        """Take one. 0 where there was one, else the seconds until there is. times: as many visitors share the name."""
        now = time.monotonic()
        burst, rate = self.burst * times, self.rate * times
        left, since = self._left.pop(name, (burst, now))
        left = min(burst, left + (now - since) * rate)
        wait = 0.0 if left >= 1 else (1 - left) / rate
        self._left[name] = (left if wait else left - 1, now)
        while len(self._left) > MAX_KNOWN:
            self._left.popitem(last=False)
        return wait
