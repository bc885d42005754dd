"""Fine-tuning within limits: bounded in time, stopped at any moment, ended before it learns by heart.

A medium brings a ``Subject``; everything that must not be lost lies in one file, which is replaced in one move. Every
step draws its examples from the seed and its own number, so a training that was stopped or killed ends with the same
weights as one that was not.
"""

import copy
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from genai_demo.core import limits
from genai_demo.core.loop import read_state
from genai_demo.core.rounding import significant

STATE = "state.pt"
SAVE_EVERY = 10.0
"""Seconds between two saves."""
PATIENCE = 4
"""Measurements in a row without a better one after which the training has ended."""
GAIN = 0.001
"""Share by which a measurement must be better to count."""


class Stopped(Exception):
    """The brake was pulled."""


class Brake:
    """Ends a training between two layers of a network, forward or backward: far sooner than after a step."""

    def __init__(self) -> None:
        self._pulled = threading.Event()

    def pull(self) -> None:
        """Stop what runs now, and what is started before ``release``."""
        self._pulled.set()

    def release(self) -> None:
        """From now on a training runs again."""
        self._pulled.clear()

    def check(self, *_: Any) -> None:
        """Raises Stopped where the brake is pulled."""
        if self._pulled.is_set():
            raise Stopped

    def watch(self, network: nn.Module) -> None:
        """Look at the brake before every layer with weights, on the way back too."""
        for module in network.modules():
            if any(True for _ in module.parameters(recurse=False)):
                module.register_forward_hook(self._after)

    def behind(self, network: nn.Module) -> "Braked":
        """A network that others use too, for this training alone: looks at the brake before every pass."""
        return Braked(network, self)

    def watch_tensor(self, value: Tensor) -> None:
        """Look now, and when the gradient comes back to this value."""
        self.check()
        if value.requires_grad:
            value.register_hook(self.check)

    def _after(self, module: nn.Module, inputs: Any, output: Any) -> None:
        self.check()
        if isinstance(output, Tensor):
            self.watch_tensor(output)


class Braked:
    """See ``Brake.behind``."""

    def __init__(self, network: nn.Module, brake: Brake):
        self._network, self._brake = network, brake

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A pass. Raises Stopped where the brake is pulled."""
        self._brake.check()
        return self._network(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)


class Subject(Protocol):
    """What is tuned. Networks must be watched by ``brake``."""

    brake: Brake
    networks: dict[str, nn.Module]
    """All that is saved and published, by name of checkpoint."""
    optimizer: Optimizer
    every: int
    """Steps from one measurement to the next."""

    def step(self, step: int) -> float:
        """One update; returns the loss. Must depend on ``step`` and the state alone."""

    def measure(self) -> dict[str, float]:
        """Held-out figures; the one named ``score`` (smaller is better) picks the best weights."""


@dataclass(frozen=True)
class Point:
    """One measurement. learnt: mean loss since the one before, NaN at the start."""

    step: int
    seconds: float
    learnt: float
    figures: dict[str, float]

    @property
    def score(self) -> float:
        """Of the held-out part; smaller is better."""
        return self.figures["score"]


class Tuning:
    """A subject, what happened to it so far, and the folder that keeps both."""

    def __init__(self, subject: Subject, folder: Path, settings: dict[str, Any] | None = None):
        """settings: what the training is of, to tell it from another one in the same folder."""
        self.subject: Any = subject
        self.folder, self.settings = folder, settings or {}
        self.step, self.seconds, self.waited = 0, 0.0, 0
        self.points: list[Point] = []
        self.losses: list[float] = []
        self.best: dict[str, dict[str, Tensor]] = {}
        self.deleted = False
        self._saving = threading.Lock()

    # -- what must not be lost

    def save(self) -> None:
        """Replace the state in one move; nothing after ``delete``.

        It survives a kill of the program, but is not forced onto the disk: what a visitor trains need not survive a
        power cut, and to stop must not take long.
        """
        state = {
            "networks": {k: n.state_dict() for k, n in self.subject.networks.items()},
            "optimizer": self.subject.optimizer.state_dict(),
            "best": self.best,
            "points": [asdict(p) for p in self.points],
            "losses": self.losses,
            "counts": [self.step, self.seconds, self.waited],
            "settings": self.settings,
        }
        with self._saving:
            if self.deleted:
                return
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = self.folder / f"{STATE}.part"
            torch.save(state, part)
            part.replace(self.folder / STATE)

    def resume(self) -> bool:
        """Go on from the folder if something is there. Raises ValueError where it belongs to another training."""
        path = self.folder / STATE
        if not path.exists():
            return False
        state = read_state(path)
        if state["settings"] != self.settings:
            raise ValueError("These weights belong to other data or settings. Start over.")
        for name, network in self.subject.networks.items():
            network.load_state_dict(state["networks"][name])
        self.subject.optimizer.load_state_dict(state["optimizer"])
        self.best, self.losses = state["best"], state["losses"]
        self.points = [Point(**p) for p in state["points"]]
        self.step, self.seconds, self.waited = state["counts"]
        return True

    def rest(self) -> None:
        """Let go of the networks in memory; another ``Tuning`` of this folder can go on. The best weights stay."""
        self.subject = None

    def delete(self) -> None:
        """Remove the state, and never write it again."""
        with self._saving:
            self.deleted = True
            for path in (self.folder / STATE, self.folder / f"{STATE}.part"):
                path.unlink(missing_ok=True)

    # -- the training

    @property
    def ended(self) -> bool:
        """Whether the held-out part has not become better for so long that going on would be learning by heart."""
        return self.waited >= PATIENCE

    def train(self, seconds: float) -> Iterator[str]:
        """Train for a while; yields "step" or "measured" after each, and returns when time is up or it has ended.

        A pulled brake ends it within a layer; the step that was under way has then not happened. Saves before it
        returns, whatever ends it. Raises ValueError for a number of seconds out of range.
        """
        low, high = limits.MIN_OWN_SECONDS, limits.MAX_OWN_SECONDS
        if not low <= seconds <= high:
            raise ValueError(f"Seconds must be a number from {low} to {high}.")
        yield from self._train(seconds)

    def _train(self, seconds: float) -> Iterator[str]:
        start, before, saved = time.monotonic(), self.seconds, time.monotonic()
        try:
            while True:
                if self.step % self.subject.every == 0 and (not self.points or self.points[-1].step < self.step):
                    self._measure()
                    yield "measured"
                if self.ended or time.monotonic() - start >= seconds:
                    return
                self.losses.append(self.subject.step(self.step))
                self.step += 1
                self.seconds = before + time.monotonic() - start
                yield "step"
                if time.monotonic() - saved >= SAVE_EVERY:
                    self.save()
                    saved = time.monotonic()
        except Stopped:
            return
        finally:
            self.save()

    def _measure(self) -> None:
        """A point, and the best weights where it is the best."""
        figures = self.subject.measure()
        learnt = sum(self.losses) / len(self.losses) if self.losses else float("nan")
        least = min((p.score for p in self.points), default=float("inf"))
        self.points.append(Point(self.step, self.seconds, learnt, figures))
        self.losses = []
        if figures["score"] < least:
            self.best = {k: copy.deepcopy(n.state_dict()) for k, n in self.subject.networks.items()}
        self.waited = 0 if figures["score"] < least * (1 - GAIN) or self.step == 0 else self.waited + 1

    def best_point(self) -> Point:
        """The best measurement; the first one is of the published weights. Raises ValueError before there is any."""
        if not self.points:
            raise ValueError("Nothing was trained yet. Press Train first.")
        return min(self.points, key=lambda p: p.score)

    def record(self) -> dict[str, Any]:
        """The card's account of it: steps and seconds up to the best measurement, and all of them."""
        best = self.best_point()
        held_out = [[p.step, significant(p.score)] for p in self.points]
        return {"steps": best.step, "seconds": round(best.seconds), "held_out": held_out, "settings": self.settings}
