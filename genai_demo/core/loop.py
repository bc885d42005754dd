"""The one training loop, shared by every medium.

- A task (see ``Task``) owns its networks and optimisers and knows how to take one step.
- Every step reseeds from (seed, step, process), so a run that was killed and resumed draws the
  same data and the same noise as one that was not: resuming is exact without saving random states.
- Data parallelism: ``batch_indices`` is the same draw on all processes, each takes its slice,
  and ``update`` averages the gradients. One process or eight see the same examples.
"""

import contextlib
import json
import os
import pickle
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.optim import Optimizer

from genai_demo.core.rounding import significant


def step_seed(seed: int, step: int, rank: int = 0) -> int:
    """A seed of its own for every step of every process."""
    return (seed * 1_000_003 + step) * 1_024 + rank


class Task(Protocol):
    """What the loop needs of a medium. ``modules`` and ``optimizers`` are saved by name."""

    modules: dict[str, nn.Module]
    optimizers: dict[str, Optimizer]
    averaged: dict[str, nn.Module]
    """Exponential moving averages that the task keeps with ``Average``; also saved."""

    def step(self, step: int) -> dict[str, float | Tensor]:
        """One round of updates. Returns figures for the log."""

    def evaluate(self) -> dict[str, float]:
        """Held-out figures; the one named ``score`` (smaller is better) picks the best weights."""

    def sample_sheet(self, path: Path) -> None:
        """A picture (or text, or sound) of the present state, written to ``path`` plus a suffix."""


@dataclass
class LoopOptions:
    """Budget and rhythm of a run. Zero switches a rhythm off."""

    folder: Path
    steps: int = 0
    minutes: float = 0.0
    seed: int = 0
    log_every: int = 20
    save_every: int = 500
    sample_every: int = 0
    evaluate_every: int = 0
    progress: bool = True
    patience: int = 0
    """Evaluations in a row without a better score after which the run ends; 0: it does not (early stopping)."""

    def __post_init__(self) -> None:
        if self.steps <= 0 and self.minutes <= 0:
            raise ValueError("Give the run a budget: --steps N or --minutes M.")
        if self.patience < 0:
            raise ValueError("--patience must be 0 or more evaluations.")
        if self.patience and self.evaluate_every <= 0:
            raise ValueError("--patience counts evaluations: give --evaluate-every N as well.")


# --------------------------------------------------------------------------- processes


def world() -> tuple[int, int]:
    """(rank, number of processes)."""
    return (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)


@contextlib.contextmanager
def processes(device: torch.device) -> Iterator[None]:
    """Join the other processes when started by torchrun (gloo on CPUs, nccl on GPUs)."""
    if "RANK" not in os.environ or dist.is_initialized():
        yield
        return
    if device.type == "cuda":
        torch.cuda.set_device(device)  # else NCCL gathers every process on the first card
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def broadcast(modules: Iterable[nn.Module]) -> None:
    """Give every process the parameters and buffers of rank 0."""
    if world()[1] > 1:
        for module in modules:
            for tensor in module.state_dict().values():
                dist.broadcast(tensor, 0)


def shard(items: Tensor) -> Tensor:
    """This process's slice of a global batch along dimension 0."""
    rank, count = world()
    if len(items) % count:
        raise ValueError(f"A batch of {len(items)} cannot be shared by {count} processes.")
    return items.chunk(count)[rank]


def batch_indices(seed: int, step: int, examples: int, batch: int) -> Tensor:
    """This process's share of the ``batch`` examples of a step: (batch / processes,) int64.

    Runs through shuffled epochs, so every example is seen equally often.
    """
    first = step * batch
    wanted = torch.arange(first, first + batch)
    found = torch.empty_like(wanted)
    for epoch in range(first // examples, (first + batch - 1) // examples + 1):
        order = torch.randperm(examples, generator=torch.Generator().manual_seed(step_seed(seed, epoch)))
        mine = wanted // examples == epoch
        found[mine] = order[wanted[mine] % examples]
    return shard(found)


def all_mean(tensor: Tensor) -> Tensor:
    """The mean of a tensor over the processes, in place."""
    if world()[1] > 1:
        dist.all_reduce(tensor)
        tensor /= world()[1]
    return tensor


def average_figures(figures: dict[str, float | Tensor]) -> dict[str, float]:
    """Means over the processes, each of which has seen its own share of the batch only."""
    values = torch.tensor([float(v) for v in figures.values()], dtype=torch.float64)
    if world()[1] > 1:
        values = values.to("cuda" if dist.get_backend() == "nccl" else "cpu")
        dist.all_reduce(values)
    return dict(zip(figures, (values / world()[1]).tolist(), strict=True))


def update(optimizers: Optimizer | list[Optimizer], losses: Iterable[Tensor]) -> float:
    """One step of the optimisers on the mean gradient of micro-batch losses, over all processes.

    ``losses`` is consumed lazily and each graph is freed before the next is built, so gradient
    accumulation costs no memory: yield one loss per micro-batch.
    """
    optimizers = optimizers if isinstance(optimizers, list) else [optimizers]
    for optimizer in optimizers:
        optimizer.zero_grad(set_to_none=True)
    total, count = 0.0, 0
    for loss in losses:
        loss.backward()
        total, count = total + loss.detach(), count + 1
    groups = [group for optimizer in optimizers for group in optimizer.param_groups]
    parameters = [p for group in groups for p in group["params"] if p.grad is not None]
    share = 1 / (count * world()[1])
    if share != 1:
        flat = torch.cat([p.grad.flatten() for p in parameters]) * share
        if world()[1] > 1:
            dist.all_reduce(flat)
        for p, gradient in zip(parameters, flat.split([p.numel() for p in parameters]), strict=True):
            p.grad.copy_(gradient.view_as(p))
    for optimizer in optimizers:
        optimizer.step()
    return float(total) / count


class Average:
    """Exponential moving average of a network's weights; buffers are copied."""

    def __init__(self, source: nn.Module, target: nn.Module):
        self.source, self.target = source, target
        target.load_state_dict(source.state_dict())
        target.requires_grad_(False).eval()

    @torch.no_grad()
    def update(self, decay: float) -> None:
        """target <- decay target + (1 - decay) source."""
        targets, sources = list(self.target.parameters()), list(self.source.parameters())
        torch._foreach_lerp_(targets, sources, 1 - decay)
        for mine, theirs in zip(self.target.buffers(), self.source.buffers(), strict=True):
            mine.copy_(theirs)


# --------------------------------------------------------------------------- the loop


def read_state(path: Path) -> dict[str, Any]:
    """What ``Run.save`` wrote. Raises ValueError where the file is damaged, OSError where it is missing."""
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise ValueError(f"{path} is damaged. Delete it to start over, or use another --run folder.") from error


def start_from(where: str, task: Any) -> None:
    """Take the networks from ``checkpoints/`` or from another run's folder; steps and optimisers start afresh.

    where: "published", or the folder. Raises ValueError where its networks do not fit.
    """
    if where == "published":
        task.start_from_published()
        return
    try:
        task.start_from_run(read_state(Path(where) / "state.pt"))
    except (OSError, KeyError, RuntimeError) as error:
        raise ValueError(f"{where} is no folder of a run whose networks fit here.") from error


class Run:
    """A folder with everything a run leaves behind, and the loop that fills it.

    state.pt     networks, averages, optimisers, step, seconds: enough to go on exactly
    best.pt      averaged networks at the best held-out score
    log.jsonl    one JSON object per logged step
    samples/     sheets, named by step
    """

    def __init__(self, task: Task, options: LoopOptions):
        self.task, self.options = task, options
        self.step, self.seconds, self.best = 0, 0.0, float("inf")
        self.stale = 0
        """Evaluations since the best one."""
        self.measured: dict[str, float] = {}
        """Of the last evaluation, what tells of overfitting: shown beside the losses."""
        self.stopping = False
        options.folder.mkdir(parents=True, exist_ok=True)

    # -- persistence

    def save(self) -> None:
        state = {
            "modules": {k: m.state_dict() for k, m in self.task.modules.items()},
            "averaged": {k: m.state_dict() for k, m in self.task.averaged.items()},
            "optimizers": {k: o.state_dict() for k, o in self.task.optimizers.items()},
            "step": self.step,
            "seconds": self.seconds,
            "best": self.best,
            "stale": self.stale,
        }
        self._write("state.pt", state)

    def resume(self) -> bool:
        """Go on from state.pt if there is one. Raises ValueError where it does not fit the task."""
        path = self.options.folder / "state.pt"
        if not path.exists():
            return False
        state = read_state(path)
        try:
            for kind in ("modules", "averaged", "optimizers"):
                for name, target in getattr(self.task, kind).items():
                    target.load_state_dict(state[kind][name])
        except (KeyError, RuntimeError, ValueError) as error:
            raise ValueError(
                f"{path} was written by a run with other settings. Use another --run folder or the same settings."
            ) from error
        self.step, self.seconds, self.best = state["step"], state["seconds"], state["best"]
        self.stale = state.get("stale", 0)
        self._trim_log()
        return True

    def _write(self, name: str, state: dict[str, Any]) -> None:
        """Atomic: a kill at any moment leaves the old file or the new one, never half of one."""
        if world()[0] != 0:
            return
        path = self.options.folder / name
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    def _trim_log(self) -> None:
        """Drop lines that a killed run logged after its last save; they will be logged again."""
        path = self.options.folder / "log.jsonl"
        if path.exists() and world()[0] == 0:
            lines = []
            for line in path.read_text(encoding="utf-8").splitlines():
                with contextlib.suppress(json.JSONDecodeError):
                    if json.loads(line)["step"] <= self.step:
                        lines.append(line + "\n")
            part = path.with_suffix(".log.part")
            part.write_text("".join(lines), encoding="utf-8")
            part.replace(path)

    def log(self, figures: dict[str, Any]) -> None:
        if world()[0] == 0:
            line = {"step": self.step, "seconds": significant(self.seconds), **figures}
            with (self.options.folder / "log.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    # -- the loop itself

    def train(self) -> None:
        """Train until the budget is spent or the process is asked to stop, then save."""
        options = self.options
        broadcast([*self.task.modules.values(), *self.task.averaged.values()])
        start, before = time.monotonic(), self.seconds
        with self._signals(), self._bar() as bar:
            while not self._finished(time.monotonic() - start):
                torch.manual_seed(step_seed(options.seed, self.step, world()[0]))
                figures = self.task.step(self.step)
                self.step += 1
                self.seconds = before + time.monotonic() - start
                bar.update(1)
                if self._due(options.log_every):
                    figures = {k: significant(v, 6) for k, v in average_figures(figures).items()}
                    self.log(figures)
                    bar.set_postfix(figures | self.measured)
                if self._due(options.sample_every) and world()[0] == 0:
                    self._sheet()
                if self._due(options.evaluate_every) or (options.evaluate_every and self.step == options.steps):
                    self._evaluate()
                if self._due(options.save_every):
                    self.save()
        self.save()

    def _finished(self, elapsed: float) -> bool:
        steps_done = self.options.steps > 0 and self.step >= self.options.steps
        time_up = self.options.minutes > 0 and elapsed >= self.options.minutes * 60
        stop = torch.tensor(float(steps_done or time_up or self.stopping or self.out_of_patience))
        if world()[1] > 1:  # all processes leave the loop at the same step
            device = next(next(iter(self.task.modules.values())).parameters()).device
            stop = stop.to(device)
            dist.all_reduce(stop)
        return bool(stop)

    @property
    def out_of_patience(self) -> bool:
        """Whether early stopping has ended the run. Only the first process evaluates, so only it knows."""
        return 0 < self.options.patience <= self.stale

    def _due(self, every: int) -> bool:
        return every > 0 and self.step % every == 0

    def _sheet(self) -> None:
        folder = self.options.folder / "samples"
        folder.mkdir(exist_ok=True)
        self.task.sample_sheet(folder / f"{self.step:07d}")

    def _evaluate(self) -> None:
        if world()[0] == 0:
            figures = self.task.evaluate()
            self.log(figures)
            self.measured = {k: significant(figures[k]) for k in ("score", "train", "gap") if k in figures}
            better = figures.get("score", float("inf")) < self.best
            self.stale = 0 if better else self.stale + 1
            if self.out_of_patience:
                self.log({"stopped": f"no better score in {self.stale} evaluations"})
            if better:
                self.best = figures["score"]
                best = {"averaged": {k: m.state_dict() for k, m in self.task.averaged.items()}}
                self._write("best.pt", best | {"step": self.step, "seconds": self.seconds, "figures": figures})
        if world()[1] > 1:
            dist.barrier()

    def _bar(self):
        from tqdm import tqdm

        quiet = not self.options.progress or world()[0] != 0
        return tqdm(initial=self.step, total=self.options.steps or None, disable=quiet, unit="step")

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """SIGTERM and Ctrl-C finish the step, save, and leave."""

        def ask(signum: int, frame: Any) -> None:
            self.stopping = True

        try:
            old = {s: signal.signal(s, ask) for s in (signal.SIGTERM, signal.SIGINT)}
        except ValueError:  # not in the main thread: the caller stops us by ``stopping``
            yield
            return
        try:
            yield
        finally:
            for s, handler in old.items():
                signal.signal(s, handler)
