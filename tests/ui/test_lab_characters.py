"""The room "Transformer on your text": its functions and its API."""

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from genai_demo.core import limits
from genai_demo.lab.characters import CharacterModel, Point, Settings, clean
from genai_demo.ui import characters_actions as actions
from genai_demo.ui import characters_texts as texts
from genai_demo.ui.errors import localise
from genai_demo.ui.lab_curves import curves
from tests.ui import lab_page
from tests.waiting import wait_for

ENGLISH, CHINESE = SimpleNamespace(headers={}), SimpleNamespace(headers={"accept-language": "zh-CN"})
SETTINGS: dict[str, Any] = {
    "words": "one two three four five six seven. " * 12, "layers": 1, "width": 32, "context": 16, "seed": 0,
    "sentence": "two three", "layer": 1, "head": 2, "temperature": 0.5, "dropout": 0.0,
}  # fmt: skip


def values(**changes: Any) -> list[Any]:
    return list((SETTINGS | changes).values())


def pictures(desk: actions.Desk, count: int, request: Any = ENGLISH, **changes: Any) -> list[tuple[Any, ...]]:
    """The first updates of a training."""
    running = actions.train_characters(desk, *values(**changes), request)
    found = [next(running) for _ in range(count)]
    running.close()
    return found


@pytest.mark.parametrize("text", [texts.JABBERWOCKY, texts.TANG, texts.COUNTING])
def test_the_offered_texts_can_be_learnt(text: str) -> None:
    assert clean(text)


def test_it_shows_curves_sample_and_attention() -> None:
    desk = actions.Desk()
    _, lines, sample, attention, bars, status = pictures(desk, 2)[1]
    assert "<polyline" in lines and len(sample) == actions.SAMPLED
    assert json.loads(attention)["names"] == list("two three") and "Training: step" in status
    shares = [float(p) for p in re.findall(r"<td>([\d.]+)%</td>", bars)]
    assert len(shares) == actions.LIKELIEST and shares == sorted(shares, reverse=True) and 1 < sum(shares) < 100.6
    assert not desk.running and "Paused at step" in actions.pause_characters(desk, ENGLISH)


def test_it_goes_on_where_it_was_and_another_text_starts_over() -> None:
    desk = actions.Desk()
    pictures(desk, 2)
    before = desk.model
    assert before is not None and before.step_count > 0
    pictures(desk, 1, dropout=0.2)
    assert desk.model is before
    pictures(desk, 1, words="something else. " * 20)
    assert desk.model is not before
    actions.restart_characters(desk, ENGLISH, *values()[:5])
    assert desk.model is not None and desk.model.step_count == 0


def test_another_head_is_shown_without_training() -> None:
    desk = actions.Desk()
    assert actions.look_at(desk, "two", 1, 1, 0.8, 0) == (gr.skip(), gr.skip())
    pictures(desk, 2)
    first, second = (json.loads(actions.look_at(desk, "two three", 1, head, 0.8, 0)[0])["rows"] for head in (1, 2))
    assert first != second and len(first) == 9
    assert actions.look_at(desk, " ", 1, 1, 0.8, 0)[0] == ""


def test_a_layer_that_the_model_does_not_have_gets_a_sentence_and_changes_nothing() -> None:
    desk = actions.Desk()
    with pytest.raises(gr.Error, match="this model: 1"):
        pictures(desk, 1, layer=2)
    assert desk.model is None
    pictures(desk, 1)
    before = desk.look
    with pytest.raises(gr.Error, match="this model: 1") as caught:
        actions.look_at(desk, "two", 2, 1, 0.8, 0)
    assert desk.look is before and "有 1 层" in localise(caught.value.message, "zh")


def test_one_step_is_one_step_and_shows_what_it_changed() -> None:
    desk = actions.Desk()
    shown = [actions.step_characters(desk, ENGLISH, *values()) for _ in range(2)]
    assert desk.model is not None and desk.model.step_count == 2
    assert "Step 2: loss" in shown[1][-1] and shown[0][3:5] != shown[1][3:5]
    desk.sample = "of this model"
    assert actions.step_characters(desk, ENGLISH, *values())[2] == "of this model"
    assert actions.step_characters(desk, ENGLISH, *values(seed=1))[2] == "", "another model has written nothing"
    bars = actions.look_at(desk, "two\n", 1, 1, 0.8, 0)[1]
    assert "<code>␣</code>" in bars, "a space is seen"


def overfitted(dropout: float, words: str = texts.JABBERWOCKY) -> CharacterModel:
    model = CharacterModel(words, Settings(1, 32, 16))
    model.set_dropout(dropout)
    model.points = [Point(i, 1, 2 + 0.1 * i) for i in range(20)]
    return model


@pytest.mark.parametrize(
    ("key", "dropout", "told", "silent"),
    [
        ("lab.running", 0.1, ["pause here", "above 0.1", "longer than these"], []),
        ("lab.paused", 0.1, ["above 0.1"], ["pause"]),
        ("lab.paused", limits.MAX_LAB_DROPOUT, ["longer than these"], ["dropout"]),
    ],
)
def test_only_what_has_not_been_done_is_advised(key: str, dropout: float, told: list, silent: list) -> None:
    status = actions.status_of(overfitted(dropout), key, "en", rate=1)
    assert "overfits" in status and all(words in status for words in told)
    assert not any(words in status.split("overfits")[1] for words in silent)


def test_nothing_is_advised_where_everything_was_done() -> None:
    longest = ("abcdefg " * limits.MAX_LAB_TEXT)[: limits.MAX_LAB_TEXT - 1] + "."
    status = actions.status_of(overfitted(limits.MAX_LAB_DROPOUT, longest), "lab.paused", "en")
    assert status.endswith("gets worse.**")


def test_curves_are_drawn_for_any_points() -> None:
    for points in ([], [(5, 1.0, 1.0)], [(i, 3 / (i + 1), 2.0) for i in range(2_000)]):
        drawn = curves(points, ("a & b", "c"), "title")
        assert drawn.count("<polyline") == 2 and "a &amp; b" in drawn and len(drawn) < 20_000


# --------------------------------------------------------------------------- the API


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with lab_page.served() as address:
        yield address


@pytest.mark.slow
def test_the_loss_goes_down_and_cancel_stops(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_LAB_SECONDS", 3_600)
    client = Client(url, verbose=False)
    job = client.submit(**SETTINGS, api_name="/train_characters")

    def losses() -> list[float]:
        lines = [output[0] for output in job.outputs() if "text it learns " in output[0]]
        return [float(line.split("text it learns ")[1].split("<")[0]) for line in lines]

    wait_for(lambda: len(losses()) > 1 and losses()[-1] < losses()[0], "the loss does not go down")
    assert not job.done()
    job.cancel()
    running = client.submit(**SETTINGS, api_name="/train_characters")
    wait_for(lambda: bool(running.outputs()), "the one before still holds its place")
    running.cancel()


@pytest.mark.parametrize(
    ("wrong", "words"), [({"words": "short"}, "5 characters"), ({"layers": 9}, "from 1 to 4"), ({"dropout": 2}, "0.6")]
)
def test_wrong_settings_get_a_sentence(url: str, wrong: dict, words: str) -> None:
    with pytest.raises((AppError, ValueError), match=words):
        Client(url, verbose=False).predict(**(SETTINGS | wrong), api_name="/train_characters")


def test_sentences_are_chinese_for_those_who_read_chinese(url: str) -> None:
    client = Client(url, verbose=False, headers={"accept-language": "zh-CN"})
    with pytest.raises(AppError, match="至少需要 200 个"):
        client.predict(**(SETTINGS | {"words": "short"}), api_name="/train_characters")
