"""The room "Optimise": its functions and its API."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from genai_demo.core import limits
from genai_demo.lab import search as lab
from genai_demo.ui import optimise_actions as actions
from genai_demo.ui import optimise_pictures as pictures
from tests.ui import lab_page
from tests.waiting import wait_for

ENGLISH, CHINESE = SimpleNamespace(headers={}), SimpleNamespace(headers={"accept-language": "zh-CN"})
SETTINGS: dict[str, Any] = {
    "words": "one two three four five six seven. " * 9, "trials": 3, "steps": 10, "reduction": 2, "stopping": False,
    "patience": 2, "seed": 0,
}  # fmt: skip


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks that train in milliseconds."""
    knobs = [lab.KNOBS[0], lab.KNOBS[1], lab.Knob("layers", 1, 2, 1, step=1), lab.Knob("width", 16, 32, 16, step=8)]
    for module in (lab, pictures):
        monkeypatch.setattr(module, "KNOBS", knobs)
    monkeypatch.setattr(lab, "CONTEXT", 12)


def values(**changes: Any) -> list[Any]:
    return list((SETTINGS | changes).values())


def places(page: str, css: str) -> list[list[tuple[float, float]]]:
    """Corners of the lines of one kind."""
    lines = re.findall(rf'<polyline class="{css}" points="([^"]*)"', page)
    return [[tuple(map(float, p.split(","))) for p in line.split()] for line in lines]  # type: ignore[misc]


def test_a_search_is_shown_from_its_first_trial_to_its_winner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_LAB_SECONDS", 600)  # a busy machine may not get there in time
    study = actions.Study()
    updates = list(actions.search_settings(study, *values(), ENGLISH))
    search = study.search
    assert search is not None and search.phase == "done" and search.winner is not None
    _, lines, axes, gap, rows, sample, status = updates[-2]
    pruned = [t for t in search.trials if t.state == "pruned"]
    assert len(places(lines, "pruned")) == len(places(axes, "pruned")) == len(pruned)
    assert len(places(axes, "won")) == 1 and all(len(line) == 5 for line in places(axes, "won"))
    assert len(places(lines, "won")[-1]) == len(search.winner.points) == search.winner_steps // 5
    assert len(places(gap, "train")[0]) == len(places(gap, "held")[0]) == len(search.winner.points)
    assert rows.count("<tr") == 4 and "winner" in rows and len(sample) == actions.SAMPLED
    assert f"trial {search.winner.number} won" in status
    for page in (lines, axes, gap):
        every = [v for css in ("pruned", "finished", "won", "train", "held") for line in places(page, css)
                 for point in line for v in point]  # fmt: skip
        assert every and min(every) >= -0.1 and max(every) <= 100.1


@pytest.mark.slow
def test_what_is_pruned_ends_where_its_rung_ends() -> None:
    study = actions.Study()
    list(actions.search_settings(study, *values(trials=6), ENGLISH))
    assert study.search is not None
    ends = [t.points[-1].step for t in study.search.trials if t.state == "pruned"]
    assert ends and set(ends) <= {10, 20}


def test_it_goes_on_where_it_was_stopped_and_other_settings_start_over(monkeypatch: pytest.MonkeyPatch) -> None:
    study = actions.Study()
    monkeypatch.setattr(actions, "FRAME", 0)
    running = actions.search_settings(study, *values(), ENGLISH)
    for _ in range(3):
        next(running)
    running.close()
    before = study.search
    assert before is not None and before.steps_taken > 0
    assert before.phase != "done", "one step a frame leaves most of it to be done"
    assert "Run goes on" in actions.stop_search(study, ENGLISH)
    assert study.prepare(*values(), fresh=False) is before
    assert study.prepare(*values(seed=3), fresh=False) is not before
    assert "Nothing tried" in actions.restart_search(study, ENGLISH, *values())[-1]


def test_the_gap_is_shaded_from_the_best_point_on() -> None:
    points = [lab.Point(5, 3.0, 3.1), lab.Point(10, 2.0, 2.5), lab.Point(15, 1.0, 2.9), lab.Point(20, 0.5, 3.3)]
    search = SimpleNamespace(shown=lambda: lab.Trial(2, {}, points))
    page = pictures.overfitting(search, "en")  # type: ignore[arg-type]
    corners = re.search(r'<polygon points="([^"]*)"', page)
    assert corners and len(corners[1].split()) == 6 and corners[1].startswith("50.0,")
    assert "best at step 10" in page and "2.80 nats" in page


def overfitted(phase: str, patience: int, tired: bool = False) -> Any:
    """A search whose training overfits."""
    search = lab.LabSearch(SETTINGS["words"], lab.Settings(patience=patience))
    points = [lab.Point(i, 1, 2 + 0.1 * i) for i in range(20)]
    search._begin()
    assert search.training is not None
    search.training.model.points = search.trials[0].points = points
    search.training.stale = patience if tired else 0
    search.phase, search.winner = phase, search.trials[0] if phase != "trials" else None
    return search


@pytest.mark.parametrize(
    ("phase", "patience", "tried", "advised", "silent"),
    [
        ("trials", 0, {0}, "overfits", "Try"),
        ("winner", 4, {4}, "ends it after 4 points", "Try"),
        ("winner", 0, {0}, "early stopping with a patience of 6", "dropout"),
        ("done", 0, {0, 6}, "early stopping with a patience of 3", "of 6"),
        ("done", 0, {0, 1, 3, 6}, "longer than these", "patience"),
        ("done", 4, {4}, "a patience of 3", "early stopping"),
        ("done", 1, {1}, "longer than these", "patience"),
    ],
)
def test_what_is_advised_is_on_the_page_and_was_not_tried(
    phase: str, patience: int, tried: set, advised: str, silent: str
) -> None:
    status = actions.status_of(overfitted(phase, patience), "en", tried)
    assert advised in status and silent not in status


def test_where_early_stopping_has_put_it_right_nothing_is_advised() -> None:
    status = actions.status_of(overfitted("done", 4, tired=True), "en", {4})
    assert "has its best weights back" in status and "overfits" not in status


def test_a_study_knows_what_it_has_tried_on_its_text() -> None:
    study = actions.Study()
    study.prepare(*values(stopping=True, patience=6), fresh=False)
    study.prepare(*values(stopping=False), fresh=False)
    assert study.tried == {0, 6}
    study.prepare(*values(words="something else. " * 20), fresh=False)
    assert study.tried == {0}


def test_empty_pictures_are_pictures_too() -> None:
    shown = actions.open_room(actions.Study(), False, CHINESE)
    assert all("<svg" in page for page in shown[:3]) and shown[3] == "" and "尚未试验" in shown[-1]


def test_time_that_is_over_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_LAB_SECONDS", 0)
    *_, last = actions.search_settings(actions.Study(), *values(), ENGLISH)
    assert "others get their turn" in last[-1]


# --------------------------------------------------------------------------- the API


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with lab_page.served() as address:
        yield address


def test_a_cancelled_search_makes_room_at_once(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_LAB_SECONDS", 3_600)
    client = Client(url, verbose=False)
    long = SETTINGS | {"trials": 16, "steps": 60}
    job = client.submit(**long, api_name="/search_settings")
    wait_for(lambda: job.outputs() and "polyline" in job.outputs()[-1][0], "nothing is drawn")
    assert not job.done()
    job.cancel()
    again = client.submit(**SETTINGS, api_name="/search_settings")
    wait_for(lambda: again.outputs() or again.done(), "the one before still holds its place")
    assert again.outputs()
    again.cancel()


@pytest.mark.parametrize(
    ("wrong", "words"), [({"words": "short"}, "5 characters"), ({"trials": 99}, "from 2 to 16"), ({"steps": 1}, "10")]
)
def test_wrong_settings_get_a_sentence(url: str, wrong: dict, words: str) -> None:
    with pytest.raises((AppError, ValueError), match=words):
        Client(url, verbose=False).predict(**(SETTINGS | wrong), api_name="/search_settings")
