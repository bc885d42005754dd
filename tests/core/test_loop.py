"""The training loop, on a net that trains in milliseconds."""

import json
import os
import signal
from pathlib import Path

import pytest
import torch
from torch import nn

from genai_demo.core import loop
from genai_demo.core.loop import Average, LoopOptions, Run, batch_indices, step_seed, update
from tests.clock import Clock
from tests.core.tiny_task import BATCH, TinyTask, run


def log_lines(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_a_run_without_a_budget_is_refused(tmp_path):
    with pytest.raises(ValueError, match="--steps N or --minutes M"):
        LoopOptions(tmp_path)


def test_budget_by_steps_and_a_readable_log(tmp_path):
    run(TinyTask(), tmp_path, steps=30, log_every=10)
    lines = log_lines(tmp_path)
    assert [line["step"] for line in lines] == [10, 20, 30]
    assert all(set(line) == {"step", "seconds", "loss"} for line in lines)
    assert lines[-1]["loss"] < lines[0]["loss"]


def test_budget_by_minutes(tmp_path, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(loop, "time", clock)

    class Timed(TinyTask):
        def step(self, step: int) -> dict:
            clock.now += 7  # seconds
            return super().step(step)

    found = run(Timed(), tmp_path, minutes=1)
    assert (found.step, found.seconds) == (9, 63)
    again = run(Timed(), tmp_path, minutes=0.5)
    assert (again.step, again.seconds) == (14, 98)


def test_the_earlier_of_two_budgets_ends_the_run(tmp_path):
    assert run(TinyTask(), tmp_path, steps=5, minutes=5).step == 5


def test_best_weights_are_kept(tmp_path):
    task = TinyTask()
    task.scores = {1: 3.0, 2: 0.5, 3: 0.9, 4: float("nan")}
    run(task, tmp_path, steps=20, evaluate_every=5)
    best = torch.load(tmp_path / "best.pt", weights_only=True)
    assert (best["step"], best["figures"]) == (10, {"score": 0.5})
    straight = TinyTask()
    run(straight, tmp_path / "straight", steps=10)
    for name, tensor in straight.ema.target.state_dict().items():
        assert torch.equal(best["averaged"]["net"][name], tensor)


def test_a_resumed_run_remembers_its_best_score(tmp_path):
    task = TinyTask()
    task.scores = {1: 0.2}
    run(task, tmp_path, steps=5, evaluate_every=5)
    run(TinyTask(), tmp_path, steps=10, evaluate_every=5)
    assert torch.load(tmp_path / "best.pt", weights_only=True)["step"] == 5


def test_sample_sheets_are_named_by_step(tmp_path):
    run(TinyTask(), tmp_path, steps=12, sample_every=5)
    assert sorted(p.name for p in (tmp_path / "samples").iterdir()) == ["0000005.txt", "0000010.txt"]


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_finishes_the_step_and_saves(tmp_path, signum):
    task = TinyTask()
    plain = task.step

    def step(number: int) -> dict:
        if number == 7:
            os.kill(os.getpid(), signum)
        return plain(number)

    task.step = step
    before = signal.getsignal(signum)
    assert run(task, tmp_path, steps=100).step == 8
    assert signal.getsignal(signum) is before
    assert torch.load(tmp_path / "state.pt", weights_only=True)["step"] == 8


def test_state_of_another_task_is_refused_with_a_sentence(tmp_path):
    run(TinyTask(), tmp_path, steps=1)
    task = TinyTask()
    task.modules = {"net": nn.Linear(2, 2)}
    with pytest.raises(ValueError, match="other settings"):
        Run(task, LoopOptions(tmp_path, steps=1)).resume()


def test_damaged_state_is_refused_with_a_sentence(tmp_path):
    run(TinyTask(), tmp_path, steps=1)
    path = tmp_path / "state.pt"
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(ValueError, match="damaged"):
        Run(TinyTask(), LoopOptions(tmp_path, steps=1)).resume()


def test_accumulated_gradients_equal_those_of_the_big_batch(tmp_path):
    whole, parts = TinyTask(), TinyTask(accumulate=4)
    run(whole, tmp_path / "whole", steps=10)
    run(parts, tmp_path / "parts", steps=10)
    for a, b in zip(whole.net.parameters(), parts.net.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
    for a, b in zip(log_lines(tmp_path / "whole"), log_lines(tmp_path / "parts"), strict=True):
        assert a["loss"] == pytest.approx(b["loss"], rel=1e-4, abs=2e-5)


def test_update_leaves_parameters_without_a_gradient_alone():
    used, unused = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([used, unused], lr=0.5)
    assert update(optimizer, iter([used.sum(), 3 * used.sum()])) == 4.0
    assert used.tolist() == [0.0, 0.0]
    assert unused.tolist() == [1.0, 1.0]


def test_average_moves_parameters_and_copies_buffers():
    source, target = nn.BatchNorm1d(3), nn.BatchNorm1d(3)
    average = Average(source, target)
    with torch.no_grad():
        source.weight.fill_(2.0)
        source.running_mean.fill_(5.0)
    average.update(0.75)
    assert target.weight.tolist() == [1.25] * 3
    assert target.running_mean.tolist() == [5.0] * 3
    assert not target.training
    assert not target.weight.requires_grad


def test_every_example_comes_once_an_epoch():
    examples, batch = 21, 8
    drawn = torch.cat([batch_indices(0, step, examples, batch) for step in range(21)])
    epochs = drawn.view(8, examples)
    assert all(sorted(epoch.tolist()) == list(range(examples)) for epoch in epochs)
    assert not torch.equal(epochs[0], epochs[1])
    assert not torch.equal(batch_indices(0, 0, examples, batch), batch_indices(1, 0, examples, batch))


def test_processes_take_disjoint_slices_of_the_same_batch(monkeypatch):
    whole = batch_indices(0, 5, 100, BATCH)
    slices = []
    for rank in range(4):
        monkeypatch.setattr(loop, "world", lambda rank=rank: (rank, 4))
        slices.append(batch_indices(0, 5, 100, BATCH))
    assert torch.equal(torch.cat(slices), whole)
    assert len(set(whole.tolist())) == BATCH


def test_a_batch_that_cannot_be_shared_is_refused(monkeypatch):
    monkeypatch.setattr(loop, "world", lambda: (0, 3))
    with pytest.raises(ValueError, match="8 cannot be shared by 3"):
        batch_indices(0, 0, 100, 8)


def test_step_seeds_differ():
    seeds = {step_seed(seed, step, rank) for seed in range(3) for step in range(50) for rank in range(8)}
    assert len(seeds) == 3 * 50 * 8
    torch.manual_seed(step_seed(2**31 - 1, 10**8, 1023))


def test_the_last_step_is_measured_too(tmp_path):
    """Else the weights of a rate that has just fallen to zero, the best ones, would be lost."""
    task = TinyTask()
    task.scores = {1: 0.5, 2: 0.4, 3: 0.1}
    run(task, tmp_path, steps=5, evaluate_every=2)
    assert task.evaluations == 3
    assert torch.load(tmp_path / "best.pt", weights_only=True)["step"] == 5


def test_a_run_without_a_better_score_ends(tmp_path):
    task = TinyTask()
    task.scores = {1: 0.5, 2: 0.4, 3: 0.6, 4: float("nan"), 5: 0.45, 6: 0.1}
    found = run(task, tmp_path, steps=100, evaluate_every=2, patience=3)
    assert (found.step, task.evaluations, found.out_of_patience) == (10, 5, True)
    assert torch.load(tmp_path / "best.pt", weights_only=True)["step"] == 4
    lines = log_lines(tmp_path)
    assert [line["step"] for line in lines if "stopped" in line] == [10]
    assert run(TinyTask(), tmp_path, steps=100, evaluate_every=2, patience=3).step == 10
    assert log_lines(tmp_path) == lines
    assert run(TinyTask(), tmp_path, steps=14, evaluate_every=2).step == 14


def test_patience_is_resumed_exactly(tmp_path):
    """Two evaluations without a better one before the break and one after it end the run, as three in a row do."""
    first, second = TinyTask(), TinyTask()
    first.scores = {1: 0.5}
    assert run(first, tmp_path, steps=6, evaluate_every=2, patience=3).stale == 2
    assert torch.load(tmp_path / "state.pt", weights_only=True)["stale"] == 2
    found = run(second, tmp_path, steps=100, evaluate_every=2, patience=3)
    assert (found.step, second.evaluations) == (8, 1)


def test_a_state_from_before_there_was_patience_goes_on(tmp_path):
    run(TinyTask(), tmp_path, steps=2)
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    del state["stale"]
    torch.save(state, tmp_path / "state.pt")
    assert run(TinyTask(), tmp_path, steps=4).step == 4


@pytest.mark.parametrize(
    ("options", "words"),
    [({"patience": -1, "evaluate_every": 1}, "0 or more"), ({"patience": 2}, "--evaluate-every")],
)
def test_patience_that_makes_no_sense_is_refused(tmp_path, options, words):
    with pytest.raises(ValueError, match=words):
        LoopOptions(tmp_path, steps=1, **options)
