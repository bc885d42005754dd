"""Searches by successive halving: what goes on, what ends, and what a kill leaves."""

import json
import math
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from genai_demo import __main__ as cli
from genai_demo.core.halving import Knob, Plan, Search
from tests.core import tiny_search
from tests.core.test_resume import ENVIRONMENT

SCRIPT = Path(__file__).with_name("tiny_search.py")
KNOBS = [Knob("rate", 1e-4, 1.0, 0.01, log=True), Knob("width", 32, 128, 64, step=32)]


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch):
    monkeypatch.setenv("GENAI_DEVICE", "cpu")


def cost(settings: dict[str, float], steps: int) -> float:
    """A made-up score whose best rate is 0.1."""
    return (math.log10(settings["rate"]) + 1) ** 2 + 1 / steps


def searched(search: Search, reports: int = 10**6) -> Search:
    """Report scores until the search or their number ends."""
    while reports and (trial := search.next()) is not None:
        for steps in search.rungs_of(trial):
            reports -= 1
            if search.report(trial, steps, cost(trial.params, steps)) != "goes on" or not reports:
                break
    return search


def test_the_first_trial_has_the_usual_settings_and_the_best_one_wins():
    search = searched(Search(KNOBS, Plan(trials=12, steps=10)))
    table = search.table()
    assert len(table) == 12
    assert table[0]["settings"] == {"rate": 0.01, "width": 64}
    assert all(row["settings"]["width"] in (32, 64, 96, 128) for row in table)
    winner = search.winner()
    assert winner["state"] == "finished" and list(winner["scores"]) == ["10", "30", "90"]
    assert winner["score"] == min(row["score"] for row in table if row["state"] == "finished")
    assert winner["score"] < table[0]["score"]


def test_most_trials_end_early():
    """From a rung goes on who is among the best third of those that came there so far, or the best of the first."""
    table = searched(Search(KNOBS, Plan(trials=18, steps=10))).table()
    so_far: dict[str, list[float]] = {"10": [], "30": []}
    for row in table:
        for steps, better in (("10", "30"), ("30", "90")):
            if steps in row["scores"]:
                so_far[steps].append(row["scores"][steps])
                last = sorted(so_far[steps])[max(1, len(so_far[steps]) // 3) - 1]
                assert (better in row["scores"]) == (row["scores"][steps] <= last)
    states = [row["state"] for row in table]
    assert states.count("pruned") >= 6 and states.count("finished") >= 2


def test_a_search_goes_on_where_it_was_and_draws_the_same(tmp_path):
    plan = Plan(trials=8, steps=10)
    whole = searched(Search(KNOBS, plan, seed=3)).table()
    for reports in (1, 3, 2, 10**6):
        parts = searched(Search(KNOBS, plan, 3, tmp_path / "search.db"), reports).table()
    assert parts == whole


def test_a_trial_that_diverges_never_wins():
    search = Search(KNOBS, Plan(trials=2, steps=10, rungs=1))
    first, second = search.next(), None
    assert search.report(first, 10, float("inf")) == "pruned"
    assert search.winner() is None
    second = search.next()
    assert search.report(second, 10, 5.0) == "finished"
    assert search.winner()["trial"] == 1


@pytest.mark.parametrize(
    ("plan", "words"), [({"trials": 0}, "trials must be"), ({"reduction": 1}, "reduction"), ({"steps": -5}, "steps")]
)
def test_a_plan_that_makes_no_sense_is_refused(plan, words):
    with pytest.raises(ValueError, match=words):
        Search(KNOBS, Plan(**plan))


def test_a_file_of_another_search_or_none_is_refused(tmp_path):
    Search(KNOBS, Plan(), place=tmp_path / "search.db")
    with pytest.raises(ValueError, match="other settings"):
        Search(KNOBS, Plan(steps=7), place=tmp_path / "search.db")
    (tmp_path / "text.db").write_text("no database " * 100)
    with pytest.raises(ValueError, match="damaged"):
        Search(KNOBS, Plan(), place=tmp_path / "text.db")


# --------------------------------------------------------------------------- the command


def found_in(folder: Path) -> dict:
    return json.loads((folder / "trials.json").read_text())


def test_the_command_searches_and_trains_the_winner_longer(tmp_path, capsys):
    tiny_search.main(["--trials=6", f"--run={tmp_path}"])
    printed = json.loads(capsys.readouterr().out)
    found = found_in(tmp_path)
    assert found["rungs"] == [4, 12, 36] and found["best"] == printed["best"]
    assert [row["state"] for row in found["trials"]].count("pruned") >= 2
    for row in found["trials"]:
        assert row["curve"][-1]["step"] == int(list(row["scores"])[-1])
        assert row["score"] == pytest.approx(min(point["score"] for point in row["curve"]))
        assert all({"step", "score", "train"} == set(point) for point in row["curve"])
    best = found["best"]
    winner, trial = (tmp_path / f"{kind}-{best['trial']:04d}" for kind in ("winner", "trial"))
    assert torch.load(winner / "state.pt", weights_only=True)["step"] == 108
    assert torch.load(trial / "state.pt", weights_only=True)["step"] == 36
    assert found["winner"][: len(found["trials"][best["trial"]]["curve"])] == found["trials"][best["trial"]]["curve"]
    assert f"--rate {best['settings']['rate']:.6g}" in found["command"]


@pytest.mark.slow
def test_a_killed_search_goes_on_with_the_same_command(tmp_path, capsys):
    options = ["--trials=5", "--winner-steps=0"]
    command = [sys.executable, SCRIPT, *options, f"--run={tmp_path / 'killed'}", "--", "--pause=0.02", "--save-every=2"]
    child = subprocess.Popen(list(map(str, command)), env=ENVIRONMENT, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while not (tmp_path / "killed" / "trial-0001" / "state.pt").exists():
        assert child.poll() is None, "the search ended before it was killed"
        assert time.monotonic() < deadline, "the search never reached its second trial"
        time.sleep(0.01)
    child.kill()
    assert child.wait() == -signal.SIGKILL
    before = found_in(tmp_path / "killed")["trials"]
    tiny_search.main([*options, f"--run={tmp_path / 'killed'}"])
    tiny_search.main([*options, f"--run={tmp_path / 'straight'}"])
    killed, straight = (found_in(tmp_path / name)["trials"] for name in ("killed", "straight"))
    assert killed == straight and len(killed) == 5
    assert killed[0] == before[0]


def test_time_that_is_over_leaves_a_search_that_goes_on(tmp_path, capsys):
    tiny_search.main(["--trials=4", "--winner-steps=0", f"--run={tmp_path}", "--minutes=0.002", "--", "--pause=0.05"])
    assert "the same command goes on" in capsys.readouterr().err
    assert len(found_in(tmp_path)["trials"]) < 4
    tiny_search.main(["--trials=4", "--winner-steps=0", f"--run={tmp_path}"])
    assert len(found_in(tmp_path)["trials"]) == 4


def test_patience_ends_a_trial_early_and_it_still_counts(tmp_path):
    tiny_search.main(["--trials=1", "--winner-steps=0", "--steps=400", f"--run={tmp_path}", "--", "--patience=2"])
    (row,) = found_in(tmp_path)["trials"]
    assert row["state"] == "finished"
    assert row["curve"][-1]["step"] < 3600


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--trials=9999"], "trials must be"),
        (["--", "--rate=3"], "--rate is decided by the search"),
        (["--", "--steps=3"], "--steps is decided by the search"),
    ],
)
def test_bad_options_are_sentences(tmp_path, options, words):
    with pytest.raises(ValueError, match=words):
        tiny_search.main([f"--run={tmp_path}", *options])


def test_two_searches_do_not_share_a_folder(tmp_path):
    from genai_demo.core.optimise import only_one

    with only_one(tmp_path), pytest.raises(ValueError, match="Another process searches"):
        tiny_search.main([f"--run={tmp_path}"])


def test_torchrun_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ValueError, match="without torchrun"):
        tiny_search.main([f"--run={tmp_path}"])


@pytest.mark.parametrize("medium", ["faces", "repair", "text", "audio"])
def test_every_knob_is_an_option_of_its_train_command(medium):
    import importlib

    for model, space in importlib.import_module(f"genai_demo.{medium}.optimise").spaces().items():
        args = space.parser().parse_args(space.fixed)
        for knob in space.knobs:
            assert hasattr(args, knob.name), (model, knob.name)
            usual = getattr(args, knob.name)
            assert usual is None or usual == pytest.approx(knob.first), (model, knob.name)
            assert knob.low <= knob.first <= knob.high
            assert not knob.step or (knob.first - knob.low) % knob.step == 0


def test_the_door_is_there(capsys):
    with pytest.raises(SystemExit):
        cli.main(["optimise", "faces", "--help"])
    assert "--winner-steps" in capsys.readouterr().out
