"""A clock that tests move by hand, in the place of the module ``time``: nothing depends on how fast the machine is."""


class Clock:
    """Stands still at ``now`` (seconds) until it is moved; monkeypatch it over a module's ``time``."""

    def __init__(self, now: float = 1_000.0):
        self.now = now

    def time(self) -> float:
        """As ``time.time``."""
        return self.now

    monotonic = perf_counter = process_time = time

    def sleep(self, seconds: float) -> None:
        """Time passes at once."""
        self.now += seconds
