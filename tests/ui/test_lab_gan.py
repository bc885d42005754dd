"""The room "GAN on a plane": its functions and its API."""

import base64
import itertools
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from gradio_client import Client
from gradio_client.exceptions import AppError

from genai_demo.core import limits
from genai_demo.core.losses import LOSSES
from genai_demo.lab.gan import PARTS
from genai_demo.ui import gan_lab_actions as actions
from genai_demo.ui.formulas import GAN_LOSSES, gan_formulas, mathml
from tests.ui import lab_page
from tests.waiting import wait_for

ENGLISH = SimpleNamespace(headers={})
SETTINGS: dict[str, Any] = {
    "target": "ring", "loss": "non_saturating", "pace": "full", "generator_rate": 0.001, "discriminator_rate": 0.001,
    "penalty": 0.0, "batch": 32, "width": 16, "seed": 0, "drawing": "[]",
}  # fmt: skip
LINE = json.dumps([[x / 20 - 0.5, 0.3] for x in range(20)])


def controls(**changes: Any) -> list[Any]:
    return list((SETTINGS | changes).values())


def shown(found: tuple[Any, ...]) -> dict[str, Any]:
    """The picture of an update."""
    return json.loads(found[1])


def test_points_travel_as_small_numbers() -> None:
    points = torch.tensor([[-1.0, 0.5], [9.0, -9.0]])
    numbers = np.frombuffer(base64.b64decode(actions.packed(points)), "<u2") / 65535 * 4 - 2
    np.testing.assert_allclose(numbers, [-1, 0.5, 2, -2], atol=1e-4)


def test_every_loss_has_its_formula() -> None:
    assert GAN_LOSSES.keys() == LOSSES.keys()
    assert gan_formulas().count("<math>") == 3 * len(LOSSES)
    assert mathml("L_D ^2") == "<math><msup><msub><mi>L</mi><mi>D</mi></msub><mn>2</mn></msup></math>"


def test_one_step_and_one_part() -> None:
    bench = actions.Bench()
    assert shown(actions.step_gan(bench, ENGLISH, *controls()))["step"] == 1
    parts = [shown(actions.step_gan(bench, ENGLISH, *controls(pace="slow")))["part"] for _ in PARTS]
    assert tuple(parts) == PARTS and bench.gan is not None and bench.gan.step_count == 2
    actions.step_gan(bench, ENGLISH, *controls(pace="slow"))
    assert shown(actions.step_gan(bench, ENGLISH, *controls()))["step"] == 3  # the step that had begun


@pytest.mark.parametrize("name", ["generator", "discriminator"])
def test_a_step_of_one_network_alone_ends_a_part_that_had_begun(name: str) -> None:
    bench = actions.Bench()
    actions.step_gan(bench, ENGLISH, *controls(pace="slow"))
    found = getattr(actions, f"step_{name}")(bench, ENGLISH, *controls(pace="slow"))
    assert shown(found)["step"] == 2 and shown(found)["part"] == ""


def test_it_can_start_trained_and_be_stopped_on_the_way() -> None:
    bench = actions.Bench()
    *words, last = actions.start_trained(bench, ENGLISH, *controls(width=4, batch=8))
    assert shown(last)["step"] == actions.HEAD_START and "of 1500" in words[0][2]
    started = actions.start_trained(bench, ENGLISH, *controls(width=4, batch=8))
    next(started)
    assert bench.running and bench.gan is not None and bench.gan.step_count == 0
    actions.halt(bench)
    assert shown(next(started))["step"] < actions.HEAD_START and not bench.running


def test_what_is_changed_reaches_a_training_under_way() -> None:
    bench = actions.Bench()
    running = actions.train_gan(bench, *controls(pace="one"), ENGLISH)
    next(running), next(running)
    given = controls(loss="hinge", target="grid", pace="five", generator_rate=0.002)
    assert actions.set_gan(bench, *given) == gr.skip()
    now = shown(next(running))
    assert now["loss"] == "hinge" and len(now["modes"]) == 16 and now["step"] == 6
    running.close()
    assert not bench.running
    assert json.loads(actions.set_gan(bench, *controls()))["loss"] == "non_saturating"


def test_a_bad_change_gets_a_sentence_and_the_training_goes_on() -> None:
    bench = actions.Bench()
    running = actions.train_gan(bench, *controls(), ENGLISH)
    next(running)
    assert actions.set_gan(bench, *controls(target="drawing")) == gr.skip()  # nothing is drawn yet
    with pytest.raises(gr.Error, match="Draw something"):
        actions.set_gan(bench, *controls(target="drawing", drawing="[[0, 0]]"))
    with pytest.raises(gr.Error, match="cannot be read"):
        actions.set_gan(bench, *controls(target="drawing", drawing="{no json"))
    assert shown(next(running))["step"] > 0


def test_width_and_seed_start_over_and_the_rest_goes_on() -> None:
    bench = actions.Bench()
    for changes, step in (({}, 1), ({"penalty": 1}, 2), ({"width": 8}, 1), ({"seed": 5, "width": 8}, 1)):
        assert shown(actions.step_gan(bench, ENGLISH, *controls(**changes)))["step"] == step
    assert shown(actions.restart_gan(bench, ENGLISH, *controls()))["step"] == 0
    assert actions.open_gan(bench, False, ENGLISH, *controls())[1] == gr.skip()


def test_it_pauses_itself_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genai_demo.core.limits.MAX_LAB_SECONDS", 0)
    *_, last = actions.train_gan(actions.Bench(), *controls(), ENGLISH)
    assert "others get their turn" in last[2]


# --------------------------------------------------------------------------- the API


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with lab_page.served() as address:
        yield address


def wait(job: Any, pictures: int) -> None:
    """Until so many pictures came."""
    wait_for(lambda: len(job.outputs()) >= pictures, "no pictures come")


def test_training_streams_and_cancel_stops_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_LAB_SECONDS", 3_600)
    client = Client(url, verbose=False)
    job = client.submit(**SETTINGS, api_name="/train_gan")
    wait(job, 5)
    steps = [json.loads(picture)["step"] for picture, _ in job.outputs()]
    assert all(a < b for a, b in itertools.pairwise(steps))
    job.cancel()
    first = json.loads(client.predict(**SETTINGS, api_name="/step_gan")[0])["step"]
    second = json.loads(client.predict(**SETTINGS, api_name="/step_gan")[0])["step"]
    assert second == first + 1, "the training still runs"


def test_a_second_visitor_waits_and_is_told_his_place(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_LAB_SECONDS", 3_600)
    first, second = (Client(url, verbose=False) for _ in range(2))
    running = first.submit(**SETTINGS, api_name="/train_gan")
    wait(running, 2)
    waiting = second.submit(**SETTINGS, api_name="/train_gan")
    wait_for(lambda: waiting.status().rank is not None, "he is not told his place")
    assert waiting.status().rank == 0 and not waiting.outputs()
    running.cancel()
    wait(waiting, 3)
    assert json.loads(waiting.outputs()[-1][0])["step"] > 0
    waiting.cancel()


def test_visitors_have_networks_of_their_own(url: str) -> None:
    first, second = (Client(url, verbose=False) for _ in range(2))
    for client, step in ((first, 1), (first, 2), (second, 1)):
        assert json.loads(client.predict(**SETTINGS, api_name="/step_gan")[0])["step"] == step


@pytest.mark.parametrize(
    "wrong", [{"target": "heart"}, {"loss": "none"}, {"generator_rate": 7}, {"batch": 0}, {"seed": -1}, {"pace": "x"},
              {"target": "drawing", "drawing": "[]"}],
)  # fmt: skip
def test_wrong_settings_get_a_sentence(url: str, wrong: dict) -> None:
    with pytest.raises((AppError, ValueError)) as caught:
        Client(url, verbose=False).predict(**(SETTINGS | wrong), api_name="/step_gan")
    assert "Traceback" not in str(caught.value)


def test_a_drawing_is_learnt(url: str) -> None:
    found = Client(url, verbose=False).predict(
        **(SETTINGS | {"target": "drawing", "drawing": LINE}), api_name="/step_gan"
    )
    assert all(abs(y - 0.3) < 1e-3 for _, y, _ in json.loads(found[0])["modes"])


def test_sentences_are_chinese_for_those_who_read_chinese(url: str) -> None:
    client = Client(url, verbose=False, headers={"accept-language": "zh-CN"})
    with pytest.raises(AppError, match="请先画点什么"):
        client.predict(**(SETTINGS | {"target": "drawing"}), api_name="/step_gan")
