"""Killed and resumed, or spread over processes: the same training."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from tests.core.test_loop import log_lines
from tests.core.tiny_task import TinyTask, run, weights

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("tiny_task.py")
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def assert_same(first: TinyTask, second: TinyTask) -> None:
    for a, b in zip(weights(first), weights(second), strict=True):
        assert torch.equal(a, b)


def losses(folder: Path) -> list[tuple[int, float]]:
    return [(line["step"], line["loss"]) for line in log_lines(folder)]


def test_two_halves_equal_the_whole_to_the_last_bit(tmp_path):
    whole, half = TinyTask(noise=0.1), TinyTask(noise=0.1)
    run(whole, tmp_path / "whole", steps=20)
    run(half, tmp_path / "halves", steps=10)
    other_half = TinyTask(noise=0.1)
    run(other_half, tmp_path / "halves", steps=20)
    assert_same(whole, other_half)
    assert losses(tmp_path / "whole") == losses(tmp_path / "halves")


@pytest.mark.slow
def test_killed_between_two_saves_and_resumed_equals_never_killed(tmp_path):
    folder = tmp_path / "killed"
    command = [sys.executable, SCRIPT, folder, "--steps=1000000", "--noise=0.1", "--pause=0.005", "--save-every=3"]
    child = subprocess.Popen(list(map(str, command)), env=ENVIRONMENT)
    deadline = time.monotonic() + 120
    log = folder / "log.jsonl"
    while not log.exists() or log.read_bytes().count(b"\n") < 11:
        assert child.poll() is None, "the run ended before it was killed"
        assert time.monotonic() < deadline, "the run never came to its eleventh step"
        time.sleep(0.01)
    child.kill()
    assert child.wait() == -signal.SIGKILL

    # A kill may leave half a file behind, and half a line.
    (folder / "state.part").write_bytes(b"half a file")
    with (folder / "log.jsonl").open("a") as file:
        file.write('{"step": 3')
    saved = torch.load(folder / "state.pt", weights_only=True)["step"]
    steps = saved + 40

    resumed, straight = TinyTask(noise=0.1), TinyTask(noise=0.1)
    run(resumed, folder, steps=steps)
    run(straight, tmp_path / "straight", steps=steps)
    assert_same(resumed, straight)
    assert losses(folder) == losses(tmp_path / "straight")


@pytest.mark.slow
def test_two_processes_train_like_one(tmp_path):
    """Data-parallel under torchrun on the CPU: the same loss curve and the same weights."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    subprocess.run([*launcher, SCRIPT, tmp_path / "two", "--steps=30"], env=ENVIRONMENT, check=True, timeout=240)
    one = TinyTask()
    run(one, tmp_path / "one", steps=30)
    pairs = list(zip(losses(tmp_path / "one"), losses(tmp_path / "two"), strict=True))
    assert len(pairs) == 30
    for (step, alone), (same_step, together) in pairs:
        assert step == same_step
        assert together == pytest.approx(alone, rel=1e-4, abs=1e-5)  # the log keeps six digits
    state = torch.load(tmp_path / "two" / "state.pt", weights_only=True)
    for name, tensor in one.net.state_dict().items():
        torch.testing.assert_close(state["modules"]["net"][name], tensor, rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_two_processes_run_out_of_patience_together(tmp_path):
    """Only the first one evaluates; the other must leave at the same step, or both would wait for ever."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    options = ["--steps=1000", "--evaluate-every=2", "--patience=2"]
    subprocess.run([*launcher, SCRIPT, tmp_path, *options], env=ENVIRONMENT, check=True, timeout=120)
    assert torch.load(tmp_path / "state.pt", weights_only=True)["step"] == 6
