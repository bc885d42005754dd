"""The search of the lab: trials, rungs, early stopping, the winner trained longer."""

import math

import pytest
import torch

from genai_demo.core import limits
from genai_demo.lab import search as lab
from genai_demo.lab.search import LabSearch, Settings, Training

TEXT = "one two three four five six seven. " * 9 + "eight nine ten eleven twelve " * 2


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Networks that train in milliseconds."""
    monkeypatch.setattr(lab, "KNOBS", [lab.KNOBS[0], lab.KNOBS[1], lab.Knob("layers", 1, 2, 1, step=1),
                                       lab.Knob("width", 16, 32, 16, step=8)])  # fmt: skip
    monkeypatch.setattr(lab, "CONTEXT", 12)


def finished(**settings: int) -> LabSearch:
    found = LabSearch(TEXT, Settings(**{"trials": 4, "steps": 10, "reduction": 2} | settings))
    for _ in range(2_000):
        if found.phase == "done":
            return found
        found.advance()
    raise AssertionError("the search never ends")


def test_the_winner_is_the_best_of_those_that_finished_and_is_trained_longer():
    found = finished()
    assert len(found.trials) == 4 and found.trials[0].settings["rate"] == 0.02
    ended = [t for t in found.trials if t.state == "finished"]
    assert {t.state for t in found.trials} <= {"finished", "pruned"} and ended
    assert found.winner and found.winner.number == min(ended, key=lambda t: t.score).number
    assert all(t.points[-1].step == 40 for t in ended)
    assert all(t.points[-1].step in (10, 20) for t in found.trials if t.state == "pruned")
    assert found.winner.points[-1].step == found.winner_steps == 80
    assert found.winner.points[:8] == found.trials[found.winner.number].points
    assert len(found.sample(20)) == 20


def test_the_same_seed_finds_the_same():
    first, second = finished(seed=5), finished(seed=5)
    assert [t.settings for t in first.trials] == [t.settings for t in second.trials]
    assert first.winner and second.winner and first.winner.points == second.winner.points


def test_early_stopping_ends_a_training_and_takes_its_best_weights(monkeypatch):
    model = LabSearch(TEXT)._model({"rate": 0.02, "dropout": 0.0, "layers": 1, "width": 16})
    losses = iter([3.0, 2.0, 2.5, 2.4, 1.0])
    monkeypatch.setattr(model, "measure", lambda: next(losses))
    training, kept = Training(model, patience=2), {}
    while not training.tired:
        training.step()
        if model.step_count == 10:
            kept = {k: v.clone() for k, v in model.network.state_dict().items()}
    assert model.step_count == 20 and training.best == 2.0
    assert any(not torch.equal(v, kept[k]) for k, v in model.network.state_dict().items())
    training.take_best()
    assert all(torch.equal(v, kept[k]) for k, v in model.network.state_dict().items())


@pytest.mark.slow
def test_patience_makes_the_search_shorter():
    patient, short = finished(steps=30), finished(steps=30, patience=1)
    assert short.steps_taken < patient.steps_taken
    assert short.winner and math.isfinite(short.winner.score)


@pytest.mark.parametrize(
    "wrong",
    [{"trials": 1}, {"trials": limits.MAX_SEARCH_TRIALS + 1}, {"steps": 1}, {"reduction": 1}, {"patience": -1}],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="must be a number from"):
        LabSearch(TEXT, Settings(**wrong))
