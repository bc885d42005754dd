"""A search over settings by successive halving: many short trainings, of which the better ones go on.

Settings are drawn by Optuna's tree-structured Parzen estimator (Bergstra et al. 2011), which learns from the trials
before; its successive halving (Li et al. 2020, ASHA, 1810.05934) says after each rung which trial goes on. What a
trial trains, and where, is the caller's: the ``optimise`` commands and the lab share this.
"""

import logging
import math
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Verdict = Literal["goes on", "pruned", "finished"]
STATES = {"RUNNING": "running", "COMPLETE": "finished", "PRUNED": "pruned", "WAITING": "waiting", "FAIL": "failed"}
DRAWN = 4
"""First trials that are drawn at random; from then on the estimator knows enough to guess."""


@dataclass(frozen=True)
class Knob:
    """A setting that is searched."""

    name: str
    low: float
    high: float
    first: float
    """What the first trial has: the value that is usual today, so that every search says whether it finds better."""
    log: bool = False
    """Drawn evenly in the logarithm."""
    step: int = 0
    """Whole numbers this far apart; 0 for any number."""


@dataclass(frozen=True)
class Plan:
    """How many trials, and how long."""

    trials: int = 9
    steps: int = 100
    """Of the first rung."""
    reduction: int = 3
    """One of so many goes on from a rung, to so many times the steps."""
    rungs: int = 3

    def check(self) -> "Plan":
        """Itself. Raises ValueError with a sentence for a plan that makes no sense."""
        for name, low, high in (("trials", 1, 1_000), ("steps", 1, 10**7), ("reduction", 2, 10), ("rungs", 1, 8)):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} must be a number from {low:,} to {high:,}.")
        return self

    @property
    def ladder(self) -> list[int]:
        """Steps at the end of each rung."""
        return [self.steps * self.reduction**rung for rung in range(self.rungs)]


class Search:
    """Trials, their settings and scores; smaller scores are better.

    place: file that keeps the search, which a later one of the same file goes on with; None keeps it in memory.
    Raises ValueError where the file belongs to a search of other settings.
    """

    def __init__(self, knobs: list[Knob], plan: Plan, seed: int = 0, place: Path | None = None):
        import optuna  # takes a second

        optuna.logging.set_verbosity(logging.WARNING)
        self.knobs, self.plan, self.seed, self.optuna = knobs, plan.check(), seed, optuna
        pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=plan.steps, reduction_factor=plan.reduction)
        try:
            storage = f"sqlite:///{place}" if place else optuna.storages.InMemoryStorage()
            self.study = optuna.create_study(storage=storage, pruner=pruner, study_name="search", load_if_exists=True)
        except Exception as error:  # whatever the database has to say of a file that is none
            raise ValueError(f"{place} is damaged. Delete it, or use another --run folder.") from error
        made_of = {"knobs": [k.name for k in knobs], "steps": plan.steps, "reduction": plan.reduction, "seed": seed}
        before = self.study.user_attrs.get("made_of")
        if before is not None and before != made_of:
            raise ValueError(
                f"{place} was written by a search with other settings. Use another --run folder or the same settings."
            )
        if before is None:
            self.study.set_user_attr("made_of", made_of)
            self.study.enqueue_trial({k.name: _whole(k, k.first) for k in knobs})

    def next(self) -> Any:
        """The trial to train: one that was interrupted, else a new one; None when there were enough.

        Its settings are ``trial.params``, its number ``trial.number``.
        """
        running = [t for t in self.study.get_trials(deepcopy=False) if t.state.name == "RUNNING"]
        if running:
            trial = self.optuna.trial.Trial(self.study, running[0]._trial_id)
        else:
            done = [t for t in self.study.get_trials(deepcopy=False) if t.state.name != "WAITING"]
            if len(done) >= self.plan.trials:
                return None
            # A seed of its own for every trial: a search that was interrupted draws what it would have drawn.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", self.optuna.exceptions.ExperimentalWarning)
                self.study.sampler = self.optuna.samplers.TPESampler(
                    seed=self.seed * 100_003 + len(done), n_startup_trials=DRAWN, multivariate=True
                )
            trial = self.study.ask()
        for knob in self.knobs:  # all of them, in this order: an interrupted trial may have drawn but a few
            if knob.step:
                trial.suggest_int(knob.name, int(knob.low), int(knob.high), step=knob.step)
            else:
                trial.suggest_float(knob.name, knob.low, knob.high, log=knob.log)
        return trial

    def rungs_of(self, trial: Any) -> list[int]:
        """Steps of the rungs that a trial has not reported yet."""
        known = self._frozen(trial.number).intermediate_values
        return [steps for steps in self.plan.ladder if steps not in known]

    def report(self, trial: Any, steps: int, score: float, early: bool = False) -> Verdict:
        """Note a trial's score at the end of a rung. early: it ended by itself, so that it cannot go on."""
        if steps not in self._frozen(trial.number).intermediate_values:
            trial.report(score, steps)
        if not math.isfinite(score):
            return self._tell(trial, "PRUNED")
        if early or steps >= self.plan.ladder[-1]:
            return self._tell(trial, "COMPLETE", score)
        return self._tell(trial, "PRUNED") if trial.should_prune() else "goes on"

    def _tell(self, trial: Any, state: str, score: float | None = None) -> Verdict:
        self.study.tell(trial.number, score, state=self.optuna.trial.TrialState[state])
        return "finished" if state == "COMPLETE" else "pruned"

    def _frozen(self, number: int) -> Any:
        return self.study.get_trials(deepcopy=False)[number]

    def table(self) -> list[dict[str, Any]]:
        """Every trial: number, state, settings, scores by steps, and the last of them."""
        return [
            {
                "trial": t.number,
                "state": STATES[t.state.name],
                "settings": dict(t.params),
                "scores": {str(steps): value for steps, value in sorted(t.intermediate_values.items())},
                "score": t.intermediate_values[max(t.intermediate_values)] if t.intermediate_values else None,
            }
            for t in self.study.get_trials(deepcopy=False)
            if t.state.name != "WAITING"
        ]

    def winner(self) -> dict[str, Any] | None:
        """The row of the best trial among those that got furthest; None where none has a score yet.

        Trials of different lengths cannot be compared, so one that was pruned never beats one that went on.
        """
        rows = [row for row in self.table() if row["score"] is not None and math.isfinite(row["score"])]
        finished = [row for row in rows if row["state"] == "finished"]
        furthest = max((len(row["scores"]) for row in rows), default=0)
        chosen = finished or [row for row in rows if len(row["scores"]) == furthest]
        return min(chosen, key=lambda row: row["score"], default=None)


def _whole(knob: Knob, value: float) -> float:
    """The value, as a whole number where the knob counts."""
    return int(value) if knob.step else float(value)
