"""A training of the lab that a page has begun and the app does not know any more."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from genai_demo.ui import (
    characters_actions,
    gan_lab_actions,
    lab_lost,
    optimise_actions,
    own_actions,
    own_visits,
    vae_lab_actions,
)
from genai_demo.ui.errors import localise

ENGLISH = SimpleNamespace(headers={})
CHINESE = SimpleNamespace(headers={"accept-language": "zh"})
GAN = ("ring", "hinge", "five", 0.001, 0.001, 0.0, 32, 16, 0, "[]")
ROOMS: list[tuple[Callable[[], Any], str]] = [
    (gan_lab_actions.Bench, "gan"),
    (characters_actions.Desk, "model"),
    (vae_lab_actions.Atelier, "training"),
    (optimise_actions.Study, "search"),
]


@pytest.mark.parametrize(("make", "field"), ROOMS, ids=[field for _, field in ROOMS])
def test_a_lost_training_is_told_once_and_one_that_is_there_or_never_was_is_not(make, field):
    assert lab_lost.expect(make(), False)  # the first press
    lost = make()
    with pytest.raises(gr.Error, match="is lost") as caught:
        lab_lost.expect(lost, True)
    assert "已经丢失" in localise(caught.value.message, "zh")
    assert lab_lost.expect(lost, True)  # pressed again
    there = make()
    setattr(there, field, object())
    assert lab_lost.expect(there, True)


OPENED: dict[str, Callable[[bool], Any]] = {
    "gan": lambda trained: gan_lab_actions.open_gan(gan_lab_actions.Bench(), trained, ENGLISH, *GAN),
    "vae": lambda trained: [vae_lab_actions.show_untrained(vae_lab_actions.Atelier(), trained, 0, ENGLISH)],
    "optimise": lambda trained: optimise_actions.open_room(optimise_actions.Study(), trained, ENGLISH),
}


@pytest.mark.parametrize("room", OPENED)
def test_a_room_that_is_opened_again_leaves_what_is_to_see_of_a_lost_training(room):
    assert all(value == gr.skip() for value in OPENED[room](True))
    assert not any(value == gr.skip() for value in OPENED[room](False))


def test_controls_of_a_lost_training_begin_none():
    bench = gan_lab_actions.Bench()
    assert gan_lab_actions.set_gan(bench, *GAN) == gr.skip()
    assert not bench.begun
    assert list(vae_lab_actions.open_vae(vae_lab_actions.Atelier(), True, 1, 0, ENGLISH)) == [gr.skip()]


@pytest.mark.parametrize(("asked", "words"), [(ENGLISH, "is lost"), (CHINESE, "已经丢失")])
def test_weights_that_are_lost_are_not_said_to_be_used(monkeypatch, asked, words):
    warned: list[str] = []
    monkeypatch.setattr(gr, "Warning", warned.append)
    visit = own_visits.Visit()
    on, told, clock = own_actions.still_used(visit, True, asked)
    assert on is False and words in told and clock.active is False and warned == [told]
    visit.start_afresh("texts", object(), [])  # other data, not lost
    on, told, _ = own_actions.still_used(visit, True, asked)
    assert on is False and words not in told and len(warned) == 1
    visit.lent = {"text": object()}
    assert own_actions.still_used(visit, True, asked) == (gr.skip(),) * 3
