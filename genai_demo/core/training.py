"""What all ``train`` commands have in common: their options, the run itself, and what the card says of it."""

import argparse
import dataclasses
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import torch

from genai_demo.core import checkpoint
from genai_demo.core.device import describe, pick_device
from genai_demo.core.loop import LoopOptions, Run, Task, processes, read_state, start_from, world
from genai_demo.core.options import MINUTES, SEED, STEPS
from genai_demo.core.rounding import rounded

T = TypeVar("T", bound=Task)
HOUR = 60
"""Minutes of a run that was given no length."""


def add_arguments(parser: argparse.ArgumentParser, folder: str, evaluate_every: int = 250) -> None:
    """The options of every run. folder: where it is kept unless told otherwise, for the help."""
    parser.add_argument("--minutes", type=MINUTES, default=0, help="stop after so many minutes")
    parser.add_argument("--steps", type=STEPS, default=0, help="length of the run; the rates fall towards its end")
    parser.add_argument("--run", help=f"folder of the run (default: {folder}); an existing one goes on")
    parser.add_argument("--init", help="start from the 'published' weights or from another run's folder")
    parser.add_argument("--log-every", type=STEPS, default=20, help="steps between lines of the log")
    parser.add_argument("--evaluate-every", type=STEPS, default=evaluate_every, help="steps between held-out figures")
    parser.add_argument(
        "--patience", type=STEPS, default=0, help="stop after so many held-out figures without a better one; 0: never"
    )
    parser.add_argument("--sample-every", type=STEPS, default=250, help="steps between samples")
    parser.add_argument("--save-every", type=STEPS, default=250, help="steps between saves of the state")
    parser.add_argument("--seed", type=SEED, default=0, help="of weights and data order")
    parser.add_argument("--device", help="cpu, cuda, cuda:1 (default: the best there is)")
    parser.add_argument("--publish", action="store_true", help="copy the best weights into checkpoints/ at the end")


def use_device(args: argparse.Namespace) -> None:
    """From now on everything computes where ``--device`` says."""
    if args.device:
        os.environ["GENAI_DEVICE"] = str(pick_device(args.device))


def use_cpu(args: argparse.Namespace) -> None:
    """For a training whose tensors all stay on the CPU. Raises ValueError where ``--device`` asks for another one."""
    if args.device not in (None, "cpu"):
        raise ValueError("This model is so small that it trains on the CPU only. Leave --device out.")
    args.device = "cpu"


def train(args: argparse.Namespace, name: str, make_task: Callable[[], T], publish: Callable[[Path, T], None]) -> None:
    """Make the task, go on or begin, and publish if asked to. name: of the checkpoint, and of the run in ``runs/``."""
    use_device(args)
    kept = Path(args.run or f"runs/{name}")
    options = LoopOptions(
        kept, args.steps, args.minutes or (0 if args.steps else HOUR), args.seed, log_every=args.log_every,
        save_every=args.save_every, sample_every=args.sample_every, evaluate_every=args.evaluate_every,
        patience=getattr(args, "patience", 0),
    )  # fmt: skip
    with processes(pick_device()):
        task = make_task()
        begin(task, options, args.init).train()
        if args.publish and world()[0] == 0:
            before = earlier(name, args.init)
            publish(kept, task)
            card = checkpoint.read_card(name)
            checkpoint.write_card(name, card | {"training": after(before, card["training"])})


def earlier(name: str, init: str | None) -> dict[str, Any]:
    """The account of the training that ``--init`` names, see ``after``; empty for a run that began with nothing."""
    if init == "published":
        return checkpoint.read_card(name)["training"]
    if init is None:
        return {}
    state = read_state(Path(init) / "state.pt")
    return {"steps": state["step"], "seconds": round(state["seconds"])}


def begin(task: Task, options: LoopOptions, init: str | None = None) -> Run:
    """The run of a folder, where it stopped; a new one starts from ``init`` where that is given, see ``start_from``."""
    loop = Run(task, options)
    if not loop.resume() and init:
        start_from(init, task)
    for part, rate in getattr(task, "rates", {}).items():  # those asked for now, not those of the saved state
        for group in task.optimizers[part].param_groups:
            group["lr"] = rate
    return loop


def best_of(folder: Path) -> dict[str, Any]:
    """What a run saved at its best held-out score. Raises ValueError where nothing was measured yet."""
    if not (folder / "best.pt").is_file():
        raise ValueError(f"{folder} has no best weights yet. Train on, or measure sooner with --evaluate-every.")
    return torch.load(folder / "best.pt", map_location="cpu", weights_only=True)


def record(best: dict[str, Any], settings: Any, **each_step: int) -> dict[str, Any]:
    """The card's account of a training: how long, on what, with which settings, how good.

    settings: a dataclass. each_step: what one step sees, such as ``pictures=16``.
    """
    return {
        "steps": best["step"],
        **{name: best["step"] * count for name, count in each_step.items()},
        "seconds": round(best["seconds"]),
        "hardware": describe(pick_device()),
        "settings": dataclasses.asdict(settings),
        "held_out": rounded(best["figures"]),
    }


def after(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The account of a training that began with other weights; ``old`` is theirs, empty where there were none.

    Steps, seconds and what they saw add up; ``phases`` lists the trainings, the oldest first.
    """
    if not old:
        return new
    first, last = ({k: v for k, v in one.items() if k not in ("held_out", "phases")} for one in (old, new))
    sums = {k: old.get(k, 0) + v for k, v in new.items() if isinstance(v, int)}
    return {**new, **sums, "phases": [*old.get("phases", [first]), last]}
