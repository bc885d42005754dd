"""Fine-tuning: bounded, stopped at once, gone on with exactly, killed without a loss, ended before it overfits."""

import math
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from genai_demo.core import limits
from genai_demo.core import tuning as tuning_module
from genai_demo.core.tuning import PATIENCE, STATE, Brake, Stopped, Tuning
from tests.clock import Clock
from tests.core.tiny_subject import Line, LineTuning

ROOT = Path(__file__).parents[2]


def steps(tuning: Tuning, count: int, seconds: float = 60) -> None:
    """Train until so many steps are done."""
    running = tuning.train(seconds)
    for _ in running:
        if tuning.step >= count:
            break
    running.close()


def weights(tuning: Tuning) -> Tensor:
    return torch.cat([p.detach().flatten() for p in tuning.subject.network.parameters()])


def test_it_learns_and_keeps_the_best(tmp_path: Path) -> None:
    tuning = LineTuning(tmp_path)
    steps(tuning, 40)
    first, best = tuning.points[0], tuning.best_point()
    assert first.step == 0 and math.isnan(first.learnt) and best.score < first.score / 2
    network = Line().network
    network.load_state_dict(tuning.best["line"])
    kept = Line()
    kept.network.load_state_dict(tuning.best["line"])
    assert kept.measure()["score"] == best.score
    assert tuning.record()["steps"] == best.step


def test_stopped_and_gone_on_is_as_never_stopped(tmp_path: Path) -> None:
    whole = LineTuning(tmp_path / "whole")
    steps(whole, 33)
    for count in (7, 10, 21, 33):  # 10: the measurement that was due is made up for
        part = LineTuning(tmp_path / "part")
        part.resume()
        steps(part, count)
    assert torch.equal(weights(whole), weights(part))
    assert [p.figures for p in whole.points] == [p.figures for p in part.points]
    assert [p.step for p in part.points] == [0, 10, 20, 30]


def test_the_folder_is_private(tmp_path: Path) -> None:
    steps(LineTuning(tmp_path / "visit"), 2)
    assert stat.S_IMODE((tmp_path / "visit").stat().st_mode) == 0o700
    assert [p.name for p in (tmp_path / "visit").iterdir()] == [STATE]


def test_another_training_in_the_folder_is_refused(tmp_path: Path) -> None:
    steps(LineTuning(tmp_path), 2)
    with pytest.raises(ValueError, match="other data or settings"):
        Tuning(Line(), tmp_path, {"seed": 1}).resume()


def test_a_damaged_state_is_said(tmp_path: Path) -> None:
    (tmp_path / STATE).write_bytes(b"PK half of a file")
    with pytest.raises(ValueError, match="damaged"):
        LineTuning(tmp_path).resume()


def test_nothing_is_written_after_it_was_deleted(tmp_path: Path) -> None:
    tuning = LineTuning(tmp_path)
    steps(tuning, 3)
    tuning.delete()
    tuning.save()
    assert list(tmp_path.iterdir()) == []


def test_a_kill_in_mid_training_loses_nothing(tmp_path: Path) -> None:
    program = "import sys; from tests.core.tiny_subject import slow; slow(sys.argv[1])"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program, str(tmp_path / "killed")]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for text in process.stdout:
        if text.strip() == "saved 3":
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed = LineTuning(tmp_path / "killed")
    assert killed.resume() and killed.step > 0
    steps(killed, killed.step + 15)
    whole = LineTuning(tmp_path / "whole")
    steps(whole, killed.step)
    assert torch.equal(weights(whole), weights(killed))
    assert [p.figures for p in whole.points] == [p.figures for p in killed.points]


def test_time_is_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds in (limits.MIN_OWN_SECONDS - 1, limits.MAX_OWN_SECONDS + 1, math.nan):
        with pytest.raises(ValueError, match="must be a number"):
            next(LineTuning(tmp_path).train(seconds))
    clock = Clock()
    monkeypatch.setattr(tuning_module, "time", clock)
    tuning = LineTuning(tmp_path)
    for done in tuning.train(limits.MIN_OWN_SECONDS):
        clock.now += limits.MIN_OWN_SECONDS / 4 if done == "step" else 0
    assert tuning.step == 4 and (tmp_path / STATE).exists()
    assert tuning.seconds == pytest.approx(0.75 * limits.MIN_OWN_SECONDS), "up to the end of the last step"


def test_it_ends_where_the_held_out_part_gets_no_better(tmp_path: Path) -> None:
    tuning = LineTuning(tmp_path)
    tuning.subject.measure = lambda: {"score": 1.0}
    list(tuning.train(60))
    assert tuning.ended and tuning.step == PATIENCE * tuning.subject.every
    assert list(tuning.train(60)) == [] and tuning.best_point().step == 0


@pytest.mark.parametrize("pulled_in", [1, 7, 100])
def test_the_brake_ends_a_step_between_two_layers(tmp_path: Path, pulled_in: int) -> None:
    passed = []

    class Counted(nn.Linear):
        """A layer in which the brake may be pulled."""

        def forward(self, x: Tensor) -> Tensor:
            passed.append(1)
            if len(passed) == pulled_in:
                subject.brake.pull()
            return super().forward(x)

    subject = Line(nn.Sequential(*(Counted(1, 1) for _ in range(100))))
    tuning = Tuning(subject, tmp_path)
    subject.measure = lambda: {"score": 1.0}
    assert list(tuning.train(60)) == ["measured"]
    assert len(passed) == pulled_in, "no layer is begun after it"
    assert tuning.step == 0 and (tmp_path / STATE).exists()


def test_the_brake_works_on_the_way_back() -> None:
    brake, network = Brake(), nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    brake.watch(network)
    loss = network(torch.ones(1, 2)).sum()
    brake.pull()
    with pytest.raises(Stopped):
        loss.backward()
    brake.release()
    network(torch.ones(1, 2)).sum().backward()
