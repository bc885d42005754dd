"""A search over the settings of a character model, small enough to be watched: successive halving and early stopping.

The search is that of the ``optimise`` commands (core/halving.py), kept in memory; its trials are trainings of
``CharacterModel``. The winner is trained on, longer than any trial.
"""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from genai_demo.core import limits
from genai_demo.core.halving import Knob, Plan, Search
from genai_demo.core.schedule import Optimisers
from genai_demo.lab import characters
from genai_demo.lab.characters import EVERY, CharacterModel, Point, clean

KNOBS = [
    Knob("rate", 0.001, 0.1, characters.RATES[0], log=True),
    Knob("dropout", 0.0, 0.5, 0.0),
    Knob("layers", 1, 3, 2, step=1),
    Knob("width", 32, 96, 64, step=32),
]
RUNGS = 3
CONTEXT = 32
"""Characters that every trial sees at once."""


@dataclass(frozen=True)
class Settings:
    """How long, and whether a training ends when the held-out part gets no better."""

    trials: int = 8
    steps: int = 20
    """Of the first rung."""
    reduction: int = 3
    patience: int = 0
    """Points of the curve, EVERY steps apart, without a better one; 0: early stopping is off."""
    seed: int = 0

    def check(self) -> "Settings":
        """Itself. Raises ValueError with a sentence for a value that makes no sense."""
        for name, low, high in (
            ("trials", 2, limits.MAX_SEARCH_TRIALS),
            ("steps", limits.MIN_SEARCH_STEPS, limits.MAX_SEARCH_STEPS),
            ("reduction", 2, limits.MAX_SEARCH_REDUCTION),
            ("patience", 0, limits.MAX_SEARCH_PATIENCE),
            ("seed", 0, limits.MAX_SEED),
        ):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} must be a number from {low:g} to {high:g}.")
        return self


@dataclass
class Trial:
    """One training: its settings, its curve and what became of it."""

    number: int
    settings: dict[str, Any]
    points: list[Point] = field(default_factory=list)
    state: str = "running"
    """running, pruned, finished; the winner's later training is not part of it."""

    @property
    def score(self) -> float:
        """Nats a character of the held-out part at its best point; infinite before the first."""
        return min((p.held_out for p in self.points if math.isfinite(p.held_out)), default=math.inf)


class Training:
    """A model under way, and its best weights so far."""

    def __init__(self, model: CharacterModel, patience: int):
        self.model, self.patience = model, patience
        self.best, self.stale = math.inf, 0
        self.weights: dict[str, Tensor] = {}

    @property
    def tired(self) -> bool:
        """Whether early stopping has ended it."""
        return 0 < self.patience <= self.stale

    def step(self) -> None:
        """One step, and after EVERY a look at the held-out part."""
        self.model.step()
        if self.model.step_count % EVERY:
            return
        held_out = self.model.points[-1].held_out
        if held_out < self.best:
            self.best, self.stale = held_out, 0
            self.weights = copy.deepcopy(self.model.network.state_dict())
        else:
            self.stale += 1

    def take_best(self) -> None:
        """Go back to the best weights, as early stopping does at its end."""
        if self.weights:
            self.model.network.load_state_dict(self.weights)


class LabSearch:
    """Trials one after the other, then the winner; ``advance`` takes one step of whatever is due.

    Raises ValueError as ``characters.clean`` and ``Settings.check``.
    """

    def __init__(self, text: str, settings: Settings | None = None):
        self.settings = (settings or Settings()).check()
        self.text = clean(text)
        self.plan = Plan(self.settings.trials, self.settings.steps, self.settings.reduction, RUNGS)
        self.search = Search(KNOBS, self.plan, self.settings.seed)
        self.trials: list[Trial] = []
        self.training: Training | None = None
        self.winner: Trial | None = None
        self.phase = "trials"
        """trials, winner, done."""
        self.steps_taken = 0
        self._asked: Any = None
        self._best: tuple[float, Training] | None = None

    @property
    def winner_steps(self) -> int:
        """Steps of the winner when it is done: a rung more than any trial."""
        return self.plan.ladder[-1] * self.plan.reduction

    def advance(self) -> None:
        """One step of training, with what has to be decided after it."""
        if self.phase == "trials" and self.training is None and not self._begin():
            self._choose()
        if self.training is None:
            return
        self.training.step()
        self.steps_taken += 1
        if self.phase == "trials":
            self._after_trial_step()
        elif self.training.tired or self.training.model.step_count >= self.winner_steps:
            if self.training.patience:
                self.training.take_best()
            self.phase = "done"

    def _begin(self) -> bool:
        """Start the next trial; False where there are enough."""
        self._asked = self.search.next()
        if self._asked is None:
            return False
        trial = Trial(self._asked.number, dict(self._asked.params))
        self.trials.append(trial)
        self.training = Training(self._model(trial.settings), self.settings.patience)
        trial.points = self.training.model.points
        return True

    def _model(self, values: dict[str, Any]) -> CharacterModel:
        shape = characters.Settings(int(values["layers"]), int(values["width"]), CONTEXT)
        model = CharacterModel(self.text, shape, self.settings.seed)
        matrix, other = characters.RATES
        model.optimisers = Optimisers(model.network, values["rate"], values["rate"] * other / matrix, decay=0.0)
        model.set_dropout(values["dropout"])
        return model

    def _after_trial_step(self) -> None:
        """At the end of a rung, or of patience, the search decides."""
        training, trial = self.training, self.trials[-1]
        assert training is not None
        due = self.search.rungs_of(self._asked)
        if not training.tired and training.model.step_count < due[0]:
            return
        verdict = self.search.report(self._asked, due[0], trial.score, early=training.tired)
        if verdict == "goes on":
            return
        trial.state = verdict
        if verdict == "finished" and (self._best is None or trial.score < self._best[0]):
            self._best = trial.score, training
        self.training = None

    def _choose(self) -> None:
        """The best finished trial goes on; nothing does where none has finished."""
        found = self.search.winner()
        if found is None or self._best is None:
            self.phase = "done"
            return
        self.winner, self.training = self.trials[found["trial"]], self._best[1]
        self.winner = Trial(self.winner.number, self.winner.settings, self.training.model.points, "finished")
        self.trials[found["trial"]].points = list(self.training.model.points)  # the trial's own curve ends here
        self.phase = "done" if self.training.tired else "winner"
        if self.training.tired:
            self.training.take_best()

    def shown(self) -> Trial | None:
        """The training whose two curves are worth looking at: the winner, else the present trial."""
        return self.winner or (self.trials[-1] if self.trials else None)

    def best_point(self) -> Point | None:
        """Where the held-out part of ``shown`` was best."""
        trial = self.shown()
        return min(trial.points, key=lambda p: p.held_out) if trial and trial.points else None

    def sample(self, length: int, temperature: float = 0.8, going: Callable[[], bool] = lambda: True) -> str:
        """What the winner writes; empty before there is one. going: as ``CharacterModel.sample``."""
        if self.winner is None or self.training is None:
            return ""
        return self.training.model.sample("", length, temperature, self.settings.seed, going)
