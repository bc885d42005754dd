"""What all ``optimise`` commands have in common: trials as runs in folders, and the winner trained longer.

Every trial is a run like any other, in ``trial-0007`` of the search's folder, and goes on where it stopped, from rung
to rung and after a kill. Its rates are held, not cooled down, so that the winner's longer run goes on exactly from
its trial and cools down at its own end (Hägele et al. 2024).
"""

import argparse
import contextlib
import json
import math
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from genai_demo.core import training
from genai_demo.core.halving import Knob, Plan, Search, Verdict
from genai_demo.core.locks import lock
from genai_demo.core.loop import LoopOptions, Run, Task
from genai_demo.core.options import COUNT, MINUTES, SEED, STEPS


def plain_score(figures: dict[str, float]) -> float:
    """The task's own."""
    return figures["score"]


@dataclass(frozen=True)
class Space:
    """What is searched of one model.

    Knobs are named like the options of its ``train`` command. score: from held-out figures to the number that is
    compared, where the task's own depends on a knob and would be a ruler that changes its length.
    """

    knobs: list[Knob]
    parser: Callable[[], argparse.ArgumentParser]
    """Of the ``train`` command, for the options that are the same for all trials."""
    make_task: Callable[[argparse.Namespace], Task]
    score: Callable[[dict[str, float]], float] = plain_score
    fixed: list[str] = field(default_factory=list)
    """Options that every trial has, such as ``--model=vae``."""


def train_parser(medium: str, add: Callable[[argparse.ArgumentParser], None]) -> argparse.ArgumentParser:
    """The parser of ``train MEDIUM``, with the options that ``add`` adds."""
    parser = argparse.ArgumentParser(prog=f"python -m genai_demo train {medium}", allow_abbrev=False)
    add(parser)
    return parser


def add_arguments(parser: argparse.ArgumentParser, medium: str, models: list[str]) -> None:
    """The options of every search."""
    plan = Plan()
    parser.add_argument("--model", choices=models, default=models[0], help="whose settings are searched")
    parser.add_argument("--trials", type=COUNT, default=plan.trials, help="how many settings are tried")
    parser.add_argument("--steps", type=STEPS, default=plan.steps, help="of the first rung")
    parser.add_argument("--reduction", type=COUNT, default=plan.reduction, help="one of so many goes on from a rung")
    parser.add_argument("--rungs", type=COUNT, default=plan.rungs, help="each --reduction times as long as the last")
    parser.add_argument("--winner-steps", type=STEPS, help="of the winner's run (default: a rung more); 0: none")
    parser.add_argument("--minutes", type=MINUTES, default=0, help="stop after so many; the same command goes on")
    parser.add_argument("--evaluate-every", type=STEPS, help="steps between held-out figures (default: --steps / 4)")
    parser.add_argument("--run", help="folder of the search (default: runs/optimise-MEDIUM-MODEL)")
    parser.add_argument("--seed", type=SEED, default=0, help="of the draws, of weights and data order")
    parser.add_argument("--device", help="cpu, cuda, cuda:1 (default: the best there is)")
    parser.add_argument(
        "options", nargs="*", default=[], metavar="OPTION", help=f"after --, options of `train {medium}` for all trials"
    )


def run(args: argparse.Namespace, medium: str, spaces: Mapping[str, Space]) -> None:
    """Search, train the winner longer, and print what was found as JSON.

    Raises ValueError for options that make no sense, or for a folder of another search.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise ValueError("A search runs in one process. Start it without torchrun; train the winner with it.")
    training.use_device(args)
    folder = Path(args.run or f"runs/optimise-{medium}-{args.model}")
    folder.mkdir(parents=True, exist_ok=True)
    with only_one(folder):
        found = FolderSearch(args, medium, spaces[args.model], folder)
        done = found.search() and found.train_winner()
    if not done:
        print("Stopped before the end; the same command goes on.", file=sys.stderr)
    print(json.dumps(found.summary(), indent=2))


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Holds the folder for this process. Raises ValueError where another one holds it."""
    with (folder / "search.lock").open("ab") as file:
        if not lock(file):
            raise ValueError(f"Another process searches in {folder}. Wait for it, or use another --run.")
        yield


class FolderSearch:
    """A search whose trials are runs.

    search.db    which trials there are, their settings and scores at the rungs (Optuna, SQLite)
    trial-0007/  a run each; winner-0007/ the winner's longer one
    trials.json  settings, states and curves of all trials, rewritten after every rung
    """

    def __init__(self, args: argparse.Namespace, medium: str, space: Space, folder: Path):
        self.args, self.medium, self.space, self.folder = args, medium, space, folder
        self.plan = Plan(args.trials, args.steps, args.reduction, args.rungs).check()
        self.options = space.parser().parse_args([*space.fixed, *args.options])
        self._check()
        self.every = args.evaluate_every or max(1, self.plan.steps // 4)
        self.winner_steps = self.plan.ladder[-1] * self.plan.reduction
        if args.winner_steps is not None:
            self.winner_steps = args.winner_steps
        self.studied = Search(space.knobs, self.plan, args.seed, folder / "search.db")
        self.deadline = time.monotonic() + 60 * args.minutes if args.minutes > 0 else math.inf

    def _check(self) -> None:
        """Raises ValueError for an option that this command decides for itself."""
        plain = self.space.parser().parse_args(self.space.fixed)
        decided = [*(k.name for k in self.space.knobs), "steps", "minutes", "run", "seed", "publish", "evaluate_every"]
        for name in decided:
            if hasattr(plain, name) and getattr(plain, name) != getattr(self.options, name):
                raise ValueError(f"--{name.replace('_', '-')} is decided by the search; give it before the --, or not.")

    # -- the search

    def search(self) -> bool:
        """Train trial after trial until there are enough; False where the time is over or the user stopped it."""
        while (trial := self.studied.next()) is not None:
            loop = self.begin(f"trial-{trial.number:04d}", trial.params)
            for steps in self.studied.rungs_of(trial):
                if not self.train(loop, steps):
                    self.write()
                    return False
                score = self.score_of(loop.options.folder, steps)
                verdict = self.studied.report(trial, steps, score, early=loop.out_of_patience)
                self.write()
                self.say(trial.number, trial.params, steps, score, verdict)
                if verdict != "goes on":
                    break
        return True

    def train_winner(self) -> bool:
        """Train the winner on in a folder of its own; False where it was stopped before its end."""
        best = self.studied.winner()
        if best is None or not self.winner_steps:
            return True
        name, trial = f"winner-{best['trial']:04d}", self.folder / f"trial-{best['trial']:04d}"
        if not (self.folder / name).exists():
            part = self.folder / f"{name}.part"
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(trial, part)
            part.replace(self.folder / name)
        finished = self.train(self.begin(name, best["settings"], self.winner_steps), self.winner_steps)
        self.write()
        return finished

    def begin(self, name: str, settings: dict[str, Any], planned: int = 0) -> Run:
        """The run of a trial, where it stopped. planned: length that the rates are led to zero over, 0 to hold them."""
        args = argparse.Namespace(**vars(self.options) | settings | {"steps": planned, "seed": self.args.seed})
        options = LoopOptions(
            self.folder / name, steps=max(1, planned), seed=self.args.seed, log_every=self.every,
            save_every=getattr(args, "save_every", 250), evaluate_every=self.every,
            sample_every=self.every if planned else 0, patience=getattr(args, "patience", 0),
        )  # fmt: skip
        return training.begin(self.space.make_task(args), options, getattr(args, "init", None))

    def train(self, loop: Run, steps: int) -> bool:
        """Train to so many steps; False where time or user ended it before."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            return False
        loop.options.steps, loop.options.minutes = steps, 0 if math.isinf(left) else left / 60
        loop.train()
        return not loop.stopping and (loop.step >= steps or loop.out_of_patience)

    # -- what came of it

    def curve(self, folder: Path, most: float = math.inf) -> list[dict[str, float]]:
        """Held-out scores of a run, and those of what it learns from where the task measures them."""
        path = folder / "log.jsonl"
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
        points = []
        for line in lines:
            if "score" in line and line["step"] <= most:
                point = {"step": line["step"], "score": self.space.score(line)}
                points.append(point | ({"train": line["train"]} if "train" in line else {}))
        return points

    def score_of(self, folder: Path, steps: int) -> float:
        """The best score so far: a trial is worth its best weights. Infinity where there is none."""
        scores = [point["score"] for point in self.curve(folder, steps)]
        return min((s for s in scores if math.isfinite(s)), default=math.inf)

    def say(self, number: int, settings: dict[str, Any], steps: int, score: float, verdict: Verdict) -> None:
        values = ", ".join(f"{name} {value:.4g}" for name, value in settings.items())
        print(f"trial {number}: {values}: {score:.4f} at step {steps}, {verdict}", file=sys.stderr)

    def write(self) -> None:
        """Bring trials.json up to date, in one move."""
        part = self.folder / "trials.json.part"
        part.write_text(json.dumps(self.report(), indent=1) + "\n", encoding="utf-8")
        part.replace(self.folder / "trials.json")

    def report(self) -> dict[str, Any]:
        """The summary, with curves."""
        found = self.summary()
        for row in found["trials"]:
            row["curve"] = self.curve(self.folder / f"trial-{row['trial']:04d}")
        if found["best"]:
            found["winner"] = self.curve(self.folder / f"winner-{found['best']['trial']:04d}")
        knobs = [{"name": k.name, "low": k.low, "high": k.high, "log": k.log} for k in self.space.knobs]
        return found | {"knobs": knobs, "rungs": self.plan.ladder}

    def summary(self) -> dict[str, Any]:
        """Best settings, the command that trains them on, and a row for every trial."""
        best = self.studied.winner()
        found: dict[str, Any] = {"best": best, "trials": self.studied.table(), "folder": str(self.folder)}
        if best and self.winner_steps:
            settings = [f"--{k.replace('_', '-')} {v:.6g}" for k, v in best["settings"].items()]
            found["command"] = " ".join(
                [f"python -m genai_demo train {self.medium}", *self.space.fixed, *self.args.options, *settings,
                 f"--run {self.folder}/winner-{best['trial']:04d} --steps {self.winner_steps} --publish"]
            )  # fmt: skip
        return found
